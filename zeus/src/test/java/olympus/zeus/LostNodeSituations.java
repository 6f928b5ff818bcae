package olympus.zeus;

import static olympus.model.stack.DeployPolicy.FailureAction.PAUSE;
import static olympus.model.stack.DeployPolicy.Order.STOP_FIRST;
import static olympus.zeus.Stacks.inContainers;
import static olympus.zeus.Stacks.project;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static olympus.zeus.Stacks.withVolume;

import java.util.Map;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord.Phase;
import olympus.model.state.NodeSpec;

/** Nodes that go away and come back, for {@link PlannerTest}. */
final class LostNodeSituations {

    private static final Stacks.Draft WEB = service("web");

    private LostNodeSituations() {}

    static void addTo(Map<String, Situation> all) {
        transitions(all);
        moves(all);
        stays(all);
        neighbours(all);
        returns(all);
    }

    private static Situation started(int nodes, StackDefinition stack) {
        return new Situation().nodes(nodes).stack(1, stack);
    }

    /** Two instances of shop/web, the second on node 2 of so many. */
    private static Situation secondOnNode2(int nodes, Stacks.Draft web) {
        return secondOnNode2(nodes, stack("shop", web.replicas(2)));
    }

    private static Situation secondOnNode2(int nodes, StackDefinition stack) {
        return started(nodes, stack)
                .instance("shop/web.1", 1, 1)
                .seen("shop/web.1", State.RUNNING, 60)
                .instance("shop/web.2", 2, 1)
                .seen("shop/web.2", State.RUNNING, 60);
    }

