package olympus.zeus;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.state.Assignment;

/**
 * What must hold after every event on an island with several servers: no instance runs on two
 * nodes, no port of a node is used twice; nobody orders under an epoch of another, no server orders
 * older epochs after newer ones; an agent never obeys an older order after a newer one.
 */
final class ServerInvariants {

    private final ServerIsland island;
    private final Map<Long, String> epochs = new HashMap<>();
    private final Map<String, Long> lastEpoch = new HashMap<>();
    private final Map<NodeId, Assignment.Stamp> obeyed = new HashMap<>();

    ServerInvariants(ServerIsland island) {
        this.island = island;
    }

    void ordered(String server, Assignment assignment) {
        var epoch = assignment.stamp().epoch();
        var first = epochs.putIfAbsent(epoch, server);
        require(
                first == null || first.equals(server),
                "%s orders under epoch %d, which is of %s".formatted(server, epoch, first));
        var last = lastEpoch.put(server, epoch);
        require(
                last == null || last <= epoch,
                "%s orders under epoch %d after %d".formatted(server, epoch, last));
    }

    void accepted(SimulatedAgent agent) {
        var now = agent.accepted();
        var last = obeyed.put(agent.id, now);
        require(
                last == null || last.compareTo(now) <= 0,
                "%s obeys %s after %s".formatted(agent.name, now, last));
    }

    void check() {
        var alive = new HashMap<InstanceId, String>();
        for (var agent : island.agents.values()) {
            var ports = new HashSet<Integer>();
            agent.runs()
                    .forEach((id, run) -> {
                        if (run.isAlive()) {
                            var other = alive.put(id, agent.name);
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
