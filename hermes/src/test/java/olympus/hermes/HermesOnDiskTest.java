package olympus.hermes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import olympus.foundation.Clock;
import olympus.foundation.OlympusException;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.internal.ratis.RatisLog;
import olympus.hermes.internal.snapshot.SnapshotReader;
import olympus.hermes.log.Eventually;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.ReplicatedLog;
import olympus.hermes.store.OfflineStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store whole, on its files: what each life of a process leaves to the next. */
final class HermesOnDiskTest {

    private static final UUID GROUP = UUID.fromString("0197a5c4-0000-7000-8000-000000000003");
    private static final Instant NOW = Instant.parse("2026-11-21T03:00:00Z");
    private static final long NEVER = Long.MAX_VALUE;

    @TempDir Path data;

    @Test
    void keepsEverythingOverSnapshotsPurgesAndStarts() throws Exception {
        var node = open(64 << 10);
        var events = watch(node, 0);
        for (var n = 0; n < 120; n++) {
            put(node, "many/" + n, "first " + "x".repeat(4_000));
        }
        Eventually.holds("a snapshot", () -> node.status().lastSnapshot().isPresent());
        Eventually.holds("a purge", () -> firstSegment() > 0);
        Eventually.holds("every change", () -> changes(events) == 120);
        var before = node.status();
        close(node);

        var second = open(64 << 10);
        assertThat(second.status().epoch()).isGreaterThan(before.epoch());
        assertThat(second.status().sizes().entries()).isEqualTo(120);
        var resumed = watch(second, before.revision());
        put(second, "many/0", "second");
        Eventually.holds("the change behind the restart", () -> changes(resumed) >= 1);
        close(second);

        var third = open(64 << 10);
        assertThat(get(third, "many/0")).isEqualTo("second");
        assertThat(get(third, "many/119")).startsWith("first");
        assertThat(third.status().problems()).isEmpty();
        close(third);
    }

    @Test
    void haltsOnAPoisonEntryUntilItIsSkippedAndRecordsTheSkip() throws Exception {
        var node = open(NEVER);
        put(node, "k", "before");
        close(node);
        submitGarbage();

        var halted = start(NEVER);
        assertThatThrownBy(() -> wait(halted.ready()))
                .hasMessageContaining("cannot be applied")
                .hasMessageContaining("olympus store verify --data-dir " + data)
                .hasMessageFindingMatch(
                        "olympus store skip-entry --data-dir "
                                + data
                                + " --reason 'it cannot be applied' [0-9]+$");
        var poison = halted.status().appliedIndex() + 1;
        close(halted);
        var store = OfflineStore.in(data);
        poison =
                store.entries(poison, 10).stream()
                        .filter(entry -> entry.kind().equals("data"))
                        .findFirst()
                        .orElseThrow()
                        .index();
        store.skipEntry(poison, "not an entry", NOW);

        var healed = open(1 << 30);
        assertThat(get(healed, "k")).isEqualTo("before");
        put(healed, "k", "after");
        close(healed);

        var snapshot = layout().snapshotFiles().getLast();
        var skipped = SnapshotReader.verify(snapshot.path()).state().skipped();
        assertThat(skipped).hasSize(1);
        assertThat(skipped.getFirst().index()).isEqualTo(poison);
        var again = open(NEVER);
        assertThat(get(again, "k")).isEqualTo("after");
        close(again);
    }

    @Test
    void refusesADamagedSnapshotByNameAndTellsTheCommand() throws Exception {
        var node = open(1 << 30);
        put(node, "k", "v");
        close(node);
        var snapshot = layout().snapshotFiles().getLast().path();
        flipABitIn(snapshot);

        assertThatThrownBy(() -> open(NEVER))
                .isInstanceOf(OlympusException.class)
                .hasMessageContaining(snapshot.getFileName().toString())
                .hasMessageContaining("olympus store");
    }

