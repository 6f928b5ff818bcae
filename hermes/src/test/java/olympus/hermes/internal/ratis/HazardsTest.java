package olympus.hermes.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.files.CommitMark;
import olympus.hermes.files.SegmentFile;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.log.Eventually;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.RecordingApplier;
import olympus.hermes.log.ReplicatedLog.Submission.Outcome;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Known hazards of the engine, each shown not to reach us. */
final class HazardsTest {

    @TempDir Path scratch;

    private LogConfig config = LogConfig.alone(Path.of("unset"), RatisLogTest.GROUP);
    private final List<RatisLog> opened = new ArrayList<>();

    @BeforeEach
    void configure() {
        config =
                LogConfig.alone(scratch.resolve("hermes"), RatisLogTest.GROUP)
                        .withLimits(
                                LogConfig.Limits.standard()
                                        .withReserveBytes(0)
                                        .withSegmentBytes(128 << 10));
    }

    @AfterEach
    void close() {
        opened.forEach(RatisLog::close);
    }

    @Test
    void theEngineIsNeverToldToAcknowledgeBeforeTheFlushOrToKeepItsLogElsewhere() {
        var settings = EngineSettings.of(config);
        assertThat(RaftServerConfigKeys.Log.unsafeFlushEnabled(settings)).isFalse();
        assertThat(RaftServerConfigKeys.Log.asyncFlushEnabled(settings)).isFalse();
        assertThat(RaftServerConfigKeys.Log.useMemory(settings)).isFalse();
        assertThat(RaftServerConfigKeys.Log.purgeUptoSnapshotIndex(settings)).isTrue();
        assertThat(RaftServerConfigKeys.storageDir(settings))
                .allMatch(dir -> dir.toPath().startsWith(config.folder()));
    }

