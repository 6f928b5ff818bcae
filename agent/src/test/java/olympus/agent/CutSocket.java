package olympus.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import olympus.engine.EngineAddress;

/**
 * A line to an engine that can be cut: all connections end, and none is accepted until it is
 * mended.
 */
final class CutSocket implements AutoCloseable {

    private final Path engine;
    private final Path own;
    private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
    private Optional<ServerSocketChannel> server = Optional.empty();

    CutSocket(EngineAddress engine, Path own) {
        this.engine = Path.of(engine.toString().replaceFirst("^unix://", ""));
        this.own = own;
        mend();
    }

    EngineAddress address() {
        return EngineAddress.ofSocket(own);
    }

    void mend() {
        try {
            var listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listening.bind(UnixDomainSocketAddress.of(own));
            server = Optional.of(listening);
            Thread.ofVirtual().start(() -> accept(listening));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocketChannel listening) {
        while (listening.isOpen()) {
            try {
                var client = listening.accept();
                var there = SocketChannel.open(UnixDomainSocketAddress.of(engine));
                open.addAll(List.of(client, there));
                Thread.ofVirtual().start(() -> copy(client, there));
                Thread.ofVirtual().start(() -> copy(there, client));
            } catch (IOException cut) {
                return;
            }
        }
    }

    private static void copy(SocketChannel from, SocketChannel to) {
        var buffer = ByteBuffer.allocate(64 * 1024);
        try (from;
                to) {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
        } catch (IOException cut) {
            // The other direction ends with it.
            return;
        }
    }

    void cut() {
        try {
            if (server.isPresent()) {
                server.get().close();
            }
            server = Optional.empty();
            Files.deleteIfExists(own);
            for (var channel : open) {
                channel.close();
            }
            open.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        cut();
    }
}