    @Test
    void refusesADamagedSegmentAndAfterTheRepairHasAnotherIncarnation() throws Exception {
        var node = open(NEVER);
        for (var n = 0; n < 60; n++) {
            put(node, "k" + n, "x".repeat(4_000));
        }
        var before = node.status().incarnation();
        close(node);
        var segment = layout().segmentFiles(GROUP).get(1);
        flipABitIn(segment.path());

        assertThatThrownBy(() -> open(NEVER))
                .isInstanceOf(OlympusException.class)
                .hasMessageContaining(segment.name())
                .hasMessageContaining("olympus store repair");

        var repaired = OfflineStore.in(data).repair(OptionalLong.empty(), NOW);
        assertThat(repaired.givenUp()).isPositive();
        var recovered = open(NEVER);
        var raised = recovered.status().incarnation();
        assertThat(raised).isGreaterThan(before);
        put(recovered, "k", "goes on");
        close(recovered);

        var again = open(NEVER);
        assertThat(again.status().incarnation()).isEqualTo(raised);
        close(again);
    }

    private StoreLayout layout() {
        return new StoreLayout(data.resolve("hermes"));
    }

    private long firstSegment() {
        try {
            return layout().segmentFiles(GROUP).getFirst().first();
        } catch (IOException e) {
            return 0; // a segment went away while it was looked at
        }
    }

    private LogConfig config() {
        return LogConfig.alone(data.resolve("hermes"), GROUP)
                .withLimits(
                        LogConfig.Limits.standard().withReserveBytes(0).withSegmentBytes(64 << 10));
    }

    private HermesNode start(long snapshotAfterBytes) throws IOException {
        var standard = HermesOptions.of("island", data.resolve("hermes"));
        var options =
                new HermesOptions(
                        standard.islandId(),
                        standard.directory(),
                        standard.writeDeadline(),
                        snapshotAfterBytes,
                        standard.archiveBytes());
        return HermesNode.open(options, config(), Clock.system());
    }

    private HermesNode open(long snapshotAfterBytes) throws Exception {
        var node = start(snapshotAfterBytes);
        wait(node.ready());
        return node;
    }

    /** Commits an entry that is none of the store's. */
    private void submitGarbage() throws IOException {
        var committed = new CompletableFuture<Void>();
        try (var log = new RatisLog(config())) {
            log.open(
                    new ReplicatedLog.Applier() {
                        @Override
                        public long load(Optional<ReplicatedLog.SnapshotFile> newest) {
                            return newest.map(ReplicatedLog.SnapshotFile::index).orElse(0L);
                        }

                        @Override
                        public CompletionStage<Void> committed(
                                long term, long index, ByteBuffer entry, Optional<Object> context) {
                            context.ifPresent(_ -> committed.complete(null));
                            return CompletableFuture.completedFuture(null);
                        }

                        @Override
                        public void passed(long index) {}

                        @Override
                        public void failed(Throwable cause) {
                            committed.completeExceptionally(cause);
                        }
                    });
            Eventually.holds("the log leads", () -> log.leadership().leader());
            log.submit(ByteBuffer.wrap("no entry".getBytes(UTF_8)), "context", _ -> {});
            Eventually.holds("committed", committed::isDone);
        }
    }

    private static List<WatchEvent> watch(HermesNode node, long from) {
        var events = Collections.synchronizedList(new ArrayList<WatchEvent>());
        node.watch(Key.of("many"), from, Runnable::run, events::add);
        return events;
    }

    private static long changes(List<WatchEvent> events) {
        return List.copyOf(events).stream().filter(WatchEvent.Changed.class::isInstance).count();
    }

    private static void put(HermesNode node, String key, String value) throws Exception {
        var result =
                wait(
                        node.transact(
                                Transaction.of(new Operation.Put(Key.of(key), Bytes.utf8(value)))));
        assertThat(result).isInstanceOf(TransactionResult.Committed.class);
    }

    private static String get(HermesNode node, String key) throws Exception {
        return wait(node.get(Key.of(key))).orElseThrow().value().toString();
    }

    private static void close(HermesNode node) throws Exception {
        wait(node.close());
    }

    private static <T> T wait(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static void flipABitIn(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length / 3] ^= 1;
        Files.write(file, bytes);
    }
}
