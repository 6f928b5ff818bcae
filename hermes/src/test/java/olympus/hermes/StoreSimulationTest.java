package olympus.hermes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import olympus.foundation.simulation.SimulatedClock;
import olympus.foundation.simulation.SimulatedLoop;
import olympus.hermes.internal.loop.LoopParts;
import olympus.hermes.internal.loop.StreamArchive;
import olympus.hermes.log.fake.InMemoryLog;
import olympus.hermes.log.fake.SimulatedDisk;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The loop over a log that loses its unflushed tail, answers and entries, fills its disk and has
 * its clock stepped, with power cuts at any instant; seeded, so that a failing seed can be run
 * again.
 */
final class StoreSimulationTest {

    private static final int SEEDS = 60;
    private static final int STEPS = 400;
    private static final Key COUNTERS = Key.of("c");

    @TempDir private Path folder = Path.of(".");

    static LongStream seeds() {
        var chosen = Long.getLong("olympus.seed");
        return chosen == null ? new Random().longs(SEEDS) : LongStream.of(chosen);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void losesNothingAcknowledgedAppliesNothingTwiceAndNeverMissesAChange(long seed)
            throws IOException {
        try {
            new Run(seed, folder).go();
        } catch (AssertionError | RuntimeException failed) {
            throw new AssertionError("failed with -Dolympus.seed=" + seed, failed);
        }
    }

    private static final class Run {

        private final Random random;
        private final Path folder;
        private final SimulatedClock clock =
                new SimulatedClock(Instant.parse("2026-11-21T00:00:00Z"));
        private final SimulatedDisk disk = new SimulatedDisk();
        private final List<Attempt> attempts = new ArrayList<>();
        private final Watcher watcher = new Watcher();
        private SimulatedLoop loop = new SimulatedLoop(clock);
        private @Nullable InMemoryLog log;
        private @Nullable HermesNode node;

        /** One append to the stream of counters, carrying its own number. */
        private static final class Attempt {
            private final int number;
            private Optional<TransactionResult> result = Optional.empty();

            Attempt(int number) {
                this.number = number;
            }
        }

        Run(long seed, Path folder) {
            this.random = new Random(seed);
            this.folder = folder.resolve(Long.toHexString(seed));
        }

        void go() throws IOException {
            start();
            for (var step = 0; step < STEPS; step++) {
                step();
            }
            disk.full(false);
            restart();
            loop.runFor(Duration.ofSeconds(30));
            watcher.check(running(), loop);
            check();
        }

        private void step() throws IOException {
            switch (random.nextInt(40)) {
                case 0 -> restart();
                case 1 -> {
                    loop.runFor(Duration.ofSeconds(random.nextInt(3)));
                    var closed = running().close();
                    loop.runFor(Duration.ofSeconds(1));
                    assertThat(closed.toCompletableFuture()).isDone();
                    crash();
                    start();
                }
                case 2 -> log().inject(InMemoryLog.Fault.ANSWER_LOST);
                case 3 -> log().inject(InMemoryLog.Fault.ENTRY_LOST);
                case 4 -> disk.full(true);
                case 5, 6, 7 -> disk.full(false);
                case 8 -> clock.stepWall(Duration.ofMinutes(random.nextInt(240) - 120L));
                case 9, 10 -> loop.runFor(Duration.ofMillis(random.nextInt(3_000)));
                default -> {
                    write();
                    loop.runFor(Duration.ofMillis(random.nextInt(8)));
                }
            }
            var status = running().status();
            assertThat(status.halted()).isEmpty();
        }

        /** Each attempt writes a key of its own and counts a shared one, in one transaction. */
        private void write() {
            var attempt = new Attempt(attempts.size());
            attempts.add(attempt);
            var _ =
                    running()
                            .transact(
                                    new Transaction(
                                            List.of(),
                                            List.of(
                                                    new Operation.Append(
                                                            Key.of("log"),
                                                            Bytes.utf8("" + attempt.number)),
                                                    new Operation.Put(
                                                            COUNTERS.child("" + random.nextInt(20)),
                                                            Bytes.utf8("" + attempt.number)))))
                            .thenAccept(result -> attempt.result = Optional.of(result));
        }

        private void start() throws IOException {
            loop = new SimulatedLoop(clock);
            log = new InMemoryLog(disk, loop, folder, () -> Duration.ofMillis(random.nextInt(5)));
            var options =
                    new HermesOptions(
                            "sim", Optional.empty(), Duration.ofSeconds(2), 4_000, 1 << 20);
            node =
                    HermesNode.start(
                            loop,
                            clock,
                            new Random(random.nextLong()),
                            log,
                            options,
                            LoopParts.withoutThreads(StreamArchive.none()),
                            () -> {});
            watcher.watch(running(), loop);
        }

        private void crash() {
            log().crash();
            node = null;
        }

        private void restart() throws IOException {
            crash();
            start();
        }

        private HermesNode running() {
            return Objects.requireNonNull(node);
        }

        private InMemoryLog log() {
            return Objects.requireNonNull(log);
        }

        private void check() {
            var stored = new ArrayList<Integer>();
            for (var from = 1L; ; ) {
                var page = running().readStream(Key.of("log"), from, Hermes.MAX_PAGE);
                loop.runReady();
                assertThat(page.toCompletableFuture()).isDone();
                var found = page.toCompletableFuture().join();
                found.entries()
                        .forEach(entry -> stored.add(Integer.parseInt(entry.value().toString())));
                from += found.entries().size();
                if (found.entries().isEmpty()) {
                    break;
                }
            }
            assertThat(stored)
                    .hasSizeGreaterThan(20)
                    .as("applied at most once")
                    .doesNotHaveDuplicates();
            for (var attempt : attempts) {
                attempt.result.ifPresent(result -> check(attempt, result, stored));
            }
        }

        private void check(Attempt attempt, TransactionResult result, List<Integer> stored) {
            switch (result) {
                case TransactionResult.Committed _ ->
                        assertThat(stored).as("acknowledged").contains(attempt.number);
                case TransactionResult.Refused _ ->
                        assertThat(stored).as("refused").doesNotContain(attempt.number);
                case TransactionResult.Conflict _ ->
                        throw new AssertionError("there is no condition");
                case TransactionResult.Unknown _ -> {}
            }
        }
    }

    /**
     * Follows the counters over restarts, resuming where it was, and must end with the same table.
     */
    private static final class Watcher {

        private final TreeMap<Key, Bytes> seen = new TreeMap<>();
        private long next;
        private long lastRevision;
        private int life;

        void watch(HermesNode node, SimulatedLoop loop) {
            life++;
            var mine = life;
            node.watch(COUNTERS, next, loop, event -> receive(event, mine));
        }

        private void receive(WatchEvent event, int mine) {
            if (mine != life) {
                return;
            }
            switch (event) {
                case WatchEvent.Listed(var revision, var entries, var last) -> {
                    entries.forEach(entry -> seen.put(entry.key(), entry.value()));
                    if (last) {
                        next = revision + 1;
                    }
                }
                case WatchEvent.Changed(var revision, var changes) -> {
                    assertThat(revision).as("in order").isGreaterThan(lastRevision);
                    lastRevision = revision;
                    for (var change : changes) {
                        if (change instanceof Change.Put(var entry)) {
                            seen.put(entry.key(), entry.value());
                        }
                    }
                    next = revision + 1;
                }
                case WatchEvent.Compacted _ -> throw new AssertionError("the ring is large enough");
                case WatchEvent.Lagged _ -> throw new AssertionError("nobody is slow");
                case WatchEvent.Ended _ -> {}
            }
        }

        void check(HermesNode node, SimulatedLoop loop) {
            var listing =
                    node.list(COUNTERS, Optional.empty(), Hermes.MAX_PAGE).toCompletableFuture();
            loop.runReady();
            assertThat(listing).isDone();
            var page = listing.join();
            var table = new TreeMap<Key, Bytes>();
            page.entries().forEach(entry -> table.put(entry.key(), entry.value()));
            assertThat(seen).isEqualTo(table);
        }
    }
}
