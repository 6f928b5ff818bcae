package olympus.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;

/** What each of three members uses while nothing is asked of them, beside etcd at the same time. */
final class ReplicasIdleBenchmark implements Benchmark {

    private static final Duration SETTLES = Duration.ofSeconds(20);
    private static final Duration WINDOW = Duration.ofMinutes(2);
    private static final int HOURS = 24;
    private static final int KIB = 1024;

    @Override
    public String name() {
        return "replicas-idle";
    }

    @Override
    public String question() {
        return "What does each of three members with ten thousand keys use at rest?";
    }

    @Override
    public List<String> jvmOptions() {
        return List.of("-Xmx512m", "-XX:+UseParallelGC");
    }

    @Override
    public void run(Workbench bench) throws Exception {
        try (var etcd = EtcdTrio.start(bench.folder().resolve("etcd"), List.of());
                var hermes = HermesTrio.start(bench, bench.folder().resolve("hermes"), List.of())) {
            ReplicasLoadBenchmark.fill(etcd.atLeader());
            ReplicasLoadBenchmark.fill(hermes.atLeader());
            Waiting.letPass(SETTLES);
            var theirs = usages(etcd);
            var ours = usages(hermes);
            Waiting.letPass(WINDOW);
            var use = new Use(theirs, usages(etcd), ours, usages(hermes));
            use.report(
                    bench,
                    "memory (RSS) of a member",
                    "MiB",
                    (_, after) -> (double) after.rssKib() / KIB);
            use.report(bench, "threads of a member", "", (_, after) -> after.threads());
            use.report(
                    bench,
                    "CPU of a member",
                    "% of a core",
                    (before, after) -> after.cpuPercentSince(before));
            use.report(
                    bench,
                    "written by a member in a day",
                    "MiB",
                    (before, after) -> HOURS * after.writtenMibPerHourSince(before));
        }
    }

    private static List<ProcessUsage> usages(Trio trio) {
        return trio.pids().stream().map(ProcessUsage::of).toList();
    }

    private record Use(
            List<ProcessUsage> theirs,
            List<ProcessUsage> theirsAfter,
            List<ProcessUsage> ours,
            List<ProcessUsage> oursAfter) {

        void report(
                Workbench bench,
                String what,
                String unit,
                ToDoubleBiFunction<ProcessUsage, ProcessUsage> value) {
            var peer = spread(theirs, theirsAfter, value);
            bench.report(
                    Figure.of(what + ", Hermes", unit, spread(ours, oursAfter, value))
                            .against("etcd", peer)
                            .remarked(
                                    "the store alone, in a Java process with the options of the product's server; over %d s, a day's bytes extrapolated"
                                            .formatted(WINDOW.toSeconds())));
            bench.report(Figure.of(what + ", etcd", unit, peer));
        }

        private static Spread spread(
                List<ProcessUsage> before,
                List<ProcessUsage> after,
                ToDoubleBiFunction<ProcessUsage, ProcessUsage> value) {
            return Spread.of(
                    IntStream.range(0, before.size())
                            .mapToObj(member ->
                                    value.applyAsDouble(before.get(member), after.get(member)))
                            .toList());
        }
    }
}
