package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import olympus.agent.OutputLimits;
import olympus.foundation.Clock;
import olympus.foundation.EventLoop;
import olympus.model.InstanceId;

/**
 * Takes what the instances write to their output files over into their segmented logs, line by
 * line, and gives the disk space of what was taken back to the filesystem.
 *
 * <p>Lossless: an instance appends to a plain file that outlives the agent; what was taken is known
 * from the segments themselves. Ownership: the logs. Threading: everything runs on the output loop;
 * growth is told by the watcher. Limits: {@link #TURN_BYTES} per instance and turn; a source whose
 * lines cannot be stored (full disk) may grow to {@link #BACKLOG_BYTES}, then its oldest lines are
 * skipped and counted.
 */
final class OutputCollector implements RunOutput {

    static final long BACKLOG_BYTES = 16 << 20;

    private static final int TURN_BYTES = 4 << 20;
    private static final int CHUNK = 1 << 20;
    private static final Duration GATHER = Duration.ofMillis(20);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final long PUNCH_STEP = 256 * 1024;
    private static final long KEPT_FOR_REASONS = 8 * 1024;
    private static final long BLOCK = 4096;

    private final InstanceFolders folders;
    private final OutputLimits limits;
    private final Clock clock;
    private final EventLoop loop;
    private final PidWatcher watcher;
    private final Map<InstanceId, Source> sources = new HashMap<>();
    private final Map<InstanceId, SegmentedLog> logs = new ConcurrentHashMap<>();
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    private final ByteBuffer records = ByteBuffer.allocate(2 * CHUNK);
    private final AtomicLong skippedBytes = new AtomicLong();
    private final Map<InstanceId, String> faults = new ConcurrentHashMap<>();
    private final Map<InstanceId, Long> unopened = new HashMap<>();
    private volatile boolean holesRefused;

    OutputCollector(
            InstanceFolders folders,
            OutputLimits limits,
            Clock clock,
            EventLoop loop,
            PidWatcher watcher) {
        this.folders = folders;
        this.limits = limits;
        this.clock = clock;
        this.loop = loop;
        this.watcher = watcher;
    }

    /** The output files of the current run of an instance. */
    private static final class Source {
        final InstanceId id;
        final SegmentedLog log;
        long run;
        boolean scheduled;
        final long[] punched = new long[2];
        final long[] seen = new long[2];

        Source(InstanceId id, SegmentedLog log) {
            this.id = id;
            this.log = log;
        }
    }

    /**
     * A run is there (started or adopted): its output is collected from now on; what is left of
     * older runs first.
     */
    @Override
    public void expect(InstanceId id, long run) {
        loop.execute(() -> begin(id, run));
    }

    /** A run has ended: what it wrote last is taken over soon. */
    @Override
    public void ended(InstanceId id) {
        loop.execute(() -> Optional.ofNullable(sources.get(id)).ifPresent(this::schedule));
    }

    @Override
    public void forget(InstanceId id) {
        loop.execute(() -> {
            sources.remove(id);
            unopened.remove(id);
            faults.remove(id);
            var log = logs.remove(id);
            if (log != null) {
                close(log);
            }
        });
    }

    /** The log to read an instance's lines from, if it ever had output here. */
    Optional<SegmentedLog> log(InstanceId id) {
        return Optional.ofNullable(logs.get(id));
    }

    /**
     * Why output cannot be stored at present, and what was lost by that; empty when all is well.
     */
    Optional<String> problem() {
        var fault = faults.entrySet().stream().min(Map.Entry.comparingByKey());
        var skipped =
                skippedBytes.get() == 0
                        ? Optional.<String>empty()
                        : Optional.of(
                                "%d bytes of output were skipped so far because they could not be stored"
                                        .formatted(skippedBytes.get()));
        return fault.map(first ->
                        "output of %s%s cannot be stored (%s)%s"
                                .formatted(
                                        first.getKey(),
                                        faults.size() > 1
                                                ? " and %d others".formatted(faults.size() - 1)
                                                : "",
                                        first.getValue(),
                                        skipped.map(text -> "; " + text).orElse("")))
                .or(() -> skipped);
    }

