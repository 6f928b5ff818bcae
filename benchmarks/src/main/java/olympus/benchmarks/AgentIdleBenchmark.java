package olympus.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import olympus.benchmarks.Figure.Statistic;
import olympus.benchmarks.Figure.Target;

/** What the agent of a machine without a server uses: the product's own process, linked. */
final class AgentIdleBenchmark implements Benchmark {

    private static final int SERVICES = 20;
    private static final Duration SETTLES = Duration.ofMinutes(1);
    private static final Duration WINDOW = Duration.ofMinutes(2);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final Duration LINK_DEADLINE = Duration.ofMinutes(1);
    private static final Duration APPLY_DEADLINE = Duration.ofMinutes(2);
    private static final int END_SECONDS = 30;

    @Override
    public String name() {
        return "agent-idle";
    }

    @Override
    public String question() {
        return "What does `olympus agent` use at rest, with nothing to run and with %d processes?"
                .formatted(SERVICES);
    }

    @Override
    public Duration limit() {
        return Duration.ofMinutes(12);
    }

    @Override
    public void run(Workbench bench) throws Exception {
        var product = Product.server(bench);
        product.up();
        try (var api = ProductApi.of(product)) {
            api.cordon(api.get("/api/v1/nodes").path("nodes").path(0).path("id").asString());
            var began = System.nanoTime();
            var agent = product.agent(bench.folder().resolve("mars"), "mars", api.agentToken(1));
            Waiting.until(
                    LINK_DEADLINE,
                    LOOK_EVERY,
                    () -> "the agent is linked; see mars.log",
                    () -> isLinked(api));
            bench.report(
                    Figure.of(
                            "olympus agent: start → let in and linked",
                            "s",
                            (System.nanoTime() - began) / 1e9));
            rest(bench, agent, "nothing to run");
            product.mustSucceed(
                    "apply",
                    product.write("idle", SmallStack.of("idle", SERVICES)).toString(),
                    "--yes");
            requireRunsOf(
                    api.get("/api/v1/nodes/mars").path("node").path("id").asString(),
                    new Inventory(product).awaitRunning(SERVICES, APPLY_DEADLINE));
            rest(bench, agent, SERVICES + " processes");
            agent.destroy();
            if (!agent.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                throw new TimeoutException(
                        "olympus agent (pid %d) did not end within %d s of SIGTERM"
                                .formatted(agent.pid(), END_SECONDS));
            }
        }
        product.terminate();
    }

    private static boolean isLinked(ProductApi api) {
        try {
            return api.metric("olympus_nodes_connected", "") == 2;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Else another process than the measured one would look after them. */
    private static void requireRunsOf(String node, List<Long> pids) {
        for (var pid : pids) {
            if (!Processes.read(Path.of("/proc/" + pid + "/environ"))
                    .contains("OLYMPUS_RUN_ID=" + node + "/")) {
                throw new IllegalStateException(
                        "process %d is not a run of node %s".formatted(pid, node));
            }
        }
    }

    private static void rest(Workbench bench, Process agent, String when) {
        Waiting.letPass(SETTLES);
        var before = ProcessUsage.of(agent.pid());
        Waiting.letPass(WINDOW);
        var after = ProcessUsage.of(agent.pid());
        bench.report(
                Figure.of("RSS of the agent, " + when, "MiB", before.rssKib() / 1024.0)
                        .wanted(Target.below(Statistic.P50, 128, 64))
                        .remarked(
                                "%d s after that; %.0f MiB after %d s more; PSS %.0f MiB"
                                        .formatted(
                                                SETTLES.toSeconds(),
                                                after.rssKib() / 1024.0,
                                                WINDOW.toSeconds(),
                                                after.pssKib() / 1024.0)));
        bench.report(
                Figure.of(
                                "idle CPU of the agent, " + when,
                                "% of a core",
                                after.cpuPercentSince(before))
                        .wanted(Target.below(Statistic.P50, 0.5))
                        .remarked("over %d s".formatted(WINDOW.toSeconds())));
        bench.report(
                Figure.of("threads of the agent, " + when, "", after.threads())
                        .remarked("open files: " + ProcessUsage.openFiles(agent.pid())));
        bench.report(
                Figure.of(
                                "written in a day by the agent, " + when,
                                "MiB",
                                24 * after.writtenMibPerHourSince(before))
                        .remarked(
                                "write_bytes of the process over %d s, extrapolated"
                                        .formatted(WINDOW.toSeconds())));
    }
}
