package olympus.hermes.internal.loop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Key;
import olympus.hermes.StreamEntry;
import olympus.hermes.internal.state.Hash64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The archive in segment files of this server, outside the replicated state.
 *
 * <p>Threading: its methods hand work to one writer thread, in order. Limits: {@code maxBytes} on
 * disk (the stream with the most bytes loses its oldest segment) and {@link #MAX_QUEUED_BYTES}
 * waiting; what comes while the queue is full, or while the disk refuses, is not archived, which is
 * logged and counted in {@link #problem}. A snapshot is only installed after {@link #flush}, so
 * that a crash loses nothing.
 */
public final class FileArchive implements StreamArchive {

    static final long MAX_QUEUED_BYTES = 64L << 20;
    private static final Logger LOG = LoggerFactory.getLogger(FileArchive.class);

    private final Path folder;
    private final long maxBytes;
    private final Executor writer;
    private final Map<String, ArchivedStream> streams = new HashMap<>();
    private boolean existingOpened;
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile String lastReason = "";
    private volatile Optional<String> overBound = Optional.empty();

    /** An archive in {@code folder}; {@code writer} runs its tasks one after the other. */
    public FileArchive(Path folder, long maxBytes, Executor writer) {
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.writer = writer;
    }

    @Override
    public Optional<String> problem() {
        var count = lost.get();
        return count == 0
                ? overBound
                : Optional.of(
                        "%d trimmed elements of streams could not be archived in %s since the start, the last because: %s"
                                .formatted(count, folder, lastReason));
    }

    @Override
    public void add(Key stream, List<StreamEntry> elements) {
        long size = 0;
        for (var element : elements) {
            size += element.value().length();
        }
        var weight = size;
        if (queuedBytes.addAndGet(weight) > MAX_QUEUED_BYTES) {
            queuedBytes.addAndGet(-weight);
            lose(stream, elements, "more than " + MAX_QUEUED_BYTES + " bytes wait for the disk");
            return;
        }
        try {
            writer.execute(() -> {
                queuedBytes.addAndGet(-weight);
                write(stream, elements);
            });
        } catch (RejectedExecutionException closed) {
            lose(stream, elements, "the archive is closed");
        }
    }

    @Override
    public CompletionStage<Found> read(Key stream, long fromSequence, int limit) {
        return onWriter(() -> {
            var archived = open(stream);
            return new Found(archived.read(fromSequence, limit), archived.firstSequence());
        });
    }

    @Override
    public CompletionStage<Void> flush() {
        return onWriter(
                        () -> {
                            for (var stream : streams.values()) {
                                stream.force();
                            }
                            return Optional.empty();
                        })
                .thenAccept(_ -> {});
    }

    @Override
    public void close() {
        var _ =
                onWriter(() -> {
                    for (var stream : streams.values()) {
                        stream.force();
                        stream.close();
                    }
                    return Optional.empty();
                });
    }

    private void write(Key stream, List<StreamEntry> elements) {
        try {
            open(stream).add(elements);
        } catch (IOException | RuntimeException failed) {
            lose(stream, elements, failed.toString());
            return;
        }
        try {
            dropBeyondBound();
            overBound = Optional.empty();
        } catch (IOException | RuntimeException failed) {
            overBound =
                    Optional.of(
                            "the archive of streams in %s cannot be kept within %d bytes: %s"
                                    .formatted(folder, maxBytes, failed));
        }
    }

    private void lose(Key stream, List<StreamEntry> elements, String reason) {
        lastReason = reason;
        lost.addAndGet(elements.size());
        LOG.atWarn()
                .addKeyValue("stream", stream)
                .addKeyValue("elements", elements.size())
                .addKeyValue("reason", reason)
                .log("Trimmed elements could not be archived");
    }

    private void dropBeyondBound() throws IOException {
        var total = 0L;
        for (var stream : streams.values()) {
            total += stream.bytes();
        }
        while (total > maxBytes) {
            var largest =
                    streams.values().stream()
                            .filter(ArchivedStream::canDrop)
                            .max((one, other) -> Long.compare(one.bytes(), other.bytes()));
            if (largest.isEmpty()) {
                return;
            }
            var before = largest.get().bytes();
            largest.get().dropOldest();
            total -= before - largest.get().bytes();
        }
    }

    private ArchivedStream open(Key stream) throws IOException {
        openExisting();
        var raw = stream.raw().unsafeArray();
        var name = ArchivedStream.folderName(raw, Hash64.of(0, raw));
        var known = streams.get(name);
        if (known != null) {
            return known;
        }
        var opened = new ArchivedStream(folder.resolve(name));
        streams.put(name, opened);
        return opened;
    }

    /** What earlier processes have archived counts against the bound, too. */
    private void openExisting() throws IOException {
        if (existingOpened) {
            return;
        }
        Files.createDirectories(folder);
        try (Stream<Path> folders = Files.list(folder)) {
            for (var path : folders.filter(Files::isDirectory).toList()) {
                streams.put(path.getFileName().toString(), new ArchivedStream(path));
            }
        }
        existingOpened = true;
    }

    private <T> CompletableFuture<T> onWriter(Step<T> step) {
        var done = new CompletableFuture<T>();
        try {
            writer.execute(() -> {
                try {
                    done.complete(step.run());
                } catch (IOException | RuntimeException | Error failed) {
                    done.completeExceptionally(
                            new OlympusException(
                                    ErrorCode.UNAVAILABLE,
                                    "the archive of streams in " + folder + ": " + failed,
                                    failed));
                }
            });
        } catch (RejectedExecutionException closed) {
            done.completeExceptionally(
                    new OlympusException(ErrorCode.UNAVAILABLE, "the archive is closed", closed));
        }
        return done;
    }

    private interface Step<T> {
        T run() throws IOException;
    }
}
