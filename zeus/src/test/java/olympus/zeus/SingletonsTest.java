package olympus.zeus;

import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.singleton;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.NodeSpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A service that never runs twice: it starts where nothing else can be left of it. */
class SingletonsTest {

    private static final ServiceId ONE = ServiceId.parse("sim/one");
    private static final InstanceId INSTANCE = new InstanceId(ONE, 1);

    /** Lease and stop grace (10 s), 2 %, and 3 s. */
    private static final Duration LEASE = Duration.ofSeconds(5);

    private static final Duration ENDED = Duration.ofMillis(18_300);

    private final Island island = new Island(1, 2, Duration.ofSeconds(2));

    @BeforeEach
    void runs() {
        island.loop.afterEvent(() -> assertThat(alive()).hasSizeLessThan(2));
        apply("one");
        island.run(ENDED.plusSeconds(3));
        assertThat(alive()).hasSize(1);
    }

    @Test
    void ofALostNodeItStartsElsewhereOnceItHasEndedForCertain() {
        var there = holder();
        there.kill();
        island.disconnect(there);

        island.run(Duration.ofSeconds(14));
        assertThat(island.zeus.view().services().getFirst().instances().getFirst().node())
                .as("placed anew")
                .isNotEqualTo(there.id);
        assertThat(run(elsewhere(there)).state).isEqualTo(State.PENDING);
        assertThat(why())
                .anyMatch(it -> it.contains("waits: it was granted a lease on " + there.name));

        island.run(ENDED.minusSeconds(10));
        assertThat(alive()).containsExactly(elsewhere(there));
    }

    @Test
    void aNodeThatIsBackEndsItAndThenItStartsElsewhere() {
        var there = holder();
        island.disconnect(there);
        island.run(Duration.ofSeconds(4));
        assertThat(alive()).as("still under its lease").containsExactly(there);

        island.connect(there);
        island.run(Duration.ofSeconds(4));
        assertThat(alive()).containsExactly(elsewhere(there));
    }

    @Test
    void aDrainedNodeEndsItFirst() {
        var there = holder();
        island.now(island.zeus.withdraw(there.name, NodeSpec.Kind.DRAIN, "", false, Island.ANA));
        island.run(Duration.ofSeconds(5));
        assertThat(alive()).containsExactly(elsewhere(there));
    }

    @Test
    void anUpdateEndsItFirst() {
        var before = run(holder());
        apply("other");
        island.run(Duration.ofSeconds(8));
        assertThat(run(holder())).isNotSameAs(before);
    }

    @Test
    void itGoesOnUnderAnotherLeaderAndTellsOfItsLease() {
        var before = run(holder());
        island.restartZeus();
        for (var i = 0; i < 60; i++) {
            island.run(Duration.ofSeconds(1));
            assertThat(before.isAlive()).isTrue();
        }
        assertThat(why())
                .anyMatch(it ->
                        it.matches(
                                "The lease of sim/one.1 on node. was renewed . s ago and ends in . s\\."));
    }

    @Test
    void aNewLeaderWaitsForWhatItKnowsNothingOf() {
        var there = holder();
        there.kill();
        island.restartZeusWithout(there);
        island.run(ENDED.minusSeconds(1));
        assertThat(alive()).doesNotContain(elsewhere(there));
        island.run(Duration.ofSeconds(5));
        assertThat(alive()).containsExactly(elsewhere(there));
    }

    private void apply(String command) {
        island.apply(singleton(stack("sim", service("one").command(command)), "one", LEASE));
    }

    private List<String> why() {
        return island.now(island.zeus.why("sim/one")).stream()
                .map(StackCommands.Cause::sentence)
                .toList();
    }

    private List<SimulatedAgent> alive() {
        return island.agents.values().stream()
                .filter(agent ->
                        Optional.ofNullable(agent.runs().get(INSTANCE))
                                .filter(SimulatedAgent.Run::isAlive)
                                .isPresent())
                .toList();
    }

    private SimulatedAgent holder() {
        return alive().getFirst();
    }

    private SimulatedAgent elsewhere(SimulatedAgent there) {
        return island.agents.values().stream().filter(it -> it != there).findFirst().orElseThrow();
    }

    private static SimulatedAgent.Run run(SimulatedAgent agent) {
        return Optional.ofNullable(agent.runs().get(INSTANCE)).orElseThrow();
    }
}
