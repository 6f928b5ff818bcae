package olympus.agent.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import olympus.agent.OutputLimits;
import org.jspecify.annotations.Nullable;

/**
 * The kept output of one instance: segment files in {@code log/}, bounded in size, the oldest
 * dropped first.
 *
 * <p>The position up to which the sources have been taken is part of every segment, so that lines
 * and position can never disagree. Threading: written by the output loop alone; {@link #position}
 * and {@link #awaitGrowth} by any thread.
 */
final class SegmentedLog {

    private static final String SUFFIX = ".seg";

    private final Path folder;
    private final OutputLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grew = lock.newCondition();
    private @Nullable FileChannel channel;
    private volatile LogPosition position = LogPosition.NOTHING;
    private long segmentNumber;
    private long segmentBytes;
    private long growths;

    /** Opens the log and finds the position; a torn end is cut off. */
    SegmentedLog(Path folder, OutputLimits limits) throws IOException {
        this.folder = folder;
        this.limits = limits;
        Files.createDirectories(folder);
        recover();
    }

    LogPosition position() {
        return position;
    }

    private void recover() throws IOException {
        for (var file : segments(folder).reversed()) {
            segmentNumber = Math.max(segmentNumber, number(file));
            if (recover(file)) {
                return;
            }
        }
    }

    private boolean recover(Path file) throws IOException {
        var opened = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        var reader = new SegmentReader(opened);
        if (!reader.readHeader()) {
            opened.close();
            return false;
        }
        position = reader.header();
        while (reader.next()) {
            position = SegmentFormat.position(reader.record(), position);
        }
        segmentBytes = reader.consumed();
        opened.truncate(segmentBytes);
        opened.position(segmentBytes);
        if (number(file) == segmentNumber) {
            channel = opened;
        } else {
            opened.close();
        }
        return true;
    }

    /**
     * Appends whole records and moves the position; on failure nothing is changed and the caller
     * may try again.
     */
    void append(ByteBuffer records, LogPosition after) throws IOException {
        var out = channel;
        if (out == null || segmentBytes + records.remaining() > limits.segmentBytes()) {
            out = roll();
        }
        var before = segmentBytes;
        try {
            var length = records.remaining();
            while (records.hasRemaining()) {
                out.write(records);
            }
            segmentBytes += length;
        } catch (IOException e) {
            out.truncate(before);
            out.position(before);
            throw e;
        }
        position = after;
        signalGrowth();
    }

    /** A new run: its lines are counted from its own beginning. */
    void beginEpoch(long epoch) {
        if (position.epoch() < epoch) {
            position = LogPosition.of(epoch);
        }
    }

    /** What cannot be kept is skipped. */
    void skipTo(LogPosition after) {
        position = after;
    }

    private FileChannel roll() throws IOException {
        var file = folder.resolve("%016d%s".formatted(segmentNumber + 1, SUFFIX));
        var fresh =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        var header = ByteBuffer.allocate(SegmentFormat.HEADER_BYTES);
        SegmentFormat.putHeader(header, position);
        header.flip();
        try {
            while (header.hasRemaining()) {
                fresh.write(header);
            }
        } catch (IOException e) {
            fresh.close();
            Files.deleteIfExists(file);
            throw e;
        }
        if (channel != null) {
            channel.close();
        }
        channel = fresh;
        segmentNumber++;
        segmentBytes = SegmentFormat.HEADER_BYTES;
        dropOldest(limits.segments());
        return fresh;
    }

    /** Gives space back on a full disk; false when only the segment being written is left. */
    boolean dropOldest() throws IOException {
        var count = segments(folder).size();
        dropOldest(Math.max(1, count - 1));
        return count > 1;
    }

    private void dropOldest(int keep) throws IOException {
        var files = segments(folder);
        for (var i = 0; i < files.size() - keep; i++) {
            Files.deleteIfExists(files.get(i));
        }
    }

    private void signalGrowth() {
        lock.lock();
        try {
            growths++;
            grew.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How often it has grown; to be asked before reading, for {@link #awaitGrowth}. */
    long growths() {
        lock.lock();
        try {
            return growths;
        } finally {
            lock.unlock();
        }
    }

    void awaitGrowth(long since) throws InterruptedException {
        lock.lock();
        try {
            while (growths == since) {
                grew.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Wakes followers for good measure and closes. */
    void close() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
        signalGrowth();
    }

    /** Segment files, oldest first. */
    static List<Path> segments(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        } catch (java.nio.file.NoSuchFileException e) {
            return List.of();
        }
    }

    static long number(Path segment) {
        var name = segment.getFileName().toString();
        return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
    }
}
