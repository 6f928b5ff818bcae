package olympus.zeus;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.state.Assignment;
import olympus.model.state.InstanceSpec;

/**
 * What must hold after every event on an island with several servers: no run is on two nodes, and
 * another run of an instance only when some server had no link to the first node for the loss
 * delay; no port of a node is used twice; nobody orders under an epoch of another, nor before it
 * knows everything up to its own, no server orders older epochs after newer ones, nor under the
 * newest one a run that was replaced before; an agent never obeys an older order after a newer one,
 * and never begins a run that was replaced.
 */
final class ServerInvariants {

    /** Of a run token: its time. */
    private static final int TIME_LETTERS = 10;

    private final ServerIsland island;
    private final Map<Long, String> epochs = new HashMap<>();
    private final Map<String, Long> lastEpoch = new HashMap<>();
    private final Map<NodeId, Assignment.Stamp> obeyed = new HashMap<>();

    /** When the newest run of each instance was made, as ordered and as begun. */
    private final Map<InstanceId, String> orderedRun = new HashMap<>();

    private final Map<InstanceId, String> begunRun = new HashMap<>();
    private final Map<InstanceId, NodeId> orderedOn = new HashMap<>();
    private long newestEpoch;

    /** Nodes are also emptied by order, which moves what runs there without a loss. */
    boolean isEmptying;

    private int moves;

    ServerInvariants(ServerIsland island) {
        this.island = island;
    }

    /**
     * @param shown the revision that its view is of
     */
    void ordered(String server, Assignment assignment, long shown) {
        var epoch = assignment.stamp().epoch();
        require(
                shown > epoch,
                "%s orders under epoch %d and knows only revision %d"
                        .formatted(server, epoch, shown));
        var first = epochs.putIfAbsent(epoch, server);
        require(
                first == null || first.equals(server),
                "%s orders under epoch %d, which is of %s".formatted(server, epoch, first));
        var last = lastEpoch.put(server, epoch);
        require(
                last == null || last <= epoch,
                "%s orders under epoch %d after %d".formatted(server, epoch, last));
        if (epoch >= newestEpoch) {
            newestEpoch = epoch;
            assignment
                    .instances()
                    .forEach(spec -> {
                        requireNewest(spec, orderedRun, "ordered");
                        if (!isEmptying) {
                            requireLoss(assignment.node(), spec);
                        }
                    });
        }
    }

    /** Of a run that is ordered on another node than the one before, which goes on. */
    private void requireLoss(NodeId node, InstanceSpec spec) {
        var before = orderedOn.put(spec.id(), node);
        if (before == null || before.equals(node)) {
            return;
        }
        var old = island.agent(before).runs().get(spec.id());
        if (old == null || !old.isAlive() || old.spec.runToken().equals(spec.runToken())) {
            return;
        }
        moves++;
        var now = island.clock.monotonicNanos();
        var from = now - island.lossDelay.toNanos();
        require(
                island.servers.values().stream()
                        .map(server -> island.wire(server, island.agent(before)))
                        .anyMatch(wire -> wire.wasBroken(from, now)),
                "%s was moved from %s, to which every server had a link"
                        .formatted(spec.id(), before));
    }

    /** How many instances were started elsewhere while they ran. */
    int moves() {
        return moves;
    }

    void begun(InstanceSpec spec) {
        requireNewest(spec, begunRun, "begun");
    }

    private static void requireNewest(
            InstanceSpec spec, Map<InstanceId, String> newest, String what) {
        var made = spec.runToken().substring(0, TIME_LETTERS);
        var last = newest.put(spec.id(), made);
        require(
                last == null || last.compareTo(made) <= 0,
                "run %s of %s is %s after run %s".formatted(made, spec.id(), what, last));
    }

    void accepted(SimulatedAgent agent) {
        var now = agent.accepted();
        var last = obeyed.put(agent.id, now);
        require(
                last == null || last.compareTo(now) <= 0,
                "%s obeys %s after %s".formatted(agent.name, now, last));
    }

    void check() {
        var alive = new HashMap<String, String>();
        for (var agent : island.agents.values()) {
            var ports = new HashSet<Integer>();
            agent.runs()
                    .forEach((id, run) -> {
                        if (run.isAlive() && SimulatedAgent.isSingleton(run.spec)) {
                            var other = alive.put(id + " at all", agent.name);
                            require(
                                    other == null,
                                    "the singleton %s runs on %s and on %s"
                                            .formatted(id, other, agent.name));
                        }
                        if (run.isAlive()) {
                            var other = alive.put(id + " " + run.spec.runToken(), agent.name);
                            require(
                                    other == null,
                                    "%s runs on %s and on %s".formatted(id, other, agent.name));
                            run.spec
                                    .ports()
                                    .values()
                                    .forEach(port ->
                                            require(
                                                    ports.add(port),
                                                    "port %d is used twice on %s"
                                                            .formatted(port, agent.name)));
                        }
                    });
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
