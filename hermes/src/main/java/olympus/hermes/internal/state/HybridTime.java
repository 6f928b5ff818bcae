package olympus.hermes.internal.state;

/**
 * Hybrid logical time: 48 bits of milliseconds since 1970 and a 16-bit counter in one {@code long}.
 *
 * <p>It moves forward while the machine's clock is behind by no more than {@link #MAX_LEAD_MILLIS}
 * (it was stepped back a little): the counter moves, and when that is used up, one millisecond. A
 * greater lead is an error that somebody has put right, e.g. a clock that stood in the year 2099
 * for a moment: then it goes back with the clock, since wrong times for years would be worse than
 * one step. Order is told by revisions and sequences, never by this time.
 */
public final class HybridTime {

    /** How far this time may be ahead of the machine's clock. */
    public static final long MAX_LEAD_MILLIS = 60_000;

    private static final int COUNTER_BITS = 16;

    private HybridTime() {}

    /**
     * The first value after {@code last} that is not behind {@code clockMillis}; {@code
     * clockMillis} alone when {@code last} leads by too much.
     */
    public static long next(long last, long clockMillis) {
        return follow(last + 1, of(clockMillis));
    }

    /** The later of {@code last} and {@code read}, unless {@code last} leads by too much. */
    public static long follow(long last, long read) {
        return millis(last) - millis(read) > MAX_LEAD_MILLIS ? read : Math.max(last, read);
    }

    public static long of(long millis) {
        return Math.max(0, millis) << COUNTER_BITS;
    }

    public static long millis(long hybrid) {
        return hybrid >>> COUNTER_BITS;
    }
}
