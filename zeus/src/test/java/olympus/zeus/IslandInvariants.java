package olympus.zeus;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.Pinning;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec;

/**
 * What must hold after every event of a simulation: no instance runs on two nodes, unless it was
 * moved away from a node that was lost, and that is away or has only just come back; nothing is
 * moved before its node has been away for the loss delay, and Zeus has been there for as long; what
 * is pinned is never moved; no port of a node is used by two instances; there are never more
 * instances than replicas and extra ones; a run begins only when what it depends on was running
 * shortly before it was ordered (at some time before, while messages are lost or nodes are away:
 * what Zeus knows may then be old); what runs on a node needs no more memory than the node has for
 * instances; containers that share a network of one node are on one node.
 */
final class IslandInvariants {

    private static final int MOST_OF_A_SERVICE = 8;
    private static final Duration SLACK = Duration.ofSeconds(1);

    /** In which an order gets through although messages are lost. */
    private static final Duration MANY_TRIES = Duration.ofSeconds(60);

    private final Island island;
    private final Map<ServiceId, Instant> lastRunning = new HashMap<>();
    private final Map<InstanceId, NodeId> placed = new HashMap<>();
    private final Map<InstanceId, NodeId> placedBefore = new HashMap<>();
    private final Map<InstanceId, String> assigned = new HashMap<>();

    /** At first: also what was sent before the losses ended may not have come. */
    private boolean losesMessages;

    /** How many instances were started elsewhere because their node was lost. */
    private int moves;

    IslandInvariants(Island island) {
        this.island = island;
    }

    int moves() {
        return moves;
    }

    void watch() {
        losesMessages = island.lossPercent > 0;
        island.loop.afterEvent(this::check);
        island.agents.values().forEach(agent -> agent.onStart = this::started);
        island.onAssign = assignment -> assignment.instances().forEach(this::assigned);
    }

    private void check() {
        for (var service : island.zeus.view().services()) {
            service.instances().forEach(i -> placed(i.observed().id(), i.node()));
        }
        var alive = new HashSet<InstanceId>();
        var byService = new HashMap<ServiceId, Set<InstanceId>>();
        var byNetwork = new HashMap<String, NodeId>();
        for (var agent : island.agents.values()) {
            var ports = new HashMap<Integer, InstanceId>();
            hasRoom(agent);
            for (var entry : agent.runs().entrySet()) {
                var id = entry.getKey();
                var run = entry.getValue();
                if (run.isAlive()) {
                    portsAreItsOwn(agent.id, id, run, ports);
                    if (hasLeft(agent, id)) {
                        endsInTime(agent, id, run);
                    } else {
                        require(alive.add(id), id + " runs on two nodes");
                        if (!isLearning(agent)) {
                            meets(agent.id, id, run, byNetwork);
                        }
                    }
                    byService.computeIfAbsent(id.service(), _ -> new HashSet<>()).add(id);
                }
                if (run.state == State.RUNNING) {
                    lastRunning.put(id.service(), island.clock.wall());
                }
            }
        }
        byService.forEach((service, ids) ->
                require(ids.size() <= MOST_OF_A_SERVICE, ids.size() + " of " + service));
    }

    private void hasRoom(SimulatedAgent agent) {
        if (island.machine.isEmpty()) {
            return;
        }
        var needed =
                agent.runs().values().stream()
                        .filter(SimulatedAgent.Run::isAlive)
                        .flatMap(run -> run.spec.definition().deploy().reservations().stream())
                        .mapToLong(reserved -> reserved.memoryBytes().orElse(0L))
                        .sum();
        var has = island.machine.get().memoryBytes();
        require(
                needed <= has - has / 10,
                "what runs on %s needs %d bytes, and it has %d".formatted(agent.name, needed, has));
    }

    private void placed(InstanceId id, NodeId node) {
        var before = placed.put(id, node);
        if (before != null && !before.equals(node)) {
            placedBefore.put(id, before);
        }
    }

    private boolean hasLeft(SimulatedAgent agent, InstanceId id) {
        var now = placed.get(id);
        return now != null && !now.equals(agent.id);
    }

