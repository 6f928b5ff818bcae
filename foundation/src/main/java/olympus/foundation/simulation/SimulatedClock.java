package olympus.foundation.simulation;

import java.time.Duration;
import java.time.Instant;
import olympus.foundation.Clock;

/**
 * A clock that stands still until it is moved. Wall and monotonic time can be moved apart.
 * Threading: one thread.
 */
public final class SimulatedClock implements Clock {

    private Instant wall;
    private long monotonicNanos;
    private long bootedBeforeNanos;

    public SimulatedClock(Instant start) {
        this.wall = start;
    }

    @Override
    public Instant wall() {
        return wall;
    }

    @Override
    public long monotonicNanos() {
        return monotonicNanos;
    }

    @Override
    public long uptimeNanos() {
        return monotonicNanos + bootedBeforeNanos;
    }

    /** Lets {@code elapsed} pass on all readings. */
    public void advance(Duration elapsed) {
        if (elapsed.isNegative()) {
            throw new IllegalArgumentException("time cannot pass backwards: " + elapsed);
        }
        wall = wall.plus(elapsed);
        monotonicNanos += elapsed.toNanos();
    }

    /** Monotonic time begins anew, as it may in another process; the machine stays up. */
    public void restartProcess() {
        bootedBeforeNanos += monotonicNanos;
        monotonicNanos = 0;
    }

    /**
     * Sets the wall clock wrong by {@code step}, as an administrator or NTP would; monotonic time
     * does not notice.
     */
    public void stepWall(Duration step) {
        wall = wall.plus(step);
    }
}
