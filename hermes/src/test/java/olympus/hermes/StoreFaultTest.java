package olympus.hermes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.foundation.simulation.SimulatedClock;
import olympus.foundation.simulation.SimulatedLoop;
import olympus.hermes.files.Skip;
import olympus.hermes.files.SkipList;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.internal.codec.EntryCodec;
import olympus.hermes.internal.loop.FileArchive;
import olympus.hermes.internal.loop.LoopParts;
import olympus.hermes.internal.state.Command;
import olympus.hermes.internal.state.EntryHeader;
import olympus.hermes.internal.state.LogEntry;
import olympus.hermes.internal.state.SkippedEntry;
import olympus.hermes.log.fake.InMemoryLog;
import olympus.hermes.log.fake.SimulatedDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store does when something is wrong: with an entry, a file, a watcher, or the disk. */
final class StoreFaultTest {

    @TempDir private Path folder = Path.of(".");

    private final SimulatedClock clock = new SimulatedClock(Instant.parse("2026-11-21T00:00:00Z"));
    private final SimulatedLoop loop = new SimulatedLoop(clock);
    private final SimulatedDisk disk = new SimulatedDisk();

    /** A process draws its origin at random: no two lives may draw the same. */
    private long lives;

    @Test
    void haltsOnAPoisonedEntryBeforeAnswerAndGoesOnWhenItIsCondemned() throws IOException {
        var log = log();
        var node = open(log);
        now(node.transact(put("a", "1")));
        var status = node.status();
        var poison =
                EntryCodec.encode(
                        new LogEntry(
                                new EntryHeader(1, status.epoch(), 0, 0, 0, 77, 1),
                                List.of(new Command.VerifyHash(status.appliedIndex(), 4711))));
        log.submit(poison, "context", _ -> {});
        var after = node.transact(put("a", "2"));
        loop.runFor(Duration.ofSeconds(1));

        assertThat(node.status().halted())
                .hasValueSatisfying(reason ->
                        assertThat(reason)
                                .contains("entry " + (status.appliedIndex() + 1))
                                .contains("state hash"));
        assertThat(after.toCompletableFuture().join())
                .isInstanceOf(TransactionResult.Unknown.class);
        assertThat(now(node.transact(put("a", "3")))).isInstanceOf(TransactionResult.Refused.class);
        var read = node.get(Key.of("a"));
        loop.runReady();
        assertThat(read.toCompletableFuture()).isCompletedExceptionally();

        log.crash();
        var stillHalted = open(log());
        assertThat(stillHalted.status().halted()).isPresent();

        var condemned =
                disk.entries().stream()
                        .filter(entry -> entry.index() == status.appliedIndex() + 1)
                        .findFirst()
                        .orElseThrow();
        condemn(condemned.index(), SkippedEntry.hashOf(content(condemned)));
        var healed = open(log());

        assertThat(healed.status().halted()).isEmpty();
        assertThat(now(healed.get(Key.of("a"))).orElseThrow().value()).isEqualTo(Bytes.utf8("2"));
    }

    @Test
    void refusesToSkipAnEntryOfAnotherHash() throws IOException {
        var log = log();
        now(open(log).transact(put("a", "1")));
        log.crash();
        condemn(2, 1);

        assertThat(open(log()).status().halted())
                .hasValueSatisfying(reason -> assertThat(reason).contains("condemned"));
    }

    @Test
    void haltsOnAnEntryWhoseBytesAreDamaged() throws IOException {
        var log = log();
        now(open(log).transact(put("a", "1")));
        log.crash();
        var stored = disk.entries().get(1);
        var bytes = content(stored);
        bytes[bytes.length / 2] ^= 1;
        disk.replace(stored.index(), ByteBuffer.wrap(bytes).asReadOnlyBuffer());

        assertThat(open(log()).status().halted())
                .hasValueSatisfying(reason -> assertThat(reason).contains("checksum"));
    }

    @Test
    void refusesWritesWhileTheDiskIsFullAndRecoversByItself() throws IOException {
        var node = open(log());
        disk.full(true);
        assertThat(node.status().writesRefused()).as("also while nobody writes").isPresent();
        var refused = (TransactionResult.Refused) now(node.transact(put("a", "1")));
        assertThat(refused.code()).isEqualTo(ErrorCode.DISK_FULL);
        assertThat(node.status().writesRefused()).isPresent();

        disk.full(false);

        assertThat(node.status().writesRefused()).as("also while nobody writes").isEmpty();
        assertThat(now(node.transact(put("a", "1"))))
                .isInstanceOf(TransactionResult.Committed.class);
    }

