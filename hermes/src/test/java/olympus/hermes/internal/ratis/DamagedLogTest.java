package olympus.hermes.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.log.Eventually;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.RecordingApplier;
import olympus.hermes.log.ReplicatedLog.Submission.Outcome;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of a closed store are cut or have bits flipped at places drawn from a seed: the store
 * either refuses to open, naming the file and the way out, or holds everything that was
 * acknowledged.
 */
final class DamagedLogTest {

    private static final int SEEDS = 40;
    private static final int SEEDS_LONG = 2_000;

    @TempDir static Path scratch;

    private static Path original = Path.of("unset");
    private static List<String> acknowledged = List.of();

    @BeforeAll
    static void writeAStoreWithASnapshotAndSeveralSegments() throws Exception {
        original = scratch.resolve("original");
        var applier = new RecordingApplier();
        for (var life = 0; life < 3; life++) {
            var present = life == 0 ? applier : new RecordingApplier();
            try (var log = open(original, present)) {
                for (var n = 0; n < 40; n++) {
                    write(
                            log,
                            present,
                            "life %d entry %d %s".formatted(life, n, "x".repeat(n * 101 % 7_000)));
                }
                if (life == 1) {
                    var snapshot = present.writeSnapshot(log.snapshotDirectory());
                    log.installed(snapshot, snapshot.index())
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS);
                    write(log, present, "behind the snapshot");
                }
                acknowledged = present.state();
            }
        }
        assertThat(acknowledged).hasSize(121);
    }

    @Test
    void isRefusedByNameOrHarmless() throws IOException {
        runSeeds(SEEDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"group=\u00e9", "group=\\uwxyz"})
    void aMarkerThatIsNoTextIsRefusedByName(String damaged) throws IOException {
        var copy = scratch.resolve("marker");
        copyTree(original, copy);
        var marker =
                filesOf(copy).stream()
                        .filter(file -> file.getFileName().toString().equals("initialised"))
                        .findFirst()
                        .orElseThrow();
        Files.writeString(marker, damaged, StandardCharsets.ISO_8859_1);
        try {
            assertThatThrownBy(() -> open(copy, new RecordingApplier()).close())
                    .isInstanceOf(OlympusException.class)
                    .hasMessageContaining("initialised")
                    .hasMessageContaining("backup");
        } finally {
            deleteTree(copy);
        }
    }

    @Test
    @Tag("long")
    void isRefusedByNameOrHarmlessAtManyPlaces() throws IOException {
        runSeeds(SEEDS_LONG);
    }

    private static void runSeeds(int seeds) throws IOException {
        var refused = 0;
        for (var seed = 0; seed < seeds; seed++) {
            refused += damageAndOpen(seed) ? 1 : 0;
        }
        assertThat(refused).as("seeds of %d that were refused", seeds).isGreaterThan(seeds / 4);
    }

    /** Whether the damaged store was refused. */
    private static boolean damageAndOpen(int seed) throws IOException {
        var random = new SplittableRandom(seed);
        var copy = scratch.resolve("seed-" + seed);
        copyTree(original, copy);
        var files = filesOf(copy);
        var file = files.get(random.nextInt(files.size()));
        var what = "seed %d: %s of %s".formatted(seed, damage(file, random), copy.relativize(file));

        var applier = new RecordingApplier();
        try (var log = open(copy, applier)) {
            assertThat(applier.state()).as(what).isEqualTo(acknowledged);
            write(log, applier, "still writable");
            return false;
        } catch (OlympusException e) {
            assertThat(e.code()).as(what).isEqualTo(ErrorCode.CORRUPT);
            assertThat(e.getMessage()).as(what).contains(file.getFileName().toString());
            assertThat(e.getMessage()).as(what).containsAnyOf("olympus store", "backup");
            return true;
        } finally {
            deleteTree(copy);
        }
    }

    private static String damage(Path file, SplittableRandom random) throws IOException {
        var size = Files.size(file);
        try (var channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (size == 0 || random.nextInt(3) == 0) {
                var length = size == 0 ? 0 : random.nextLong(size);
                channel.truncate(length);
                return "cut to " + length;
            }
            var at = random.nextLong(size);
            var one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ (1 << random.nextInt(8))));
            one.clear();
            channel.write(one, at);
            return "bit flipped at " + at;
        }
    }

    private static RatisLog open(Path folder, RecordingApplier applier) throws IOException {
        var log =
                new RatisLog(
                        LogConfig.alone(folder, RatisLogTest.GROUP)
                                .withLimits(
                                        LogConfig.Limits.standard()
                                                .withReserveBytes(0)
                                                .withSegmentBytes(128 << 10)));
        try {
            log.open(applier);
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
        Eventually.holds("the log leads", () -> log.leadership().leader());
        return log;
    }

    private static void write(RatisLog log, RecordingApplier applier, String text) {
        var before = applier.committed().size();
        var outcomes = new ArrayList<Outcome>();
        log.submit(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), text, outcomes::add);
        Eventually.holds("committed", () -> applier.committed().size() > before);
    }

    private static List<Path> filesOf(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().equals("ballast"))
                    .sorted()
                    .toList();
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void deleteTree(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.toList().reversed()) {
                Files.delete(file);
            }
        }
    }
}
