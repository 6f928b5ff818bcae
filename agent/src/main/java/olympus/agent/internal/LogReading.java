package olympus.agent.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import olympus.link.LogGap;
import olympus.link.LogLine;
import olympus.link.LogPoint;
import olympus.link.LogRequest;
import olympus.link.LogSink;

/**
 * One request for lines being answered from the segments of an instance.
 *
 * <p>Lines are numbered without holes within a run. So every line that is passed over although it
 * was wanted (its segment was dropped before it was read, it was never stored, it is damaged) is
 * noticed and told as a {@link LogGap} in its place. Threading: the request's own thread. Memory:
 * one read buffer and one batch.
 */
final class LogReading {

    private static final int BATCH_LINES = 512;
    private static final int BATCH_CHARACTERS = 256 * 1024;
    private static final LogPoint NOTHING = new LogPoint(-1, 0);

    private final LogRequest request;
    private final LogSink sink;
    private final KeptLines kept;
    private final Supplier<Optional<SegmentedLog>> live;
    private final List<LogLine> batch = new ArrayList<>();
    private int characters;

    /** The newest line read or known to be missing; what is not after it is not sent. */
    private LogPoint last = NOTHING;

    /**
     * @param live the log that is written at present, if any
     */
    LogReading(
            LogRequest request, LogSink sink, Path folder, Supplier<Optional<SegmentedLog>> live) {
        this.request = request;
        this.sink = sink;
        this.kept = new KeptLines(folder, request.since(), request.until());
        this.live = live;
    }

    void run() throws IOException, InterruptedException {
        var passed = begin();
        while (true) {
            var log = live.get();
            var growths = log.map(SegmentedLog::growths).orElse(0L);
            var segment = kept.segmentAfter(passed);
            if (segment.isPresent() && read(segment.get(), passed)) {
                passed = SegmentedLog.number(segment.get());
                continue;
            }
            send();
            if (!request.follow() || log.isEmpty()) {
                return;
            }
            log.get().awaitGrowth(growths);
        }
    }

    /** Finds where to begin; tells the number of the segment that is passed. */
    private long begin() throws IOException {
        var isKnown = request.after().isPresent() && isKnown(request.after().get());
        if (isKnown) {
            last = request.after().get();
        } else if (request.after().isPresent()) {
            sink.gap(new LogGap(LogGap.Kind.UNKNOWN_POINT, 0, true));
        }
        if (!isKnown && request.tail() > 0) {
            var tail = kept.tail(request.tail());
            tail.before().ifPresent(before -> last = before);
            if (tail.leftOut() > 0) {
                sink.gap(new LogGap(LogGap.Kind.LEFT_OUT, tail.leftOut(), tail.isAtLeast()));
            }
        }
        if (last.equals(NOTHING)) {
            if (kept.hasDroppedWanted(request.tail() > 0)) {
                sink.gap(new LogGap(LogGap.Kind.NOT_KEPT, 0, true));
            }
            return 0;
        }
        return kept.before(last);
    }

    private boolean isKnown(LogPoint point) throws IOException {
        return kept.newest().filter(newest -> point.compareTo(newest) <= 0).isPresent();
    }

    /**
     * Reads a segment until the next one begins; false when nothing more can be had of it now and
     * there is no next.
     */
    private boolean read(Path segment, long passed) throws IOException, InterruptedException {
        var number = SegmentedLog.number(segment);
        try (var reader = new SegmentReader(FileChannel.open(segment))) {
            if (!reader.readHeader()) {
                return kept.segmentAfter(number).isPresent();
            }
            enter(reader.header(), number > passed + 1);
            return drain(reader, number);
        } catch (NoSuchFileException droppedMeanwhile) {
            return kept.segmentAfter(number).isPresent();
        }
    }

    /** Compares where a segment begins with how far this reading has come. */
    private void enter(LogPosition header, boolean isJump) throws InterruptedException {
        var begins = new LogPoint(header.epoch(), header.sequence());
        if (last.equals(NOTHING) || begins.compareTo(last) <= 0) {
            return;
        }
        if (begins.epoch() == last.epoch()) {
            missing(begins.sequence() - last.sequence(), false);
            last = begins;
        } else if (isJump) {
            missing(begins.sequence(), true);
            last = begins;
        }
    }

    /** Reads a segment until there is a next one; false when there is nothing more (yet). */
    private boolean drain(SegmentReader reader, long number)
            throws IOException, InterruptedException {
        while (true) {
            var log = live.get();
            var growths = log.map(SegmentedLog::growths).orElse(0L);
            var stored = log.map(SegmentedLog::position).orElse(LogPosition.NOTHING);
            // Looked for first: what was written to this segment before the next one began is
            // then seen.
            var next = kept.segmentAfter(number);
            while (reader.next()) {
                take(reader);
            }
            if (next.isPresent()) {
                return true;
            }
            compare(stored);
            send();
            if (!request.follow() || log.isEmpty()) {
                return false;
            }
            log.get().awaitGrowth(growths);
        }
    }

    /** What had been taken before the segment was read must have been in it. */
    private void compare(LogPosition stored) throws InterruptedException {
        var end = new LogPoint(stored.epoch(), stored.sequence());
        if (last.equals(NOTHING) || end.compareTo(last) <= 0) {
            return;
        }
        missing(end.sequence() - (end.epoch() == last.epoch() ? last.sequence() : 0), false);
        last = end;
    }

    private void take(SegmentReader reader) throws InterruptedException {
        var record = reader.record();
        var point = SegmentFormat.point(record);
        if (point.compareTo(last) <= 0) {
            return;
        }
        if (!last.equals(NOTHING)) {
            var expected = point.epoch() == last.epoch() ? last.sequence() + 1 : 1;
            missing(point.sequence() - expected, false);
        }
        last = point;
        if (!kept.isWanted(record)) {
            return;
        }
        var line = SegmentFormat.line(request.instance(), record, reader.recordBytes());
        batch.add(line);
        characters += line.text().length();
        if (batch.size() >= BATCH_LINES || characters >= BATCH_CHARACTERS) {
            send();
        }
    }

    private void missing(long lines, boolean atLeast) throws InterruptedException {
        if (lines > 0 || atLeast) {
            send();
            sink.gap(new LogGap(LogGap.Kind.DROPPED, lines, atLeast));
        }
    }

    private void send() throws InterruptedException {
        if (batch.isEmpty()) {
            return;
        }
        var lines = List.copyOf(batch);
        batch.clear();
        characters = 0;
        if (!sink.lines(lines)) {
            var ready = new CompletableFuture<Boolean>();
            sink.ready(() -> ready.complete(true));
            try {
                ready.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a completion without an exception failed", e);
            }
        }
    }
}