    @Test
    void refusesADamagedSnapshotNamingTheFile() throws IOException {
        var node = open(log());
        for (var i = 0; i < 200; i++) {
            now(node.transact(put("key/" + i, "value")));
        }
        now(node.close());
        var snapshot = onlySnapshot();
        var good = Files.readAllBytes(snapshot);
        var random = new Random(7);
        for (var trial = 0; trial < 150; trial++) {
            var bad = good.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(snapshot, bad);
            assertRefused(snapshot);
            Files.write(snapshot, Arrays.copyOf(good, random.nextInt(good.length)));
            assertRefused(snapshot);
        }
        Files.write(snapshot, good);
        assertThat(now(open(log()).get(Key.of("key/7")))).isPresent();
    }

    @Test
    void tellsASlowWatcherThatItLaggedAndLetsWritesGoOn() throws IOException {
        var node = open(log());
        now(node.transact(put("w/x", "0")));
        var events = new ArrayList<WatchEvent>();
        var parked = new ArrayList<Runnable>();
        node.watch(Key.of("w"), node.status().revision() + 1, parked::add, events::add);
        loop.runReady();
        for (var i = 0; i < 17_000; i++) {
            var _ = node.transact(put("w/x", "" + i));
            if (i % 1_000 == 0) {
                loop.runReady();
            }
        }
        loop.runReady();
        assertThat(now(node.get(Key.of("w/x"))).orElseThrow().value())
                .isEqualTo(Bytes.utf8("16999"));
        while (!parked.isEmpty()) {
            parked.removeFirst().run();
        }

        var lagged = (WatchEvent.Lagged) events.getLast();
        var before = (WatchEvent.Changed) events.get(events.size() - 2);
        assertThat(lagged.resumeFrom()).isEqualTo(before.revision() + 1);
        assertThat(node.status().sizes().watches()).isZero();
    }

    @Test
    void saysCompactedWhenTheRevisionHasLeftTheRing() throws IOException {
        var node = open(log());
        now(node.configure(new StoreLimits(1 << 20, 10, 1 << 20, 10, 10)));
        for (var i = 0; i < 30; i++) {
            now(node.transact(put("w/x", "" + i)));
        }
        var events = new ArrayList<WatchEvent>();
        node.watch(Key.of("w"), 3, loop, events::add);
        node.watch(Key.of("w"), node.status().compactRevision(), loop, events::add);
        loop.runReady();

        assertThat(events.getFirst())
                .isEqualTo(new WatchEvent.Compacted(node.status().compactRevision()));
        assertThat(events).filteredOn(WatchEvent.Changed.class::isInstance).hasSize(10);
    }

