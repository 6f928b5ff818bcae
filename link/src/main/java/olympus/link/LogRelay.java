package olympus.link;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import olympus.foundation.EventLoop;
import olympus.link.proto.LogLines;

/**
 * The server's end of one log request: hands lines to a sink as fast as that takes them, and gives
 * the agent credit for what was taken.
 *
 * <p>Threading: the server's loop. Limit: buffers at most the window and the agent's last batch; an
 * agent that sends more without credit has its request ended.
 */
final class LogRelay {

    private static final long MAX_OVERDRAFT = LinkLimits.MAX_MESSAGE_BYTES;
    private static final long GRANT_FROM = LinkLimits.LOG_WINDOW_BYTES / 4;

    private final LogSink sink;
    private final EventLoop loop;
    private final LongConsumer grant;
    private final ArrayDeque<Batch> buffer = new ArrayDeque<>();
    private long credit = LinkLimits.LOG_WINDOW_BYTES;
    private long taken;
    private boolean blocked;
    private boolean over;
    private Optional<Ending> ending = Optional.empty();

    /** What one message carries, read. */
    record Batch(Optional<LogGap> gap, List<LogLine> lines, long cost) {
        static Batch of(LogLines message) {
            return new Batch(
                    Wire.logGap(message),
                    message.getLinesList().stream().map(Wire::logLine).toList(),
                    Wire.cost(message));
        }
    }

    private record Ending(Optional<String> error) {}

    /**
     * @param grant sends so many bytes of further credit to the agent
     */
    LogRelay(LogSink sink, EventLoop loop, LongConsumer grant) {
        this.sink = sink;
        this.loop = loop;
        this.grant = grant;
    }

    /** Whether nothing more will reach the sink. */
    boolean isOver() {
        return over;
    }

    /**
     * @param batch what {@code message} carries
     */
    void received(LogLines message, Batch batch) {
        if (over || ending.isPresent()) {
            return;
        }
        credit -= batch.cost();
        if (credit < -MAX_OVERDRAFT) {
            fail("the agent sent %d bytes of log lines without credit".formatted(-credit));
            return;
        }
        if (batch.cost() > 0) {
            buffer.add(batch);
        }
        if (message.getEnd()) {
            end(message.getError().isEmpty() ? Optional.empty() : Optional.of(message.getError()));
        } else {
            deliver();
        }
    }

    /** Ends the sink after what is buffered. */
    void end(Optional<String> error) {
        if (ending.isEmpty()) {
            ending = Optional.of(new Ending(error));
            deliver();
        }
    }

    /** Ends the sink now. */
    void fail(String error) {
        buffer.clear();
        blocked = false;
        end(Optional.of(error));
    }

    /** The reader has gone: nothing more reaches the sink. */
    void cancel() {
        over = true;
        buffer.clear();
    }

    private void deliver() {
        while (!blocked && !over && !buffer.isEmpty()) {
            var batch = buffer.remove();
            taken += batch.cost();
            batch.gap().ifPresent(sink::gap);
            if (!batch.lines().isEmpty() && !sink.lines(batch.lines())) {
                blocked = true;
                sink.ready(() -> loop.execute(this::resume));
            }
        }
        if (blocked || over) {
            return;
        }
        if (ending.isPresent()) {
            over = true;
            sink.end(ending.get().error());
        } else if (taken >= GRANT_FROM) {
            credit += taken;
            grant.accept(taken);
            taken = 0;
        }
    }

    private void resume() {
        blocked = false;
        deliver();
    }
}
