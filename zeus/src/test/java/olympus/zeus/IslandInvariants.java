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
 * What must hold after every event of a simulation: no instance runs on two nodes; no port of a
 * node is used by two instances; there are never more instances than replicas and extra ones; a run
 * begins only when what it depends on was running shortly before it was ordered (at some time
 * before, while messages are lost: what Zeus knows may then be old); containers that share a
 * network of one node are on one node.
 */
final class IslandInvariants {

    private static final int MOST_OF_A_SERVICE = 8;
    private static final Duration SLACK = Duration.ofSeconds(1);

    private final Island island;
    private final Map<ServiceId, Instant> lastRunning = new HashMap<>();

    IslandInvariants(Island island) {
        this.island = island;
    }

    void watch() {
        island.loop.afterEvent(this::check);
        island.agents.values().forEach(agent -> agent.onStart = this::started);
    }

    private void check() {
        var alive = new HashSet<InstanceId>();
        var byService = new HashMap<ServiceId, Integer>();
        var byNetwork = new HashMap<String, NodeId>();
        for (var agent : island.agents.values()) {
            var ports = new HashMap<Integer, InstanceId>();
            for (var entry : agent.runs().entrySet()) {
                var run = entry.getValue();
                if (run.isAlive()) {
                    alive(agent.id, entry.getKey(), run, alive, ports);
                    meets(agent.id, entry.getKey(), run, byNetwork);
                    byService.merge(entry.getKey().service(), 1, Integer::sum);
                }
                if (run.state == State.RUNNING) {
                    lastRunning.put(entry.getKey().service(), island.clock.wall());
                }
            }
        }
        byService.forEach((service, count) ->
                require(count <= MOST_OF_A_SERVICE, count + " instances of " + service));
    }

    private static void alive(
            NodeId node,
            InstanceId id,
            SimulatedAgent.Run run,
            Set<InstanceId> alive,
            Map<Integer, InstanceId> ports) {
        require(alive.add(id), id + " runs on two nodes");
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

    private void started(InstanceSpec spec) {
        var ordered = Instant.ofEpochMilli(millis(spec.runToken()));
        for (var name : spec.definition().dependsOn().keySet()) {
            var last = lastRunning.get(new ServiceId(spec.id().service().stack(), name));
            var lag = SLACK.plusMillis(2L * island.maxDelayMillis);
            require(
                    last != null && (island.lossPercent > 0 || !last.isBefore(ordered.minus(lag))),
                    "%s starts although %s last ran at %s and it was ordered at %s"
                            .formatted(spec.id(), name, last, ordered));
        }
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
