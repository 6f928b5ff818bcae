package olympus.hermes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import olympus.foundation.Clock;
import olympus.foundation.FolderLock;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Entry;
import olympus.hermes.HermesNode;
import olympus.hermes.HermesOptions;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.StreamEntry;
import olympus.hermes.StreamLimits;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.hermes.WatchEvent;
import olympus.hermes.files.CommitMark;
import olympus.hermes.files.SegmentScan;
import olympus.hermes.files.StoreExchange;
import olympus.hermes.files.StoreGroup;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.internal.snapshot.SnapshotReader;
import olympus.hermes.log.Eventually;
import olympus.hermes.log.LogConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store made anew from what one member has, or from a saved snapshot; over the real engine. */
final class RecoveryTest {

    private static final UUID ISLAND = UUID.fromString("0197a5c4-0000-7000-8000-0000000000b1");
    private static final UUID OTHER_ISLAND =
            UUID.fromString("0197a5c4-0000-7000-8000-0000000000b2");
    private static final Instant NOW = Instant.parse("2026-11-21T19:00:00Z");
    private static final long NEVER = Long.MAX_VALUE;
    private static final Key ALL = Key.of("k");
    private static final Key STREAM = Key.of("lines");

    @TempDir private static Path template = Path.of(".");
    private static Optional<List<String>> written = Optional.empty();

    @TempDir private Path folder = Path.of(".");
    private Path data = Path.of(".");

    @BeforeEach
    void useAFolderOfItsOwn() throws IOException {
        data = Files.createDirectories(folder.resolve("data"));
    }

