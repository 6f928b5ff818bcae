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
import java.util.concurrent.atomic.AtomicInteger;
import olympus.link.LogLine;
import olympus.link.LogRequest;
import olympus.link.LogSink;

/**
 * Sends stored and coming lines of an instance to whoever asked. One virtual thread per request, at
 * most {@link #MAX_STREAMS}; memory per stream is one read buffer and one batch, however much is
 * sent: a full receiver makes it wait.
 */
final class LogStreams {

    static final int MAX_STREAMS = 256;

    private static final int BATCH_LINES = 512;
    private static final int BATCH_CHARACTERS = 256 * 1024;

    private final InstanceFolders folders;
    private final OutputCollector output;
    private final AtomicInteger open = new AtomicInteger();

    LogStreams(InstanceFolders folders, OutputCollector output) {
        this.folders = folders;
        this.output = output;
    }

    /** Begins a stream; the returned handle ends it. */
    Runnable stream(LogRequest request, LogSink sink) {
        if (open.incrementAndGet() > MAX_STREAMS) {
            open.decrementAndGet();
            sink.end(
                    Optional.of(
                            "%d log streams are open on this node already; try again later"
                                    .formatted(MAX_STREAMS)));
            return () -> {};
        }
        var thread =
                Thread.ofVirtual()
                        .name("logs-" + request.instance())
                        .start(() -> {
                            try {
                                run(request, sink);
                            } finally {
                                open.decrementAndGet();
                            }
                        });
        return thread::interrupt;
    }

    private void run(LogRequest request, LogSink sink) {
        try {
            var folder = folders.instance(request.instance()).resolve("log");
            if (output.log(request.instance()).isEmpty()
                    && SegmentedLog.segments(folder).isEmpty()) {
                sink.end(
                        Optional.of(
                                "no output of %s is kept on this node"
                                        .formatted(request.instance())));
                return;
            }
            var skip =
                    request.tail() > 0 ? Math.max(0, count(request, folder) - request.tail()) : 0;
            new Stream(request, sink, folder, skip).run();
            sink.end(Optional.empty());
        } catch (InterruptedException cancelled) {
            sink.end(Optional.empty());
        } catch (IOException e) {
            sink.end(
                    Optional.of(
                            "the output of %s cannot be read: %s"
                                    .formatted(request.instance(), e.getMessage())));
        } catch (RuntimeException e) {
            // A bug; but whoever reads must not wait for ever.
            sink.end(
                    Optional.of(
                            "reading the output of %s failed: %s"
                                    .formatted(request.instance(), e)));
            throw e;
        }
    }

    private static long count(LogRequest request, Path folder) throws IOException {
        var count = 0L;
        for (var segment : SegmentedLog.segments(folder)) {
            count += countIn(request, segment);
        }
        return count;
    }

    private static long countIn(LogRequest request, Path segment) throws IOException {
        var count = 0L;
        try (var reader = new SegmentReader(FileChannel.open(segment))) {
            if (reader.readHeader()) {
                while (reader.next()) {
                    count += isWanted(request, reader) ? 1 : 0;
                }
            }
            return count;
        } catch (NoSuchFileException droppedMeanwhile) {
            return count;
        }
    }

    private static boolean isWanted(LogRequest request, SegmentReader reader) {
        return request.since().isEmpty()
                || SegmentFormat.millis(reader.record()) >= request.since().get().toEpochMilli();
    }

    /** One request being answered. */
    private final class Stream {
        private final LogRequest request;
        private final LogSink sink;
        private final Path folder;
        private final List<LogLine> batch = new ArrayList<>();
        private long skip;
        private int characters;

        Stream(LogRequest request, LogSink sink, Path folder, long skip) {
            this.request = request;
            this.sink = sink;
            this.folder = folder;
            this.skip = skip;
        }

        void run() throws IOException, InterruptedException {
            for (var segment = segmentAfter(0); segment.isPresent(); ) {
                var number = SegmentedLog.number(segment.get());
                try (var reader = new SegmentReader(FileChannel.open(segment.get()))) {
                    if (reader.readHeader()) {
                        segment = drain(reader, number);
                    } else {
                        segment = segmentAfter(number);
                    }
                } catch (NoSuchFileException droppedMeanwhile) {
                    segment = segmentAfter(number);
                }
            }
        }

        /** Reads a segment until there is a next one, or (when not following) nothing more. */
        private Optional<Path> drain(SegmentReader reader, long number)
                throws IOException, InterruptedException {
            while (true) {
                var log = output.log(request.instance());
                var growths = log.map(SegmentedLog::growths).orElse(0L);
                // Looked for first: what was written to this segment before the next one began is
                // then seen.
                var next = segmentAfter(number);
                while (reader.next()) {
                    take(reader);
                }
                if (next.isPresent()) {
                    return next;
                }
                send();
                if (!request.follow() || log.isEmpty()) {
                    return Optional.empty();
                }
                log.get().awaitGrowth(growths);
            }
        }

        private void take(SegmentReader reader) throws InterruptedException {
            if (!isWanted(request, reader)) {
                return;
            }
            if (skip > 0) {
                skip--;
                return;
            }
            var line =
                    SegmentFormat.line(request.instance(), reader.record(), reader.recordBytes());
            batch.add(line);
            characters += line.text().length();
            if (batch.size() >= BATCH_LINES || characters >= BATCH_CHARACTERS) {
                send();
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

        private Optional<Path> segmentAfter(long number) throws IOException {
            return SegmentedLog.segments(folder).stream()
                    .filter(segment -> SegmentedLog.number(segment) > number)
                    .findFirst();
        }
    }
}
