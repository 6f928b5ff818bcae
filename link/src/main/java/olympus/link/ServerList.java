package olympus.link;

import java.util.List;
import java.util.TreeSet;

/**
 * All servers of an island that agents reach.
 *
 * @param incarnation of the store that says so
 * @param revision of the store: of two lists the one of the later revision counts
 */
public record ServerList(long incarnation, long revision, List<Entry> servers) {

    private static final int MAX_PORT = 65_535;

    public ServerList {
        servers = List.copyOf(servers);
        if (servers.size() > LinkLimits.MAX_SERVERS) {
            throw new IllegalArgumentException(
                    "%d servers; an agent keeps links to at most %d"
                            .formatted(servers.size(), LinkLimits.MAX_SERVERS));
        }
        var members = new TreeSet<String>();
        for (var server : servers) {
            if (!members.add(server.member())) {
                throw new IllegalArgumentException(
                        "server %s stands there twice".formatted(server.member()));
            }
        }
    }

    /**
     * A server.
     *
     * @param member its name in the group, which no other ever had
     * @param host under which agents reach it
     */
    public record Entry(String member, String host, int port) {
        public Entry {
            if (member.isBlank() || host.isBlank() || port < 1 || port > MAX_PORT) {
                throw new IllegalArgumentException(
                        "no server's address: \"%s\" at \"%s:%d\"".formatted(member, host, port));
            }
        }
    }

    /** Whether this says something of a later moment than {@code other}. */
    public boolean isLaterThan(ServerList other) {
        return incarnation != other.incarnation
                ? incarnation > other.incarnation
                : revision > other.revision;
    }
}