    /** Stands for the death of the process. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    @Test
    void holdsAllThatTheSurvivorHadInSnapshotAndLog() throws Exception {
        var before = writeSnapshotAndLog();
        var found = look();
        assertThat(found.snapshotIndex()).isPositive().isLessThan(found.lastIndex());
        assertThat(found.entries()).isEqualTo(before.size());
        assertThat(found.members()).hasSize(1);

        var report = recover();
        assertThat(report.incarnation()).isGreaterThan(found.incarnation());
        assertThat(report.revision()).isGreaterThan(found.revision());
        assertThat(report.group()).isNotEqualTo(ISLAND);
        var kept = report.kept().orElseThrow();
        assertThat(kept.getFileName()).hasToString("hermes-before-recovery-2026-11-21T19-00-00Z");
        var snapshot = layout().snapshotFiles().getLast();
        assertThat(SnapshotReader.verify(snapshot.path()).state().hash()).isEqualTo(report.hash());

        var node = open(NEVER);
        assertThat(entries(node)).isEqualTo(before);
        assertThat(stream(node)).isEqualTo(lines(30));
        assertThat(node.status().incarnation()).isEqualTo(report.incarnation());
        put(node, "k/after", "goes on");
        close(node);
        var again = open(NEVER);
        assertThat(again.status().incarnation()).isEqualTo(report.incarnation());
        assertThat(get(again, "k/after")).contains("goes on");
        close(again);
        assertThat(OfflineStore.in(data).verify().problems()).isEmpty();
    }

    @Test
    void takesEntriesThatItNeverKnewToBeCommittedAndLeavesATornOneOut() throws Exception {
        var before = writeSnapshotAndLog();
        var last = look().lastIndex();
        var mark = CommitMark.read(layout().commitMark()).orElseThrow();
        CommitMark.create(layout().commitMark(), new CommitMark.Position(mark.term(), last - 5));
        var end = SegmentScan.of(layout().segmentFiles(ISLAND).getLast());
        assertThat(end.file().open()).isTrue();
        try (var channel = FileChannel.open(end.file().path(), StandardOpenOption.WRITE)) {
            var cutOff = ByteBuffer.wrap(new byte[] {-1, -1, 3, 1, 2, 3});
            channel.write(cutOff, end.goodBytes());
        }

        var found = look();
        assertThat(found.lastIndex()).isEqualTo(last);
        assertThat(found.unacknowledged()).isPositive().isLessThanOrEqualTo(5);
        recover();
        var node = open(NEVER);
        assertThat(entries(node)).isEqualTo(before);
        close(node);
    }

    @Test
    void tellsWatchersOfTheLostStoreThatTheyMissedSomething() throws Exception {
        writeSnapshotAndLog();
        var found = look();
        recover();
        var node = open(NEVER);
        // Others may have been told revisions that this member never had.
        for (var seen :
                List.of(1L, found.revision(), found.revision() + 1, found.revision() + 50_000)) {
            var events = watch(node, seen);
            Eventually.holds("told", () -> !events.isEmpty());
            assertThat(events.getFirst()).isInstanceOf(WatchEvent.Compacted.class);
        }
        var listed = watch(node, 0);
        Eventually.holds("listed", () -> !listed.isEmpty());
        var revision = ((WatchEvent.Listed) listed.getFirst()).revision();
        var goesOn = watch(node, revision + 1);
        put(node, "k/new", "v");
        Eventually.holds("changed", () -> !goesOn.isEmpty());
        assertThat(goesOn.getFirst()).isInstanceOf(WatchEvent.Changed.class);
        close(node);
    }

    @ParameterizedTest
    @EnumSource(NewStore.Step.class)
    void aKillAfterAnyStepLeavesOneStoreWholeAndAnotherRunFinishes(NewStore.Step last)
            throws Exception {
        var before = writeSnapshotAndLog();
        var old = look().incarnation();
        dieAfter(last);
        var moved = last.compareTo(NewStore.Step.OLD_MOVED_ASIDE) >= 0;
        var dead = data.resolveSibling("dead");
        StoreExchange.copy(data, dead);

        // A start finds one of both stores, whole.
        var started = open(NEVER);
        assertThat(entries(started)).isEqualTo(before);
        assertThat(started.status().incarnation() > old).isEqualTo(moved);
        close(started);
        assertThat(folders()).doesNotContain("hermes-building", "hermes-ready");

        // The command given again finishes.
        data = dead;
        if (moved) {
            assertThat(look().needless()).isTrue();
        } else {
            assertThat(look().incarnation()).isEqualTo(old);
            recover();
        }
        assertThat(look().entries()).isEqualTo(before.size());
        assertThat(look().incarnation()).isGreaterThan(old);
        assertThat(folders())
                .filteredOn(name -> name.startsWith("hermes-"))
                .containsExactly("hermes-before-recovery-2026-11-21T19-00-00Z");
    }

    @Test
    void neverOpensTheOldFolderWhileTheNewOneIsOnItsWay() throws Exception {
        writeSnapshotAndLog();
        dieAfter(NewStore.Step.OLD_MOVED_ASIDE);
        assertThatThrownBy(() -> openIn(ISLAND)).hasMessageContaining("was interrupted");
        assertThatThrownBy(() -> OfflineStore.in(data)).hasMessageContaining("was interrupted");
    }

    @Test
    void refusesAFolderInUseOneWithoutAStoreAndADamagedOne() throws Exception {
        assertThatThrownBy(this::look).hasMessageContaining("holds no store");
        writeSnapshotAndLog();
        try (var lock = FolderLock.acquire(data)) {
            assertThatThrownBy(this::look)
                    .hasMessageContaining("in use by process")
                    .isInstanceOf(OlympusException.class);
        }
        flipABitIn(layout().segmentFiles(ISLAND).get(1).path());
        assertThatThrownBy(this::look)
                .hasMessageContaining("nothing was changed, because the store is damaged")
                .hasMessageContaining("olympus store verify --data-dir " + data);
        assertThat(folders()).doesNotContain("hermes-building", "hermes-ready");
    }

    @Test
    void aGroupFileOfAnotherIslandOrADamagedOneIsRefused() throws Exception {
        writeSnapshotAndLog();
        recover();
        var folder = data.resolve("hermes");
        assertThatThrownBy(() -> StoreGroup.of(folder, OTHER_ISLAND))
                .hasMessageContaining(ISLAND.toString());
        flipABitIn(folder.resolve("group"));
        assertThatThrownBy(() -> open(NEVER))
                .isInstanceOf(OlympusException.class)
                .hasMessageContaining("the store was not opened");
        Files.delete(folder.resolve("group"));
        assertThatThrownBy(() -> open(NEVER)).hasMessageContaining("belongs to group");
    }

    @Test
    void anOldSnapshotRestoredHasAnotherIncarnationAndTellsOldWatchers() throws Exception {
        var before = writeSnapshotAndLog();
        var file = saved();
        var node = open(NEVER);
        put(node, "k/later", "lost by the restore");
        var seen = node.status().revision();
        var old = node.status().incarnation();
        close(node);

        var report = restore(file, Optional.of(ISLAND));
        assertThat(report.incarnation()).isGreaterThan(old);
        assertThat(report.kept().orElseThrow().getFileName().toString())
                .startsWith("hermes-before-restore-");
        var restored = open(NEVER);
        assertThat(entries(restored)).isEqualTo(before);
        for (var from : List.of(1L, seen, seen + 1)) {
            var events = watch(restored, from);
            Eventually.holds("told", () -> !events.isEmpty());
            assertThat(events.getFirst()).isInstanceOf(WatchEvent.Compacted.class);
        }
        put(restored, "k/new", "v");
        var second = restored.status();
        close(restored);

        // The same file once more: nothing of the first restore's life is taken for the second's.
        var later = restoreAt(file, NOW.plusSeconds(60));
        assertThat(later.incarnation()).isGreaterThan(second.incarnation());
        assertThat(later.revision()).isGreaterThan(second.revision());
    }

    @Test
    void aSnapshotSavedWhileOthersWriteIsOfOneMomentAndOfNoMeaningForTheLog() throws Exception {
        writeSnapshotAndLog();
        var node = open(NEVER);
        var own = layout().snapshotFiles();
        var before = node.status().revision();
        var writing = new ArrayList<CompletionStage<TransactionResult>>();
        var saving = node.saveSnapshot(data.resolve("saved"));
        for (var n = 0; n < 200; n++) {
            writing.add(
                    node.transact(
                            Transaction.of(
                                    new Operation.Put(Key.of("k/beside/" + n), Bytes.utf8("v")))));
        }
        var content = SnapshotContent.verify(wait(saving));
        for (var write : writing) {
            wait(write);
        }
        assertThat(content.island()).isEqualTo(ISLAND.toString());
        assertThat(content.revision()).isGreaterThanOrEqualTo(before);
        assertThat(content.entries() - 60).isEqualTo(content.revision() - before);
        assertThat(layout().snapshotFiles()).isEqualTo(own);
        close(node);
    }

    @Test
    void restoresIntoAnEmptyFolder() throws Exception {
        var before = writeSnapshotAndLog();
        var file = saved();
        var kept = Files.move(data.resolve("hermes"), data.resolve("elsewhere"));
        assertThat(kept).exists();
        var report = restore(file, Optional.empty());
        assertThat(report.kept()).isEmpty();
        var node = open(NEVER);
        assertThat(entries(node)).isEqualTo(before);
        close(node);
    }

    @Test
    void refusesASnapshotOfAnotherIslandAndADamagedOneByPlace() throws Exception {
        writeSnapshotAndLog();
        var file = saved();
        assertThatThrownBy(() -> restore(file, Optional.of(OTHER_ISLAND)))
                .hasMessageContaining("%s is a snapshot of island %s".formatted(file, ISLAND))
                .hasMessageContaining(OTHER_ISLAND.toString());

        var whole = Files.readAllBytes(file);
        for (var at = 0; at < whole.length; at += 1 + whole.length / 97) {
            var flipped = whole.clone();
            flipped[at] ^= 4;
            Files.write(file, flipped);
            refused(file);
            Files.write(file, Arrays.copyOf(whole, at));
            refused(file);
        }
        Files.write(file, whole);
        Files.write(file, new byte[] {0}, StandardOpenOption.APPEND);
        refused(file);
        var node = open(NEVER);
        assertThat(get(node, "k/0")).isPresent();
        close(node);
    }

    private void refused(Path file) {
        assertThatThrownBy(() -> restore(file, Optional.of(ISLAND)))
                .isInstanceOf(OlympusException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("at byte ");
    }

    // ---- the store

    /** A store with a snapshot of a part of what it holds, and a log with the rest. */
    private List<String> writeSnapshotAndLog() throws Exception {
        if (written.isEmpty()) {
            written = Optional.of(write());
            StoreExchange.copy(data.resolve("hermes"), template.resolve("hermes"));
        } else {
            StoreExchange.copy(template.resolve("hermes"), data.resolve("hermes"));
        }
        return written.get();
    }

