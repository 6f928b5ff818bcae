package olympus.benchmarks;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import olympus.benchmarks.Figure.Statistic;
import olympus.benchmarks.Figure.Target;

/**
 * Three members whose disks are slow: every flush takes 20 ms longer, or every fiftieth takes a
 * second longer (injected by strace on every member). 64 writers write; does the leader stay?
 */
final class ReplicasSlowDiskBenchmark implements Benchmark {

    private static final int WRITERS = 64;
    private static final Duration WARM_UP = Duration.ofSeconds(8);
    private static final Duration SPAN = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private enum Slowness {
        EVERY_20_MS("every flush + 20 ms", "delay_enter=20000"),
        STALLS_OF_1_S("every 50th flush + 1 s", "delay_enter=1000000:when=50+50");

        private final String words;
        private final String injection;

        Slowness(String words, String injection) {
            this.words = words;
            this.injection = injection;
        }

        List<String> prefix() {
            return List.of(
                    "strace",
                    "-f",
                    "--seccomp-bpf",
                    "-o",
                    "/dev/null",
                    "-e",
                    "trace=fsync,fdatasync",
                    "-e",
                    "inject=fsync,fdatasync:" + injection);
        }
    }

    private record Outcome(double rate, double longestGapMillis, int leaderChanges) {}

    @Override
    public String name() {
        return "replicas-slow-disk";
    }

    @Override
    public String question() {
        return "What do three members do while flushes of all their disks are slow: does the leader stay?";
    }

    @Override
    public Duration limit() {
        return Duration.ofMinutes(8);
    }

    @Override
    public List<String> jvmOptions() {
        return List.of("-Xmx512m", "-XX:+UseParallelGC");
    }

    @Override
    public void run(Workbench bench) throws Exception {
        for (var slowness : Slowness.values()) {
            var folder = bench.folder().resolve(slowness.name());
            Outcome theirs;
            try (var etcd = EtcdTrio.start(folder.resolve("etcd"), slowness.prefix())) {
                theirs = measure(etcd);
            }
            Outcome ours;
            try (var hermes =
                    HermesTrio.start(bench, folder.resolve("hermes"), slowness.prefix())) {
                ours = measure(hermes);
            }
            report(bench, slowness, ours, theirs);
        }
    }

    private static void report(Workbench bench, Slowness slowness, Outcome ours, Outcome theirs) {
        bench.report(
                Figure.of(
                                "durable writes, %d callers, %s: Hermes"
                                        .formatted(WRITERS, slowness.words),
                                "1/s",
                                ours.rate)
                        .against("etcd", Spread.of(List.of(theirs.rate)))
                        .remarked(
                                "over %d s, after %d s; the same client for both; the flushes of all three members"
                                        .formatted(SPAN.toSeconds(), WARM_UP.toSeconds())));
        bench.report(
                Figure.of(
                        "durable writes, %d callers, %s: etcd".formatted(WRITERS, slowness.words),
                        "1/s",
                        theirs.rate));
        bench.report(
                Figure.of(
                                "longest time without an acknowledged write, %s: Hermes"
                                        .formatted(slowness.words),
                                "ms",
                                ours.longestGapMillis)
                        .against("etcd", Spread.of(List.of(theirs.longestGapMillis))));
        bench.report(
                Figure.of(
                                "changes of the leader, %s: Hermes".formatted(slowness.words),
                                "",
                                ours.leaderChanges)
                        .wanted(Target.below(Statistic.MAX, 1)));
        bench.report(
                Figure.of(
                        "changes of the leader, %s: etcd".formatted(slowness.words),
                        "",
                        theirs.leaderChanges));
    }

    private static Outcome measure(Trio trio) throws Exception {
        try (var writers = PersistentWriters.start(trio, WRITERS, trio.leader(), PATIENCE)) {
            Waiting.letPass(WARM_UP);
            var leaders = new HashSet<KvMessages.Status>();
            var before = writers.acknowledged();
            var start = System.nanoTime();
            while (System.nanoTime() - start < SPAN.toNanos()) {
                look(trio, leaders);
                Waiting.letPass(LOOK);
            }
            var seconds = (System.nanoTime() - start) / 1e9;
            return new Outcome(
                    (writers.acknowledged() - before) / seconds,
                    writers.longestGapMillis(),
                    Math.max(0, leaders.size() - 1));
        }
    }

    /** Whoever leads, and since when: a new term is a change even when the leader stays. */
    private static void look(Trio trio, Set<KvMessages.Status> leaders) {
        for (var client : trio.clients()) {
            try {
                var status = client.status();
                if (status.leads()) {
                    leaders.add(status);
                }
            } catch (StatusRuntimeException slow) {
                // The next look finds it.
            }
        }
    }
}