    /** Takes over what is there and closes the logs. */
    void close() {
        loop.execute(() -> {
            sources.values().forEach(source -> read(source, false));
            sources.clear();
            logs.values().forEach(OutputCollector::close);
            logs.clear();
        });
    }

    private static void close(SegmentedLog log) {
        try {
            log.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close a log", e);
        }
    }

    private void begin(InstanceId id, long run) {
        var source = sources.get(id);
        if (source == null) {
            try {
                source =
                        new Source(
                                id, new SegmentedLog(folders.instance(id).resolve("log"), limits));
            } catch (IOException e) {
                beginAgain(id, run, "its log cannot be opened: " + e.getMessage());
                return;
            }
            faults.remove(id);
            sources.put(id, source);
            logs.put(id, source.log);
        }
        if (run > source.run) {
            try {
                finishOlder(source, run);
            } catch (UncheckedIOException e) {
                beginAgain(id, run, String.valueOf(e.getMessage()));
                return;
            }
            source.run = run;
            source.punched[0] = 0;
            source.punched[1] = 0;
            source.log.beginEpoch(run);
            schedule(source);
        }
    }

    /** Unless the instance is forgotten or has a later run by then. */
    private void beginAgain(InstanceId id, long run, String why) {
        faults.put(id, why);
        unopened.put(id, run);
        loop.schedule(
                RETRY,
                () -> {
                    if (unopened.remove(id, run)) {
                        begin(id, run);
                    }
                });
    }

    private void finishOlder(Source source, long run) {
        for (var older : folders.runs(source.id).reversed()) {
            if (older >= run) {
                continue;
            }
            if (older >= source.log.position().epoch()) {
                source.run = older;
                source.log.beginEpoch(older);
                var more = true;
                while (more) {
                    more = read(source, true);
                }
            }
            folders.run(source.id, older).delete();
        }
    }

    private void schedule(Source source) {
        if (!source.scheduled) {
            source.scheduled = true;
            loop.schedule(
                    GATHER,
                    () -> {
                        source.scheduled = false;
                        turn(source);
                    });
        }
    }

    private void turn(Source source) {
        if (sources.get(source.id) != source) {
            return;
        }
        if (read(source, false)) {
            schedule(source);
            return;
        }
        var folder = folders.run(source.id, source.run);
        var outArmed = watch(source, folder.stdout());
        var armed = watch(source, folder.stderr()) && outArmed;
        // What was written between reading and arming would otherwise wait for the next write.
        if (!armed || hasMore(source, folder)) {
            loop.schedule(armed ? GATHER : RETRY, () -> schedule(source));
        }
    }

    private boolean watch(Source source, Path file) {
        return watcher.watchFile(file.toString(), () -> loop.execute(() -> schedule(source)));
    }

