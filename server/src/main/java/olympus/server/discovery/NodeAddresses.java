package olympus.server.discovery;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import olympus.model.NodeId;
import olympus.server.group.ServerRecord;
import olympus.zeus.Directory;

/**
 * Under which address each node is reached: what its agent was told to say; else, where a server
 * runs on it, where that is reached; else the address from which the agent is seen.
 *
 * @param said by the agent of a node when it was connected last, as a person told it
 * @param seen the address from which the agent of a node has come over the network last
 */
public record NodeAddresses(
        Function<NodeId, Optional<String>> said,
        Function<NodeId, Optional<String>> seen,
        List<ServerRecord> servers) {

    public NodeAddresses {
        servers = List.copyOf(servers);
    }

    /**
     * Empty where nothing is known: the node has not been connected since this server was started,
     * and no server runs on it.
     */
    public Optional<String> of(NodeId node) {
        return said.apply(node).or(() -> ofServer(node)).or(() -> seen.apply(node));
    }

    private Optional<String> ofServer(NodeId node) {
        return servers.stream()
                .filter(server -> server.node().equals(node))
                .flatMap(server ->
                        Stream.of(server.peers(), server.agents())
                                .flatMap(Optional::stream)
                                .map(NodeAddresses::host)
                                .map(Optional::of)
                                .findFirst()
                                .orElseGet(() ->
                                        Optional.ofNullable(URI.create(server.api()).getHost()))
                                .stream())
                .findFirst()
                .map(NodeAddresses::withoutBrackets);
    }

    private static String host(String hostAndPort) {
        return hostAndPort.substring(0, hostAndPort.lastIndexOf(':'));
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]")
                ? host.substring(1, host.length() - 1)
                : host;
    }

    /**
     * The address at which a port of an instance is reached; empty where it is bound to the
     * loopback of a machine that others reach, or the node's address is not known.
     */
    public Optional<String> of(Directory.Instance instance, Directory.Port port) {
        var node = of(instance.node());
        var bound = withoutBrackets(port.hostAddress());
        if (!isAddress(bound)) {
            return node;
        }
        var address = InetAddress.ofLiteral(bound);
        if (address.isAnyLocalAddress()) {
            return node;
        }
        return address.isLoopbackAddress()
                ? node.filter(NodeAddresses::isLoopback)
                : Optional.of(bound);
    }

    private static boolean isLoopback(String address) {
        return address.equals("localhost")
                || (isAddress(address) && InetAddress.ofLiteral(address).isLoopbackAddress());
    }

    /** Whether it is an IP address, and no name. */
    static boolean isAddress(String text) {
        try {
            InetAddress.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException name) {
            return false;
        }
    }

    /** As in {@code 10.0.0.5:80} and {@code [fd00::5]:80}. */
    static String endpoint(String address, int port) {
        return (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }
}
