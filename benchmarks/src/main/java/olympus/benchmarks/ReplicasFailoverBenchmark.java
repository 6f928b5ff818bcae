package olympus.benchmarks;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.benchmarks.Figure.Statistic;
import olympus.benchmarks.Figure.Target;

/**
 * The leader of three is killed with SIGKILL: how long until a client's next write is acknowledged,
 * with nothing else going on and while 64 writers write without a pause. In turns with etcd.
 */
final class ReplicasFailoverBenchmark implements Benchmark {

    private static final int KILLS = 30;
    private static final int WRITERS = 64;
    private static final double WANTED_MILLIS = 2_000;
    private static final Duration ATTEMPT = Duration.ofMillis(200);
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration SETTLES = Duration.ofMillis(500);
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @Override
    public String name() {
        return "replicas-failover";
    }

    @Override
    public String question() {
        return "The leader of three members is killed: how long until a client's next write is acknowledged?";
    }

    @Override
    public Duration limit() {
        return Duration.ofMinutes(25);
    }

    @Override
    public List<String> jvmOptions() {
        return List.of("-Xmx512m", "-XX:+UseParallelGC");
    }

    @Override
    public void run(Workbench bench) throws Exception {
        try (var etcd = EtcdTrio.start(bench.folder().resolve("etcd"), List.of());
                var hermes = HermesTrio.start(bench, bench.folder().resolve("hermes"), List.of())) {
            for (var loaded : List.of(false, true)) {
                var theirs = new ArrayList<Double>();
                var ours = new ArrayList<Double>();
                for (var kill = 0; kill < KILLS; kill++) {
                    theirs.add(killed(etcd, loaded, kill));
                    ours.add(killed(hermes, loaded, kill));
                }
                var words = loaded ? WRITERS + " writers" : "idle";
                bench.report(figure("Hermes", words, ours).against("etcd", Spread.of(theirs)));
                bench.report(figure("etcd", words, theirs));
            }
        }
    }

    private static Figure figure(String who, String words, List<Double> millis) {
        var figure =
                Figure.of(
                        "leader killed → next write acknowledged, %s, %s".formatted(words, who),
                        "ms",
                        Spread.of(millis));
        return who.equals("Hermes")
                ? figure.wanted(Target.below(Statistic.P99, WANTED_MILLIS))
                        .remarked(
                                "one client that tries the members in turn, each for at most %d ms, as it does with etcd"
                                        .formatted(ATTEMPT.toMillis()))
                : figure;
    }

    private static double killed(Trio trio, boolean loaded, int kill) throws Exception {
        var leader = trio.leader();
        Waiting.letPass(SETTLES);
        var writers =
                loaded
                        ? Optional.of(PersistentWriters.start(trio, WRITERS, leader, PATIENCE))
                        : Optional.<PersistentWriters>empty();
        try {
            if (loaded) {
                Waiting.letPass(SETTLES);
            }
            var start = System.nanoTime();
            Processes.kill(trio.pids().get(leader));
            acknowledged(trio, leader, kill);
            return (System.nanoTime() - start) / 1e6;
        } finally {
            writers.ifPresent(PersistentWriters::close);
            trio.restart(leader);
        }
    }

    private static void acknowledged(Trio trio, int killed, int kill) {
        var end = System.nanoTime() + DEADLINE.toNanos();
        for (var attempt = 0; System.nanoTime() < end; attempt++) {
            var member = (killed + 1 + attempt) % trio.clients().size();
            try {
                trio.clients()
                        .get(member)
                        .ask(
                                KvMessages.PUT,
                                KvMessages.put(
                                        KvClient.utf8("failover/" + kill + "/" + attempt),
                                        new byte[ReplicaMain.VALUE_BYTES]),
                                ATTEMPT);
                return;
            } catch (StatusRuntimeException unavailable) {
                Waiting.letPass(PAUSE);
            }
        }
        throw new IllegalStateException(
                "%s acknowledged nothing within %s".formatted(trio.name(), DEADLINE));
    }
}
