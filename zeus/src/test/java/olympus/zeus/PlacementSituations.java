package olympus.zeus;

import static olympus.zeus.Stacks.project;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static olympus.zeus.Stacks.where;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.PlacementPolicy;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.NodeSpec.Kind;

/** Situations in which services say on which nodes they may be, for {@link PlannerTest}. */
final class PlacementSituations {

    private static final Stacks.Draft WEB = service("web");

    private PlacementSituations() {}

    private static PlacementPolicy constraints(String... texts) {
        return new PlacementPolicy(
                Arrays.stream(texts)
                        .map(text -> PlacementPolicy.Constraint.parse(text).orElseThrow())
                        .toList(),
                List.of(),
                Optional.empty());
    }

    private static PlacementPolicy spread(String... keys) {
        return new PlacementPolicy(List.of(), List.of(keys), Optional.empty());
    }

    private static Situation racks(PlacementPolicy policy, Stacks.Draft... services) {
        return new Situation()
                .nodes(4)
                .labelled(1, "rack=a", "role=web")
                .labelled(2, "rack=a", "role=db")
                .labelled(3, "rack=b", "role=web")
                .stack(1, where(policy, stack("shop", services)));
    }

    private static void pauses(Map<String, Situation> all) {
        var two = stack("shop", WEB.replicas(2));
        all.put(
                "placed-past-a-paused-node",
                new Situation().nodes(3).stack(1, two).paused("node:node1"));
        all.put(
                "placed-past-a-node-that-says-it-is-paused",
                new Situation().nodes(3).stack(1, two).toldPause(1, "by hand"));
        all.put(
                "no-node-but-a-paused-one",
                new Situation().nodes(1).stack(1, two).paused("node:node1"));
        all.put(
                "placed-while-everything-is-paused",
                new Situation()
                        .nodes(2)
                        .stack(1, two)
                        .paused("all")
                        .toldPause(1, "all")
                        .toldPause(2, "all"));
        all.put(
                "lost-and-moved-past-a-paused-node",
                new Situation()
                        .nodes(4)
                        .stack(1, two)
                        .instance("shop/web.1", 1, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .instance("shop/web.2", 2, 1)
                        .paused("node:node3")
                        .lost(2));
    }

    static void put(Map<String, Situation> all) {
        pauses(all);
        external(all);
        all.put("placed-by-label", racks(constraints("node.labels.role == web"), WEB.replicas(3)));
        all.put(
                "placed-by-several-constraints",
                racks(
                        constraints("node.labels.role != db", "node.hostname != node1"),
                        WEB.replicas(2)));
        all.put(
                "no-node-meets-the-constraints",
                racks(constraints("node.labels.role == cache"), WEB));
        all.put("spread-over-racks", racks(spread("rack"), WEB.replicas(4)));
        all.put(
                "spread-over-racks-counts-what-is-there",
                racks(spread("rack"), WEB.replicas(3))
                        .instance("shop/web.1", 1, 1)
                        .instance("shop/web.2", 2, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .seen("shop/web.2", State.RUNNING, 60));
        all.put(
                "one-for-each-node-at-most",
                racks(new PlacementPolicy(List.of(), List.of(), Optional.of(1)), WEB.replicas(6)));
        all.put(
                "global-where-the-constraints-are-met",
                racks(constraints("node.labels.role == web"), WEB.global()));
        all.put(
                "constraint-of-a-neighbour",
                new Situation()
                        .nodes(3)
                        .labelled(2, "disk=ssd")
                        .stack(
                                1,
                                project(
                                        "bridge",
                                        where(
                                                constraints("node.labels.disk == ssd"),
                                                stack("shop", WEB, service("worker"))))));
        all.put(
                "drain-heeds-constraints",
                racks(constraints("node.labels.role == web"), WEB)
                        .instance("shop/web.1", 1, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .withdrawn(1, Kind.DRAIN));
        all.put(
                "label-gone-and-nothing-moved",
                racks(constraints("node.labels.role == cache"), WEB)
                        .instance("shop/web.1", 1, 1)
                        .seen("shop/web.1", State.RUNNING, 60));
    }

    private static void external(Map<String, Situation> all) {
        all.put(
                "external-node-meets-the-constraints",
                racks(constraints("node.labels.role == cdn"), WEB)
                        .external(1, "role=cdn")
                        .external(2, "role=web"));
        all.put(
                "external-node-where-nothing-is-asked-for",
                new Situation()
                        .nodes(1)
                        .external(1)
                        .paused("node:node1")
                        .stack(1, stack("shop", WEB)));
        all.put(
                "global-passes-external-nodes",
                racks(constraints("node.labels.role == web"), WEB.global())
                        .external(1, "role=web"));
    }
}
