package olympus.link;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import olympus.foundation.EventLoop;
import olympus.link.Outbox.Lane;
import olympus.link.Outbox.Outcome;
import olympus.link.proto.AgentMessage;
import olympus.link.proto.LogLines;
import org.jspecify.annotations.Nullable;

/**
 * The agent's end of one log request: sends lines while the server gives credit for them.
 *
 * <p>Threading: {@link #lines} and {@link #end} by the source, one at a time; {@link #credit} by
 * the link; what waits for credit runs on the loop.
 */
final class AgentLogStream implements LogSink {

    private final long id;
    private final Outbox<AgentMessage> outbox;
    private final EventLoop loop;
    private final Runnable onEnd;
    private final AtomicLong credit;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<@Nullable Runnable> waiting = new AtomicReference<>();

    AgentLogStream(
            long id, long credit, Outbox<AgentMessage> outbox, EventLoop loop, Runnable onEnd) {
        this.id = id;
        this.credit = new AtomicLong(credit);
        this.outbox = outbox;
        this.loop = loop;
        this.onEnd = onEnd;
    }

    @Override
    public boolean lines(List<LogLine> lines) {
        var message = LogLines.newBuilder().setRequestId(id);
        var bytes = 0L;
        for (var line : lines) {
            var wire = Wire.logLine(line);
            message.addLines(wire);
            bytes += Wire.cost(wire);
            if (bytes >= LinkLimits.LOG_MESSAGE_BYTES) {
                send(message, bytes);
                bytes = 0;
            }
        }
        if (message.getLinesCount() > 0) {
            send(message, bytes);
        }
        return credit.get() > 0 && !over.get();
    }

    @Override
    public void gap(LogGap gap) {
        send(LogLines.newBuilder().setRequestId(id).setGap(Wire.logGap(gap)), Wire.GAP_COST);
    }

    @Override
    public void ready(Runnable resume) {
        waiting.set(resume);
        resumeIfPossible();
    }

    @Override
    public void end(Optional<String> error) {
        if (over.compareAndSet(false, true)) {
            add(
                    LogLines.newBuilder()
                            .setRequestId(id)
                            .setEnd(true)
                            .setError(LinkLimits.reason(error.orElse(""))));
            onEnd.run();
        }
    }

    /** The server has room for so many more bytes. */
    void credit(long bytes) {
        credit.addAndGet(bytes);
        resumeIfPossible();
    }

    boolean isOver() {
        return over.get();
    }

    /** Nothing of this request is wanted any more. */
    void abandon() {
        over.set(true);
        waiting.set(null);
    }

    private void resumeIfPossible() {
        if (credit.get() > 0 && !over.get()) {
            var resume = waiting.getAndSet(null);
            if (resume != null) {
                loop.execute(resume);
            }
        }
    }

    private void send(LogLines.Builder message, long bytes) {
        if (!over.get()) {
            credit.addAndGet(-bytes);
            add(message);
        }
        message.clearLines();
    }

    private void add(LogLines.Builder lines) {
        var outcome = outbox.add(Lane.BULK, AgentMessage.newBuilder().setLogLines(lines).build());
        if (outcome == Outcome.FULL || outcome == Outcome.TOO_LARGE) {
            throw new IllegalStateException("log lines beyond the limits of the link: " + outcome);
        }
    }
}