    private static void transitions(Map<String, Situation> all) {
        all.put("lost-not-yet", secondOnNode2(2, WEB).cutOff(2));
        all.put("lost-is-recorded-first", secondOnNode2(2, WEB).gone(2));
        all.put(
                "lost-was-recorded-by-another-leader",
                secondOnNode2(3, WEB).cutOff(2).recordedAsLost(2));
        all.put("lost-with-most-others", secondOnNode2(3, WEB).gone(2).cutOff(3));
        all.put(
                "lost-with-most-others-and-waiting",
                secondOnNode2(3, WEB).gone(2).gone(3).recordedAsHeldBack(2).recordedAsHeldBack(3));
        all.put(
                "lost-once-enough-others-are-back",
                secondOnNode2(3, WEB).gone(2).recordedAsHeldBack(2).recordedAsHeldBack(3));
        all.put("lost-one-after-the-other", secondOnNode2(3, WEB).gone(2).lost(3));
        all.put(
                "lost-replicas-go-each-its-own-way",
                started(4, stack("shop", WEB.replicas(4)))
                        .instance("shop/web.1", 1, 1)
                        .instance("shop/web.2", 2, 1)
                        .instance("shop/web.3", 2, 1)
                        .instance("shop/web.4", 2, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .seen("shop/web.2", State.RUNNING, 60)
                        .seen("shop/web.3", State.RUNNING, 60)
                        .seen("shop/web.4", State.RUNNING, 60)
                        .lost(2));
        all.put(
                "lost-beside-drained-ones",
                secondOnNode2(5, WEB)
                        .gone(2)
                        .gone(3)
                        .gone(4)
                        .withdrawn(3, NodeSpec.Kind.DRAIN)
                        .withdrawn(4, NodeSpec.Kind.DRAIN));
        all.put(
                "lost-for-good-is-forgotten",
                started(2, stack("shop", WEB.global()))
                        .instance("shop/web.1", 1, 1)
                        .instance("shop/web.2", 2, 1, Phase.RETIRE, true)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .lost(2)
                        .withdrawn(2, NodeSpec.Kind.DRAIN, true));
        all.put(
                "lost-beside-one-in-maintenance",
                secondOnNode2(3, WEB).gone(2).gone(3).withdrawn(3, NodeSpec.Kind.MAINTENANCE));
        all.put("lost-half-of-four", secondOnNode2(4, WEB).gone(2).gone(3));
        all.put("lost-and-back", secondOnNode2(2, WEB).recordedAsLost(2));
        all.put("lost-and-back-without-a-word", secondOnNode2(2, WEB).recordedAsLost(2).silent(2));
    }

    private static void moves(Map<String, Situation> all) {
        all.put("lost-and-moved", secondOnNode2(3, WEB.ports(80, 81)).lost(2));
        all.put(
                "lost-and-moved-to-a-node-that-tells",
                secondOnNode2(4, WEB).lost(2).silent(3).cutOff(4));
        all.put(
                "lost-with-no-room-elsewhere",
                new Situation()
                        .nodes(2)
                        .stack(1, stack("shop", WEB.ports(80, 80)))
                        .stack(1, stack("other", service("front").ports(80, 80)))
                        .instance("shop/web.1", 2, 1)
                        .instance("other/front.1", 1, 1)
                        .lost(2));
        all.put(
                "lost-with-its-dependency",
                started(2, stack("shop", WEB, service("worker").after("web")))
                        .instance("shop/web.1", 2, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .instance("shop/worker.1", 2, 1)
                        .seen("shop/worker.1", State.RUNNING, 60)
                        .lost(2));
        var slow = WEB.replicas(2).update(1, PAUSE, STOP_FIRST);
        all.put(
                "lost-before-its-update-came",
                new Situation()
                        .nodes(3)
                        .stack(1, stack("shop", slow))
                        .stack(2, stack("shop", slow.command("new")))
                        .updating("shop/web")
                        .instance("shop/web.1", 1, 2)
                        .seen("shop/web.1", State.RUNNING, 1)
                        .instance("shop/web.2", 2, 1)
                        .seen("shop/web.2", State.RUNNING, 60)
                        .lost(2));
        all.put(
                "lost-while-it-was-to-end-and-wanted-again",
                secondOnNode2(3, WEB).lost(2).instance("shop/web.2", 2, 1, Phase.RETIRE, true));
        all.put(
                "lost-while-stopped-and-started-again",
                started(2, stack("shop", WEB))
                        .instance("shop/web.1", 2, 1, Phase.STOP, true)
                        .seen("shop/web.1", State.STOPPED, 60)
                        .lost(2));
    }

    private static void stays(Map<String, Situation> all) {
        all.put("lost-while-paused", secondOnNode2(3, WEB).lost(2).paused("stack:shop"));
        all.put(
                "lost-while-its-node-is-paused",
                secondOnNode2(3, WEB).lost(2).paused("node:node2"));
        all.put(
                "lost-and-only-watched",
                secondOnNode2(3, Stacks.observed(inContainers(stack("shop", WEB.replicas(2)))))
                        .lost(2));
        all.put("lost-of-every-node", secondOnNode2(2, WEB.global()).lost(2));
        all.put(
                "lost-with-its-volume",
                secondOnNode2(3, withVolume("web", inContainers(stack("shop", WEB.replicas(2)))))
                        .lost(2));
        all.put("lost-and-stopped-by-hand", secondOnNode2(3, WEB).lost(2).held("shop/web"));
        all.put("lost-with-too-many", secondOnNode2(3, stack("shop", WEB)).lost(2));
        all.put(
                "lost-after-it-completed",
                started(2, stack("shop", service("job"), WEB.afterCompletionOf("job")))
                        .instance("shop/job.1", 2, 1)
                        .seen("shop/job.1", State.COMPLETED, 60)
                        .instance("shop/web.1", 2, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .lost(2));
        all.put(
                "lost-after-it-was-given-up",
                started(2, stack("shop", WEB))
                        .instance("shop/web.1", 2, 1)
                        .crashed("shop/web.1", State.GIVEN_UP, 5)
                        .lost(2));
    }

    private static Situation neighboursOnNode2(int nodes, StackDefinition stack) {
        return started(nodes, stack)
                .instance("shop/db.1", 2, 1)
                .seen("shop/db.1", State.RUNNING, 60)
                .instance("shop/web.1", 2, 1)
                .seen("shop/web.1", State.RUNNING, 60);
    }

    private static void neighbours(Map<String, Situation> all) {
        var shop = project("bridge", stack("shop", service("db"), WEB.ports(80, 80)));
        all.put("lost-neighbours-move-together", neighboursOnNode2(3, shop).lost(2));
        all.put(
                "lost-neighbours-stay-with-the-one-that-must",
                neighboursOnNode2(3, withVolume("db", shop)).lost(2));
        all.put(
                "lost-neighbours-without-room-for-all",
                neighboursOnNode2(2, shop)
                        .stack(1, stack("other", service("front").ports(80, 80)))
                        .instance("other/front.1", 1, 1)
                        .lost(2));
        all.put(
                "lost-neighbours-need-no-room-for-what-has-completed",
                neighboursOnNode2(
                                2,
                                project(
                                        "bridge",
                                        stack(
                                                "shop",
                                                service("db"),
                                                service("job").ports(80, 80),
                                                WEB)))
                        .instance("shop/job.1", 2, 1)
                        .seen("shop/job.1", State.COMPLETED, 60)
                        .stack(1, stack("other", service("front").ports(80, 80)))
                        .instance("other/front.1", 1, 1)
                        .lost(2));
        all.put(
                "lost-neighbours-follow-the-first",
                neighboursOnNode2(3, shop).instance("shop/db.1", 3, 1).lost(2));
        all.put(
                "neighbour-that-was-stopped-follows-when-it-is-started",
                neighboursOnNode2(2, shop)
                        .instance("shop/db.1", 1, 1)
                        .seen("shop/db.1", State.RUNNING, 60)
                        .instance("shop/web.1", 2, 1, Phase.STOP, true)
                        .seen("shop/web.1", State.STOPPED, 60));
        all.put(
                "neighbours-are-not-drawn-by-what-has-completed",
                started(2, project("bridge", stack("shop", service("job"), WEB.replicas(2))))
                        .instance("shop/job.1", 1, 1)
                        .seen("shop/job.1", State.COMPLETED, 60)
                        .instance("shop/web.1", 2, 1)
                        .seen("shop/web.1", State.RUNNING, 60));
    }

    private static void returns(Map<String, Situation> all) {
        all.put(
                "port-of-a-run-that-was-moved-away",
                started(2, stack("shop", WEB.ports(80, 80), service("front").ports(80, 80)))
                        .instance("shop/web.1", 1, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .undeclared("shop/web.1", 2)
                        .actsOn(2, 0));
    }
}
