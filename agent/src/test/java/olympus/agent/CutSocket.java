package olympus.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import olympus.engine.EngineAddress;

/**
 * A line to an engine that can be cut: all connections end, and none is accepted until it is
 * mended. It can also be slow, lose an answer, let nothing but events through, or say in the
 * engine's place that a name is in use.
 */
final class CutSocket implements AutoCloseable {

    private final Path engine;
    private final Path own;
    private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
    private Optional<ServerSocketChannel> server = Optional.empty();
    private volatile Duration delay = Duration.ZERO;
    private volatile CountDownLatch passage = new CountDownLatch(0);
    private final AtomicInteger conflicts = new AtomicInteger();
    private Optional<String> lost = Optional.empty();

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
                var line = new Line(client);
                Thread.ofVirtual().start(() -> copy(client, there, line::asked));
                Thread.ofVirtual().start(() -> copy(there, client, line::answers));
            } catch (IOException cut) {
                return;
            }
        }
    }

    /** Each answer takes so much longer. */
    void slow(Duration answersLater) {
        delay = answersLater;
    }

    /** So many containers are refused as if the engine were still making them. */
    void refuseAsInUse(int times) {
        conflicts.set(times);
    }

    int refusalsLeft() {
        return conflicts.get();
    }

    /** The engine carries out the next request of which this is a part, and its answer is lost. */
    synchronized void loseAnswerTo(String request) {
        lost = Optional.of(request);
    }

    synchronized boolean isLossAhead() {
        return lost.isPresent();
    }

    private synchronized boolean takesLoss(String request) {
        var takes = lost.filter(request::contains).isPresent();
        if (takes) {
            lost = Optional.empty();
        }
        return takes;
    }

    /** Answers that are no events wait until this is taken back. */
    void onlyEvents(boolean isSo) {
        passage.countDown();
        passage = new CountDownLatch(isSo ? 1 : 0);
    }

    /** One connection: what was asked last over it. */
    private final class Line {

        private final SocketChannel client;
        private volatile boolean isOfEvents;
        private volatile boolean isAsked;
        private boolean isRefused;
        private volatile boolean isLost;

        Line(SocketChannel client) {
            this.client = client;
        }

        /** Whether it goes on to the engine. */
        boolean asked(ByteBuffer bytes) {
            var text = StandardCharsets.ISO_8859_1.decode(bytes).toString();
            isOfEvents = text.contains("/events");
            isAsked = true;
            isLost = takesLoss(text);
            if (!isRefused && text.contains("/containers/create?")) {
                isRefused = conflicts.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
                if (isRefused) {
                    answerInUse();
                }
            }
            return !isRefused;
        }

        private void answerInUse() {
            var body = "{\"message\":\"Conflict. The container name is already in use\"}";
            var answer =
                    """
                    HTTP/1.1 409 Conflict\r
                    Content-Type: application/json\r
                    Content-Length: %d\r
                    Connection: close\r
                    \r
                    %s\
                    """
                            .formatted(body.length(), body);
            try {
                write(client, ByteBuffer.wrap(answer.getBytes(StandardCharsets.ISO_8859_1)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Before an answer, or a part of it, goes on. */
        boolean answers(ByteBuffer bytes) throws IOException {
            if (isLost) {
                throw new ClosedChannelException();
            }
            try {
                if (!isOfEvents) {
                    passage.await();
                }
                if (isAsked) {
                    isAsked = false;
                    LockSupport.parkNanos(delay.toNanos());
                }
                return bytes.hasRemaining();
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
        }
    }

    /** Whether bytes go on; fails where the line breaks. */
    private interface Passage {
        boolean lets(ByteBuffer bytes) throws IOException;
    }

    private static void copy(SocketChannel from, SocketChannel to, Passage passes) {
        var buffer = ByteBuffer.allocate(64 * 1024);
        try (from;
                to) {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                if (passes.lets(buffer.duplicate())) {
                    write(to, buffer);
                }
                buffer.clear();
            }
        } catch (IOException cut) {
            // The other direction ends with it.
            return;
        }
    }

    private static void write(SocketChannel to, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
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
        onlyEvents(false);
        cut();
    }
}
