package olympus.agent.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import olympus.link.LogPoint;

/**
 * What the segments of an instance hold, asked without keeping lines in memory. They may grow and
 * be dropped meanwhile: answers are points, which stay true.
 */
final class KeptLines {

    private final Path folder;
    private final Optional<Instant> since;
    private final long sinceMillis;
    private final long untilMillis;

    KeptLines(Path folder, Optional<Instant> since, Optional<Instant> until) {
        this.folder = folder;
        this.since = since;
        this.sinceMillis = since.map(Instant::toEpochMilli).orElse(Long.MIN_VALUE);
        this.untilMillis = until.map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
    }

    /**
     * Where the last so many wanted lines begin.
     *
     * @param before the line before them; empty when all that is kept belongs to them
     * @param leftOut older wanted lines
     * @param isAtLeast whether more than those were not looked at
     */
    record Tail(Optional<LogPoint> before, long leftOut, boolean isAtLeast) {
        static final Tail ALL = new Tail(Optional.empty(), 0, false);
    }

    boolean isWanted(ByteBuffer record) {
        var millis = SegmentFormat.millis(record);
        return millis >= sinceMillis && millis <= untilMillis;
    }

    Optional<Path> segmentAfter(long number) throws IOException {
        return segments().stream()
                .filter(segment -> SegmentedLog.number(segment) > number)
                .findFirst();
    }

    /**
     * Looks from the newest segment backwards. With {@code since} at all of them, because a clock
     * may have been stepped; otherwise at no more than needed.
     */
    Tail tail(int lines) throws IOException {
        var found = 0L;
        var tail = Tail.ALL;
        var segments = segments();
        for (var n = segments.size() - 1; n >= 0; n--) {
            var here = count(segments.get(n));
            if (tail.before().isEmpty() && found + here > lines) {
                var leftOut = found + here - lines;
                tail = new Tail(wanted(segments.get(n), leftOut), leftOut, n > 0);
                if (since.isEmpty()) {
                    return tail;
                }
            }
            found += here;
        }
        return new Tail(tail.before(), Math.max(0, found - lines), false);
    }

    private long count(Path segment) throws IOException {
        return scan(segment, Long.MAX_VALUE).count();
    }

    /** The point of the segment's wanted line of this number. */
    private Optional<LogPoint> wanted(Path segment, long number) throws IOException {
        return scan(segment, number).point();
    }

    private record Scan(long count, Optional<LogPoint> point) {}

    private Scan scan(Path segment, long most) throws IOException {
        var count = 0L;
        var point = Optional.<LogPoint>empty();
        try (var reader = new SegmentReader(FileChannel.open(segment))) {
            if (reader.readHeader()) {
                while (count < most && reader.next()) {
                    if (isWanted(reader.record())) {
                        count++;
                        if (count == most) {
                            point = Optional.of(SegmentFormat.point(reader.record()));
                        }
                    }
                }
            }
        } catch (NoSuchFileException droppedMeanwhile) {
            return new Scan(0, Optional.empty());
        }
        return new Scan(count, point);
    }

    /**
     * Whether lines were dropped of which some may have been wanted.
     *
     * @param isTail whether a number of lines is wanted, more than are kept
     */
    boolean hasDroppedWanted(boolean isTail) throws IOException {
        var segments = segments();
        if (segments.isEmpty() || SegmentedLog.number(segments.getFirst()) == 1) {
            return false;
        }
        if (since.isEmpty()) {
            return isTail;
        }
        try (var reader = new SegmentReader(FileChannel.open(segments.getFirst()))) {
            return reader.readHeader()
                    && reader.next()
                    && SegmentFormat.millis(reader.record()) > sinceMillis;
        } catch (NoSuchFileException droppedMeanwhile) {
            return true;
        }
    }

    /** The newest line of all. */
    Optional<LogPoint> newest() throws IOException {
        for (var segment : segments().reversed()) {
            try (var reader = new SegmentReader(FileChannel.open(segment))) {
                if (reader.readHeader()) {
                    var newest = point(reader.header());
                    while (reader.next()) {
                        newest = SegmentFormat.point(reader.record());
                    }
                    return Optional.of(newest);
                }
            } catch (NoSuchFileException droppedMeanwhile) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /**
     * The number of the segment before the one that holds this line or the next; when both were
     * dropped, a smaller one than any there could be.
     */
    long before(LogPoint line) throws IOException {
        for (var segment : segments().reversed()) {
            try (var reader = new SegmentReader(FileChannel.open(segment))) {
                if (reader.readHeader() && point(reader.header()).compareTo(line) <= 0) {
                    return SegmentedLog.number(segment) - 1;
                }
            } catch (NoSuchFileException droppedMeanwhile) {
                return -1;
            }
        }
        return -1;
    }

    private List<Path> segments() throws IOException {
        return SegmentedLog.segments(folder);
    }

    private static LogPoint point(LogPosition position) {
        return new LogPoint(position.epoch(), position.sequence());
    }
}
