package olympus.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import olympus.benchmarks.Figure.Statistic;
import olympus.benchmarks.Figure.Target;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.Bytes;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.hermes.WatchEvent;

/**
 * From the call of a durable put to the watcher that has it: with one watcher, and with a thousand.
 */
final class StoreWatchBenchmark implements Benchmark {

    private static final int EVENTS_ALONE = 3_000;
    private static final int EVENTS_MANY = 300;
    private static final int WARM_UP = 1_000;
    private static final int WATCHERS = 1_000;
    private static final long PATIENCE_SECONDS = 20;

    @Override
    public String name() {
        return "store-watch";
    }

    @Override
    public String question() {
        return "How long from a durable put to a watcher in the same process?";
    }

    @Override
    public List<String> jvmOptions() {
        return List.of("-Xmx512m", "-XX:+UseZGC");
    }

    @Override
    public void run(Workbench bench) throws Exception {
        var broken = new ConcurrentLinkedQueue<String>();
        try (var store = StoreOnDisk.open(bench.folder());
                var loop =
                        new ThreadEventLoop(
                                "watcher", (name, cause) -> broken.add(name + ": " + cause))) {
            measure(store.hermes(), loop, 1, WARM_UP);
            var alone = measure(store.hermes(), loop, 1, EVENTS_ALONE);
            bench.report(
                    Figure.of("put → its watcher", "µs", Spread.of(alone))
                            .wanted(Target.below(Statistic.P50, 5_000, 300))
                            .remarked("flush to disk included; goal: p50 300 µs"));
            measure(store.hermes(), loop, WATCHERS, EVENTS_MANY / 3);
            var many = measure(store.hermes(), loop, WATCHERS, EVENTS_MANY);
            bench.report(
                    Figure.of(
                                    "put → each of %d watchers".formatted(WATCHERS),
                                    "µs",
                                    Spread.of(many))
                            .wanted(Target.below(Statistic.P99, 5_000))
                            .remarked("all watchers see every put, on one loop; flush included"));
        }
        if (!broken.isEmpty()) {
            throw new IllegalStateException(broken.toString());
        }
    }

    /** Microseconds from the call of each put to each watcher. */
    static List<Double> measure(Hermes hermes, ThreadEventLoop loop, int watchers, int events)
            throws Exception {
        var prefix = Key.of("watched");
        var seen = new ConcurrentLinkedQueue<Double>();
        var started = new CountDownLatch(watchers);
        var round = new Present();
        var watches = new ArrayList<Hermes.Watch>();
        for (var watcher = 0; watcher < watchers; watcher++) {
            watches.add(
                    hermes.watch(
                            prefix, 0, loop, event -> receive(event, round.is, seen, started)));
        }
        await(started);
        for (var event = 0; event < events; event++) {
            var next = new Round(System.nanoTime(), new CountDownLatch(watchers));
            round.is = next;
            hermes.transact(
                            Transaction.of(
                                    new Operation.Put(
                                            prefix.child("key"), Bytes.utf8("value " + event))))
                    .toCompletableFuture()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            await(next.received);
        }
        watches.forEach(Hermes.Watch::close);
        return List.copyOf(seen);
    }

    private static void receive(
            WatchEvent event,
            Round round,
            ConcurrentLinkedQueue<Double> seen,
            CountDownLatch started) {
        switch (event) {
            case WatchEvent.Listed listed -> {
                if (listed.last()) {
                    started.countDown();
                }
            }
            case WatchEvent.Changed changed -> {
                seen.add((System.nanoTime() - round.start) / 1e3);
                round.received.countDown();
            }
            case WatchEvent.Compacted compacted ->
                    throw new IllegalStateException(compacted.toString());
            case WatchEvent.Lagged lagged -> throw new IllegalStateException(lagged.toString());
            case WatchEvent.Ended ended -> throw new IllegalStateException(ended.toString());
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    "%d watchers have heard nothing within %s"
                            .formatted(latch.getCount(), Duration.ofSeconds(PATIENCE_SECONDS)));
        }
    }

    private record Round(long start, CountDownLatch received) {}

    /** The put that watchers are waiting for. */
    private static final class Present {
        private volatile Round is = new Round(0, new CountDownLatch(0));
    }
}
