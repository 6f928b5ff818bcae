package olympus.hermes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import olympus.foundation.Clock;
import olympus.hermes.internal.loop.LoopParts;
import olympus.hermes.internal.loop.NodeThreads;
import olympus.hermes.internal.loop.StreamArchive;
import olympus.hermes.log.fake.InMemoryLog;
import olympus.hermes.log.fake.SimulatedDisk;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A million keys of 100 bytes: the loop's pauses while a snapshot is made, its size, and loading
 * it. Prints what it measures.
 */
@Tag("long")
final class MillionKeysTest {

    private static final int KEYS = 1_000_000;
    private static final int KEYS_PER_TRANSACTION = 500;

    @TempDir private Path folder = Path.of(".");

    @Test
    void snapshotsWithoutStoppingTheLoopAndLoadsAgain() throws Exception {
        var disk = new SimulatedDisk();
        var threads = new NodeThreads();
        var node = open(disk, threads);
        fill(node);
        System.gc();
        var heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        var pauses = pauses(threads);
        var began = System.nanoTime();
        wait(node.close());
        var snapshotMillis = (System.nanoTime() - began) / 1_000_000;
        var size = size();

        began = System.nanoTime();
        var again = new NodeThreads();
        var loaded = open(disk, again);
        var loadMillis = (System.nanoTime() - began) / 1_000_000;
        System.out.printf(
                "1 M keys: heap with the fake's log %d MB, snapshot %d ms and %d MB, longest that the loop was busy meanwhile %.2f ms, loaded in %d ms%n",
                heap >> 20, snapshotMillis, size >> 20, pauses.get() / 1e6, loadMillis);
        assertThat(loaded.status().sizes().entries()).isEqualTo(KEYS);
        assertThat(loadMillis).isLessThan(10_000);
        wait(loaded.close());
    }

    private HermesNode open(SimulatedDisk disk, NodeThreads threads) throws Exception {
        var log = new InMemoryLog(disk, threads.loop(), folder, () -> Duration.ZERO);
        var options =
                new HermesOptions(
                        "big",
                        Optional.empty(),
                        Duration.ofSeconds(60),
                        Long.MAX_VALUE - 1,
                        1 << 20);
        var parts =
                new LoopParts(threads.writer(), Thread::startVirtualThread, StreamArchive.none());
        var node =
                HermesNode.start(
                        threads.loop(), Clock.system(), new Random(), log, options, parts, threads);
        wait(node.ready());
        return node;
    }

    private static void fill(HermesNode node) throws Exception {
        var value = Bytes.wrap(new byte[100]);
        for (var i = 0; i < KEYS; i += KEYS_PER_TRANSACTION) {
            var operations = new ArrayList<Operation>();
            for (var k = i; k < i + KEYS_PER_TRANSACTION; k++) {
                operations.add(new Operation.Put(Key.of("keys/%09d".formatted(k)), value));
            }
            assertThat(wait(node.transact(Transaction.of(operations.toArray(Operation[]::new)))))
                    .isInstanceOf(TransactionResult.Committed.class);
        }
    }

    /**
     * Puts a task behind every other on the loop, over and over, and remembers the longest time
     * between two.
     */
    private static AtomicLong pauses(NodeThreads threads) {
        var longest = new AtomicLong();
        Runnable[] beat = new Runnable[1];
        var cpu = ManagementFactory.getThreadMXBean();
        var last = new AtomicLong(Long.MAX_VALUE);
        beat[0] =
                () -> {
                    var now = cpu.getCurrentThreadCpuTime();
                    longest.accumulateAndGet(now - last.getAndSet(now), Math::max);
                    threads.loop().execute(beat[0]);
                };
        threads.loop().execute(beat[0]);
        return longest;
    }

    private long size() throws IOException {
        try (var files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private static <T> T wait(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(120, TimeUnit.SECONDS);
    }
}
