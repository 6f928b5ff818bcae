package olympus.zeus;

import static olympus.zeus.Stacks.inContainers;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static olympus.zeus.Stacks.withVolume;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.model.state.Decision;
import olympus.model.state.InstanceObservation.State;
import org.junit.jupiter.api.Test;

/** What becomes of instances whose node goes away, for a while or for ever. */
final class LostNodesTest {

    private static final Duration DELAY = ZeusOptions.DEFAULT.lossDelay();
    private static final Duration MOMENT = Duration.ofSeconds(3);
    private static final InstanceId SECOND = InstanceId.parse("shop/web.2");

    private final Island island = new Island(11, 2);
    private final SimulatedAgent server = List.copyOf(island.agents.values()).getFirst();
    private final SimulatedAgent other = List.copyOf(island.agents.values()).getLast();

    private void startShop() {
        island.apply(stack("shop", service("web").replicas(2)));
        island.run(MOMENT);
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        assertThat(runs(other, SECOND)).isTrue();
    }

    private static boolean runs(SimulatedAgent agent, InstanceId id) {
        return Optional.ofNullable(agent.runs().get(id))
                .filter(SimulatedAgent.Run::isAlive)
                .isPresent();
    }

    private List<Decision> decisions(String action) {
        return island.decisions().stream().filter(d -> d.action().equals(action)).toList();
    }

    @Test
    void aPauseOfFiveSecondsMovesNothing() {
        startShop();
        island.disconnect(other);
        island.run(Duration.ofSeconds(5));
        island.connect(other);
        island.run(Duration.ofMinutes(1));

        assertThat(runs(other, SECOND)).isTrue();
        assertThat(decisions("move")).isEmpty();
        assertThat(decisions("count as lost")).isEmpty();
        assertThat(decisions("count as back")).isEmpty();
    }

    @Test
    void whatRanOnALostNodeRunsElsewhereAndTheReasonIsTold() {
        startShop();
        island.disconnect(other);
        island.run(DELAY.minusSeconds(1));
        assertThat(runs(server, SECOND)).isFalse();
        assertThat(island.service("shop/web").state()).isEqualTo("degraded");

        island.run(MOMENT);
        assertThat(runs(server, SECOND)).isTrue();
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        assertThat(decisions("count as lost"))
                .singleElement()
                .satisfies(lost -> {
                    assertThat(lost.subject()).isEqualTo("node:node2");
                    assertThat(lost.why())
                            .contains("no link to it for the loss delay", "last heard at");
                });
        assertThat(island.now(island.zeus.why("shop/web.2")))
                .extracting(StackCommands.Cause::sentence)
                .anyMatch(why ->
                        why.contains("zeus: move shop/web.2 on node1")
                                && why.contains(
                                        "node node2 is lost; node1 has the fewest instances"));
        assertThat(island.now(island.zeus.why("node2")))
                .extracting(StackCommands.Cause::sentence)
                .anyMatch(why -> why.contains("counts as lost since"))
                .anyMatch(why -> why.contains("zeus: count as lost node:node2"));
    }

    @Test
    void aNodeThatComesBackEndsWhatWasMovedAndIsUsedAgain() {
        startShop();
        island.disconnect(other);
        island.run(DELAY.plus(MOMENT));
        assertThat(runs(other, SECOND)).isTrue();

        island.connect(other);
        island.run(MOMENT);
        assertThat(runs(other, SECOND)).isFalse();
        assertThat(runs(server, SECOND)).isTrue();
        assertThat(decisions("count as back")).hasSize(1);
        assertThat(island.now(island.zeus.why("node2")))
                .extracting(StackCommands.Cause::sentence)
                .noneMatch(why -> why.startsWith("Node node2: counts as lost"));

        island.apply(stack("shop", service("web").replicas(3)));
        island.run(MOMENT);
        assertThat(runs(other, InstanceId.parse("shop/web.3"))).isTrue();
        assertThat(decisions("mend drift")).isEmpty();
    }

