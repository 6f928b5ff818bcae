package olympus.agent.internal;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import olympus.foundation.EventLoop;

/**
 * The journals of units that are read. Threading: the supervision loop; each is read on a thread of
 * {@code blocking}. Limits: {@link #MOST} at a time, each by a {@code journalctl} of its own.
 */
final class UnitJournals {

    static final int MOST = 100;

    private static final Duration AGAIN_AFTER = Duration.ofSeconds(2);

    private final EventLoop loop;
    private final Executor blocking;
    private final String program;
    private final UnitRecords records;
    private final Problems problems;
    private int count;

    UnitJournals(
            EventLoop loop,
            Executor blocking,
            String program,
            UnitRecords records,
            Problems problems) {
        this.loop = loop;
        this.blocking = blocking;
        this.program = program;
        this.records = records;
        this.problems = problems;
    }

    /** From the run on that is known now; the journal of a unit goes on over its runs. */
    void read(UnitEntry entry) {
        if (entry.journal.isPresent() || entry.record.run() == 0) {
            return;
        }
        if (count >= MOST) {
            problems.set(
                    "output",
                    entry.id,
                    "the journal of %s is not read: those of %d other units are, which is the limit"
                            .formatted(entry.record.unit(), MOST));
            return;
        }
        count++;
        var journal = new JournalPump(program, entry.record.unit(), records.run(entry));
        entry.journal = Optional.of(journal);
        blocking.execute(() -> {
            try {
                var failure = journal.copy();
                loop.execute(() -> ended(entry, journal, failure));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void ended(UnitEntry entry, JournalPump journal, Optional<String> failure) {
        count--;
        if (!entry.journal.equals(Optional.of(journal))) {
            return;
        }
        entry.journal = Optional.empty();
        failure.ifPresent(why -> {
            problems.set("journal", entry.id, why);
            loop.schedule(
                    AGAIN_AFTER,
                    () -> {
                        if (entry.active && !entry.released) {
                            problems.clear("journal", entry.id);
                            read(entry);
                        }
                    });
        });
    }
}