    private static boolean hasMore(Source source, RunFolder folder) {
        return size(folder.stdout()) > source.seen[0] || size(folder.stderr()) > source.seen[1];
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException notThere) {
            return 0;
        }
    }

    /** Takes over what both files hold; true when there is more to read at once. */
    private boolean read(Source source, boolean finished) {
        var folder = folders.run(source.id, source.run);
        var moreOut = read(source, folder.stdout(), false, finished);
        var moreErr = read(source, folder.stderr(), true, finished);
        return moreOut || moreErr;
    }

    private boolean read(Source source, Path file, boolean isError, boolean finished) {
        var index = isError ? 1 : 0;
        try (var channel = FileChannel.open(file)) {
            var size = channel.size();
            source.seen[index] = size;
            if (size < source.log.position().offset(isError)) {
                source.log.skipTo(moved(source.log.position(), isError, 0));
            }
            var end = Math.min(size, source.log.position().offset(isError) + TURN_BYTES);
            var takes = true;
            while (takes && source.log.position().offset(isError) < end) {
                takes = takeChunk(source, channel, isError, size, finished);
            }
            // Also before a line that has not ended yet: it may be the only one for ever.
            punch(source, file, isError);
            return takes && end < size;
        } catch (NoSuchFileException notYetThere) {
            source.seen[index] = 0;
            return false;
        } catch (IOException e) {
            faults.put(source.id, "%s cannot be read: %s".formatted(file, e.getMessage()));
            return false;
        }
    }

    /**
     * False when nothing could be taken: only the beginning of a line is there, or it cannot be
     * stored now.
     */
    private boolean takeChunk(
            Source source, FileChannel channel, boolean isError, long size, boolean finished)
            throws IOException {
        var offset = source.log.position().offset(isError);
        chunk.clear();
        channel.read(chunk, offset);
        chunk.flip();
        var atEnd = finished && offset + chunk.limit() >= size;
        var taken = false;
        while (chunk.hasRemaining()) {
            var after = cut(source.log.position(), isError, atEnd);
            if (records.position() == 0) {
                break;
            }
            records.flip();
            if (!store(source, after, size - offset)) {
                return false;
            }
            taken = true;
        }
        records.clear();
        return taken;
    }

    /**
     * Moves whole lines from the chunk into records, as many as make a handy write; tells the
     * position after them.
     */
    private LogPosition cut(LogPosition before, boolean isError, boolean atEnd) {
        records.clear();
        // At least one record, however small the segments are.
        var handy =
                Math.max(0, Math.min(CHUNK, limits.segmentBytes() / 2) - SegmentFormat.MAX_RECORD);
        var millis = clock.wall().toEpochMilli();
        var position = before;
        while (chunk.hasRemaining() && records.position() <= handy) {
            var start = chunk.position();
            var newline = newline(start);
            int textEnd;
            int next;
            if (newline >= 0) {
                textEnd = newline;
                next = newline + 1;
            } else if (chunk.limit() - start >= SegmentFormat.MAX_TEXT) {
                textEnd = characterBoundary(start + SegmentFormat.MAX_TEXT);
                next = textEnd;
            } else if (atEnd) {
                textEnd = chunk.limit();
                next = textEnd;
            } else {
                break;
            }
            position = position.after(isError, position.offset(isError) + next - start);
            SegmentFormat.putRecord(
                    records, millis, isError, position, chunk.slice(start, textEnd - start));
            chunk.position(next);
        }
        return position;
    }

    /** The index of the line's end, if the line is not longer than the limit; -1 otherwise. */
    private int newline(int start) {
        var array = chunk.array();
        var end = Math.min(chunk.limit(), start + SegmentFormat.MAX_TEXT + 1);
        for (var i = start; i < end; i++) {
            if (array[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** The largest index up to the given one at which no UTF-8 character is cut. */
    private int characterBoundary(int index) {
        for (var at = index; at > index - 4; at--) {
            if (at >= chunk.limit() || (chunk.get(at) & 0xC0) != 0x80) {
                return at;
            }
        }
        return index;
    }

    private boolean store(Source source, LogPosition after, long backlog) throws IOException {
        for (var attempt = 0; attempt < 2; attempt++) {
            try {
                source.log.append(records.duplicate(), after);
                faults.remove(source.id);
                return true;
            } catch (IOException e) {
                faults.put(source.id, String.valueOf(e.getMessage()));
                if (!source.log.dropOldest()) {
                    break;
                }
            }
        }
        if (backlog > BACKLOG_BYTES) {
            skippedBytes.addAndGet(records.remaining());
            source.log.skipTo(after);
            return true;
        }
        loop.schedule(RETRY, () -> schedule(source));
        return false;
    }

    private static LogPosition moved(LogPosition from, boolean isError, long offset) {
        return isError
                ? new LogPosition(from.epoch(), from.sequence(), from.stdout(), offset)
                : new LogPosition(from.epoch(), from.sequence(), offset, from.stderr());
    }

    /** Frees the blocks of what was taken, but for the last few lines, which explain an end. */
    private void punch(Source source, Path file, boolean isError) {
        var index = isError ? 1 : 0;
        var free = (source.log.position().offset(isError) - KEPT_FOR_REASONS) / BLOCK * BLOCK;
        if (free - source.punched[index] >= PUNCH_STEP) {
            var result = Posix.punchHole(file.toString(), free);
            source.punched[index] = free;
            if (result < 0) {
                holesRefused = true;
            }
        }
    }

    /**
     * Whether the filesystem cannot free parts of a file: then output files grow until their run
     * ends.
     */
    boolean holesRefused() {
        return holesRefused;
    }
}
