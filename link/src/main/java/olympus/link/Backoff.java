package olympus.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before connecting again: doubles from the first delay to the longest, each
 * between half and all of it by chance.
 */
final class Backoff {

    private final Duration first;
    private final Duration max;
    private final RandomGenerator random;
    private int failures;

    Backoff(Duration first, Duration max, RandomGenerator random) {
        this.first = first;
        this.max = max;
        this.random = random;
    }

    Duration next() {
        var full = Math.min(first.toNanos() << failures, max.toNanos());
        if (full < max.toNanos()) {
            failures++;
        }
        return Duration.ofNanos(full / 2 + random.nextLong(full / 2 + 1));
    }

    void reset() {
        failures = 0;
    }
}
