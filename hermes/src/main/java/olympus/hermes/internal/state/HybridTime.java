package olympus.hermes.internal.state;

/**
 * Hybrid logical time: 48 bits of milliseconds since 1970 and a 16-bit counter in one {@code long}.
 *
 * <p>It only moves forward. While the machine's clock is behind (it was stepped back) the counter
 * moves, and when that is used up, one millisecond: so it runs ahead of the machine's clock by no
 * more than the step was, plus one millisecond per 65,536 entries.
 */
public final class HybridTime {

    private static final int COUNTER_BITS = 16;

    private HybridTime() {}

    /** The first value after {@code last} that is not behind {@code clockMillis}. */
    public static long next(long last, long clockMillis) {
        return Math.max(last + 1, of(clockMillis));
    }

    public static long of(long millis) {
        return Math.max(0, millis) << COUNTER_BITS;
    }

    public static long millis(long hybrid) {
        return hybrid >>> COUNTER_BITS;
    }
}
