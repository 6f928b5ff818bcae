package olympus.zeus;

import static olympus.zeus.Stacks.inContainers;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.DeployPolicy.Order;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.Workload;
import olympus.model.state.Decision;
import org.junit.jupiter.api.Test;

/** A new version that is tried by some instances, from the apply to its approval or its end. */
final class CanaryTest {

    private static final ServiceId WEB = ServiceId.parse("shop/web");
    private static final Duration DAY = Duration.ofHours(24);

    private final Island island = new Island(1, 2);

    private static Stacks.Draft web(String command) {
        return service("web").command(command).replicas(2).ports(8080, 8082);
    }

    private static StackDefinition shop(String command, Optional<Duration> approval) {
        return stack("shop", web(command).canary(1, Order.START_FIRST, approval));
    }

    private static StackDefinition shop(String command) {
        return shop(command, Optional.of(DAY));
    }

    /** What runs, by command. */
    private List<String> commands() {
        return island.agents.values().stream()
                .flatMap(agent -> agent.runs().values().stream())
                .filter(SimulatedAgent.Run::isAlive)
                .map(run -> run.spec.definition().workload())
                .map(CanaryTest::command)
                .sorted()
                .toList();
    }

    private static String command(Workload workload) {
        return switch (workload) {
            case Workload.Process process -> process.command().getFirst();
            case Workload.Container container -> container.image().reference();
            case Workload.Unit unit -> unit.name();
        };
    }

    private ClusterView.RolloutView rollout() {
        return island.service("shop/web").rollout().orElseThrow();
    }

    private String reason() {
        return island.service("shop/web").reason();
    }

    private void begin() {
        island.apply(shop("one"));
        island.run(Duration.ofSeconds(20));
        island.apply(shop("two"));
        island.run(Duration.ofSeconds(20));
    }

    @Test
    void waitsForApprovalAndThenReplacesTheRest() {
        begin();

        assertThat(commands()).containsExactly("one", "one", "two");
        assertThat(rollout().stage()).isEqualTo("approval");
        assertThat(rollout().fromRevision()).isEqualTo(1);
        assertThat(rollout().until()).contains(rollout().since().plus(DAY));
        assertThat(rollout().updated()).singleElement().hasToString("shop/web.3");
        assertThat(reason())
                .startsWith("waits for approval since ")
                .contains("olympus rollout approve shop/web");
        assertThat(island.now(island.zeus.why("shop/web")))
                .anySatisfy(
                        cause -> assertThat(cause.sentence()).contains("aits for approval since"));

        island.now(island.zeus.approveRollout(WEB, Optional.of(2L), Island.ANA));
        island.run(Duration.ofMinutes(1));

        assertThat(commands()).containsExactly("two", "two");
        assertThat(island.service("shop/web").rollout()).isEmpty();
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        assertThat(island.decisions())
                .anySatisfy(decision -> {
                    assertThat(decision.actor()).isEqualTo("user:ana");
                    assertThat(decision.action()).isEqualTo("approve rollout");
                    assertThat(decision.subject()).isEqualTo("shop/web");
                });
    }

    @Test
    void goesOnByItselfWhereNobodyIsToBeAsked() {
        island.apply(shop("one", Optional.empty()));
        island.run(Duration.ofSeconds(20));
        island.apply(shop("two", Optional.empty()));
        island.run(Duration.ofSeconds(2));
        assertThat(rollout().stage()).isEqualTo("trial");

        island.run(Duration.ofMinutes(1));
        assertThat(commands()).containsExactly("two", "two");
    }

    @Test
    void takesWhatIsRejectedBackWithTheReason() {
        begin();

        var plan =
                island.now(
                        island.zeus.rejectRollout(WEB, "too slow", Optional.empty(), Island.ANA));
        island.run(Duration.ofSeconds(20));

        assertThat(plan.revision()).isEqualTo(3);
        assertThat(commands()).containsExactly("one", "one");
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        var newest = island.now(island.zeus.history(new StackName("shop"))).getFirst();
        assertThat(newest.actor()).isEqualTo("user:ana");
        assertThat(newest.summary())
                .startsWith(
                        "rollout of shop/web rejected by user:ana: too slow, back to revision 1");
        assertThat(newest.returned().orElseThrow().reason())
                .isEqualTo("rejected by user:ana: too slow");
    }

    @Test
    void goesBackWhenTheCanaryFailsWhateverTheFailureAction() {
        island.apply(shop("one"));
        island.run(Duration.ofSeconds(20));
        var first = island.decisions().size();

        island.apply(shop("bad"));
        island.run(Duration.ofMinutes(1));

        assertThat(commands()).containsExactly("one", "one");
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        assertThat(island.now(island.zeus.history(new StackName("shop"))).getFirst().summary())
                .startsWith("update of shop/web failed (shop/web.3 ");
        assertThat(island.decisions().subList(first, island.decisions().size()))
                .as("the old ones are left alone")
                .filteredOn(decision -> !decision.action().equals("change without a restart"))
                .extracting(Decision::subject)
                .contains("shop/web.3")
                .doesNotContain("shop/web.1", "shop/web.2");
    }

