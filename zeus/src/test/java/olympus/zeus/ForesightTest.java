package olympus.zeus;

import static olympus.zeus.Stacks.inContainers;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.singleton;
import static olympus.zeus.Stacks.stack;
import static olympus.zeus.Stacks.withVolume;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import olympus.model.NodeId;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.NodeSpec;
import olympus.zeus.Foresight.Forecast;
import olympus.zeus.Foresight.Gravity;
import olympus.zeus.Foresight.Loss;
import org.junit.jupiter.api.Test;

/** What is told of nodes that are lost or drained in thought. */
final class ForesightTest {

    private static final Stacks.Draft WEB = service("web");

    private static Situation webOn(int nodes, Stacks.Draft web, int... on) {
        return running(
                new Situation().nodes(nodes).stack(1, stack("shop", web.replicas(on.length))),
                "shop/web",
                on);
    }

    private static Situation running(Situation situation, String service, int... on) {
        for (var n = 0; n < on.length; n++) {
            var id = service + "." + (n + 1);
            situation.instance(id, on[n], 1).seen(id, State.RUNNING, 60);
        }
        return situation;
    }

    private static Forecast lost(Situation situation, int... nodes) {
        return situation
                .foresight()
                .suppose(new Supposition(ids(nodes), Set.of(), Optional.empty()));
    }

    private static Forecast drained(Situation situation, int... nodes) {
        return situation
                .foresight()
                .suppose(new Supposition(Set.of(), ids(nodes), Optional.empty()));
    }

    private static Set<NodeId> ids(int... nodes) {
        return java.util.Arrays.stream(nodes).mapToObj(Situation::node).collect(Collectors.toSet());
    }

    /** As in {@code "shop/web.1 on node1 moves to node2: because"}. */
    private static String text(Forecast forecast) {
        return forecast.fates().stream()
                .map(fate ->
                        "%s on %s %s%s%s"
                                .formatted(
                                        fate.instance(),
                                        name(fate.node()),
                                        fate.outcome().name().toLowerCase(java.util.Locale.ROOT),
                                        fate.target().map(to -> " to " + name(to)).orElse(""),
                                        fate.why().isEmpty() ? "" : ": " + fate.why()))
                .collect(Collectors.joining("\n"));
    }

    private static String name(NodeId node) {
        return "node" + node.value().getLeastSignificantBits();
    }

    private static Loss only(Forecast forecast) {
        assertThat(forecast.losses()).hasSize(1);
        return forecast.losses().getFirst();
    }

    @Test
    void whatRanOnALostNodeWouldRunElsewhereAndTheRestStays() {
        var forecast = lost(webOn(3, WEB, 1, 2), 2);

        assertThat(text(forecast))
                .isEqualTo(
                        """
                        shop/web.1 on node1 stays
                        shop/web.2 on node2 moves to node3: node node2 is lost; node3 has the fewest instances (0 of this service, 0 in all)\
                        """);
        assertThat(only(forecast).gravity()).isEqualTo(Gravity.FINE);
    }

    @Test
    void theOnlyInstanceIsDownUntilItIsMoved() {
        var loss = only(lost(webOn(2, WEB, 1), 1));

        assertThat(loss.gravity()).isEqualTo(Gravity.DOWN_UNTIL_MOVED);
        assertThat(loss.moved()).isEqualTo(1);
        assertThat(loss.left()).isZero();
    }

    @Test
    void whatIsPinnedByItsVolumeStopsWithItsNode() {
        var pinned = withVolume("web", inContainers(stack("shop", WEB)));
        var forecast = lost(running(new Situation().nodes(2).stack(1, pinned), "shop/web", 1), 1);

        assertThat(text(forecast)).startsWith("shop/web.1 on node1 waits: the volume ");
        assertThat(only(forecast).gravity()).isEqualTo(Gravity.STOPS);
    }

