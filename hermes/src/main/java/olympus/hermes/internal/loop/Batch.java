package olympus.hermes.internal.loop;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import olympus.hermes.TransactionResult;
import olympus.hermes.internal.codec.EntryCodec;
import olympus.hermes.internal.state.Command;
import olympus.hermes.internal.state.EntryHeader;
import olympus.hermes.internal.state.LogEntry;
import olympus.hermes.log.ReplicatedLog.Submission.Outcome;

/**
 * Writes that travel in one entry, and the strict reads that it confirms.
 *
 * <pre>
 *  idle ──sent──▶ under way ──refused──▶ idle            (certainly not in the log)
 *                     └──no answer, another leader──▶ idle, doubtful  (may be in the log)
 * </pre>
 */
final class Batch {

    private final List<Write> writes;
    private final List<Confirmation> reads;
    private final long startedNanos;
    private final long deadlineNanos;
    private LogEntry entry;
    private ByteBuffer bytes;
    private int sends;
    private boolean underWay;
    private boolean doubtful;
    private Optional<Outcome.Rejected> refused = Optional.empty();

    Batch(
            EntryHeader header,
            List<Write> writes,
            List<Confirmation> reads,
            long startedNanos,
            long deadlineNanos) {
        this.writes = List.copyOf(writes);
        this.reads = List.copyOf(reads);
        this.startedNanos = startedNanos;
        this.deadlineNanos = deadlineNanos;
        this.entry = new LogEntry(header, writes.stream().map(Write::command).toList());
        this.bytes = assemble(header);
    }

    private ByteBuffer assemble(EntryHeader header) {
        return EntryCodec.assemble(header, writes.stream().map(Write::encoded).toList());
    }

    /** Why its last sending was not taken; it goes again. */
    void refused(Outcome.Rejected why) {
        refused = Optional.of(why);
    }

    Optional<Outcome.Rejected> refused() {
        return refused;
    }

    /** The same commands under another stamp, whose origin and sequence are the same. */
    void stamp(EntryHeader header) {
        entry = new LogEntry(header, entry.commands());
        bytes = assemble(header);
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

    /** Writes and reads that wait for it. */
    int size() {
        return writes.size() + reads.size();
    }

    List<Write> writes() {
        return writes;
    }

    /** Gives all its writes the same answer, and refuses its reads. */
    void answerAll(TransactionResult result, String reason) {
        for (var write : writes) {
            write.result().complete(result);
        }
        reads.forEach(read -> read.refuse().accept(reason));
    }

    /** The same, for what nobody waits for any longer. */
    void answerOverdue(long nowNanos, TransactionResult result, String reason) {
        for (var write : writes) {
            if (write.deadlineNanos() - nowNanos <= 0) {
                write.result().complete(result);
            }
        }
        for (var read : reads) {
            if (read.deadlineNanos() - nowNanos <= 0) {
                read.refuse().accept(reason);
            }
        }
    }

    /** Answers its reads from the state as it is now. */
    void confirmed() {
        reads.forEach(read -> read.answer().run());
    }

    /** It is sent once more; returns which time this is. */
    int sending() {
        underWay = true;
        return ++sends;
    }

    /** How often it was sent. */
    int sends() {
        return sends;
    }

    boolean underWay() {
        return underWay;
    }

    /** Its last sending has ended otherwise than by being committed. */
    void returned(boolean perhapsTaken) {
        underWay = false;
        doubtful |= perhapsTaken;
    }

    /** Nobody will tell how its last sending ended. */
    void lostSight() {
        if (underWay) {
            returned(true);
        }
    }

    /** Whether an earlier sending may have put it into the log. */
    boolean doubtful() {
        return doubtful;
    }
}
