package olympus.benchmarks;

import java.util.Collection;

/**
 * The distribution of measured values; percentiles are measured values (nearest rank), not
 * interpolated.
 */
record Spread(int events, double p50, double p99, double max) {

    static Spread of(Collection<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured: expected at least one value");
        }
        var sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Spread(
                sorted.length, rank(sorted, 0.50), rank(sorted, 0.99), sorted[sorted.length - 1]);
    }

    private static double rank(double[] sorted, double share) {
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }
}
