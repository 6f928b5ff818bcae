package olympus.hermes.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import olympus.hermes.files.CommitMark;
import olympus.hermes.files.StoreLayout;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All three members lose power at the same instant under load, again and again: they are killed
 * together, and on every member what was written to the log and not flushed is cut off or holed at
 * random places, and the commit mark may be older. Nothing acknowledged is lost, and they always
 * start.
 */
final class PowerLossTest {

    private static final int SECTOR = 512;
    private static final int LONGEST_LIFE_MILLIS = 1_500;
    private static final int OLDER_MARK = 50;

    @TempDir private Path folder = Path.of(".");
    private long lostBytes;

    @Test
    void nothingAcknowledgedIsLostWhenAllLosePowerTogether() throws Exception {
        losePower(5, 1);
    }

    @Test
    @Tag("long")
    void nothingAcknowledgedIsLostWhenAllLosePowerAHundredTimes() throws Exception {
        losePower(100, 2);
    }

    private void losePower(int times, long seed) throws Exception {
        var random = new SplittableRandom(seed);
        var faults = new MachineFaults(folder.resolve("faults"));
        try (var group =
                new MemberGroup(folder, plain -> plain.with(faults.environment(plain.name())))) {
            group.found("a", "b", "c");
            try (var clients = new HistoryClients(group)) {
                clients.pinned(2, seed).watching();
                for (var n = 0; n < times; n++) {
                    clients.awaitMore(20);
                    LockSupport.parkNanos(
                            Duration.ofMillis(random.nextInt(LONGEST_LIFE_MILLIS)).toNanos());
                    losePower(group, faults, random);
                }
                clients.awaitMore(20);
                clients.endAndCheck();
                System.out.printf("%d bytes lost in %d power losses%n", lostBytes, times);
                assertThat(lostBytes).as("bytes that were not flushed").isPositive();
            }
        }
    }

    private void losePower(MemberGroup group, MachineFaults faults, SplittableRandom random)
            throws IOException {
        group.names().forEach(name -> group.member(name).killWithoutWaiting());
        group.names().forEach(name -> group.member(name).kill());
        for (var name : group.names()) {
            loseUnflushed(group.launch(name).folder(), faults, name, random);
        }
        for (var name : group.names()) {
            group.restart(name);
        }
        group.names().forEach(name -> group.member(name).awaitReady());
    }

    private void loseUnflushed(
            Path store, MachineFaults faults, String member, SplittableRandom random)
            throws IOException {
        var layout = new StoreLayout(store);
        var flushed = faults.flushed(member);
        for (var segment : layout.segmentFiles(MemberMain.GROUP)) {
            var inode = (Long) Files.getAttribute(segment.path(), "unix:ino");
            var safe = Math.min(flushed.getOrDefault(inode, 0L), Files.size(segment.path()));
            try (var channel = FileChannel.open(segment.path(), StandardOpenOption.WRITE)) {
                if (random.nextBoolean()) {
                    var end = random.nextLong(safe, channel.size() + 1);
                    lostBytes += channel.size() - end;
                    channel.truncate(end);
                } else {
                    loseSectors(channel, safe, random);
                }
            }
        }
        var mark = CommitMark.read(layout.commitMark()).orElseThrow();
        if (random.nextBoolean()) {
            var older = Math.max(-1, mark.index() - random.nextInt(OLDER_MARK));
            CommitMark.create(layout.commitMark(), new CommitMark.Position(mark.term(), older));
        }
    }

    /** Every sector behind {@code from} was written or was not. */
    private void loseSectors(FileChannel channel, long from, SplittableRandom random)
            throws IOException {
        var size = channel.size();
        for (var at = from; at < size; ) {
            var end = Math.min(size, (at / SECTOR + 1) * SECTOR);
            if (random.nextBoolean()) {
                channel.write(ByteBuffer.allocate((int) (end - at)), at);
                lostBytes += end - at;
            }
            at = end;
        }
    }
}
