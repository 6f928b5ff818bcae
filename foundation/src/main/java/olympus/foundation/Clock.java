package olympus.foundation;

import java.time.Instant;

/**
 * The readings of time that Olympus uses, as a seam: wall time for records that people read,
 * monotonic time for everything that is measured or waited for, and the time since the machine
 * booted for what must be measured across processes.
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

    /**
     * Nanoseconds since the machine booted: the same origin for every process under one boot id,
     * going on while none of ours runs and while the machine sleeps, whatever is done to wall time.
     * To the hundredth of a second.
     */
    long uptimeNanos();

    /** The clock of the operating system. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