    @Test
    void oneOfTwoPinnedInstancesLeavesItsServiceDegraded() {
        var pinned = withVolume("web", inContainers(stack("shop", WEB.replicas(2))));
        var forecast =
                lost(running(new Situation().nodes(2).stack(1, pinned), "shop/web", 1, 2), 1);

        assertThat(only(forecast).gravity()).isEqualTo(Gravity.DEGRADED);
        assertThat(only(forecast).left()).isEqualTo(1);
    }

    @Test
    void whatRunsOnEveryNodeIsNotMissedWhereItsNodeIsMissing() {
        var everywhere = new Situation().nodes(2).stack(1, stack("shop", WEB.global()));
        var forecast = lost(running(everywhere, "shop/web", 1, 2), 2);

        assertThat(only(forecast).gravity()).isEqualTo(Gravity.FINE);
        assertThat(text(forecast)).contains("shop/web.2 on node2 waits: it runs on every node");
    }

    @Test
    void aNodeWithoutAPlaceForItIsNamedWithTheReason() {
        var front = stack("other", service("front").ports(80, 80));
        var situation =
                webOn(2, WEB.ports(80, 80), 1)
                        .stack(1, front)
                        .instance("other/front.1", 2, 1)
                        .seen("other/front.1", State.RUNNING, 60);
        var forecast = lost(situation, 1);

        assertThat(only(forecast).gravity()).isEqualTo(Gravity.STOPS);
        assertThat(only(forecast).why())
                .contains("node2 has port 80 in use by other/front.1")
                .contains("node1 is not connected");
    }

    @Test
    void mostNodesAtOnceLookLikeAFaultOfTheNetworkAlsoInThought() {
        var forecast = lost(webOn(3, WEB, 1, 2), 2, 3);

        assertThat(text(forecast))
                .contains("shop/web.2 on node2 waits: 2 of 3 nodes went away at once");
    }

    @Test
    void aDrainedNodeIsEmptiedOfAllThatCanLeave() {
        var forecast = drained(webOn(3, WEB, 2, 2, 2), 2);

        assertThat(forecast.fates())
                .allSatisfy(fate -> assertThat(fate.outcome()).isEqualTo(Foresight.Outcome.MOVES));
        assertThat(forecast.losses()).isEmpty();
        assertThat(text(forecast)).contains("it leaves node2: it is being drained by what-if");
    }

    @Test
    void whatIsBoundToADrainedNodeStaysAndSaysWhy() {
        var pinned = withVolume("web", inContainers(stack("shop", WEB)));
        var forecast =
                drained(running(new Situation().nodes(2).stack(1, pinned), "shop/web", 1), 1);

        assertThat(text(forecast)).startsWith("shop/web.1 on node1 stays: the volume ");
    }

    @Test
    void aGlobalInstanceOfADrainedNodeEnds() {
        var everywhere = new Situation().nodes(2).stack(1, stack("shop", WEB.global()));
        var forecast = drained(running(everywhere, "shop/web", 1, 2), 2);

        assertThat(text(forecast)).contains("shop/web.2 on node2 ends: it leaves node2");
    }

    @Test
    void withoutAnyoneToDecideNothingIsMoved() {
        var forecast =
                webOn(3, WEB, 1)
                        .foresight()
                        .suppose(
                                Supposition.lost(Situation.node(1))
                                        .undecidedAs(Optional.of("no server leads")));

        assertThat(text(forecast)).isEqualTo("shop/web.1 on node1 waits: no server leads");
        assertThat(only(forecast).gravity()).isEqualTo(Gravity.STOPS);
    }

    @Test
    void aSingletonIsMovedOnceItsLeaseHasEndedForCertain() {
        var lone = singleton(stack("shop", WEB), "web", Duration.ofSeconds(10));
        var forecast = lost(running(new Situation().nodes(2).stack(1, lone), "shop/web", 1), 1);

        assertThat(only(forecast).gravity()).isEqualTo(Gravity.DOWN_UNTIL_MOVED);
        // A lease of 10 s and 10 s of grace, 2 % for clocks that differ, and 3 s.
        assertThat(text(forecast))
                .startsWith("shop/web.1 on node1 moves to node2: node node1 is lost; ")
                .endsWith("; it starts when its lease there has ended for certain, within 24s");
    }

