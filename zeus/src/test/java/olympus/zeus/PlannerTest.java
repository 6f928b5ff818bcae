package olympus.zeus;

import static olympus.model.stack.DeployPolicy.FailureAction.PAUSE;
import static olympus.model.stack.DeployPolicy.FailureAction.ROLLBACK;
import static olympus.model.stack.DeployPolicy.Order.START_FIRST;
import static olympus.model.stack.DeployPolicy.Order.STOP_FIRST;
import static olympus.zeus.Stacks.project;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord.Phase;
import olympus.model.state.NodeSpec.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is planned in typical situations, as text under {@code src/test/resources/plans}. */
final class PlannerTest {

    private static final Path PLANS = Path.of("src/test/resources/plans");
    private static final Stacks.Draft WEB = service("web");
    private static final Stacks.Draft WORKER = service("worker").after("web");

    static Stream<Map.Entry<String, Situation>> situations() {
        var all = new TreeMap<String, Situation>();
        first(all);
        updates(all);
        failures(all);
        ends(all);
        neighbours(all);
        withdrawals(all);
        whatStaysAndWhatLeaves(all);
        drainsOfHaltedUpdates(all);
        PlacementSituations.put(all);
        ResourceSituations.put(all);
        LostNodeSituations.addTo(all);
        RolloutSituations.addTo(all);
        return all.entrySet().stream();
    }

    private static Situation started(int nodes, Stacks.Draft... services) {
        return new Situation().nodes(nodes).stack(1, stack("shop", services));
    }

    private static void first(Map<String, Situation> all) {
        all.put("nothing-declared", new Situation().nodes(2));
        all.put("first-placement", started(2, WEB.replicas(3).ports(8080, 8089), WORKER));
        all.put("no-node-yet", started(0, WEB));
        all.put("node-cut-off", started(2, WEB.replicas(2)).cutOff(2).instance("shop/web.2", 2, 1));
        all.put(
                "port-taken",
                started(1, WEB.ports(80, 80), service("front").ports(80, 80))
                        .instance("shop/front.1", 1, 1));
        all.put(
                "dependency-met",
                started(1, WEB, WORKER)
                        .instance("shop/web.1", 1, 1)
                        .seen("shop/web.1", State.RUNNING, 1)
                        .instance("shop/worker.1", 1, 1, Phase.WAITING, true));
        all.put(
                "dependency-given-up",
                started(1, WEB, WORKER)
                        .instance("shop/web.1", 1, 1)
                        .crashed("shop/web.1", State.GIVEN_UP, 5)
                        .instance("shop/worker.1", 1, 1, Phase.WAITING, true));
        all.put(
                "global-on-a-new-node",
                started(3, WEB.global().ports(9100, 9100))
                        .instance("shop/web.1", 1, 1)
                        .instance("shop/web.2", 3, 1));
        all.put(
                "all-is-well",
                started(1, WEB).instance("shop/web.1", 1, 1).seen("shop/web.1", State.RUNNING, 60));
    }

    /** Two instances that are well on the first of three nodes. */
    private static Situation onTheFirst(Stacks.Draft draft) {
        return started(3, draft.replicas(2))
                .instance("shop/web.1", 1, 1)
                .instance("shop/web.2", 1, 1)
                .seen("shop/web.1", State.RUNNING, 60)
                .seen("shop/web.2", State.RUNNING, 60);
    }