    private List<String> write() throws Exception {
        var first = open(1 << 30);
        wait(
                first.transact(
                        Transaction.of(
                                new Operation.LimitStream(
                                        STREAM,
                                        new StreamLimits(4 << 20, 10, Duration.ofDays(30))))));
        for (var n = 0; n < 40; n++) {
            put(first, "k/" + n, "first " + "x".repeat(2_000));
        }
        close(first);
        var second = open(NEVER);
        for (var n = 20; n < 60; n++) {
            put(second, "k/" + n, "second " + "y".repeat(2_000));
        }
        for (var line : lines(30)) {
            wait(second.transact(Transaction.of(new Operation.Append(STREAM, Bytes.utf8(line)))));
        }
        var entries = entries(second);
        close(second);
        return entries;
    }

    private static List<String> lines(int count) {
        return IntStream.range(0, count).mapToObj(n -> "line " + n).toList();
    }

    private Recovery.Found look() throws IOException {
        try (var recovery = Recovery.begin(data)) {
            return recovery.found();
        }
    }

    private NewStoreReport recover() throws IOException {
        try (var recovery = Recovery.begin(data)) {
            return recovery.run(NOW);
        }
    }

    private void dieAfter(NewStore.Step last) throws IOException {
        try (var recovery =
                Recovery.begin(
                        data,
                        step -> {
                            if (step == last) {
                                throw new Killed();
                            }
                        })) {
            assertThatThrownBy(() -> recovery.run(NOW)).isInstanceOf(Killed.class);
        }
    }

