package olympus.zeus;

import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceObservation.State;
import org.junit.jupiter.api.Test;

/** What agents run and the store no longer knows. */
final class LostStoreTest {

    private final Island island = new Island(1, 1);

    @Test
    void leavesAloneWhatAStoreThatWasBegunAnewDoesNotKnow() {
        runningAfterTheStoreWasLost();

        island.run(Duration.ofSeconds(30));

        var web = island.service("first/web");
        assertThat(web.state()).isEqualTo("unclaimed");
        assertThat(web.reason()).contains("olympus apply DIR", "olympus remove first");
        assertThat(web.healthy()).isEqualTo(3);
        assertThat(island.now(island.zeus.why("first/web")).getFirst().sentence())
                .contains("unclaimed");
        assertThat(island.decisions()).noneMatch(d -> d.action().equals("mend drift"));
    }

    private Map<InstanceId, SimulatedAgent.Run> runningAfterTheStoreWasLost() {
        island.apply(three("good"));
        island.run(Duration.ofSeconds(5));
        var before = Map.copyOf(island.agent().runs());
        assertThat(before).hasSize(3);
        island.loseStore(List.of());
        island.run(Duration.ofSeconds(1));
        return before;
    }

    private static StackDefinition three(String command) {
        return stack(
                "first",
                service("web")
                        .command(command)
                        .ports(8000, 8007)
                        .replicas(3)
                        .update(
                                1,
                                DeployPolicy.FailureAction.PAUSE,
                                DeployPolicy.Order.STOP_FIRST));
    }

    @Test
    void takesOverWhatRunsWithoutARestartWhenItIsAppliedAgain() {
        var before = runningAfterTheStoreWasLost();

        var plan = island.apply(three("good"));
        island.run(Duration.ofSeconds(5));

        assertThat(plan.changes())
                .singleElement()
                .satisfies(c ->
                        assertThat(c.effect())
                                .isEqualTo("take over 3 running instances without a restart"));
        assertThat(island.agent().runs()).isEqualTo(before);
        assertThat(island.service("first/web").state()).isEqualTo("running");
        assertThat(island.apply(three("good")).isEmpty()).isTrue();
    }

    @Test
    void replacesWhatWasTakenOverOneAtATimeWhenItsDeclarationDiffers() {
        var before = runningAfterTheStoreWasLost();
        var fewest = new int[] {3};
        island.loop.afterEvent(() ->
                fewest[0] =
                        Math.min(
                                fewest[0],
                                (int)
                                        island.agent().runs().values().stream()
                                                .filter(run -> run.state == State.RUNNING)
                                                .count()));

        var plan = island.apply(three("better"));
        island.run(Duration.ofMinutes(3));

        assertThat(plan.changes().getFirst().effect())
                .isEqualTo(
                        "take over 3 running instances without a restart; then replace 3 instances, 1 at a time");
        assertThat(fewest[0]).isEqualTo(2);
        assertThat(island.agent().runs().values()).doesNotContainAnyElementsOf(before.values());
        assertThat(island.service("first/web").state()).isEqualTo("running");
    }

    @Test
    void removesAStackThatOnlyItsAgentsKnow() {
        runningAfterTheStoreWasLost();

        assertThat(
                        island.now(
                                island.zeus.remove(
                                        new StackName("first"), Optional.empty(), Island.ANA)))
                .containsExactly(ServiceId.parse("first/web"));
        island.run(Duration.ofSeconds(10));

        assertThat(island.agent().runs()).isEmpty();
        assertThat(island.has("first")).isFalse();
        assertThat(island.zeus.view().services()).isEmpty();
    }

    @Test
    void asksBeforeAnApplyEndsWhatOnlyItsAgentsKnow() {
        runningAfterTheStoreWasLost();

        var refused =
                island.zeus.apply(
                        stack("first", service("other")), Optional.empty(), false, Island.ANA);

        assertThatThrownBy(() -> island.now(refused))
                .hasMessageContaining("would remove first/web");
        assertThat(island.agent().runs()).hasSize(3);
    }

    @Test
    void believesNoAgentThatSaysItKnowsAnEarlierStore() {
        island.join(2);
        island.apply(three("good"));
        island.run(Duration.ofSeconds(5));
        var ordered =
                island.assignments.stream()
                        .flatMap(assignment -> assignment.instances().stream())
                        .filter(spec -> spec.id().equals(InstanceId.parse("first/web.1")))
                        .toList();

        island.agents.values().stream().toList().getLast().forgeHeld(List.of(ordered.getLast()));
        island.run(Duration.ofSeconds(5));

        assertThat(island.service("first/web").state()).isEqualTo("running");
        assertThat(island.apply(three("better")).changes())
                .noneMatch(change -> change.effect().contains("take over"));
        assertThat(island.service("first/web").state()).isNotEqualTo("unclaimed");
    }

    @Test
    void leavesAloneWhatRunsByOrdersThatARepairedStoreHasLost() {
        island.apply(three("good"));
        island.run(Duration.ofSeconds(5));
        var earlier = island.backup();
        island.apply(three("better"));
        island.run(Duration.ofMinutes(3));
        var before = Map.copyOf(island.agent().runs());

        island.loseStore(earlier);
        island.run(Duration.ofSeconds(30));

        assertThat(island.agent().runs()).isEqualTo(before);
        assertThat(island.service("first/web").state()).isEqualTo("unclaimed");
        assertThatThrownBy(() ->
                        island.now(
                                island.zeus.restart(
                                        ServiceId.parse("first/web"),
                                        Optional.empty(),
                                        Island.ANA)))
                .hasMessageContaining("has lost the last orders");
        island.apply(three("better"));
        island.run(Duration.ofSeconds(5));
        assertThat(island.agent().runs()).isEqualTo(before);
        assertThat(island.service("first/web").state()).isEqualTo("running");
    }
}
