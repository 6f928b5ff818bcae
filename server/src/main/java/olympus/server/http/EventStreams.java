package olympus.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The open streams of server-sent events. Each is written by its request's virtual thread, which
 * blocks while the client does not read: that is the back-pressure.
 *
 * <p>Limits: {@link #MAX_STREAMS} at a time; a client that reads nothing for the connector's write
 * timeout is cut off.
 */
final class EventStreams {

    static final int MAX_STREAMS = 64;

    /** The header by which a client that was cut off says what it has. */
    static final String LAST_ID = "Last-Event-ID";

    /**
     * A comment is sent this often while nothing happens, so that both sides notice a dead
     * connection.
     */
    static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final JsonMapper json;
    private final Semaphore free = new Semaphore(MAX_STREAMS);
    private volatile boolean closing;

    EventStreams(JsonMapper json) {
        this.json = json;
    }

    Stream open(HttpServletResponse response) throws IOException {
        if (!free.tryAcquire()) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "%d streams are open already, more are not served; close one"
                            .formatted(MAX_STREAMS));
        }
        response.setContentType(Api.SSE + ";charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.flushBuffer();
        return new Stream(response.getOutputStream());
    }

    /** Ends every stream within a heartbeat. */
    void close() {
        closing = true;
    }

    int open() {
        return MAX_STREAMS - free.availablePermits();
    }

    /** Says why a stream ends. */
    static void lastWords(OutputStream out, String why) throws IOException {
        var problem = Problem.of(ErrorCode.UNAVAILABLE, why).json();
        out.write(("event: error\ndata: " + problem + "\n\n").getBytes(UTF_8));
        out.flush();
    }

    /** One response that is a stream. */
    final class Stream implements AutoCloseable {
        private final OutputStream out;
        private boolean sent;

        private Stream(OutputStream out) {
            this.out = out;
        }

        boolean closing() {
            return closing;
        }

        void send(String event, String id, Object data) throws IOException {
            var text =
                    "event: %s\nid: %s\ndata: %s\n\n"
                            .formatted(event, id, json.writeValueAsString(data));
            out.write(text.getBytes(UTF_8));
            sent = true;
        }

        /** Sends what is no part of the sequence: it has no id to go on after. */
        void remark(String event, Object data) throws IOException {
            var text = "event: %s\ndata: %s\n\n".formatted(event, json.writeValueAsString(data));
            out.write(text.getBytes(UTF_8));
            sent = true;
        }

        /** Sends what was written; when that is nothing, a comment. */
        void flush() throws IOException {
            if (!sent) {
                out.write(": still here\n\n".getBytes(UTF_8));
            }
            sent = false;
            out.flush();
        }

        /** The last words: why the stream ends, where that was a failure. */
        void end(Optional<String> failure) throws IOException {
            if (failure.isPresent()) {
                lastWords(out, failure.get());
            } else {
                out.flush();
            }
        }

        @Override
        public void close() {
            free.release();
        }
    }
}
