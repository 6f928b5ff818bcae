package olympus.hermes.internal.loop;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import olympus.foundation.Clock;
import olympus.foundation.DurationHistogram;
import olympus.foundation.EventLoop;

/**
 * The loop as its store uses it: what a task throws halts the store, how long tasks take is
 * measured, and a loop that is closed says so instead of throwing.
 *
 * <p>Threading: any.
 */
final class GuardedLoop {

    private final EventLoop loop;
    private final Clock clock;
    private final Consumer<Throwable> onBug;
    private final DurationHistogram turns = new DurationHistogram();

    GuardedLoop(EventLoop loop, Clock clock, Consumer<Throwable> onBug) {
        this.loop = loop;
        this.clock = clock;
        this.onBug = onBug;
    }

    /** False when the loop is closed: then nothing of this store runs any more. */
    boolean execute(Runnable task) {
        try {
            loop.execute(guarded(task));
            return true;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    /** The task as it may run on the loop. */
    Runnable guarded(Runnable task) {
        return () -> {
            var began = clock.monotonicNanos();
            try {
                task.run();
            } catch (Throwable bug) {
                onBug.accept(bug);
            }
            turns.record(clock.monotonicNanos() - began);
        };
    }

    /** The same, at once when the caller is on the loop already. */
    boolean executeNow(Runnable task) {
        if (loop.inLoop()) {
            task.run();
            return true;
        }
        return execute(task);
    }

    /** How long tasks took. */
    DurationHistogram.Reading turns() {
        return turns.read();
    }
}