    private void endsInTime(SimulatedAgent agent, InstanceId id, SimulatedAgent.Run run) {
        require(
                run.state == State.STOPPING || isLearning(agent),
                "%s was moved from %s and runs there, connected since %s"
                        .formatted(id, agent.name, island.connectedSince(agent.id)));
    }

    /** It is away, or so newly back that it may not have been told yet what has left it. */
    private boolean isLearning(SimulatedAgent agent) {
        if (!island.wasAway(agent.id)) {
            return false;
        }
        var now = island.clock.wall();
        var since = later(island.connectedSince(agent.id), island.zeusStartedBefore(now));
        var within = losesMessages ? MANY_TRIES : lag();
        return island.absence(agent.id, now).isPresent() || since.plus(within).isAfter(now);
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static void portsAreItsOwn(
            NodeId node, InstanceId id, SimulatedAgent.Run run, Map<Integer, InstanceId> ports) {
        for (var port : run.spec.ports().values()) {
            var other = ports.putIfAbsent(port, id);
            require(
                    other == null,
                    "port %d of %s is used by %s and %s".formatted(port, node, id, other));
        }
    }

    private static void meets(
            NodeId node, InstanceId id, SimulatedAgent.Run run, Map<String, NodeId> byNetwork) {
        if (run.spec.definition().workload() instanceof Workload.Container container) {
            for (var attached : container.networking().attachments()) {
                var network = attached.network();
                var other =
                        Pinning.spansNodes(network) ? node : byNetwork.put(network.name(), node);
                require(
                        other == null || other.equals(node),
                        "%s is on %s, and others on its network %s are on %s"
                                .formatted(id, node, network.name(), other));
            }
        }
    }

    private void assigned(InstanceSpec spec) {
        if (!spec.runToken().equals(assigned.put(spec.id(), spec.runToken()))) {
            var from = placedBefore.remove(spec.id());
            if (from != null && !from.equals(placed.get(spec.id()))) {
                moved(spec, from, Instant.ofEpochMilli(millis(spec.runToken())));
            }
        }
    }

    private void started(InstanceSpec spec) {
        var ordered = Instant.ofEpochMilli(millis(spec.runToken()));
        for (var name : spec.definition().dependsOn().keySet()) {
            var last = lastRunning.get(new ServiceId(spec.id().service().stack(), name));
            require(
                    last != null
                            && (island.lossPercent > 0 || !last.isBefore(ordered.minus(lag()))),
                    "%s starts although %s last ran at %s and it was ordered at %s"
                            .formatted(spec.id(), name, last, ordered));
        }
    }

    /** What still runs where it was can only have been given up for lost. */
    private void moved(InstanceSpec spec, NodeId from, Instant ordered) {
        var old = island.agent(from).runs().get(spec.id());
        if (old == null || !old.isAlive() || old.spec.runToken().equals(spec.runToken())) {
            return;
        }
        require(
                Pinning.reason(spec.definition()).isEmpty(),
                "%s is pinned and was moved from %s".formatted(spec.id(), from));
        moves++;
        var absence = island.absence(from, ordered);
        var watched = island.zeusStartedBefore(ordered).plus(island.lossDelay);
        require(
                absence.filter(a -> !a.from().plus(island.lossDelay).isAfter(ordered)).isPresent(),
                "%s was moved from %s at %s, which was away: %s"
                        .formatted(spec.id(), from, ordered, absence));
        require(
                !watched.isAfter(ordered),
                "%s was moved from %s at %s, before %s"
                        .formatted(spec.id(), from, ordered, watched));
    }

    private Duration lag() {
        return SLACK.plusMillis(2L * island.maxDelayMillis);
    }

    /** When a token was made: the first ten letters of a ULID. */
    private static long millis(String token) {
        var millis = 0L;
        for (var letter : token.substring(0, 10).toCharArray()) {
            millis =
                    millis * 32
                            + "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
                                    .indexOf(Character.toUpperCase(letter));
        }
        return millis;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
