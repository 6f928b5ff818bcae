package olympus.foundation;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * One thread that owns some state: everything that reads or writes that state runs here, one task
 * after the other, in the order in which it was handed in.
 *
 * <p>Invariant: a task never blocks. Threading: {@link #execute} and {@link #schedule} may be
 * called by any thread. An exception that escapes a task is a bug: the loop reports it to its
 * failure handler and stops; see {@link ThreadEventLoop}.
 */
public interface EventLoop extends Executor {

    /** Runs {@code task} on the loop, after everything that was handed in before. */
    @Override
    void execute(Runnable task);

    /**
     * Runs {@code task} on the loop once {@code delay} has passed. A delay of zero or less runs
     * next.
     */
    Cancellable schedule(Duration delay, Runnable task);

    /** Whether the calling thread is the loop's own. */
    boolean inLoop();

    /** A timer that can be taken back; cancelling twice, or after it ran, does nothing. */
    @FunctionalInterface
    interface Cancellable {
        void cancel();
    }
}
