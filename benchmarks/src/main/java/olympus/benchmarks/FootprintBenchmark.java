package olympus.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import olympus.benchmarks.Figure.Statistic;
import olympus.benchmarks.Figure.Target;

/**
 * How many services one machine takes, and what Olympus uses while nothing happens. Server and
 * agent are one process here.
 */
final class FootprintBenchmark implements Benchmark {

    private static final Duration SETTLE = Duration.ofSeconds(30);
    private static final Duration WINDOW = Duration.ofMinutes(2);
    private static final Duration APPLY_DEADLINE = Duration.ofMinutes(3);

    private final String name;
    private final int services;
    private final Optional<Target> memory;

    private FootprintBenchmark(String name, int services, Optional<Target> memory) {
        this.name = name;
        this.services = services;
        this.memory = memory;
    }

    static FootprintBenchmark small() {
        return new FootprintBenchmark("small", 10, Optional.of(Target.below(Statistic.P50, 512)));
    }

    static FootprintBenchmark large() {
        return new FootprintBenchmark("five-hundred", 500, Optional.empty());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String question() {
        return "What does Olympus with %d idle services use, and how long does it take to get there?"
                .formatted(services);
    }

    @Override
    public void run(Workbench bench) throws Exception {
        var product = new Product(bench);
        product.up();
        var folder = product.write("idle", SmallStack.of("idle", services));
        var began = System.nanoTime();
        product.mustSucceed("apply", folder.toString(), "--yes");
        var applied = (System.nanoTime() - began) / 1e9;
        var pids = new Inventory(product).awaitRunning(services, APPLY_DEADLINE);
        var running = (System.nanoTime() - began) / 1e9;
        bench.progress(
                "%d services run; looking at them idle for %s".formatted(pids.size(), WINDOW));
        bench.report(
                Figure.of(services + " services applied → all running", "s", running)
                        .wanted(Target.below(Statistic.P50, 60))
                        .remarked("the command itself ended after %.1f s".formatted(applied)));
        idle(bench, product, pids);
        var again = System.nanoTime();
        product.mustSucceed("apply", folder.toString(), "--yes");
        bench.report(Figure.of("second apply, no changes", "s", (System.nanoTime() - again) / 1e9));
        product.terminate();
    }

    private void idle(Workbench bench, Product product, List<Long> pids) {
        Waiting.letPass(SETTLE);
        var shims = pids.stream().map(FootprintBenchmark::parent).toList();
        var before = ProcessUsage.of(product.pid());
        var shimsBefore = shims.stream().map(ProcessUsage::of).toList();
        Waiting.letPass(WINDOW);
        var after = ProcessUsage.of(product.pid());
        var shimsAfter = shims.stream().map(ProcessUsage::of).toList();
        var shimTicks =
                shimsAfter.stream().mapToLong(ProcessUsage::cpuTicks).sum()
                        - shimsBefore.stream().mapToLong(ProcessUsage::cpuTicks).sum();
        bench.report(
                Figure.of("idle CPU of Olympus", "% of a core", after.cpuPercentSince(before))
                        .wanted(Target.below(Statistic.P50, 3, 1))
                        .remarked(
                                "over %d s; all shims together %d ms in that time"
                                        .formatted(WINDOW.toSeconds(), shimTicks * 10)));
        var rss = Figure.of("RSS of Olympus", "MiB", after.rssKib() / 1024.0);
        bench.report(memory.map(rss::wanted).orElse(rss));
        bench.report(Figure.of("threads of Olympus", "", after.threads()));
        bench.report(
                Figure.of(
                        "RSS per shim",
                        "KiB",
                        Spread.of(shimsAfter.stream().map(it -> (double) it.rssKib()).toList())));
        bench.report(
                Figure.of(
                                "PSS per shim",
                                "KiB",
                                Spread.of(
                                        shimsAfter.stream()
                                                .map(it -> (double) it.pssKib())
                                                .toList()))
                        .remarked(
                                "what one more costs: shared pages are divided by their sharers"));
        bench.report(
                Figure.of("written per idle hour", "MiB", after.writtenMibPerHourSince(before))
                        .wanted(Target.below(Statistic.P50, 50.0 / 24))
                        .remarked(
                                "write_bytes of the process over %d s, extrapolated; wanted are 50 MB a day"
                                        .formatted(WINDOW.toSeconds())));
    }

    /** The process that holds an instance. */
    private static long parent(long pid) {
        var stat = Processes.read(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1]);
    }
}
