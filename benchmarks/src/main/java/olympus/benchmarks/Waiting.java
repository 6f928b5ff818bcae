package olympus.benchmarks;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for a condition with a deadline, and letting a measured span of time go by. */
final class Waiting {

    private Waiting() {}

    /** Looks every {@code interval} until the condition holds. */
    static void until(
            Duration deadline, Duration interval, Supplier<String> what, BooleanSupplier condition)
            throws TimeoutException {
        var end = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new TimeoutException("not within %s: %s".formatted(deadline, what.get()));
            }
            LockSupport.parkNanos(interval.toNanos());
        }
    }

    /** Returns after the span; the time that goes by is what is measured. */
    static void letPass(Duration span) {
        var end = System.nanoTime() + span.toNanos();
        for (var left = span.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
