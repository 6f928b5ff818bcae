package olympus.server.nodes;

import java.util.List;
import olympus.link.ServerList;

/**
 * What a machine is given that is let in. Nothing of it is secret.
 *
 * @param realm everything that one owner runs
 * @param island whose node it is
 * @param node its id, as it asked
 * @param name as it will be shown
 * @param certificate for its key, and the issuers; PEM
 * @param trust the authorities by which it knows the island's servers; PEM
 * @param incarnation of the store that names the servers
 * @param revision of the store
 * @param servers where agents reach them
 */
public record EnrolmentAnswer(
        String realm,
        String island,
        String node,
        String name,
        String certificate,
        String trust,
        long incarnation,
        long revision,
        List<AgentServer> servers) {

    public EnrolmentAnswer {
        servers = List.copyOf(servers);
    }

    /**
     * A server, as agents reach it.
     *
     * @param member its name in the group
     */
    public record AgentServer(String member, String host, int port) {}

    static List<AgentServer> servers(ServerList list) {
        return list.servers().stream()
                .map(server -> new AgentServer(server.member(), server.host(), server.port()))
                .toList();
    }

    /** The list that the machine begins with. */
    ServerList list() {
        return new ServerList(
                incarnation,
                revision,
                servers.stream()
                        .map(server ->
                                new ServerList.Entry(server.member(), server.host(), server.port()))
                        .toList());
    }
}
