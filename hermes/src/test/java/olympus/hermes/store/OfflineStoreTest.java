package olympus.hermes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import olympus.foundation.FolderLock;
import olympus.foundation.OlympusException;
import olympus.hermes.files.Skip;
import olympus.hermes.files.SkipList;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.internal.ratis.RatisLog;
import olympus.hermes.log.Eventually;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.RecordingApplier;
import olympus.hermes.log.ReplicatedLog;
import olympus.hermes.log.ReplicatedLog.Submission.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OfflineStoreTest {

    private static final UUID GROUP = UUID.fromString("0197a5c4-0000-7000-8000-000000000002");
    private static final Instant NOW = Instant.parse("2026-11-21T03:00:00Z");

    @TempDir Path data;

    private List<String> written = List.of();

    @BeforeEach
    void writeAStore() throws IOException {
        var applier = new RecordingApplier();
        try (var log = open(applier)) {
            for (var n = 0; n < 20; n++) {
                write(log, applier, n + " " + "x".repeat(10_000));
            }
        }
        written = applier.state();
    }

    @Test
    void findsAGoodStoreGood() throws IOException {
        var report = OfflineStore.in(data).inspect();
        assertThat(report.problems()).isEmpty();
        assertThat(report.exitCode()).isZero();
        assertThat(report.acknowledgedIndex()).isEqualTo(report.lastIndex());
        assertThat(report.text()).contains("segment", "commit-mark", "good");
        assertThat(report.files()).extracting(FileReport::state).contains("whole");
    }

    @Test
    void listsEntries() throws IOException {
        var entries = OfflineStore.in(data).entries(0, 100);
        assertThat(entries).hasSizeGreaterThanOrEqualTo(20);
        assertThat(entries).extracting(EntryReport::index).isSorted();
        assertThat(entries).extracting(EntryReport::kind).contains("data");
        assertThat(OfflineStore.in(data).entries(5, 3))
                .extracting(EntryReport::index)
                .containsExactly(5L, 6L, 7L);
    }

    @Test
    void namesEntriesThatApplyCannotRead() throws IOException {
        // What this test writes are texts, no entries of the store.
        var report = OfflineStore.in(data).verify();
        assertThat(report.exitCode()).isEqualTo(1);
        assertThat(report.problems().getFirst().toString())
                .contains(
                        "cannot be decoded",
                        "olympus store skip-entry --data-dir %s --reason ".formatted(data));
    }

    @Test
    void refusesToVerifyBesideARunningProcess() throws IOException {
        try (var lock = FolderLock.acquire(data)) {
            assertThatThrownBy(() -> OfflineStore.in(data).verify())
                    .isInstanceOf(OlympusException.class)
                    .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
        }
    }

    @Test
    void findsDamageAndRepairsByGivingUpWhatIsBehindIt() throws IOException {
        var segments = new StoreLayout(data.resolve("hermes")).segmentFiles(GROUP);
        var damaged = segments.get(1);
        var bytes = Files.readAllBytes(damaged.path());
        bytes[bytes.length / 2] ^= 1;
        Files.write(damaged.path(), bytes);

        var report = OfflineStore.in(data).inspect();
        assertThat(report.exitCode()).isEqualTo(1);
        assertThat(report.text())
                .contains(
                        damaged.name(),
                        "olympus store repair --data-dir %s --truncate-at ".formatted(data));
        assertThatThrownBy(() -> open(new RecordingApplier())).hasMessageContaining(damaged.name());

        var repaired = OfflineStore.in(data).repair(OptionalLong.empty(), NOW);
        assertThat(repaired.givenUp()).isPositive();
        assertThat(repaired.kept().resolve(damaged.name())).hasBinaryContent(bytes);
        assertThat(OfflineStore.in(data).inspect().problems()).isEmpty();

        var applier = new RecordingApplier();
        try (var log = open(applier)) {
            assertThat(applier.state())
                    .isNotEmpty()
                    .isEqualTo(written.subList(0, applier.state().size()));
            write(log, applier, "goes on");
        }
    }

    @Test
    void cutsAtAChosenEntry() throws IOException {
        var store = OfflineStore.in(data);
        var tenth =
                store.entries(0, 100).stream()
                        .filter(entry -> entry.kind().equals("data"))
                        .skip(10)
                        .findFirst()
                        .orElseThrow();
        store.repair(OptionalLong.of(tenth.index()), NOW);

        var applier = new RecordingApplier();
        try (var log = open(applier)) {
            assertThat(applier.state()).isEqualTo(written.subList(0, 10));
            write(log, applier, "goes on");
        }
    }

    @Test
    void refusesToCutBehindTheEnd() {
        assertThatThrownBy(() -> OfflineStore.in(data).repair(OptionalLong.of(4_711), NOW))
                .hasMessageContaining("cannot be cut at entry 4711");
    }

    @Test
    void repairsALostCommitMarkWithoutLoss() throws IOException {
        Files.delete(data.resolve("hermes/commit-mark"));
        assertThatThrownBy(() -> open(new RecordingApplier()))
                .hasMessageContaining("--truncate-at end");
        OfflineStore.in(data).repair(OptionalLong.empty(), NOW);
        var applier = new RecordingApplier();
        try (var log = open(applier)) {
            assertThat(applier.state()).isEqualTo(written);
        }
    }

    @Test
    void writesAnEntryOnTheSkipListOnce() throws IOException {
        var store = OfflineStore.in(data);
        var entry = store.entries(5, 1).getFirst();
        store.skipEntry(entry.index(), "poison of \"today\" \\ tomorrow", NOW);
        store.skipEntry(entry.index(), "again", NOW);

        assertThat(SkipList.read(data.resolve("hermes/skips.json")))
                .containsExactly(
                        new Skip(
                                entry.index(),
                                entry.hash(),
                                "poison of \"today\" \\ tomorrow",
                                NOW));
        assertThat(Files.readString(data.resolve("hermes/skips.json")))
                .startsWith("[\n")
                .endsWith("]\n");
    }

    @Test
    void refusesToSkipWhatIsNotThere() {
        assertThatThrownBy(() -> OfflineStore.in(data).skipEntry(4_711, "why", NOW))
                .hasMessageContaining("no such entry");
    }

    @Test
    void refusesAForeignLineInTheSkipList() throws IOException {
        Files.writeString(data.resolve("hermes/skips.json"), "[\n{\"index\": 1}\n]\n");
        assertThatThrownBy(() -> SkipList.read(data.resolve("hermes/skips.json")))
                .hasMessageContaining("index");
    }

    private ReplicatedLog open(RecordingApplier applier) throws IOException {
        var log =
                new RatisLog(
                        LogConfig.alone(data.resolve("hermes"), GROUP)
                                .withLimits(
                                        LogConfig.Limits.standard()
                                                .withReserveBytes(0)
                                                .withSegmentBytes(64 << 10)));
        try {
            log.open(applier);
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
        Eventually.holds("the log leads", () -> log.leadership().leader());
        return log;
    }

    private static void write(ReplicatedLog log, RecordingApplier applier, String text) {
        var before = applier.committed().size();
        var outcomes = new ConcurrentLinkedQueue<Outcome>();
        log.submit(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), text, outcomes::add);
        Eventually.holds("committed", () -> applier.committed().size() > before);
    }
}
