package olympus.server.foresight;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import olympus.model.NodeId;
import olympus.server.group.GroupHealth;
import olympus.server.group.ServerRecord;

/**
 * Who must run for orders to be taken and for anything to be moved.
 *
 * @param voters the servers that the log counts, each with whether it answers; empty where that is
 *     not known
 * @param machines the node on which each server of the island runs, by member
 */
public record Quorum(Map<String, Boolean> voters, Map<String, NodeId> machines) {

    public Quorum {
        voters = Map.copyOf(voters);
        machines = Map.copyOf(machines);
    }

    public static Quorum of(GroupHealth health, List<ServerRecord> servers) {
        var voters = new LinkedHashMap<String, Boolean>();
        health.reports().forEach((member, report) -> voters.put(member, report.isPresent()));
        return new Quorum(
                voters,
                servers.stream()
                        .collect(Collectors.toMap(ServerRecord::member, ServerRecord::node)));
    }

    int needed() {
        return voters.size() / 2 + 1;
    }

    /** The servers on these machines. */
    public Set<String> on(Collection<NodeId> nodes) {
        return machines.entrySet().stream()
                .filter(server -> nodes.contains(server.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** Whether these alone could lead. */
    boolean suffices(Collection<String> members) {
        return !voters.isEmpty()
                && members.stream().filter(one -> voters.getOrDefault(one, false)).count()
                        >= needed();
    }

    /**
     * Why nobody would lead without these servers, as a sentence; empty when enough are left, or it
     * is not known who counts.
     */
    public Optional<String> missing(Collection<String> without) {
        if (voters.isEmpty()) {
            return Optional.empty();
        }
        var left =
                voters.entrySet().stream()
                        .filter(Map.Entry::getValue)
                        .filter(server -> !without.contains(server.getKey()))
                        .count();
        if (left >= needed()) {
            return Optional.empty();
        }
        return Optional.of(
                voters.size() == 1
                        ? "it is the only server: nothing is changed or moved until it is back"
                        : "%d of %d servers would be left, and %d must run: nothing is changed or moved until then"
                                .formatted(left, voters.size(), needed()));
    }

    /** How many more may fail once these have, where enough are left. */
    long spare(Collection<String> without) {
        return voters.entrySet().stream()
                        .filter(Map.Entry::getValue)
                        .filter(server -> !without.contains(server.getKey()))
                        .count()
                - needed();
    }
}
