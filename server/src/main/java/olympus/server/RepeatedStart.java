package olympus.server;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import olympus.foundation.EventLoop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A part whose start is tried again until it succeeds, so that its failure ends nothing else.
 *
 * <p>Threading: the first attempt runs on the caller's thread, the others on a loop that is its
 * alone, because they may take as long as a start does.
 */
final class RepeatedStart implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RepeatedStart.class);
    static final Duration RETRY = Duration.ofSeconds(5);

    private final EventLoop loop;
    private final String part;
    private final Start start;
    private final Consumer<String> failing;
    private @Nullable AutoCloseable started;
    private String told = "";
    private boolean closed;

    /** Starts the part, or leaves nothing behind. */
    interface Start {
        AutoCloseable start() throws IOException;
    }

    private RepeatedStart(EventLoop loop, String part, Start start, Consumer<String> failing) {
        this.loop = loop;
        this.part = part;
        this.start = start;
        this.failing = failing;
    }

    /**
     * Returns after the first attempt.
     *
     * @param part what is started, in words, for the log
     * @param failing told why an attempt failed, when that is another reason than the last one
     */
    static RepeatedStart begin(EventLoop loop, String part, Start start, Consumer<String> failing) {
        var repeated = new RepeatedStart(loop, part, start, failing);
        repeated.attempt();
        return repeated;
    }

    private synchronized void attempt() {
        if (closed) {
            return;
        }
        try {
            started = start.start();
        } catch (IOException | RuntimeException e) {
            // The boundary between supervision and the rest: whatever keeps the rest from starting
            // must not end supervision.
            tell(e);
            var _ = loop.schedule(RETRY, this::attempt);
        }
    }

    private void tell(Exception cause) {
        var reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        if (!reason.equals(told)) {
            told = reason;
            LOG.atError()
                    .addMarker(ServerLog.TOLD)
                    .addKeyValue("part", part)
                    .setCause(cause)
                    .log("a part did not start; tried again");
            failing.accept("%s; tried again every %d s".formatted(reason, RETRY.toSeconds()));
        }
    }

    @Override
    public synchronized void close() throws Exception {
        closed = true;
        if (started != null) {
            started.close();
        }
    }
}
