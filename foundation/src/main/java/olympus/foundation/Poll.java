package olympus.foundation;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Waits for what sends no event (a file of a shim, processes that are nobody's children, another
 * program's answer), by looking again: at once, after a millisecond, then in steps that double up
 * to {@link #LONGEST_PAUSE}. Blocks its thread, which must not be a loop's; an interrupt ends the
 * wait.
 */
public final class Poll {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(20);

    private Poll() {}

    /** The first answer, empty when there is none within the time. */
    public static <T> Optional<T> within(Duration time, Supplier<Optional<T>> look) {
        return within(time, LONGEST_PAUSE, look);
    }

    /** The same with steps up to another length, for what may take long. */
    public static <T> Optional<T> within(
            Duration time, Duration longestPause, Supplier<Optional<T>> look) {
        var deadline = System.nanoTime() + time.toNanos();
        var pause = FIRST_PAUSE;
        while (true) {
            var answer = look.get();
            if (answer.isPresent()
                    || System.nanoTime() - deadline >= 0
                    || Thread.currentThread().isInterrupted()) {
                return answer;
            }
            LockSupport.parkNanos(pause.toNanos());
            pause = pause.compareTo(longestPause) < 0 ? pause.multipliedBy(2) : longestPause;
        }
    }
}
