package olympus.zeus;

import static olympus.zeus.Stacks.machine;
import static olympus.zeus.Stacks.project;
import static olympus.zeus.Stacks.ranked;
import static olympus.zeus.Stacks.reserving;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static olympus.zeus.Stacks.where;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.PlacementPolicy;
import olympus.model.stack.PlacementPolicy.Strategy;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.NodeSpec.Kind;

/** Situations in which nodes have told what they have, for {@link PlannerTest}. */
final class ResourceSituations {

    private static final Stacks.Draft WEB = service("web");
    private static final Stacks.Draft DB = service("db");

    private ResourceSituations() {}

    /** Two nodes of 1 GiB (of which a tenth is kept) and two processors, a third of twice that. */
    private static Situation machines() {
        return new Situation()
                .nodes(3)
                .has(1, machine(2, 1_024, 0))
                .has(2, machine(2, 1_024, 1))
                .has(3, machine(4, 2_048, 2));
    }

    private static PlacementPolicy policy(Strategy strategy, String... apartFrom) {
        return new PlacementPolicy(
                List.of(), List.of(), Optional.empty(), Optional.of(strategy), List.of(apartFrom));
    }

    private static PlacementPolicy constraint(String text) {
        return new PlacementPolicy(
                List.of(PlacementPolicy.Constraint.parse(text).orElseThrow()),
                List.of(),
                Optional.empty());
    }

    private static StackDefinition web(int replicas, double cpus, long mebibytes, int gpus) {
        return reserving("web", cpus, mebibytes, gpus, stack("shop", WEB.replicas(replicas)));
    }

    static void put(Map<String, Situation> all) {
        room(all);
        noRoom(all);
        unknown(all);
        devices(all);
        attributes(all);
        company(all);
        priorities(all);
    }