    @Test
    void anEmptiedDiskIsRefusedInsteadOfRejoiningEmpty() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);
        write(log, applier, "acknowledged");
        log.close();
        deleteTree(config.folder().resolve("log"));

        assertThatThrownBy(() -> open(new RecordingApplier()))
                .isInstanceOfSatisfying(
                        OlympusException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT))
                .hasMessageContaining("was in use before, but its log is gone");
    }

    @Test
    void aLostMarkerIsRefusedWhileThereIsData() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);
        write(log, applier, "acknowledged");
        log.close();
        Files.delete(config.folder().resolve("initialised"));

        assertThatThrownBy(() -> open(new RecordingApplier()))
                .hasMessageContaining("missing although the store holds");
    }

    @Test
    void theStoreOfAnotherIslandIsRefused() throws IOException {
        open(new RecordingApplier()).close();
        var other =
                new RatisLog(
                        LogConfig.alone(
                                config.folder(),
                                UUID.fromString("0197a5c4-0000-7000-8000-00000000ffff")));
        opened.add(other);
        assertThatThrownBy(() -> other.open(new RecordingApplier()))
                .hasMessageContaining("belongs to group");
    }

    @Test
    void theLogOfAnotherGroupInTheFolderIsRefusedInsteadOfBeingAppliedToo() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);
        write(log, applier, "acknowledged");
        log.close();
        var layout = new StoreLayout(config.folder());
        var own = layout.segments(config.group());
        var other = layout.logs().resolve("0197a5c4-0000-7000-8000-00000000eeee");
        Files.createDirectories(other.resolve("current"));
        for (var name : List.of("raft-meta", "raft-meta.conf", segments().getLast().name())) {
            Files.copy(own.resolve(name), other.resolve("current").resolve(name));
        }

        assertThatThrownBy(() -> open(new RecordingApplier()))
                .hasMessageContaining(other.toString())
                .hasMessageContaining("the log of another group")
                .hasMessageContaining("Move it out");
        deleteTree(other);
        var second = new RecordingApplier();
        open(second);
        assertThat(second.state()).containsExactly("acknowledged");
    }

    @Test
    void aTakenPortIsAnErrorAndNotTheEndOfTheProcess() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var log = new RatisLog(config.as("m1", TestPeers.plain(taken.getLocalPort(), false)));
            opened.add(log);
            assertThatThrownBy(() -> log.open(new RecordingApplier()))
                    .hasMessageContaining("cannot listen on")
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()));
        }
    }

    @Test
    void theNetworkTransportWorksOnAFreePort() throws IOException {
        var applier = new RecordingApplier();
        var log = new RatisLog(config.as("m1", TestPeers.plain(TestPeers.freePort(), false)));
        opened.add(log);
        log.open(applier);
        Eventually.holds("it leads", () -> log.leadership().leader());
        write(log, applier, "over the network's own server");
    }

    @Test
    void anUncaughtExceptionOfAnyThreadDoesNotEndTheProcess() throws Exception {
        open(new RecordingApplier());
        var seen = new ConcurrentLinkedQueue<Throwable>();
        var before = Optional.ofNullable(Thread.getDefaultUncaughtExceptionHandler());
        assertThat(before.map(handler -> handler.getClass().getName()).orElse(""))
                .as("the engine's handler, which ends the process, is not installed")
                .doesNotContain("ratis");
        var thread =
                Thread.ofPlatform()
                        .unstarted(() -> {
                            throw new IllegalStateException("on purpose");
                        });
        thread.setUncaughtExceptionHandler((failed, cause) -> seen.add(cause));
        thread.start();
        thread.join(TimeUnit.SECONDS.toMillis(20));
        assertThat(seen).hasSize(1);
    }

    @Test
    void aGroupOfOneLeadsFast() throws IOException {
        open(new RecordingApplier()).close(); // classes are loaded
        var start = System.nanoTime();
        open(new RecordingApplier());
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(3_000);
    }

    @Test
    void anIdleLogWritesNothing() throws Exception {
        var applier = new RecordingApplier();
        var log = open(applier);
        write(log, applier, "the last one for a while");
        var ballast = config.folder().resolve("ballast");
        Eventually.holds("the ballast is there", () -> Files.exists(ballast));
        var before = bytesWritten();
        var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
        Eventually.holds("four idle seconds have passed", () -> System.nanoTime() > until);
        // The one flush of the commit mark may fall into this time.
        assertThat(bytesWritten() - before).isLessThanOrEqualTo(16 << 10);
    }

    @Test
    void anEntryThatFailsInApplyHaltsInsteadOfBeingLoggedAndPassedOver() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);
        write(log, applier, "good");
        applier.failNext(new IllegalStateException("poison"));
        submit(log, "poison", new ConcurrentLinkedQueue<>());
        Eventually.holds("the applier is told", () -> applier.failure().isPresent());

        var outcomes = new ConcurrentLinkedQueue<Outcome>();
        submit(log, "behind the poison", outcomes);
        Eventually.holds("it is rejected", () -> !outcomes.isEmpty());
        assertThat(applier.state()).endsWith("poison").doesNotContain("behind the poison");
        assertThat(applier.failure().orElseThrow()).hasMessageContaining("poison");
    }

    @Test
    void aStuckApplierDoesNotKeepTheLogFromClosing() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);
        applier.hold();
        submit(log, "never applied", new ConcurrentLinkedQueue<>());
        Eventually.holds("it is delivered", () -> applier.committed().size() == 1);
        log.close();
        applier.letGo();

        var second = new RecordingApplier();
        open(second);
        assertThat(second.state()).containsExactly("never applied");
    }

    @Test
    void apartFromTheBoundNothingMoreIsDeliveredToASlowApplier() throws IOException {
        config = config.withLimits(new LogConfig.Limits(32, 3, 128 << 10, 0));
        var applier = new RecordingApplier();
        var log = open(applier);
        applier.hold();
        var outcomes = new ConcurrentLinkedQueue<Outcome>();
        for (var n = 0; n < 10; n++) {
            submit(log, "entry " + n, outcomes);
        }
        Eventually.holds("the bound is reached", () -> applier.committed().size() == 3);
        applier.letGo();
        Eventually.holds("the rest follows", () -> applier.committed().size() == 10);
        assertThat(outcomes).isEmpty();
    }

    @Test
    void aPurgeThatWasCutOffInTheMiddleIsFinished() throws Exception {
        var applier = new RecordingApplier();
        var log = open(applier);
        for (var n = 0; n < 40; n++) {
            write(log, applier, n + "x".repeat(20_000));
        }
        var segments = segments();
        assertThat(segments).hasSizeGreaterThan(4);
        var oldest = segments.getFirst();
        var saved = Files.readAllBytes(oldest.path());
        var snapshot = applier.writeSnapshot(log.snapshotDirectory());
        log.installed(snapshot, snapshot.index()).toCompletableFuture().get(20, TimeUnit.SECONDS);
        Eventually.holds("covered segments are gone", () -> !Files.exists(oldest.path()));
        log.close();
        // The engine deletes the newest first: killed in between, it leaves the oldest with a gap
        // behind it.
        Files.write(oldest.path(), saved);

        var second = new RecordingApplier();
        open(second);
        assertThat(second.state()).isEqualTo(applier.state());
        assertThat(oldest.path()).doesNotExist();
    }

    @Test
    void aTornTailBehindTheLastAcknowledgedEntryIsCut() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);
        write(log, applier, "acknowledged");
        log.close();
        var last = segments().getLast();
        var whole = Files.readAllBytes(last.path());
        var torn = java.util.Arrays.copyOf(whole, whole.length + 5_000);
        torn[whole.length] = (byte) 0xb0; // a record of 2864 bytes of which a part was written
        torn[whole.length + 1] = 0x16;
        torn[whole.length + 2] = 0x33;
        Files.write(last.path(), torn);

        var second = new RecordingApplier();
        open(second);
        assertThat(second.state()).containsExactly("acknowledged");
    }

    @Test
    void aFlippedBitInTheLastEntryIsNotTakenForATornTail() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);
        write(log, applier, "acknowledged, and the very last");
        log.close();
        flipBit(segments().getLast().path(), 20);

        assertThatThrownBy(() -> open(new RecordingApplier()))
                .hasMessageContaining(segments().getLast().name())
                .hasMessageContaining(" --truncate-at ");
    }

    @Test
    void aFlippedBitIsNotTakenForATornTailEvenWhenTheMarkIsOldAfterPowerLoss() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);
        write(log, applier, "acknowledged " + "y".repeat(3_000));
        log.close();
        CommitMark.create(new StoreLayout(config.folder()).commitMark(), CommitMark.NOTHING);
        flipBit(segments().getLast().path(), 500);

        assertThatThrownBy(() -> open(new RecordingApplier()))
                .hasMessageContaining("not look like an interrupted write");
    }

    @Test
    void aDamagedListOfMembersIsMadeAgain() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);
        write(log, applier, "acknowledged");
        log.close();
        Files.writeString(segments().getLast().path().resolveSibling("raft-meta.conf"), "damaged");

        var second = new RecordingApplier();
        open(second);
        assertThat(second.state()).containsExactly("acknowledged");
    }

    private RatisLog open(RecordingApplier applier) throws IOException {
        var log = new RatisLog(config);
        opened.add(log);
        log.open(applier);
        Eventually.holds("the log leads", () -> log.leadership().leader());
        return log;
    }

    private List<SegmentFile> segments() throws IOException {
        return new StoreLayout(config.folder()).segmentFiles(config.group());
    }

    private static void write(RatisLog log, RecordingApplier applier, String text) {
        var before = applier.committed().size();
        var outcomes = new ConcurrentLinkedQueue<Outcome>();
        submit(log, text, outcomes);
        Eventually.holds(
                "committed", () -> applier.committed().size() > before || !outcomes.isEmpty());
        assertThat(outcomes).isEmpty();
    }

    private static void submit(RatisLog log, String text, ConcurrentLinkedQueue<Outcome> outcomes) {
        log.submit(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), text, outcomes::add);
    }

    private static void flipBit(Path file, int at) throws IOException {
        var bytes = Files.readAllBytes(file);
        bytes[at] ^= 4;
        Files.write(file, bytes);
    }

    /** Bytes that this process has caused to be written to disks. */
    private static long bytesWritten() throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/io"))) {
            if (line.startsWith("wchar:")) {
                return Long.parseLong(line.substring("wchar:".length()).strip());
            }
        }
        throw new IOException("/proc/self/io tells no wchar");
    }

    private static void deleteTree(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.toList().reversed()) {
                Files.delete(file);
            }
        }
    }
}
