package olympus.hermes.internal.loop;

import java.nio.ByteBuffer;
import java.util.List;
import olympus.hermes.TransactionResult;
import olympus.hermes.internal.state.Command;
import olympus.hermes.internal.state.LogEntry;

/** Writes that travel in one entry. */
final class Batch {

    private final LogEntry entry;
    private final ByteBuffer bytes;
    private final List<Write> writes;
    private final long startedNanos;
    private final long deadlineNanos;
    private int resends;

    Batch(
            LogEntry entry,
            ByteBuffer bytes,
            List<Write> writes,
            long startedNanos,
            long deadlineNanos) {
        this.entry = entry;
        this.bytes = bytes;
        this.writes = List.copyOf(writes);
        this.startedNanos = startedNanos;
        this.deadlineNanos = deadlineNanos;
    }

    /** When it was first handed to the log. */
    long startedNanos() {
        return startedNanos;
    }

    /** When nobody waits for it any more. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    /** Whether it begins a leadership. */
    boolean takesEpoch() {
        return entry.commands().stream().anyMatch(Command.TakeEpoch.class::isInstance);
    }

    boolean sentAgain() {
        return resends > 0;
    }

    long sequence() {
        return entry.header().originSequence();
    }

    LogEntry entry() {
        return entry;
    }

    /** A view of its own for every reader. */
    ByteBuffer bytes() {
        return bytes.duplicate();
    }

    List<Write> writes() {
        return writes;
    }

    /** Gives all its writes the same answer. */
    void answerAll(TransactionResult result) {
        for (var write : writes) {
            write.result().complete(result);
        }
    }

    /** Counts one more time that it is sent; returns how often it was sent again. */
    int countResend() {
        return ++resends;
    }
}
