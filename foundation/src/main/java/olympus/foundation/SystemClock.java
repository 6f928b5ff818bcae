package olympus.foundation;

import java.time.Instant;

/** The clock of the operating system. */
enum SystemClock implements Clock {
    INSTANCE;

    @Override
    public Instant wall() {
        return Instant.now();
    }

    @Override
    public long monotonicNanos() {
        return System.nanoTime();
    }

    @Override
    public long uptimeNanos() {
        return Uptime.INSTANCE.nanos();
    }
}
