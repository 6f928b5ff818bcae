package olympus.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import olympus.benchmarks.Figure.Statistic;
import olympus.benchmarks.Figure.Target;
import olympus.hermes.Bytes;
import olympus.hermes.Hermes;
import olympus.hermes.HermesOptions;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;

/**
 * A million keys of 100 bytes: what they take, how long a start with them takes, and how long a
 * snapshot stops the loop.
 */
final class StoreMillionBenchmark implements Benchmark {

    private static final int KEYS = 1_000_000;
    private static final int KEYS_PER_WRITE = 100;
    private static final int WRITES_UNDER_WAY = 64;
    private static final int RESTARTS = 3;
    private static final long PROBE_NANOS = 100_000;
    private static final long PATIENCE_SECONDS = 120;

    @Override
    public String name() {
        return "store-million";
    }

    @Override
    public String question() {
        return "What do a million keys cost: memory, start, and the longest pause of the loop during a snapshot?";
    }

    @Override
    public List<String> jvmOptions() {
        return List.of("-Xmx2g", "-XX:+UseZGC", "-XX:+UseCompactObjectHeaders");
    }

    @Override
    public void run(Workbench bench) throws Exception {
        whileRunning(bench);
        pauses(bench, Load.PACED);
        pauses(bench, Load.SATURATED);
        restarts(bench); // nothing holds on to the first store any more
    }

    private static void whileRunning(Workbench bench) throws Exception {
        try (var store = StoreOnDisk.open(bench.folder())) {
            var start = System.nanoTime();
            fill(store.hermes(), 0, KEYS);
            bench.report(
                    Figure.of(
                            "keys written, %d a transaction".formatted(KEYS_PER_WRITE),
                            "1/s",
                            KEYS / seconds(start)));
            System.gc();
            var runtime = Runtime.getRuntime();
            bench.report(
                    Figure.of(
                                    "heap in use",
                                    "MiB",
                                    (runtime.totalMemory() - runtime.freeMemory()) / 1048576.0)
                            .remarked("after a collection; 2 GiB allowed"));
            bench.report(Figure.of("resident memory", "MiB", residentMebibytes()));
        }
    }

    private static void restarts(Workbench bench) throws Exception {
        var starts = new ArrayList<Double>();
        for (var n = 0; n < RESTARTS; n++) {
            var start = System.nanoTime();
            try (var store = StoreOnDisk.open(bench.folder())) {
                starts.add(seconds(start));
                var entries = store.hermes().status().sizes().entries();
                if (entries < KEYS) {
                    throw new IllegalStateException(
                            "%d keys after a restart, not %d".formatted(entries, KEYS));
                }
            }
        }
        bench.report(
                Figure.of("start with a million keys", "s", Spread.of(starts))
                        .wanted(Target.below(Statistic.MAX, 10))
                        .remarked("open → answers, in a warm JVM"));
    }

    /**
     * Overwrites keys until snapshots have been made, in a store that was just opened: so its
     * longest turn is that of this time. A probe asks the loop for a key every 100 µs.
     */
    private static void pauses(Workbench bench, Load load) throws Exception {
        try (var store = StoreOnDisk.open(bench.folder(), load.snapshotAfterBytes())) {
            var hermes = store.hermes();
            var probing = new AtomicBoolean(true);
            var answers = new ArrayList<Double>();
            var probe =
                    Thread.ofPlatform()
                            .start(() -> {
                                while (probing.get()) {
                                    answers.add(ask(hermes));
                                    LockSupport.parkNanos(PROBE_NANOS);
                                }
                            });
            var snapshots = 0;
            var last = hermes.status().lastSnapshot();
            for (var from = 0;
                    snapshots < load.snapshots();
                    from = (from + load.keysAtOnce()) % KEYS) {
                var began = System.nanoTime();
                fill(hermes, from, Math.min(KEYS, from + load.keysAtOnce()));
                LockSupport.parkNanos(load.every().toNanos() - (System.nanoTime() - began));
                var now = hermes.status().lastSnapshot();
                snapshots += now.equals(last) ? 0 : 1;
                last = now;
            }
            probing.set(false);
            probe.join();
            var turns = hermes.times().turns();
            bench.report(
                    Figure.of(
                                    "longest turn of the loop, " + load.name(),
                                    "ms",
                                    turns.maxSeconds() * 1e3)
                            .wanted(Target.below(Statistic.MAX, 5))
                            .remarked(
                                    "of %d turns during %d snapshots of a million keys; collections and the scheduling of two cores are in it"
                                            .formatted(turns.count(), snapshots)));
            bench.report(Figure.of("answer of the loop, " + load.name(), "ms", Spread.of(answers)));
        }
    }

    /**
     * Writing while snapshots are made: {@code keysAtOnce} keys {@code every} so often, or at once
     * again when that took longer.
     */
    private record Load(
            String name, int keysAtOnce, Duration every, long snapshotAfterBytes, int snapshots) {

        static final Load PACED =
                new Load("10,000 keys/s", 100, Duration.ofMillis(10), 8L << 20, 3);
        static final Load SATURATED =
                new Load(
                        "writes as fast as it takes them",
                        50_000,
                        Duration.ZERO,
                        HermesOptions.DEFAULT_SNAPSHOT_AFTER_BYTES,
                        3);
    }

    private static double ask(Hermes hermes) {
        var start = System.nanoTime();
        hermes.get(Key.of("million/1")).toCompletableFuture().join();
        return (System.nanoTime() - start) / 1e6;
    }

    private static void fill(Hermes hermes, int from, int to) throws Exception {
        var room = new Semaphore(WRITES_UNDER_WAY);
        var failure = new AtomicLong();
        for (var key = from; key < to; key += KEYS_PER_WRITE) {
            var operations = new ArrayList<Operation>(KEYS_PER_WRITE);
            for (var n = key; n < Math.min(to, key + KEYS_PER_WRITE); n++) {
                operations.add(
                        new Operation.Put(Key.of("million/" + n), Bytes.wrap(new byte[100])));
            }
            if (!room.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        "no write was answered within %d s".formatted(PATIENCE_SECONDS));
            }
            hermes.transact(new Transaction(List.of(), operations))
                    .whenComplete((result, cause) -> {
                        room.release();
                        if (Optional.ofNullable(cause).isPresent()) {
                            failure.incrementAndGet();
                        }
                    });
        }
        if (!room.tryAcquire(WRITES_UNDER_WAY, PATIENCE_SECONDS, TimeUnit.SECONDS)
                || failure.get() > 0) {
            throw new IllegalStateException("%d writes failed".formatted(failure.get()));
        }
    }

    private static double residentMebibytes() throws java.io.IOException {
        for (var line :
                java.nio.file.Files.readAllLines(java.nio.file.Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        throw new java.io.IOException("/proc/self/status tells no VmRSS");
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
