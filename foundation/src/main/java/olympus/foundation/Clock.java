package olympus.foundation;

import java.time.Instant;

/**
 * The two readings of time that Olympus uses, as a seam: wall time for records that people read,
 * and monotonic time for everything that is measured or waited for.
 *
 * <p>Threading: implementations are safe for use by any thread.
 */
public interface Clock {

    /**
     * The wall time. May step in either direction; never compare two readings to measure a
     * duration.
     */
    Instant wall();

    /** Nanoseconds from an arbitrary origin; never goes back within a process. */
    long monotonicNanos();

    /** The clock of the operating system. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
