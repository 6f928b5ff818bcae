package olympus.server.http;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import olympus.link.ExecSession;
import olympus.link.LinkLimits;
import olympus.link.TerminalSize;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The WebSocket of one command: binary messages begin with a byte that says what follows (0 input,
 * 1 output, 2 errors), text messages are JSON. The client sends {@code {"resize": {columns, rows}}}
 * and {@code {"end": true}} (of its input); the server sends {@code {"credit": BYTES}} for further
 * input, and at the end {@code {"exit": CODE}} or a problem under {@code error}.
 *
 * <p>Threading: messages come on a thread of the web server, which never waits here, so that the
 * end of the connection is always heard; two virtual threads carry input and output and wait
 * instead. Output waits for a client that does not read. Limits: {@link #WINDOW} bytes of input
 * wait, {@link #IDLE} without a byte either way, {@link #LONGEST} altogether.
 */
final class ExecSocket extends Endpoint {

    static final byte INPUT = 0;
    static final byte OUTPUT = 1;
    static final byte ERRORS = 2;

    static final long WINDOW = LinkLimits.EXEC_WINDOW_BYTES;
    static final Duration IDLE = Duration.ofHours(1);
    static final Duration LONGEST = Duration.ofHours(24);

    /** One message of a client; larger ones end the connection. */
    static final int MAX_MESSAGE_BYTES = 64 * 1024;

    private static final String BLOCKING_SEND = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";
    private static final byte[] NOTHING = {};
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ExecSession command;
    private final Runnable onEnd;
    private final BlockingQueue<byte[]> input = new LinkedBlockingQueue<>();
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ReentrantLock sending = new ReentrantLock();

    /**
     * @param onEnd run once
     */
    ExecSocket(ExecSession command, Runnable onEnd) {
        this.command = command;
        this.onEnd = onEnd;
    }

    @Override
    public void onOpen(Session session, EndpointConfig configuration) {
        session.setMaxBinaryMessageBufferSize(MAX_MESSAGE_BYTES);
        session.setMaxTextMessageBufferSize(MAX_MESSAGE_BYTES);
        session.setMaxIdleTimeout(IDLE.toMillis());
        session.getUserProperties().put(BLOCKING_SEND, IDLE.toMillis());
        session.addMessageHandler(
                ByteBuffer.class,
                (MessageHandler.Whole<ByteBuffer>) bytes -> bytes(session, bytes));
        session.addMessageHandler(
                String.class, (MessageHandler.Whole<String>) text -> text(session, text));
        thread("exec-output", () -> carryOutput(session));
        thread("exec-input", () -> carryInput(session));
        thread("exec-limit", () -> limit(session));
    }

    private static void thread(String name, Runnable work) {
        Thread.ofVirtual().name(name).start(work);
    }

    // ---- from the client

    private void bytes(Session session, ByteBuffer message) {
        if (!message.hasRemaining() || message.get() != INPUT) {
            close(session, CloseCodes.CANNOT_ACCEPT, "a binary message begins with 0");
            return;
        }
        var data = new byte[message.remaining()];
        message.get(data);
        if (waiting.addAndGet(data.length) > WINDOW + MAX_MESSAGE_BYTES) {
            close(session, CloseCodes.VIOLATED_POLICY, "more input than there was credit for");
        } else if (data.length > 0) {
            input.add(data);
        }
    }

    private void text(Session session, String message) {
        try {
            var said = JSON.readTree(message);
            if (said.has("resize")) {
                var size = said.path("resize");
                command.resize(
                        new TerminalSize(size.path("columns").asInt(), size.path("rows").asInt()));
            } else if (said.path("end").asBoolean(false)) {
                input.add(NOTHING);
            } else {
                close(session, CloseCodes.CANNOT_ACCEPT, "expected resize or end");
            }
        } catch (JacksonException | IllegalArgumentException e) {
            close(session, CloseCodes.CANNOT_ACCEPT, "not understood: " + message);
        }
    }

    /** Empty is the end. */
    private void carryInput(Session session) {
        try {
            send(session, Map.of("credit", WINDOW));
            for (var data = input.take(); data.length > 0; data = input.take()) {
                if (!command.input(data)) {
                    return;
                }
                waiting.addAndGet(-data.length);
                send(session, Map.of("credit", data.length));
            }
            command.endInput();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException gone) {
            finish();
        }
    }

    // ---- to the client

    private void carryOutput(Session session) {
        try {
            while (true) {
                switch (command.next()) {
                    case ExecSession.Heard.Output said -> send(session, said);
                    case ExecSession.Heard.Exited exited -> {
                        send(session, Map.of("exit", exited.code()));
                        close(session, CloseCodes.NORMAL_CLOSURE, "");
                        return;
                    }
                    case ExecSession.Heard.Failed failed -> {
                        var problem = Problem.of(failed.code(), failed.reason()).json();
                        send(session, Map.of("error", JSON.readTree(problem)));
                        close(session, CloseCodes.UNEXPECTED_CONDITION, "");
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException gone) {
            finish();
        }
    }

    private void send(Session session, ExecSession.Heard.Output said) throws IOException {
        var message = ByteBuffer.allocate(1 + said.data().remaining());
        message.put(said.error() ? ERRORS : OUTPUT).put(said.data()).flip();
        sending.lock();
        try {
            session.getBasicRemote().sendBinary(message);
        } catch (IllegalStateException closed) {
            throw new IOException(closed);
        } finally {
            sending.unlock();
        }
    }

    private void send(Session session, Map<String, ?> json) throws IOException {
        sending.lock();
        try {
            session.getBasicRemote().sendText(JSON.writeValueAsString(json));
        } catch (IllegalStateException closed) {
            throw new IOException(closed);
        } finally {
            sending.unlock();
        }
    }

    private void limit(Session session) {
        try {
            if (!ended.await(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                close(
                        session,
                        CloseCodes.VIOLATED_POLICY,
                        "a command may run %d h".formatted(LONGEST.toHours()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void close(Session session, CloseCodes code, String why) {
        finish();
        try {
            session.close(new CloseReason(code, why));
        } catch (IOException | IllegalStateException closedAlready) {
            return;
        }
    }

    @Override
    public void onClose(Session session, CloseReason reason) {
        finish();
    }

    /** What failed is closed by the web server, which says so too. */
    @Override
    public void onError(Session session, Throwable failure) {
        finish();
    }

    /** It never became a WebSocket. */
    void abandon() {
        finish();
    }

    private void finish() {
        if (over.compareAndSet(false, true)) {
            command.cancel();
            input.add(NOTHING);
            ended.countDown();
            onEnd.run();
        }
    }
}