    @Test
    void anotherLeaderWaitsForAsLong() {
        startShop();
        island.disconnect(other);
        island.run(DELAY.minusSeconds(2));
        island.restartZeusWithout(other);
        island.run(DELAY.minusSeconds(1));
        assertThat(decisions("move")).isEmpty();

        island.run(MOMENT);
        assertThat(decisions("move")).hasSize(1);
    }

    @Test
    void aLossIsRecordedOnceAndCostsNothingAfterwards() {
        startShop();
        island.disconnect(other);
        island.run(DELAY.plus(Duration.ofSeconds(20)));
        var written = island.hermes.status().revision();
        island.run(Duration.ofMinutes(10));

        assertThat(island.hermes.status().revision()).isEqualTo(written);
        assertThat(decisions("count as lost")).hasSize(1);
    }

    @Test
    void whenMostNodesGoAtOnceNothingIsMovedAndThatIsTold() {
        island.join(3);
        var third = List.copyOf(island.agents.values()).getLast();
        startShop();
        island.disconnect(other);
        island.run(Duration.ofSeconds(3));
        island.disconnect(third);
        island.run(Duration.ofMinutes(5));

        assertThat(decisions("move")).isEmpty();
        assertThat(decisions("count as lost")).isEmpty();
        assertThat(decisions("hold back")).hasSize(2);
        assertThat(island.service("shop/web").reason()).contains("2 of 3 nodes went away at once");
        assertThat(island.now(island.zeus.why("node2")))
                .extracting(StackCommands.Cause::sentence)
                .anyMatch(why -> why.contains("not counted as lost: 2 of 3 nodes"));

        island.connect(third);
        island.run(MOMENT);
        assertThat(decisions("count as lost")).hasSize(1);
        assertThat(decisions("move")).hasSize(1);
        assertThat(decisions("count as back")).hasSize(1);
    }

    @Test
    void nothingIsMovedDuringAPauseAndAllOfItAfterwards() {
        startShop();
        island.now(island.zeus.pause("all", "looking", Island.ANA));
        island.disconnect(other);
        island.run(DELAY.multipliedBy(3));
        assertThat(runs(server, SECOND)).isFalse();
        assertThat(island.now(island.zeus.why("shop/web.2")))
                .extracting(StackCommands.Cause::sentence)
                .anyMatch(why ->
                        why.contains(
                                "shop/web.2 is not moved from node2: automatic action is paused by user:ana"));

        island.now(island.zeus.resume("all", Island.ANA));
        island.run(MOMENT);
        assertThat(runs(server, SECOND)).isTrue();
    }

    @Test
    void whatIsPinnedIsUnknownUntilItsNodeIsBack() {
        island.apply(withVolume("db", inContainers(stack("shop", service("db"), service("web")))));
        island.run(MOMENT);
        var home = island.service("shop/db").instances().getFirst().node();
        island.disconnect(island.agent(home));
        island.run(DELAY.multipliedBy(4));

        assertThat(island.service("shop/db").state()).isEqualTo("unknown");
        assertThat(island.service("shop/db").reason())
                .contains("shop/db.1 is not moved", "the volume shop_data is on its node");
        island.connect(island.agent(home));
        island.run(MOMENT);
        assertThat(island.service("shop/db").state()).isEqualTo("running");
        assertThat(island.service("shop/db").instances().getFirst().node()).isEqualTo(home);
    }

    @Test
    void whatIsKnownToHaveCompletedIsNotRunAgainNotEvenByAnotherLeader() {
        island.apply(stack("shop", service("job").command("once").replicas(2)));
        island.run(MOMENT);
        assertThat(island.service("shop/job").state()).isEqualTo("completed");
        island.disconnect(other);
        island.run(DELAY.multipliedBy(2));
        island.restartZeusWithout(other);
        island.run(DELAY.multipliedBy(2));

        assertThat(decisions("count as lost")).hasSize(1);
        assertThat(decisions("move")).isEmpty();
        assertThat(island.service("shop/job").state()).isEqualTo("completed");
        assertThat(other.runs().get(InstanceId.parse("shop/job.2")))
                .extracting(run -> run.state)
                .isEqualTo(State.COMPLETED);
    }
}