    @Test
    void readsTrimmedElementsBackFromTheArchiveAlsoAfterARestart() throws IOException {
        var log = log();
        var node = open(log);
        var stream = Key.of("argos/signals");
        now(
                node.transact(
                        Transaction.of(
                                new Operation.LimitStream(
                                        stream,
                                        new StreamLimits(1 << 20, 10, Duration.ofDays(1))))));
        for (var i = 1; i <= 100; i++) {
            now(node.transact(Transaction.of(new Operation.Append(stream, Bytes.utf8("e" + i)))));
        }
        now(node.close());
        var again = open(log());
        var page = now(again.readStream(stream, 1, 1_000));

        assertThat(page.firstSequence()).isEqualTo(1);
        assertThat(page.nextSequence()).isEqualTo(101);
        assertThat(page.entries()).hasSize(100);
        assertThat(page.entries())
                .extracting(StreamEntry::sequence)
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void boundsTheArchiveOnDisk() throws IOException {
        var archive = new FileArchive(folder.resolve("bounded"), 10L << 20, Runnable::run);
        var value = Bytes.wrap(new byte[100_000]);
        for (var i = 1; i <= 300; i++) {
            archive.add(Key.of("s"), List.of(new StreamEntry(i, i, 0, value)));
        }
        var found = archive.read(Key.of("s"), 0, 10).toCompletableFuture().join();

        assertThat(found.firstSequence()).isGreaterThan(150);
        assertThat(found.entries().getFirst().sequence()).isEqualTo(found.firstSequence());
        assertThat(archive.problem()).isEmpty();
        try (var files = Files.walk(folder.resolve("bounded"))) {
            assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isLessThan(16L << 20);
        }
    }

    @Test
    void answersAReaderOfAnArchiveThatCannotBeOpened() throws IOException {
        var strange = folder.resolve("strange");
        Files.createDirectories(strange.resolve("s-0000000000000000"));
        Files.createFile(strange.resolve("s-0000000000000000/99999999999999999999.segment"));
        var archive = new FileArchive(strange, 10L << 20, Runnable::run);

        assertThat(archive.read(Key.of("s"), 0, 10).toCompletableFuture())
                .isCompletedExceptionally();
        archive.add(Key.of("s"), List.of(new StreamEntry(1, 1, 0, Bytes.utf8("lost"))));
        assertThat(archive.problem())
                .hasValueSatisfying(problem -> assertThat(problem).startsWith("1 trimmed element"));
    }

    @Test
    void knowsTheAgeOfItsSnapshotAfterARestart() throws IOException {
        var node = open(log());
        now(node.transact(put("k", "v")));
        now(node.close());

        assertThat(open(log()).status().lastSnapshot()).isPresent();
    }

    @Test
    void refusesAStoreOfAnotherIsland() throws IOException {
        var node = open(log());
        now(node.close());
        var log = log();
        var options =
                new HermesOptions(
                        "elsewhere", Optional.of(folder), Duration.ofSeconds(1), 1 << 20, 1 << 20);
        var foreign =
                HermesNode.start(loop, clock, new Random(++lives), log, options, parts(), () -> {});
        loop.runFor(Duration.ofSeconds(1));

        assertThat(foreign.status().halted())
                .hasValueSatisfying(reason -> assertThat(reason).contains("island"));
    }

    @Test
    void refusesAFloodInsteadOfGrowing() throws IOException {
        var node = open(log());
        var results = new ArrayList<CompletionStage<TransactionResult>>();
        for (var i = 0; i < 70_000; i++) {
            results.add(node.transact(put("k", "v")));
        }
        assertThat(results.getLast().toCompletableFuture().join())
                .isInstanceOf(TransactionResult.Refused.class);
        loop.runFor(Duration.ofSeconds(1));
        assertThat(results.getFirst().toCompletableFuture().join())
                .isInstanceOf(TransactionResult.Committed.class);
        assertThat(node.status().sizes().queued()).isZero();
    }

    private void assertRefused(Path snapshot) {
        assertThatThrownBy(() -> open(log()))
                .isInstanceOfSatisfying(
                        OlympusException.class,
                        refused -> {
                            assertThat(refused.code()).isEqualTo(ErrorCode.CORRUPT);
                            assertThat(refused)
                                    .hasMessageContaining(snapshot.getFileName().toString());
                        });
    }

    private void condemn(long index, long hash) throws IOException {
        SkipList.add(new StoreLayout(folder).skips(), new Skip(index, hash, "test", clock.wall()));
    }

    private Path onlySnapshot() throws IOException {
        try (var files = Files.list(folder.resolve("snapshots"))) {
            return files.findFirst().orElseThrow();
        }
    }

    private InMemoryLog log() {
        return new InMemoryLog(disk, loop, folder.resolve("snapshots"), () -> Duration.ZERO);
    }

    private LoopParts parts() {
        return LoopParts.withoutThreads(
                new FileArchive(folder.resolve("archive"), 64L << 20, Runnable::run));
    }

    private HermesNode open(InMemoryLog log) throws IOException {
        var options =
                new HermesOptions(
                        "island", Optional.of(folder), Duration.ofSeconds(5), 1 << 20, 64L << 20);
        var node =
                HermesNode.start(loop, clock, new Random(++lives), log, options, parts(), () -> {});
        loop.runFor(Duration.ofSeconds(1));
        return node;
    }

    private <T> T now(CompletionStage<T> stage) {
        loop.runFor(Duration.ofMillis(10));
        assertThat(stage.toCompletableFuture()).isDone();
        return stage.toCompletableFuture().join();
    }

    private static Transaction put(String key, String value) {
        return Transaction.of(new Operation.Put(Key.of(key), Bytes.utf8(value)));
    }

    private static byte[] content(SimulatedDisk.StoredEntry stored) {
        var bytes = new byte[stored.bytes().remaining()];
        stored.bytes().get(bytes);
        return bytes;
    }
}
