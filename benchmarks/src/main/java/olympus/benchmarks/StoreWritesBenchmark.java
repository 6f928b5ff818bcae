package olympus.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import olympus.hermes.Bytes;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;

/**
 * Durable writes of 100 bytes by 1, 64 and 1024 callers that each wait for their answer, in turns
 * with bare writes and flushes of 128 bytes to a preallocated file on the same disk.
 */
final class StoreWritesBenchmark implements Benchmark {

    private static final int ROUNDS = 5;
    private static final int WARM_UP_ROUNDS = 2;
    private static final Duration TURN = Duration.ofSeconds(2);
    private static final List<Integer> CALLERS = List.of(1, 64, 1024);
    private static final int KEYS = 10_000;
    private static final int FLUSH_BYTES = 128;

    @Override
    public String name() {
        return "store-writes";
    }

    @Override
    public String question() {
        return "How many durable writes a second take 1, 64 and 1024 callers in process, beside the disk's bare flushes?";
    }

    @Override
    public List<String> jvmOptions() {
        return List.of("-Xmx512m", "-XX:+UseZGC");
    }

    @Override
    public void run(Workbench bench) throws Exception {
        var flushes = new ArrayList<Double>();
        var rates = new TreeMap<Integer, List<Double>>();
        var latencies = new TreeMap<Integer, List<Double>>();
        try (var store = StoreOnDisk.open(bench.folder())) {
            for (var round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
                var flushed = flushRate(bench.folder().resolve("flushes"));
                for (var callers : CALLERS) {
                    var micros = write(store.hermes(), callers);
                    if (round >= 0) {
                        rates.computeIfAbsent(callers, any -> new ArrayList<>())
                                .add(micros.size() / (double) TURN.toSeconds());
                        latencies.computeIfAbsent(callers, any -> new ArrayList<>()).addAll(micros);
                    }
                }
                if (round >= 0) {
                    flushes.add(flushed);
                }
            }
        }
        report(bench, Spread.of(flushes), rates, latencies);
    }

    private static void report(
            Workbench bench,
            Spread flushes,
            Map<Integer, List<Double>> rates,
            Map<Integer, List<Double>> latencies) {
        bench.report(
                Figure.of(
                        "bare write + flush of %d bytes, one after the other"
                                .formatted(FLUSH_BYTES),
                        "1/s",
                        flushes));
        for (var callers : CALLERS) {
            bench.report(
                    Figure.of(
                                    "durable writes, %d callers".formatted(callers),
                                    "1/s",
                                    Spread.of(rates.getOrDefault(callers, List.of())))
                            .against("bare flush", flushes)
                            .remarked("%d rounds of %d s".formatted(ROUNDS, TURN.toSeconds())));
            bench.report(
                    Figure.of(
                            "time of a durable write, %d callers".formatted(callers),
                            "µs",
                            Spread.of(latencies.getOrDefault(callers, List.of()))));
        }
    }

    /** Microseconds of every write within one turn. */
    private static ConcurrentLinkedQueue<Double> write(Hermes hermes, int callers)
            throws InterruptedException {
        var micros = new ConcurrentLinkedQueue<Double>();
        var end = System.nanoTime() + TURN.toNanos();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var caller = 0; caller < callers; caller++) {
                var first = caller * 31;
                threads.execute(() -> writeUntil(hermes, first, end, micros));
            }
        }
        return micros;
    }

    private static void writeUntil(
            Hermes hermes, int first, long end, ConcurrentLinkedQueue<Double> micros) {
        var value = Bytes.wrap(new byte[100]);
        for (var n = first; ; n++) {
            var start = System.nanoTime();
            if (start > end) {
                return;
            }
            var key = Key.of("benchmark/" + n % KEYS);
            var result =
                    hermes.transact(Transaction.of(new Operation.Put(key, value)))
                            .toCompletableFuture()
                            .join();
            if (!(result instanceof TransactionResult.Committed)) {
                throw new IllegalStateException("a write was not committed: " + result);
            }
            micros.add((System.nanoTime() - start) / 1e3);
        }
    }

    private static double flushRate(Path file) throws IOException {
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(4 << 20), 0);
            channel.force(true);
            var end = System.nanoTime() + TURN.toNanos();
            var count = 0;
            while (System.nanoTime() < end) {
                channel.write(
                        ByteBuffer.allocate(FLUSH_BYTES), (long) count * FLUSH_BYTES % (4 << 20));
                channel.force(false);
                count++;
            }
            return count / (double) TURN.toSeconds();
        }
    }
}