    /** A snapshot saved by the running store. */
    private Path saved() throws Exception {
        var node = open(NEVER);
        var written = wait(node.saveSnapshot(data.resolve("saved")));
        close(node);
        return Files.move(written, data.resolve("saved.snapshot"));
    }

    private NewStoreReport restore(Path file, Optional<UUID> island) throws IOException {
        try (var restoration = Restoration.begin(data, file, island)) {
            return restoration.run(NOW);
        }
    }

    private NewStoreReport restoreAt(Path file, Instant now) throws IOException {
        try (var restoration = Restoration.begin(data, file, Optional.of(ISLAND))) {
            return restoration.run(now);
        }
    }

    private StoreLayout layout() {
        return new StoreLayout(data.resolve("hermes"));
    }

    private List<String> folders() throws IOException {
        try (var paths = Files.list(data)) {
            return paths.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .toList();
        }
    }

    private HermesNode open(long snapshotAfterBytes) throws Exception {
        var folder = data.resolve("hermes");
        var node = openIn(StoreGroup.of(folder, ISLAND), snapshotAfterBytes);
        wait(node.ready());
        return node;
    }

    private HermesNode openIn(UUID group) throws IOException {
        return openIn(group, NEVER);
    }

    private HermesNode openIn(UUID group, long snapshotAfterBytes) throws IOException {
        var folder = data.resolve("hermes");
        var standard = HermesOptions.of(ISLAND.toString(), folder);
        var options =
                new HermesOptions(
                        standard.islandId(),
                        standard.directory(),
                        standard.writeDeadline(),
                        snapshotAfterBytes,
                        standard.archiveBytes());
        return HermesNode.open(
                options,
                LogConfig.alone(folder, group)
                        .withLimits(
                                LogConfig.Limits.standard()
                                        .withReserveBytes(0)
                                        .withSegmentBytes(64 << 10)),
                Clock.system());
    }

    private static List<WatchEvent> watch(HermesNode node, long from) {
        var events = Collections.synchronizedList(new ArrayList<WatchEvent>());
        node.watch(ALL, from, Runnable::run, events::add);
        return events;
    }

    private static void put(HermesNode node, String key, String value) throws Exception {
        assertThat(
                        wait(
                                node.transact(
                                        Transaction.of(
                                                new Operation.Put(
                                                        Key.of(key), Bytes.utf8(value))))))
                .isInstanceOf(TransactionResult.Committed.class);
    }

    private static Optional<String> get(HermesNode node, String key) throws Exception {
        return wait(node.get(Key.of(key))).map(entry -> entry.value().toString());
    }

    private static List<String> entries(HermesNode node) throws Exception {
        return wait(node.list(ALL, Optional.empty(), 1_000)).entries().stream()
                .map(RecoveryTest::text)
                .toList();
    }

    private static String text(Entry entry) {
        return "%s=%s@%d".formatted(entry.key(), entry.value(), entry.modifyRevision());
    }

    private static List<String> stream(HermesNode node) throws Exception {
        return wait(node.readStream(STREAM, 1, 100)).entries().stream()
                .map(StreamEntry::value)
                .map(Bytes::toString)
                .toList();
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