    private static void withdrawals(Map<String, Situation> all) {
        all.put(
                "cordoned-node-takes-nothing",
                started(2, WEB.replicas(3))
                        .instance("shop/web.1", 1, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .withdrawn(1, Kind.CORDON));
        all.put("drain-moves-one-at-a-time", onTheFirst(WEB).withdrawn(1, Kind.DRAIN));
        all.put("drain-by-force", onTheFirst(WEB).withdrawn(1, Kind.DRAIN, true));
        all.put(
                "drain-waits-for-what-is-not-well",
                onTheFirst(WEB.replicas(2))
                        .instance("shop/web.2", 2, 1)
                        .seen("shop/web.2", State.STARTING, 1)
                        .withdrawn(1, Kind.MAINTENANCE));
        all.put(
                "drain-waits-while-paused",
                onTheFirst(WEB).withdrawn(1, Kind.DRAIN).paused("stack:shop"));
        all.put(
                "drain-with-nowhere-to-go",
                onTheFirst(WEB).withdrawn(1, Kind.DRAIN).withdrawn(2, Kind.CORDON).cutOff(3));
        all.put(
                "drain-stops-at-what-was-given-up-elsewhere",
                onTheFirst(WEB)
                        .instance("shop/web.2", 2, 1)
                        .crashed("shop/web.2", State.GIVEN_UP, 5)
                        .withdrawn(1, Kind.DRAIN));
    }

    private static void whatStaysAndWhatLeaves(Map<String, Situation> all) {
        all.put(
                "global-that-is-only-watched-stays",
                new Situation()
                        .nodes(2)
                        .stack(1, Stacks.observed(stack("shop", WEB.global())))
                        .instance("shop/web.1", 1, 1)
                        .instance("shop/web.2", 2, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .seen("shop/web.2", State.RUNNING, 60)
                        .withdrawn(1, Kind.DRAIN));
        all.put(
                "drain-leaves-what-is-over",
                onTheFirst(WEB)
                        .seen("shop/web.1", State.COMPLETED, 60)
                        .crashed("shop/web.2", State.GIVEN_UP, 5)
                        .withdrawn(1, Kind.DRAIN));
        all.put(
                "global-leaves-a-drained-node",
                started(3, WEB.global())
                        .instance("shop/web.1", 1, 1)
                        .instance("shop/web.2", 2, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .seen("shop/web.2", State.RUNNING, 60)
                        .withdrawn(1, Kind.DRAIN)
                        .withdrawn(2, Kind.CORDON)
                        .withdrawn(3, Kind.CORDON));
        all.put(
                "update-leaves-a-drained-node",
                updated(WEB.command("sleep 1"), WEB.command("sleep 2"))
                        .nodes(2)
                        .instance("shop/web.1", 1, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .updating("shop/web")
                        .withdrawn(1, Kind.DRAIN));
    }

    /** The update reached the second of two, on another node, and stopped at it. */
    private static Situation haltedUpdate(State second) {
        var draft = WEB.replicas(2);
        var situation =
                updated(draft.command("sleep 1"), draft.command("sleep 2"))
                        .nodes(3)
                        .instance("shop/web.1", 1, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .instance("shop/web.2", 2, 2)
                        .halted("shop/web");
        return second == State.RUNNING
                ? situation.seen("shop/web.2", second, 60)
                : situation.crashed("shop/web.2", second, 5);
    }

    private static void drainsOfHaltedUpdates(Map<String, Situation> all) {
        all.put(
                "drain-moves-what-a-halted-update-has-not-reached",
                haltedUpdate(State.RUNNING).withdrawn(1, Kind.DRAIN));
        all.put(
                "drain-moves-what-a-halted-update-has-reached",
                haltedUpdate(State.RUNNING).withdrawn(2, Kind.DRAIN));
        all.put(
                "drain-waits-for-what-a-halted-update-broke",
                haltedUpdate(State.GIVEN_UP).withdrawn(1, Kind.DRAIN));
        all.put(
                "drain-by-force-waits-for-no-halted-update",
                haltedUpdate(State.GIVEN_UP).withdrawn(1, Kind.DRAIN, true));
        all.put(
                "drain-by-force-waits-for-no-update",
                haltedUpdate(State.RUNNING).updating("shop/web").withdrawn(1, Kind.DRAIN, true));
    }

    private static Situation updated(Stacks.Draft was, Stacks.Draft is) {
        return new Situation()
                .nodes(1)
                .stack(1, stack("shop", was))
                .stack(2, stack("shop", is))
                .updating("shop/web");
    }

    private static Situation firstOfTwoIsNew(Stacks.Draft web, int runsForSeconds) {
        return updated(web, web.command("new"))
                .instance("shop/web.1", 1, 2)
                .seen("shop/web.1", State.RUNNING, runsForSeconds)
                .instance("shop/web.2", 1, 1)
                .seen("shop/web.2", State.RUNNING, 60);
    }

    private static void updates(Map<String, Situation> all) {
        var web = WEB.replicas(2).update(1, PAUSE, STOP_FIRST);
        all.put(
                "update-begins",
                updated(web, web.command("new"))
                        .instance("shop/web.1", 1, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .instance("shop/web.2", 1, 1)
                        .crashed("shop/web.2", State.BACKOFF, 2));
        all.put("update-watches", firstOfTwoIsNew(web, 1));
        all.put("update-confirms", firstOfTwoIsNew(web, 3));
        all.put(
                "update-ends",
                updated(web, web.command("new"))
                        .instance("shop/web.1", 1, 2, Phase.RUN, true)
                        .instance("shop/web.2", 1, 2, Phase.RUN, true));
        all.put(
                "update-waits-while-paused",
                updated(web, web.command("new"))
                        .instance("shop/web.1", 1, 1)
                        .instance("shop/web.2", 1, 1)
                        .paused("all"));
        var extra = web.ports(8080, 8082).update(1, PAUSE, START_FIRST);
        all.put(
                "update-starts-first",
                updated(extra, extra.command("new"))
                        .instance("shop/web.1", 1, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .instance("shop/web.2", 1, 1)
                        .seen("shop/web.2", State.RUNNING, 60));
        all.put(
                "update-that-starts-first-is-halted-and-its-extra-instance-ends",
                updated(extra, extra.command("new"))
                        .instance("shop/web.1", 1, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .instance("shop/web.2", 1, 1)
                        .seen("shop/web.2", State.RUNNING, 60)
                        .instance("shop/web.3", 1, 2)
                        .crashed("shop/web.3", State.GIVEN_UP, 5)
                        .halted("shop/web"));
        all.put(
                "port-of-a-run-that-still-ends",
                new Situation()
                        .nodes(1)
                        .stack(1, stack("shop", WEB.ports(80, 80), service("front").ports(81, 81)))
                        .stack(2, stack("shop", WEB.ports(82, 82), service("front").ports(80, 80)))
                        .updating("shop/web")
                        .updating("shop/front")
                        .instance("shop/web.1", 1, 2)
                        .seenEarlier("shop/web.1", State.STOPPING)
                        .instance("shop/front.1", 1, 1)
                        .seen("shop/front.1", State.RUNNING, 60));
    }

    private static void failures(Map<String, Situation> all) {
        var back = WEB.update(1, ROLLBACK, STOP_FIRST);
        all.put(
                "update-fails-and-returns",
                updated(back, back.command("bad"))
                        .instance("shop/web.1", 1, 2)
                        .crashed("shop/web.1", State.BACKOFF, 1));
        all.put(
                "update-fails-while-paused",
                updated(back, back.command("bad"))
                        .instance("shop/web.1", 1, 2)
                        .crashed("shop/web.1", State.GIVEN_UP, 5)
                        .paused("stack:shop"));
        var halt = WEB.update(1, PAUSE, STOP_FIRST);
        all.put(
                "update-fails-and-halts",
                updated(halt, halt.command("bad"))
                        .instance("shop/web.1", 1, 2)
                        .crashed("shop/web.1", State.GIVEN_UP, 5));
        all.put(
                "given-up-and-moved",
                started(2, WEB.moves())
                        .instance("shop/web.1", 1, 1)
                        .crashed("shop/web.1", State.GIVEN_UP, 5));
        all.put(
                "given-up-with-one-node",
                started(1, WEB.moves())
                        .instance("shop/web.1", 1, 1)
                        .crashed("shop/web.1", State.GIVEN_UP, 5));
        all.put(
                "given-up-on-a-paused-node",
                started(2, WEB.moves())
                        .paused("node:node1")
                        .instance("shop/web.1", 1, 1)
                        .crashed("shop/web.1", State.GIVEN_UP, 5));
        all.put(
                "drift",
                started(1, WEB)
                        .instance("shop/web.1", 1, 1)
                        .seenEarlier("shop/web.1", State.RUNNING)
                        .undeclared("shop/ghost.1", 1));
    }

    private static void ends(Map<String, Situation> all) {
        all.put(
                "stopped-by-hand",
                started(1, WEB)
                        .held("shop/web")
                        .instance("shop/web.1", 1, 1)
                        .seen("shop/web.1", State.RUNNING, 60));
        all.put(
                "fewer-replicas",
                started(1, WEB)
                        .instance("shop/web.1", 1, 1)
                        .instance("shop/web.2", 1, 1)
                        .instance("shop/web.3", 1, 1, Phase.RETIRE, true)
                        .seen("shop/web.3", State.STOPPED, 1));
        all.put(
                "stack-goes-dependants-first",
                new Situation()
                        .nodes(1)
                        .removing(1, stack("shop", WEB, WORKER))
                        .instance("shop/web.1", 1, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .instance("shop/worker.1", 1, 1)
                        .seen("shop/worker.1", State.RUNNING, 60));
        all.put("stack-is-gone", new Situation().nodes(1).removing(1, stack("shop", WEB)));
    }

    private static void neighbours(Map<String, Situation> all) {
        var db = service("db");
        var web = WEB.replicas(2).ports(80, 81);
        var project = project("bridge", stack("shop", db, web));
        all.put(
                "neighbours-follow",
                new Situation().nodes(3).stack(1, project).instance("shop/db.1", 2, 1));
        all.put(
                "neighbours-begin-where-all-fit",
                new Situation()
                        .nodes(2)
                        .stack(1, project)
                        .stack(1, stack("other", service("front").ports(81, 81)))
                        .instance("other/front.1", 1, 1));
        all.put(
                "neighbours-wait-for-their-node",
                new Situation().nodes(2).stack(1, project).cutOff(2).instance("shop/db.1", 2, 1));
        all.put(
                "neighbours-over-a-network-that-spans-nodes",
                new Situation()
                        .nodes(3)
                        .stack(1, project("overlay", stack("shop", db, web)))
                        .instance("shop/db.1", 2, 1));
        all.put(
                "neighbour-is-not-moved-alone",
                new Situation()
                        .nodes(2)
                        .stack(1, project("bridge", stack("shop", db, WEB.moves())))
                        .instance("shop/db.1", 1, 1)
                        .seen("shop/db.1", State.RUNNING, 60)
                        .instance("shop/web.1", 1, 1)
                        .crashed("shop/web.1", State.GIVEN_UP, 5));
    }

    @ParameterizedTest
    @MethodSource("situations")
    void plansAsWrittenDown(Map.Entry<String, Situation> named) throws IOException {
        var text = PlanText.of(named.getValue().plan(), Situation.nowNanos());
        var file = PLANS.resolve(named.getKey() + ".txt");
        if (Boolean.getBoolean("docs.write")) {
            Files.createDirectories(PLANS);
            Files.writeString(file, text);
        }
        assertThat(file).as("mvn test -Ddocs.write=true writes it anew").hasContent(text);
    }

    @Test
    void hasNoPlanWrittenDownForASituationThatNobodyTries() throws IOException {
        try (var files = Files.list(PLANS)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            situations().map(s -> s.getKey() + ".txt").toList());
        }
    }
}
