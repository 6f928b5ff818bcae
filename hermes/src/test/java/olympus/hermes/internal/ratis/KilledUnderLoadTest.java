package olympus.hermes.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import olympus.hermes.files.CommitMark;
import olympus.hermes.files.SegmentScan;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.log.Eventually;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A writing process is killed at random moments, again and again, on one folder: every start
 * succeeds and holds everything that was acknowledged. In every second round power loss is imitated
 * on top: what lies behind the last acknowledged entry is cut or partly unwritten, and the commit
 * mark may be older.
 */
final class KilledUnderLoadTest {

    private static final int ROUNDS = 20;
    private static final int ROUNDS_LONG = 200;
    private static final int MAX_LIFE_MILLIS = 600;
    private static final int SECTOR = 512;

    @TempDir Path scratch;

    @Test
    void losesNothingAcknowledgedAndAlwaysStarts() throws Exception {
        killRepeatedly(ROUNDS, 1);
    }

    @Test
    @Tag("long")
    void losesNothingAcknowledgedOverTwoHundredKills() throws Exception {
        killRepeatedly(ROUNDS_LONG, 2);
    }

    private void killRepeatedly(int rounds, long seed) throws Exception {
        var folder = scratch.resolve("hermes");
        var random = new SplittableRandom(seed);
        var acknowledged = -1L;
        for (var round = 0; round < rounds; round++) {
            var life = live(folder, Duration.ofMillis(random.nextInt(1, MAX_LIFE_MILLIS)));
            assertThat(life.opened())
                    .as("round %d of seed %d: entries found", round, seed)
                    .isGreaterThan(acknowledged);
            acknowledged = Math.max(acknowledged, life.acknowledged());
            if (round % 2 == 1) {
                loseUnflushedBytes(folder, random);
            }
        }
        assertThat(acknowledged).isGreaterThan(rounds);
    }

    private record Life(long opened, long acknowledged) {}

    /** One life of the writer: opened, wrote for a while, killed. */
    private Life live(Path folder, Duration writing) throws Exception {
        var said = scratch.resolve("said");
        var process = ChildJvm.start(CountingWriter.class, said, folder.toString(), "3000");
        try {
            Eventually.holds(
                    "the writer has opened its log",
                    () -> !numbers(said, "opened ").isEmpty() || !process.isAlive());
            LockSupport.parkNanos(writing.toNanos());
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(numbers(said, "opened ")).as(Files.readString(said)).hasSize(1);
        var acknowledged = numbers(said, "acknowledged ");
        return new Life(
                numbers(said, "opened ").getFirst(),
                acknowledged.isEmpty() ? -1 : acknowledged.getLast());
    }

    /** The numbers in whole lines that begin with {@code word}. */
    private static List<Long> numbers(Path said, String word) {
        try {
            var text = Files.readString(said);
            return text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .filter(line -> line.startsWith(word))
                    .map(line -> Long.parseLong(line.substring(word.length())))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What a power loss may do: bytes behind the last acknowledged entry vanish; an unflushed mark
     * is older.
     */
    private static void loseUnflushedBytes(Path folder, SplittableRandom random)
            throws IOException {
        var layout = new StoreLayout(folder);
        var mark = CommitMark.read(layout.commitMark()).orElseThrow();
        var segments = layout.segmentFiles(RatisLogTest.GROUP);
        if (segments.isEmpty() || !segments.getLast().open()) {
            return;
        }
        var last = segments.getLast();
        var flushed = new AtomicLong(Math.min(8, Files.size(last.path())));
        SegmentScan.of(
                last,
                (offset, bytes, entry) -> {
                    if (entry.getIndex() <= mark.index()) {
                        flushed.set(offset + bytes);
                    }
                });
        try (var channel = FileChannel.open(last.path(), StandardOpenOption.WRITE)) {
            if (random.nextBoolean()) {
                channel.truncate(random.nextLong(flushed.get(), channel.size() + 1));
            } else {
                zeroSomeSectors(channel, flushed.get(), random);
            }
        }
        if (random.nextBoolean()) {
            CommitMark.create(
                    layout.commitMark(),
                    new CommitMark.Position(
                            mark.term(), Math.max(-1, mark.index() - random.nextInt(50))));
        }
    }

    /** Every sector behind {@code from} was written or was not. */
    private static void zeroSomeSectors(FileChannel channel, long from, SplittableRandom random)
            throws IOException {
        var size = channel.size();
        for (var at = from; at < size; ) {
            var end = Math.min(size, (at / SECTOR + 1) * SECTOR);
            if (random.nextBoolean()) {
                channel.write(ByteBuffer.allocate((int) (end - at)), at);
            }
            at = end;
        }
    }
}