    private static void room(Map<String, Situation> all) {
        all.put("as-many-as-memory-allows", machines().stack(1, web(6, 0, 512, 0)));
        all.put("as-many-as-processors-allow", machines().stack(1, web(6, 1.5, 0, 0)));
        all.put(
                "room-counts-what-is-there-whatever-its-stack",
                machines()
                        .stack(1, web(3, 0, 512, 0))
                        .stack(1, reserving("db", 0, 800, 0, stack("data", DB)))
                        .instance("data/db.1", 1, 1)
                        .seen("data/db.1", State.RUNNING, 60));
        all.put(
                "what-has-completed-needs-no-room",
                machines()
                        .stack(1, web(1, 0, 900, 0))
                        .stack(1, reserving("db", 0, 900, 0, stack("data", DB)))
                        .withdrawn(2, Kind.CORDON)
                        .withdrawn(3, Kind.CORDON)
                        .instance("data/db.1", 1, 1)
                        .seen("data/db.1", State.COMPLETED, 60));
        all.put(
                "what-was-given-up-keeps-its-room",
                machines()
                        .stack(1, web(1, 0, 900, 0))
                        .stack(1, reserving("db", 0, 900, 0, stack("data", DB)))
                        .withdrawn(2, Kind.CORDON)
                        .withdrawn(3, Kind.CORDON)
                        .instance("data/db.1", 1, 1)
                        .crashed("data/db.1", State.GIVEN_UP, 5));
        all.put(
                "what-was-moved-away-and-still-runs-needs-room",
                machines()
                        .stack(1, web(2, 0, 800, 0))
                        .withdrawn(3, Kind.CORDON)
                        .instance("shop/web.1", 2, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .seenOn(1, "shop/web.1", State.STOPPING));
    }

    private static void noRoom(Map<String, Situation> all) {
        all.put(
                "a-drained-instance-finds-no-room",
                machines()
                        .stack(1, web(1, 0, 1_800, 0))
                        .instance("shop/web.1", 3, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .withdrawn(3, Kind.DRAIN));
        all.put(
                "neighbours-need-room-together",
                machines()
                        .stack(
                                1,
                                reserving(
                                        "db",
                                        0,
                                        700,
                                        0,
                                        reserving(
                                                "web",
                                                0,
                                                700,
                                                0,
                                                project("bridge", stack("shop", DB, WEB))))));
        all.put(
                "an-update-that-needs-more-than-there-is-waits",
                machines()
                        .withdrawn(2, Kind.CORDON)
                        .withdrawn(3, Kind.CORDON)
                        .stack(1, web(1, 0, 256, 0))
                        .stack(
                                2,
                                reserving(
                                        "web",
                                        0,
                                        1_500,
                                        0,
                                        stack("shop", WEB.command("run-web-2"))))
                        .updating("shop/web")
                        .instance("shop/web.1", 1, 1)
                        .seen("shop/web.1", State.RUNNING, 60));
        all.put(
                "packed-into-the-fullest",
                machines()
                        .stack(1, where(policy(Strategy.BINPACK), web(4, 0, 256, 0)))
                        .stack(1, reserving("db", 0, 256, 0, stack("data", DB)))
                        .instance("data/db.1", 2, 1)
                        .seen("data/db.1", State.RUNNING, 60));
    }

    private static void unknown(Map<String, Situation> all) {
        all.put(
                "a-node-that-has-told-nothing-comes-last",
                new Situation().nodes(2).has(2, machine(2, 1_024, 0)).stack(1, web(3, 0, 400, 0)));
    }

    private static void devices(Map<String, Situation> all) {
        all.put("gpus-are-used-alone", machines().stack(1, web(4, 0, 0, 1)));
        all.put(
                "all-gpus-of-a-node",
                machines()
                        .stack(1, web(3, 0, 0, DeployPolicy.Devices.ALL))
                        .stack(1, reserving("db", 0, 0, 1, stack("data", DB)))
                        .instance("data/db.1", 2, 1)
                        .seen("data/db.1", State.RUNNING, 60));
        all.put("no-gpu-that-is-known", new Situation().nodes(1).stack(1, web(1, 0, 0, 1)));
    }

    private static void attributes(Map<String, Situation> all) {
        var stack = stack("shop", WEB);
        all.put(
                "placed-by-memory",
                machines().stack(1, where(constraint("node.memory >= 2G"), stack)));
        all.put(
                "placed-by-processors",
                machines()
                        .stack(1, where(constraint("node.cpus < 4"), stack("shop", WEB.global()))));
        all.put(
                "no-node-of-that-architecture",
                machines()
                        .nodes(4)
                        .stack(1, where(constraint("node.platform.arch == aarch64"), stack)));
        all.put(
                "the-kernel-s-word-for-an-architecture",
                machines().stack(1, where(constraint("node.platform.arch == x86_64"), stack)));
    }

    private static void company(Map<String, Situation> all) {
        all.put(
                "apart-from-each-other",
                machines()
                        .stack(
                                1,
                                where(
                                        "web",
                                        policy(Strategy.SPREAD, "db"),
                                        stack("shop", DB.replicas(2), WEB.replicas(2)))));
        all.put(
                "apart-holds-both-ways",
                new Situation()
                        .nodes(1)
                        .stack(
                                1,
                                where("web", policy(Strategy.SPREAD, "db"), stack("shop", DB, WEB)))
                        .instance("shop/web.1", 1, 1)
                        .seen("shop/web.1", State.RUNNING, 60));
    }

    private static void priorities(Map<String, Situation> all) {
        all.put(
                "the-higher-priority-is-placed-first",
                new Situation()
                        .nodes(1)
                        .has(1, machine(2, 1_024, 0))
                        .stack(1, reserving("db", 0, 600, 0, stack("aaa", DB)))
                        .stack(
                                1,
                                ranked(
                                        "web",
                                        90,
                                        reserving("web", 0, 600, 0, stack("shop", WEB)))));
        all.put(
                "the-higher-priority-is-moved-first",
                new Situation()
                        .nodes(2)
                        .has(1, machine(2, 1_024, 0))
                        .has(2, machine(4, 2_048, 0))
                        .stack(1, reserving("db", 0, 600, 0, stack("aaa", DB)))
                        .stack(
                                1,
                                ranked("web", 90, reserving("web", 0, 600, 0, stack("shop", WEB))))
                        .instance("aaa/db.1", 2, 1)
                        .seen("aaa/db.1", State.RUNNING, 60)
                        .instance("shop/web.1", 2, 1)
                        .seen("shop/web.1", State.RUNNING, 60)
                        .lost(2));
    }
}
