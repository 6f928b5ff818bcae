package olympus.foundation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long something took, counted in fixed buckets from 0.1 ms to 10 s.
 *
 * <p>Threading: any thread records and reads; a reading taken while others record may miss their
 * last ones. Memory is constant.
 */
public final class DurationHistogram {

    private static final List<Long> BOUNDS_MICROS =
            List.of(
                    100L,
                    250L,
                    500L,
                    1_000L,
                    2_500L,
                    5_000L,
                    10_000L,
                    25_000L,
                    50_000L,
                    100_000L,
                    250_000L,
                    500_000L,
                    1_000_000L,
                    2_500_000L,
                    10_000_000L);
    private static final double NANOS_PER_SECOND = 1e9;

    private final AtomicLongArray counts = new AtomicLongArray(BOUNDS_MICROS.size() + 1);
    private final LongAdder sum = new LongAdder();
    private final LongAccumulator max = new LongAccumulator(Math::max, 0);

    /**
     * What was recorded so far.
     *
     * @param boundsSeconds upper bounds of the buckets but the last, which has none
     * @param counts how many fell into each bucket, not added up; one more than the bounds
     */
    public record Reading(
            List<Double> boundsSeconds, List<Long> counts, double sumSeconds, double maxSeconds) {

        public Reading {
            boundsSeconds = List.copyOf(boundsSeconds);
            counts = List.copyOf(counts);
        }

        public long count() {
            return counts.stream().mapToLong(Long::longValue).sum();
        }
    }

    public void record(long nanos) {
        var bucket = 0;
        while (bucket < BOUNDS_MICROS.size() && nanos > BOUNDS_MICROS.get(bucket) * 1_000) {
            bucket++;
        }
        counts.incrementAndGet(bucket);
        sum.add(nanos);
        max.accumulate(nanos);
    }

    public Reading read() {
        var read = new ArrayList<Long>(counts.length());
        for (var i = 0; i < counts.length(); i++) {
            read.add(counts.get(i));
        }
        return new Reading(
                BOUNDS_MICROS.stream().map(micros -> micros / 1e6).toList(),
                read,
                sum.sum() / NANOS_PER_SECOND,
                max.get() / NANOS_PER_SECOND);
    }
}
