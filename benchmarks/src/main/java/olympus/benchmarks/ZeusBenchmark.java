package olympus.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import olympus.benchmarks.Figure.Statistic;
import olympus.benchmarks.Figure.Target;
import olympus.server.foresight.Quorum;
import olympus.server.foresight.Scope;
import olympus.server.foresight.SinglePoint;
import olympus.server.foresight.Topology;
import olympus.zeus.internal.Plan;

/**
 * The planner alone on islands of four sizes: places everything, and places anew what a lost node
 * had. Whether the cost of an instance grows with the island is the question.
 */
final class ZeusBenchmark implements Benchmark {

    /** The smaller two and the larger two have as many instances on a node, each. */
    private static final List<Size> SIZES =
            List.of(
                    new Size(75, 2_500, 20),
                    new Size(300, 10_000, 10),
                    new Size(1_250, 12_500, 10),
                    new Size(5_000, 50_000, 5));

    private static final int WARM_UPS = 3;

    /** Thought through node by node, which costs nodes times instances. */
    private static final Size THOUGHT_THROUGH = new Size(300, 1_000, 1);

    private record Size(int nodes, int services, int rounds) {
        @Override
        public String toString() {
            return "%,d nodes, %,d services, %,d instances"
                    .formatted(
                            nodes,
                            services,
                            services / 10 * SimulatedIsland.INSTANCES_OF_TEN_SERVICES);
        }
    }

    @Override
    public String name() {
        return "zeus";
    }

    @Override
    public String question() {
        return "How does what the planner costs grow with nodes and instances, where services have constraints and reservations?";
    }

    @Override
    public Duration limit() {
        return Duration.ofMinutes(15);
    }

    @Override
    public List<String> jvmOptions() {
        return List.of("-Xmx2g", "-XX:+UseSerialGC");
    }

    @Override
    public void run(Workbench bench) {
        // The compiler sees every path before anything is measured.
        var first = new SimulatedIsland(SIZES.getFirst().nodes(), SIZES.getFirst().services());
        for (var round = 0; round < 10 * WARM_UPS; round++) {
            first.plan();
        }
        var perInstance = new ArrayList<Double>();
        for (var size : SIZES) {
            perInstance.add(measure(bench, size));
        }
        bench.report(
                Figure.of(
                                "cost of an instance, the largest island to the smallest",
                                "×",
                                perInstance.getLast() / perInstance.getFirst())
                        .wanted(Target.below(Statistic.MAX, 4))
                        .remarked(
                                "medians; 1 is linear, %d is quadratic"
                                        .formatted(
                                                SIZES.getLast().nodes()
                                                        / SIZES.getFirst().nodes())));
        thinkAhead(bench);
    }

    /** Returns the median cost of an instance, in µs. */
    private static double measure(Workbench bench, Size size) {
        var island = new SimulatedIsland(size.nodes(), size.services());
        var micros = new ArrayList<Double>();
        var rates = new ArrayList<Double>();
        for (var round = -WARM_UPS; round < size.rounds(); round++) {
            var start = System.nanoTime();
            var plan = island.plan();
            var nanos = System.nanoTime() - start;
            check(plan, island.instances());
            if (round >= 0) {
                micros.add(nanos / 1e3 / island.instances());
                rates.add(island.instances() / (nanos / 1e9));
            }
        }
        bench.report(
                Figure.of("placements, " + size, "1/s", Spread.of(rates))
                        .wanted(Target.above(Statistic.P50, 5_000))
                        .remarked(
                                "one plan of the whole island a round, after %d to warm up"
                                        .formatted(WARM_UPS)));
        bench.report(Figure.of("cost of an instance, " + size, "µs", Spread.of(micros)));
        island.carryOut(island.plan());
        check(island.plan(), 0);
        bench.report(
                Figure.of("heap in use, " + size, "MiB", heapMebibytes())
                        .remarked(
                                "after a collection, everything placed and running; stored values are counted too"));
        island.lose(0);
        var moves = island.on(0);
        var replans = new ArrayList<Double>();
        for (var round = -WARM_UPS; round < size.rounds(); round++) {
            var start = System.nanoTime();
            var plan = island.plan();
            var nanos = System.nanoTime() - start;
            check(plan, moves);
            if (round >= 0) {
                replans.add(nanos / 1e6);
            }
        }
        bench.report(
                Figure.of("plan after one lost node, " + size, "ms", Spread.of(replans))
                        .wanted(Target.below(Statistic.P99, 1_000))
                        .remarked("it moves %d instances".formatted(moves)));
        return Spread.of(micros).p50();
    }

    /** What the loss of each node in turn would do, as {@code olympus spof} asks. */
    private static void thinkAhead(Workbench bench) {
        var island = new SimulatedIsland(THOUGHT_THROUGH.nodes(), THOUGHT_THROUGH.services());
        island.carryOut(island.plan());
        var start = System.nanoTime();
        var findings =
                Topology.of(
                        island.foresight(),
                        new Quorum(Map.of(), Map.of()),
                        new Scope(EnumSet.of(SinglePoint.Kind.NODE), List.of()),
                        start + Duration.ofMinutes(5).toNanos());
        var seconds = (System.nanoTime() - start) / 1e9;
        if (findings.points().size() != THOUGHT_THROUGH.nodes()) {
            throw new IllegalStateException(
                    "%d nodes were thought away".formatted(findings.points().size()));
        }
        bench.report(
                Figure.of("every node thought away, " + THOUGHT_THROUGH, "s", seconds)
                        .remarked(
                                "as `olympus spof` asks, without servers; the planner plans at least twice for each node"));
    }

    private static void check(Plan plan, int steps) {
        if (plan.steps().size() != steps) {
            throw new IllegalStateException(
                    "planned %d steps of %d; %s"
                            .formatted(
                                    plan.steps().size(),
                                    steps,
                                    plan.waits().values().stream().limit(3).toList()));
        }
    }

    private static double heapMebibytes() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / 1048576.0;
    }
}
