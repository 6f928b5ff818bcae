package olympus.hermes.internal.loop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import olympus.hermes.internal.snapshot.SnapshotWriter;
import olympus.hermes.internal.state.Capture;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;

/**
 * One snapshot on its way into a file. Its steps alternate between the loop (slices) and the
 * writer's thread; what fails on the loop ends this snapshot, not the store.
 */
final class SnapshotTask {

    private static final int ROWS_PER_SLICE = 256;
    private static final long BYTES_PER_SLICE = 256 << 10;
    private static final int ELEMENTS_PER_SLICE = 256;

    private final Executor loop;
    private final Executor thread;
    private final Path directory;
    private final Capture capture;
    private final CompletableFuture<SnapshotFile> done = new CompletableFuture<>();
    private Optional<SnapshotWriter> writer = Optional.empty();

    /**
     * @param thread writes; not the loop, unless nothing else runs meanwhile
     */
    SnapshotTask(Executor loop, Executor thread, Path directory, Capture capture) {
        this.loop = loop;
        this.thread = thread;
        this.directory = directory;
        this.capture = capture;
    }

    /** Begins; the future is completed on the loop, with the finished file. */
    CompletableFuture<SnapshotFile> start() {
        onWriter(this::open);
        return done;
    }

    private void open() throws IOException {
        var opened = new SnapshotWriter(directory, capture.head());
        writer = Optional.of(opened);
        opened.skipped(capture.skipped());
        opened.origins(capture.origins());
        opened.leases(capture.leases());
        opened.ring(capture.ring());
        onLoop(this::nextRows);
    }

    private void nextRows() {
        if (capture.entries().done()) {
            nextElements();
            return;
        }
        var slice = capture.entries().next(ROWS_PER_SLICE, BYTES_PER_SLICE);
        onWriter(() -> {
            writer.orElseThrow().entries(slice);
            onLoop(this::nextRows);
        });
    }

    private void nextElements() {
        if (!capture.streams().hasNext()) {
            onWriter(this::finish);
            return;
        }
        var slice = capture.streams().next(ELEMENTS_PER_SLICE, BYTES_PER_SLICE);
        onWriter(() -> {
            writer.orElseThrow().stream(slice);
            onLoop(this::nextElements);
        });
    }

    private void finish() throws IOException {
        var file = writer.orElseThrow().finish();
        loop.execute(() -> {
            capture.close();
            done.complete(file);
        });
    }

    private void onLoop(Runnable step) {
        loop.execute(() -> {
            try {
                step.run();
            } catch (RuntimeException | Error failure) {
                failed(failure);
            }
        });
    }

    private void onWriter(Step step) {
        try {
            thread.execute(() -> {
                try {
                    step.run();
                } catch (Throwable failure) {
                    failed(failure);
                }
            });
        } catch (RejectedExecutionException closed) {
            failed(closed);
        }
    }

    private void failed(Throwable failure) {
        loop.execute(() -> {
            capture.close();
            done.completeExceptionally(closed(failure));
        });
    }

    /** What made the writing fail, once its unfinished file is gone as far as that can be. */
    private Throwable closed(Throwable failure) {
        if (writer.isPresent()) {
            try {
                writer.get().close();
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
        return failure;
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}
