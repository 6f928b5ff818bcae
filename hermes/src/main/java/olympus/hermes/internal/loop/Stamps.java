package olympus.hermes.internal.loop;

import java.util.random.RandomGenerator;
import olympus.foundation.Clock;
import olympus.hermes.internal.state.EntryHeader;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.internal.state.HybridTime;

/**
 * What the leader stamps on its entries: elapsed time, wall time, randomness, and its own count.
 */
final class Stamps {

    private static final long NANOS_PER_TICK = 1_000_000;

    private final Clock clock;
    private final RandomGenerator random;
    private final long origin;
    private long sequence;
    private long baseTick;
    private long baseNanos;
    private long wall;

    Stamps(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
        this.origin = random.nextLong();
        this.baseNanos = clock.monotonicNanos();
    }

    long origin() {
        return origin;
    }

    /**
     * Goes on from where the log has come to, when a leadership begins: no time passes while nobody
     * leads.
     */
    void begin(HermesState state) {
        baseTick = Math.max(baseTick, state.tick());
        baseNanos = clock.monotonicNanos();
        wall = HybridTime.follow(wall, state.wall());
    }

    long tick() {
        return baseTick + (clock.monotonicNanos() - baseNanos) / NANOS_PER_TICK;
    }

    /** The stamp of this member's next entry. */
    EntryHeader next(int featureLevel, long epoch) {
        return stamp(featureLevel, epoch, origin, ++sequence);
    }

    /** The stamp of an entry that has its origin and sequence already. */
    EntryHeader stamp(int featureLevel, long epoch, long from, long fromSequence) {
        wall = HybridTime.next(wall, clock.wall().toEpochMilli());
        return new EntryHeader(
                featureLevel, epoch, tick(), wall, random.nextLong(), from, fromSequence);
    }
}
