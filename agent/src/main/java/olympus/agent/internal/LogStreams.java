package olympus.agent.internal;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import olympus.link.LogRequest;
import olympus.link.LogSink;

/**
 * Sends stored and coming lines of an instance to whoever asked. One virtual thread per request, at
 * most {@link #MAX_STREAMS}; memory per stream is one read buffer and one batch, however much is
 * sent: a full receiver makes it wait.
 */
final class LogStreams {

    static final int MAX_STREAMS = 256;

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
            new LogReading(request, sink, folder, () -> output.log(request.instance())).run();
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
}