    @Test
    void goesBackWhenNobodyApprovesInTimeAlsoUnderAnotherLeader() {
        begin();
        island.run(Duration.ofHours(23));
        island.restartZeus();
        island.run(Duration.ofMinutes(1));
        assertThat(rollout().stage()).isEqualTo("approval");
        assertThat(commands()).containsExactly("one", "one", "two");

        island.run(Duration.ofHours(1));

        assertThat(commands()).containsExactly("one", "one");
        assertThat(island.now(island.zeus.history(new StackName("shop"))).getFirst().summary())
                .startsWith("update of shop/web failed (nobody approved it within 24h)");
    }

    @Test
    void anotherVersionReplacesTheCanaryAndGoesBackToTheGoodOne() {
        begin();

        island.apply(shop("three"));
        island.run(Duration.ofSeconds(20));
        assertThat(commands()).containsExactly("one", "one", "three");
        assertThat(rollout().fromRevision()).isEqualTo(1);

        island.now(island.zeus.rejectRollout(WEB, "", Optional.empty(), Island.ANA));
        island.run(Duration.ofSeconds(20));
        assertThat(commands()).containsExactly("one", "one");
    }

    @Test
    void theGoodVersionAppliedAgainIsNotTried() {
        begin();

        island.apply(shop("one"));
        island.run(Duration.ofSeconds(20));

        assertThat(commands()).containsExactly("one", "one");
        assertThat(island.service("shop/web").rollout()).isEmpty();
    }

    @Test
    void stoppedByHandMeanwhileEachStartsAsItWas() {
        begin();

        island.now(island.zeus.stop(WEB, Optional.empty(), Island.ANA));
        island.run(Duration.ofSeconds(20));
        assertThat(commands()).isEmpty();
        island.now(island.zeus.start(WEB, Optional.empty(), Island.ANA));
        island.run(Duration.ofSeconds(20));

        assertThat(commands()).containsExactly("one", "one", "two");
        assertThat(rollout().stage()).isEqualTo("approval");
    }

    @Test
    void otherImagesAreTriedToo() {
        island.apply(inContainers(shop("web:1")));
        island.run(Duration.ofSeconds(20));

        island.now(
                island.zeus.updateImages(
                        new StackName("shop"),
                        Map.of("web", "web:2"),
                        Optional.empty(),
                        Island.ANA));
        island.run(Duration.ofSeconds(20));

        assertThat(commands()).containsExactly("web:1", "web:1", "web:2");
        assertThat(rollout().stage()).isEqualTo("approval");
        assertThat(rollout().cause()).isEqualTo("images");
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertRefused(
                () -> island.zeus.approveRollout(WEB, Optional.empty(), Island.ANA),
                ErrorCode.NOT_FOUND,
                "there is no stack shop");
        island.apply(shop("one"));
        island.run(Duration.ofSeconds(20));
        assertRefused(
                () -> island.zeus.approveRollout(WEB, Optional.empty(), Island.ANA),
                ErrorCode.CONFLICT,
                "nothing to approve: no new version of shop/web is being tried");
        assertRefused(
                () -> island.zeus.rejectRollout(WEB, "", Optional.empty(), Island.ANA),
                ErrorCode.CONFLICT,
                "nothing to reject: no new version of shop/web is being tried");

        island.apply(shop("two"));
        island.run(Duration.ofMillis(500));
        assertRefused(
                () -> island.zeus.approveRollout(WEB, Optional.empty(), Island.ANA),
                ErrorCode.CONFLICT,
                "the new version of shop/web has not proved itself yet");
        assertRefused(
                () -> island.zeus.restart(WEB, Optional.empty(), Island.ANA),
                ErrorCode.CONFLICT,
                "a new version of shop/web is being tried, and \"restart\" would start it");
        island.run(Duration.ofSeconds(20));
        assertRefused(
                () -> island.zeus.approveRollout(WEB, Optional.of(1L), Island.ANA),
                ErrorCode.PRECONDITION_FAILED,
                "made for revision 1 of stack shop, which is at revision 2");
        assertRefused(
                () -> island.zeus.rejectRollout(WEB, "x".repeat(501), Optional.empty(), Island.ANA),
                ErrorCode.INVALID,
                "the reason has 501 characters; expected at most 500");
    }

    private void assertRefused(
            java.util.function.Supplier<java.util.concurrent.CompletionStage<?>> order,
            ErrorCode code,
            String words) {
        assertThatThrownBy(() -> island.now(order.get()))
                .cause()
                .isInstanceOfSatisfying(
                        OlympusException.class,
                        refused -> assertThat(refused.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }
}
