package olympus.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A measured quantity: what came out, what a peer reached in the same run, what was wanted.
 *
 * @param name what was measured, as a reader of the report understands it
 * @param unit of all values, e.g. {@code ms}, {@code 1/s}, {@code MiB}
 * @param spread of the measured values
 * @param target what was wanted; empty where the figure is only stated
 * @param comparisons with peers measured in the same run
 * @param remark what one must know to read the figure; may be empty
 */
record Figure(
        String name,
        String unit,
        Spread spread,
        Optional<Target> target,
        List<Comparison> comparisons,
        String remark) {

    Figure {
        comparisons = List.copyOf(comparisons);
    }

    static Figure of(String name, String unit, Spread spread) {
        return new Figure(name, unit, spread, Optional.empty(), List.of(), "");
    }

    /** A figure that was measured once. */
    static Figure of(String name, String unit, double value) {
        return of(name, unit, Spread.of(List.of(value)));
    }

    Figure wanted(Target wanted) {
        return new Figure(name, unit, spread, Optional.of(wanted), comparisons, remark);
    }

    /** The same figure with the ratio of its median to that of the peer. */
    Figure against(String peer, Spread ofPeer) {
        var all = new java.util.ArrayList<>(comparisons);
        all.add(new Comparison(peer, spread.p50() / ofPeer.p50()));
        return new Figure(name, unit, spread, target, all, remark);
    }

    Figure remarked(String text) {
        return new Figure(name, unit, spread, target, comparisons, text);
    }

    /** {@code goal}, {@code floor}, {@code MISSED}, or empty without a target. */
    String verdict() {
        return target.map(wanted -> wanted.verdict(spread)).orElse("");
    }

    /** Ours divided by the peer's, of the medians. */
    record Comparison(String peer, double ratio) {
        @Override
        public String toString() {
            return "%s %s×".formatted(peer, number(ratio));
        }
    }

    /** Which value of a spread is held against the target. */
    enum Statistic {
        P50,
        P99,
        MAX;

        double of(Spread spread) {
            return switch (this) {
                case P50 -> spread.p50();
                case P99 -> spread.p99();
                case MAX -> spread.max();
            };
        }
    }

    /**
     * What a value shall be.
     *
     * @param above whether larger is better
     * @param floor what must be reached
     * @param goal what is wished for; equal to the floor where there is one number only
     */
    record Target(Statistic statistic, boolean above, double floor, double goal) {

        static Target below(Statistic statistic, double floor, double goal) {
            return new Target(statistic, false, floor, goal);
        }

        static Target below(Statistic statistic, double limit) {
            return below(statistic, limit, limit);
        }

        static Target above(Statistic statistic, double floor, double goal) {
            return new Target(statistic, true, floor, goal);
        }

        static Target above(Statistic statistic, double limit) {
            return above(statistic, limit, limit);
        }

        String verdict(Spread spread) {
            var value = statistic.of(spread);
            if (reaches(value, goal)) {
                return "goal";
            }
            return reaches(value, floor) ? "floor" : "MISSED";
        }

        private boolean reaches(double value, double bound) {
            return above ? value >= bound : value < bound;
        }

        @Override
        public String toString() {
            var sign = above ? "≥" : "<";
            var text =
                    "%s %s %s"
                            .formatted(
                                    statistic.name().toLowerCase(Locale.ROOT), sign, number(floor));
            return floor == goal ? text : text + " / " + number(goal);
        }
    }

    /** Three digits that matter, no exponent. */
    static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return "–";
        }
        var size = Math.abs(value);
        var digits = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + digits + "f", value).replace(",", " ");
    }
}
