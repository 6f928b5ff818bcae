package olympus.hermes.internal.ratis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import olympus.hermes.log.PeerAccess;

/** How members of a group in a test reach each other: on loopback. */
public final class TestPeers {

    private TestPeers() {}

    public static PeerAccess plain(int port, boolean joins) {
        return on(port, joins, Optional.empty());
    }

    public static PeerAccess on(int port, boolean joins, Optional<PeerAccess.Tls> tls) {
        return new PeerAccess(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                "127.0.0.1",
                port,
                joins,
                tls);
    }

    /** On an address that others reach, where certificates are asked for. */
    public static PeerAccess at(
            String host, int port, boolean joins, Optional<PeerAccess.Tls> tls) {
        return new PeerAccess(new InetSocketAddress(host, port), host, port, joins, tls);
    }

    /** A port that was free a moment ago. */
    public static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
