package olympus.hermes;

import java.time.Duration;

/**
 * How much of a stream is kept in memory; the first bound that is met trims the oldest elements.
 */
public record StreamLimits(long maxBytes, long maxCount, Duration maxAge) {

    public static final StreamLimits DEFAULT =
            new StreamLimits(4L << 20, 10_000, Duration.ofDays(30));

    public StreamLimits {
        if (maxBytes < 1 || maxCount < 1 || maxAge.isNegative() || maxAge.isZero()) {
            throw new IllegalArgumentException(
                    "stream limits must be positive: %d bytes, %d elements, %s"
                            .formatted(maxBytes, maxCount, maxAge));
        }
    }
}
