package olympus.hermes.log;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.Assertions;

/** Waits for a condition, with a deadline. */
public final class Eventually {

    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final long LOOK_NANOS = 500_000;

    private Eventually() {}

    public static void holds(String what, BooleanSupplier condition) {
        var end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                Assertions.fail("not within %s: %s", DEADLINE, what);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
