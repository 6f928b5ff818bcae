package olympus.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Passes connections on to a port of loopback until it is cut: then both ends stay open and neither
 * hears anything more, as when a machine stands still or its cable is pulled. Threading: any.
 */
final class Relay implements AutoCloseable {

    private static final int CHUNK = 16 * 1024;
    private static final int CONNECT_MILLIS = 5_000;

    private final ServerSocket listening;
    private final InetSocketAddress to;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    Relay(InetSocketAddress to) throws IOException {
        this.to = to;
        this.listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    void cut() {
        cut = true;
    }

    private void accept() {
        try {
            while (true) {
                var from = keep(listening.accept());
                if (!cut) {
                    var onward = keep(new Socket());
                    onward.connect(to, CONNECT_MILLIS);
                    Thread.ofVirtual().start(() -> pass(from, onward));
                    Thread.ofVirtual().start(() -> pass(onward, from));
                }
            }
        } catch (IOException e) {
            if (!listening.isClosed()) {
                throw new UncheckedIOException("the relay ended", e);
            }
        }
    }

    private Socket keep(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        open.add(socket);
        return socket;
    }

    /** What comes after the cut is swallowed. */
    private void pass(Socket from, Socket onward) {
        var chunk = new byte[CHUNK];
        try (from;
                onward) {
            for (var read = from.getInputStream().read(chunk);
                    read >= 0;
                    read = from.getInputStream().read(chunk)) {
                if (!cut) {
                    onward.getOutputStream().write(chunk, 0, read);
                }
            }
        } catch (IOException ended) {
            // One end has gone: so has the connection.
        } finally {
            open.remove(from);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (var socket : open) {
            socket.close();
        }
    }
}
