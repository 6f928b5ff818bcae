package olympus.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * From the call of a durable put at the leader of three to each of 1, 100 and 1000 watchers, at the
 * leader and at a follower, in turns with etcd.
 */
final class ReplicasWatchBenchmark implements Benchmark {

    private static final int ROUNDS = 3;
    private static final int WARM_UP_ROUNDS = 1;
    private static final List<Integer> WATCHERS = List.of(1, 100, 1000);
    private static final int MAX_EVENTS = 300;
    private static final int MAX_DELIVERIES = 40_000;
    private static final long PATIENCE_SECONDS = 20;
    private static final byte[] KEY = KvClient.utf8("watched/key");

    /** Where watchers are; the put goes to the leader. */
    private enum Place {
        ETCD("etcd, at its leader"),
        ETCD_FOLLOWER("etcd, at a follower"),
        SAME_CLIENT("Hermes, same client, at its leader"),
        SAME_CLIENT_FOLLOWER("Hermes, same client, at a follower"),
        IN_PROCESS("Hermes, put and watchers in the leader's process");

        private final String words;

        Place(String words) {
            this.words = words;
        }
    }

    private record Row(int watchers, Place place) {}

    @Override
    public String name() {
        return "replicas-watch";
    }

    @Override
    public String question() {
        return "How long from a durable put in a group of three to its watchers?";
    }

    @Override
    public List<String> jvmOptions() {
        return List.of("-Xmx512m", "-XX:+UseParallelGC");
    }

    @Override
    public void run(Workbench bench) throws Exception {
        var micros = new LinkedHashMap<Row, List<Double>>();
        try (var etcd = EtcdTrio.start(bench.folder().resolve("etcd"), List.of());
                var hermes = HermesTrio.start(bench, bench.folder().resolve("hermes"), List.of())) {
            for (var round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
                for (var watchers : WATCHERS) {
                    for (var place : Place.values()) {
                        var seen = turn(place, watchers, etcd, hermes);
                        if (round >= 0) {
                            micros.computeIfAbsent(new Row(watchers, place), _ -> new ArrayList<>())
                                    .addAll(seen);
                        }
                    }
                }
            }
        }
        WATCHERS.forEach(watchers -> report(bench, watchers, micros));
    }

    private static void report(Workbench bench, int watchers, Map<Row, List<Double>> micros) {
        for (var place : Place.values()) {
            var figure =
                    Figure.of(
                            "put → each of %d watchers: %s".formatted(watchers, place.words),
                            "µs",
                            spread(micros, watchers, place));
            bench.report(
                    switch (place) {
                        case ETCD, ETCD_FOLLOWER -> figure;
                        case SAME_CLIENT, IN_PROCESS ->
                                figure.against("etcd", spread(micros, watchers, Place.ETCD));
                        case SAME_CLIENT_FOLLOWER ->
                                figure.against(
                                        "etcd", spread(micros, watchers, Place.ETCD_FOLLOWER));
                    });
        }
    }

    private static Spread spread(Map<Row, List<Double>> micros, int watchers, Place place) {
        return Spread.of(micros.getOrDefault(new Row(watchers, place), List.of()));
    }

    private static List<Double> turn(Place place, int watchers, Trio etcd, HermesTrio hermes)
            throws Exception {
        var events = Math.min(MAX_EVENTS, MAX_DELIVERIES / watchers);
        return switch (place) {
            case ETCD -> measure(etcd, etcd.leader(), watchers, events);
            case ETCD_FOLLOWER -> measure(etcd, (etcd.leader() + 1) % 3, watchers, events);
            case SAME_CLIENT -> measure(hermes, hermes.leader(), watchers, events);
            case SAME_CLIENT_FOLLOWER ->
                    measure(hermes, (hermes.leader() + 1) % 3, watchers, events);
            case IN_PROCESS ->
                    Arrays.stream(hermes.watch(hermes.leader(), watchers, events)).boxed().toList();
        };
    }

    private static List<Double> measure(Trio trio, int member, int watchers, int events)
            throws Exception {
        var seen = new ConcurrentLinkedQueue<Double>();
        var created = new CountDownLatch(watchers);
        var round = new Present();
        var writer = trio.atLeader();
        try (var client = trio.another(member)) {
            for (var watcher = 0; watcher < watchers; watcher++) {
                client.watch(
                        watcher,
                        KEY,
                        told -> {
                            if (told.created()) {
                                created.countDown();
                            }
                            var present = round.is;
                            for (var event = 0; event < told.events(); event++) {
                                seen.add((System.nanoTime() - present.start) / 1e3);
                                present.received.countDown();
                            }
                        });
            }
            await(created);
            for (var event = 0; event < events; event++) {
                var next = new Round(System.nanoTime(), new CountDownLatch(watchers));
                round.is = next;
                writer.ask(
                        KvMessages.PUT,
                        KvMessages.put(KEY, new byte[ReplicaMain.VALUE_BYTES]),
                        Duration.ofSeconds(PATIENCE_SECONDS));
                await(next.received);
            }
        }
        return List.copyOf(seen);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    "%d watchers have heard nothing within %d s"
                            .formatted(latch.getCount(), PATIENCE_SECONDS));
        }
    }

    private record Round(long start, CountDownLatch received) {}

    /** The put that watchers are waiting for. */
    private static final class Present {
        private volatile Round is = new Round(0, new CountDownLatch(0));
    }
}
