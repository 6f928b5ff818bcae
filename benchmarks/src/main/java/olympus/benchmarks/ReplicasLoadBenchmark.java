package olympus.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import olympus.benchmarks.Figure.Statistic;
import olympus.benchmarks.Figure.Target;

/**
 * Durable writes of 100 bytes, or strict reads of them, in a group of three with TLS between its
 * members, in turns with three members of etcd. Both are asked by the same client at their leader;
 * beside that, callers in the processes of Hermes' leader and of a follower, which is how the
 * product's own parts use it.
 */
final class ReplicasLoadBenchmark implements Benchmark {

    private static final int ROUNDS = 5;
    private static final int WARM_UP_ROUNDS = 3;
    private static final Duration TURN = Duration.ofSeconds(2);
    private static final List<Integer> CALLERS = List.of(1, 64, 256, 1024);
    private static final int MANY = 64;
    private static final double FLOOR = 1.5;
    private static final double GOAL = 3;

    private final Kind kind;

    private ReplicasLoadBenchmark(Kind kind) {
        this.kind = kind;
    }

    static Benchmark writes() {
        return new ReplicasLoadBenchmark(Kind.PUT);
    }

    static Benchmark reads() {
        return new ReplicasLoadBenchmark(Kind.GET);
    }

    private enum Kind {
        PUT("durable writes", "put"),
        GET("strict reads", "get");

        private final String plural;
        private final String word;

        Kind(String plural, String word) {
            this.plural = plural;
            this.word = word;
        }
    }

    /** From where the callers come, and to whom. */
    private enum Path {
        ETCD("etcd"),
        SAME_CLIENT("Hermes, same client"),
        LEADER("Hermes, in the leader"),
        FOLLOWER("Hermes, in a follower");

        private final String words;

        Path(String words) {
            this.words = words;
        }
    }

    private record Row(int callers, Path path) {}

    @Override
    public String name() {
        return kind == Kind.PUT ? "replicas-writes" : "replicas-reads";
    }

    @Override
    public String question() {
        return "How many %s a second take three members with TLS between them, beside three of etcd?"
                .formatted(kind.plural);
    }

    @Override
    public Duration limit() {
        return Duration.ofMinutes(12);
    }

    @Override
    public List<String> jvmOptions() {
        return List.of("-Xmx1g", "-XX:+UseParallelGC");
    }

    @Override
    public void run(Workbench bench) throws Exception {
        var loads = new LinkedHashMap<Row, List<Load>>();
        try (var etcd = EtcdTrio.start(bench.folder().resolve("etcd"), List.of());
                var hermes = HermesTrio.start(bench, bench.folder().resolve("hermes"), List.of())) {
            fill(etcd.atLeader());
            fill(hermes.atLeader());
            for (var round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
                for (var callers : CALLERS) {
                    for (var path : Path.values()) {
                        var load = turn(path, callers, etcd, hermes);
                        bench.progress(
                                "round %d of %d, %d callers, %s: %s/s"
                                        .formatted(
                                                round + 1,
                                                ROUNDS,
                                                callers,
                                                path.words,
                                                Figure.number(load.rate())));
                        if (round >= 0) {
                            loads.computeIfAbsent(new Row(callers, path), _ -> new ArrayList<>())
                                    .add(load);
                        }
                    }
                }
            }
        }
        CALLERS.forEach(callers -> report(bench, callers, loads));
    }

    /** So that reads find every key. */
    static void fill(KvClient client) throws InterruptedException {
        for (var key = 0; key < ReplicaMain.KEYS; ) {
            var first = key;
            var some = Math.min(500, ReplicaMain.KEYS - key);
            var left = new java.util.concurrent.CountDownLatch(some);
            for (; key < first + some; key++) {
                client.call(
                        key, KvMessages.PUT, put(ReplicaMain.key(0, key)), _ -> left.countDown());
            }
            left.await();
        }
    }

    private static byte[] put(String key) {
        return KvMessages.put(KvClient.utf8(key), new byte[ReplicaMain.VALUE_BYTES]);
    }

    private Load turn(Path path, int callers, Trio etcd, HermesTrio hermes) throws Exception {
        return switch (path) {
            case ETCD -> overLoopback(etcd.atLeader(), callers);
            case SAME_CLIENT -> overLoopback(hermes.atLeader(), callers);
            case LEADER -> hermes.load(hermes.leader(), kind.word, callers, TURN);
            case FOLLOWER -> hermes.load((hermes.leader() + 1) % 3, kind.word, callers, TURN);
        };
    }

    private Load overLoopback(KvClient client, int callers) throws InterruptedException {
        return Load.asynchronous(
                callers,
                TURN,
                (caller, n, done) -> {
                    var key = ReplicaMain.key(caller, n);
                    switch (kind) {
                        case PUT -> client.call(caller, KvMessages.PUT, put(key), done);
                        case GET ->
                                client.call(
                                        caller,
                                        KvMessages.RANGE,
                                        KvMessages.range(KvClient.utf8(key)),
                                        done);
                    }
                });
    }

    private void report(Workbench bench, int callers, Map<Row, List<Load>> loads) {
        var peer = Spread.of(rates(loads, callers, Path.ETCD));
        for (var path : Path.values()) {
            var row = new Row(callers, path);
            var rate =
                    Figure.of(
                            "%s, %d callers: %s".formatted(kind.plural, callers, path.words),
                            "1/s",
                            Spread.of(rates(loads, callers, path)));
            if (path != Path.ETCD) {
                rate = rate.against("etcd", peer);
                if (kind == Kind.PUT && callers >= MANY) {
                    rate =
                            rate.wanted(
                                    Target.above(
                                            Statistic.P50, FLOOR * peer.p50(), GOAL * peer.p50()));
                }
            }
            bench.report(callers == CALLERS.getFirst() ? rate.remarked(remark(path)) : rate);
            bench.report(
                    Figure.of(
                            "time of one, %d callers: %s".formatted(callers, path.words),
                            "µs",
                            Spread.of(
                                    loads.getOrDefault(row, List.of()).stream()
                                            .flatMap(load ->
                                                    java.util.Arrays.stream(load.micros()).boxed())
                                            .toList())));
        }
    }

    private static List<Double> rates(Map<Row, List<Load>> loads, int callers, Path path) {
        return loads.getOrDefault(new Row(callers, path), List.of()).stream()
                .map(Load::rate)
                .toList();
    }

    private static String remark(Path path) {
        return switch (path) {
            case ETCD ->
                    "Debian's package, 3 processes, settings as shipped, TLS between members; clients on loopback, gRPC without TLS, %d connections to the leader; %d rounds of %d s in turns, after %d to warm up"
                            .formatted(
                                    KvClient.CONNECTIONS, ROUNDS, TURN.toSeconds(), WARM_UP_ROUNDS);
            case SAME_CLIENT ->
                    "the very same client and messages, answered by a gRPC front of the benchmark's own in the leader's process: only the store differs";
            case LEADER ->
                    "virtual threads in the leader's process, as the product's own parts call it: without the cost of a network, which etcd's figure contains";
            case FOLLOWER ->
                    "virtual threads in a follower's process: without the client's network, with the way to the leader";
        };
    }
}
