package olympus.zeus;

import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.Workload;
import org.junit.jupiter.api.Test;

/** A new version beside the whole old one: what runs, and who is sent requests. */
final class BlueGreenTest {

    private static final ServiceId WEB = ServiceId.parse("shop/web");

    private final Island island = new Island(1, 2);

    /** Each set of versions that was published at one moment. */
    private final List<String> published = new ArrayList<>();

    private static StackDefinition shop(String command, Optional<Duration> approval) {
        return stack(
                "shop",
                service("web")
                        .command(command)
                        .replicas(2)
                        .ports(8080, 8083)
                        .blueGreen(Duration.ofMinutes(10), approval));
    }

    private static StackDefinition shop(String command) {
        return shop(command, Optional.of(Duration.ofHours(24)));
    }

    private List<String> commands() {
        return island.agents.values().stream()
                .flatMap(agent -> agent.runs().values().stream())
                .filter(SimulatedAgent.Run::isAlive)
                .map(BlueGreenTest::command)
                .sorted()
                .toList();
    }

    private static String command(SimulatedAgent.Run run) {
        return run.spec.definition().workload() instanceof Workload.Process process
                ? process.command().getFirst()
                : "";
    }

    /** Lets time pass in small steps, and looks at each at what is published. */
    private void run(Duration duration) {
        var end = island.clock.wall().plus(duration);
        while (island.clock.wall().isBefore(end)) {
            island.run(Duration.ofMillis(10));
            look();
        }
    }

    private void look() {
        var versions = new TreeSet<String>();
        for (var one : island.now(island.zeus.directory()).services().getFirst().instances()) {
            if (one.ready()) {
                island.agents.values().stream()
                        .flatMap(agent -> agent.runs().entrySet().stream())
                        .filter(entry -> entry.getKey().equals(one.id()))
                        .forEach(entry -> versions.add(command(entry.getValue())));
            }
        }
        var now = String.join("+", versions);
        if (published.isEmpty() || !published.getLast().equals(now)) {
            published.add(now);
        }
    }

    private ClusterView.RolloutView rollout() {
        return island.service("shop/web").rollout().orElseThrow();
    }

    private void begin() {
        island.apply(shop("one"));
        run(Duration.ofSeconds(20));
        island.apply(shop("two"));
        run(Duration.ofSeconds(20));
    }

    @Test
    void switchesOverWhenApprovedKeepsTheOldOnesAndEndsThem() {
        begin();
        assertThat(commands()).containsExactly("one", "one", "two", "two");
        assertThat(rollout().stage()).isEqualTo("approval");

        island.now(island.zeus.approveRollout(WEB, Optional.of(2L), Island.ANA));
        run(Duration.ofSeconds(20));
        assertThat(rollout().stage()).isEqualTo("switched");
        assertThat(rollout().approvedBy()).contains("user:ana");
        assertThat(rollout().until()).contains(rollout().since().plus(Duration.ofMinutes(10)));
        assertThat(commands()).containsExactly("one", "one", "two", "two");

        run(Duration.ofMinutes(10));
        assertThat(commands()).containsExactly("two", "two");
        assertThat(island.service("shop/web").rollout()).isEmpty();
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        assertThat(published).containsExactly("", "one", "two");
    }

    @Test
    void theNextOneTakesTheOtherPlaces() {
        begin();
        island.now(island.zeus.approveRollout(WEB, Optional.empty(), Island.ANA));
        run(Duration.ofMinutes(11));

        island.apply(shop("three", Optional.empty()));
        run(Duration.ofMinutes(11));

        assertThat(commands()).containsExactly("three", "three");
        assertThat(
                        island.service("shop/web").instances().stream()
                                .map(one -> one.observed().id().ordinal()))
                .containsExactly(1, 2);
        assertThat(published).containsExactly("", "one", "two", "three");
    }

    @Test
    void returnsAtOnceWhileTheOldOnesAreKept() {
        begin();
        island.now(island.zeus.approveRollout(WEB, Optional.empty(), Island.ANA));
        run(Duration.ofMinutes(5));
        assertThatThrownBy(() ->
                        island.now(island.zeus.approveRollout(WEB, Optional.empty(), Island.ANA)))
                .hasMessageContaining("the new version of shop/web has taken over already");

        island.now(island.zeus.rejectRollout(WEB, "wrong prices", Optional.empty(), Island.ANA));
        look();
        assertThat(published.getLast()).isEqualTo("one");
        run(Duration.ofSeconds(20));

        assertThat(commands()).containsExactly("one", "one");
        assertThat(published).containsExactly("", "one", "two", "one");
        assertThat(island.now(island.zeus.history(new StackName("shop"))).getFirst().summary())
                .startsWith("rollout of shop/web rejected by user:ana: wrong prices");
    }

    @Test
    void whatIsRejectedOrFailsIsNeverPublished() {
        begin();
        island.now(island.zeus.rejectRollout(WEB, "", Optional.empty(), Island.ANA));
        run(Duration.ofSeconds(20));
        assertThat(commands()).containsExactly("one", "one");

        island.apply(shop("bad"));
        run(Duration.ofMinutes(1));
        assertThat(commands()).containsExactly("one", "one");
        assertThat(published).containsExactly("", "one");
    }

    @Test
    void aVersionAppliedAfterTheSwitchReturnsToTheOneThatHadTakenOver() {
        begin();
        island.now(island.zeus.approveRollout(WEB, Optional.empty(), Island.ANA));
        run(Duration.ofMinutes(1));

        island.apply(shop("three"));
        run(Duration.ofSeconds(30));
        assertThat(commands()).containsExactly("three", "three", "two", "two");
        assertThat(rollout().fromRevision()).isEqualTo(2);

        island.now(island.zeus.rejectRollout(WEB, "", Optional.empty(), Island.ANA));
        run(Duration.ofSeconds(20));
        assertThat(commands()).containsExactly("two", "two");
        assertThat(published).containsExactly("", "one", "two");
    }

    @Test
    void aVersionAppliedOnTheWayBackReturnsToWhereThatLeads() {
        begin();
        island.now(island.zeus.approveRollout(WEB, Optional.empty(), Island.ANA));
        run(Duration.ofMinutes(1));

        island.now(island.zeus.rejectRollout(WEB, "", Optional.empty(), Island.ANA));
        island.apply(shop("three"));
        run(Duration.ofSeconds(30));
        assertThat(commands()).containsExactly("one", "one", "three", "three");

        island.now(island.zeus.rejectRollout(WEB, "", Optional.empty(), Island.ANA));
        run(Duration.ofSeconds(20));
        assertThat(commands()).containsExactly("one", "one");
        assertThat(published).containsExactly("", "one", "two", "one");
    }
}