    @Test
    void aSingletonEndsAlsoOnANodeThatIsWellWhenNobodyRenewsItsLease() {
        var lone = singleton(stack("shop", WEB, service("db")), "web", Duration.ofSeconds(10));
        var both =
                running(
                        running(new Situation().nodes(2).stack(1, lone), "shop/web", 1),
                        "shop/db",
                        2);
        var forecast =
                both.foresight()
                        .suppose(
                                new Supposition(
                                        Set.of(), Set.of(), Optional.of("no server leads")));

        assertThat(text(forecast))
                .isEqualTo(
                        """
                        shop/db.1 on node2 stays
                        shop/web.1 on node1 waits: it ends with its lease, which nobody renews: no server leads\
                        """);
        assertThat(only(forecast).service()).hasToString("shop/web");
        assertThat(only(forecast).gravity()).isEqualTo(Gravity.STOPS);
        assertThat(only(forecast).left()).isZero();
    }

    @Test
    void whatHasCompletedIsMissedByNobody() {
        var job =
                new Situation()
                        .nodes(2)
                        .stack(1, stack("shop", service("job")))
                        .instance("shop/job.1", 1, 1)
                        .seen("shop/job.1", State.COMPLETED, 60);
        var forecast = lost(job, 1);

        assertThat(text(forecast)).isEqualTo("shop/job.1 on node1 stays: it has completed");
        assertThat(forecast.losses()).isEmpty();
    }

    @Test
    void neitherPausedNorCordonedNodesHelp() {
        var paused = lost(webOn(2, WEB, 1).paused("stack:shop"), 1);
        assertThat(only(paused).why()).isEqualTo("automatic action is paused by user:ana");

        var cordoned = lost(webOn(2, WEB, 1).withdrawn(2, NodeSpec.Kind.CORDON), 1);
        assertThat(only(cordoned).gravity()).isEqualTo(Gravity.STOPS);
        assertThat(only(cordoned).why()).contains("node2 takes nothing new: it is cordoned");
    }

    @Test
    void thinkingChangesNothingAndComesToTheSameEachTime() {
        var foresight = webOn(3, WEB.replicas(2), 1, 2).foresight();
        var first = foresight.suppose(Supposition.lost(Situation.node(1)));
        foresight.suppose(Supposition.lost(Situation.node(2)));

        assertThat(foresight.suppose(Supposition.lost(Situation.node(1)))).isEqualTo(first);
        assertThat(foresight.suppose(new Supposition(Set.of(), Set.of(), Optional.empty())).fates())
                .allSatisfy(fate -> assertThat(fate.outcome()).isEqualTo(Foresight.Outcome.STAYS));
    }

    /** What is foreseen is what comes about once it has really happened. */
    @Test
    void itIsWhatTheIslandDoes() {
        var island = new Island(7, 3);
        island.apply(stack("shop", WEB.replicas(4), service("db")));
        island.run(Duration.ofSeconds(5));
        var agent = List.copyOf(island.agents.values()).get(1);
        var fates = island.foresight().suppose(Supposition.lost(agent.id)).fates();
        assertThat(fates).anyMatch(fate -> fate.outcome() == Foresight.Outcome.MOVES);

        island.disconnect(agent);
        island.run(ZeusOptions.DEFAULT.lossDelay().plusSeconds(10));

        var came =
                island.zeus.view().services().stream()
                        .flatMap(service -> service.instances().stream())
                        .collect(
                                Collectors.toMap(
                                        one -> one.observed().id(),
                                        ClusterView.InstanceView::node));
        assertThat(came)
                .isEqualTo(
                        fates.stream()
                                .collect(
                                        Collectors.toMap(
                                                Foresight.Fate::instance,
                                                fate -> fate.target().orElse(fate.node()))));
    }
}
