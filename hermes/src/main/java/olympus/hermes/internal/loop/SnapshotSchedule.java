package olympus.hermes.internal.loop;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import olympus.foundation.Clock;
import olympus.hermes.internal.snapshot.SnapshotWriter;
import olympus.hermes.internal.state.Capture;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.log.ReplicatedLog;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes snapshots: when enough log has gathered, and at the end. The loop hands slices to the
 * writer's thread, one at a time, and does other work between them.
 *
 * <p>Threading: the loop, which runs its tasks guarded. Failure: the log simply stays longer; the
 * cause is logged and the snapshot tried again after {@link #RETRY}.
 */
final class SnapshotSchedule {

    private static final int ROWS_PER_SLICE = 256;
    private static final long BYTES_PER_SLICE = 256 << 10;
    private static final int ELEMENTS_PER_SLICE = 256;
    private static final Duration RETRY = Duration.ofSeconds(60);
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotSchedule.class);

    private final Executor loop;
    private final Clock clock;
    private final ReplicatedLog log;
    private final LoopParts parts;
    private final long afterBytes;
    private Optional<Instant> newest = Optional.empty();
    private Optional<CompletableFuture<Void>> running = Optional.empty();
    private long bytesSince;
    private long retryNanos;
    private boolean failedBefore;
    private volatile Optional<String> problem = Optional.empty();

    SnapshotSchedule(
            Executor loop, Clock clock, ReplicatedLog log, LoopParts parts, long afterBytes) {
        this.loop = loop;
        this.clock = clock;
        this.log = log;
        this.parts = parts;
        this.afterBytes = afterBytes;
    }

    Optional<Instant> newest() {
        return newest;
    }

    /** The state began with a snapshot of this age. */
    void loaded(Instant made) {
        newest = Optional.of(made);
    }

    /** Why there is no newer snapshot, empty when the last one was made. Any thread. */
    Optional<String> problem() {
        return problem;
    }

    /** Counts an applied entry; begins a snapshot when one is due. */
    void applied(int bytes, long term, HermesState state) {
        bytesSince += bytes;
        var due =
                bytesSince >= afterBytes
                        && (!failedBefore || clock.monotonicNanos() - retryNanos >= 0);
        if (due && running.isEmpty()) {
            var _ = begin(term, state);
        }
    }

    /**
     * A snapshot of everything, after the one that is being made; nothing when nothing was applied
     * since.
     */
    CompletableFuture<Void> last(long term, HermesState state) {
        var current = running.orElseGet(() -> CompletableFuture.completedFuture(null));
        return current.thenCompose(_ ->
                bytesSince == 0 || afterBytes == Long.MAX_VALUE
                        ? CompletableFuture.completedFuture(null)
                        : begin(term, state));
    }

    private CompletableFuture<Void> begin(long term, HermesState state) {
        var task = new Task(state.capture(term), bytesSince);
        running = Optional.of(task.done);
        task.onWriter(task::open);
        return task.done;
    }

    private void ended(Optional<Throwable> failure, long covered) {
        running = Optional.empty();
        failedBefore = failure.isPresent();
        problem =
                failure.map(cause ->
                        "no snapshot can be made, the log stays and grows; tried again after %s: %s"
                                .formatted(RETRY, cause));
        if (failure.isPresent()) {
            retryNanos = clock.monotonicNanos() + RETRY.toNanos();
            LOG.atWarn()
                    .setCause(failure.get())
                    .log("No snapshot could be made; the log stays and grows");
            return;
        }
        bytesSince -= covered;
        newest = Optional.of(clock.wall());
    }

    /**
     * One snapshot on its way. Its steps alternate between the loop (slices) and the writer's
     * thread.
     */
    private final class Task {

        private final Capture capture;
        private final long covered;
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private Optional<SnapshotWriter> writer = Optional.empty();

        Task(Capture capture, long covered) {
            this.capture = capture;
            this.covered = covered;
        }

        void open() throws IOException {
            var opened = new SnapshotWriter(log.snapshotDirectory(), capture.head());
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
            // What was trimmed before this snapshot can be replayed no more: it must be in the
            // archive first.
            var _ =
                    parts.archive()
                            .flush()
                            .thenCompose(_ -> install(file))
                            .whenComplete((_, failure) -> end(Optional.ofNullable(failure)));
        }

        private CompletableFuture<Void> install(SnapshotFile file) {
            return log.installed(file, file.index()).toCompletableFuture();
        }

        /** What fails on the loop ends this snapshot, not the store. */
        private void onLoop(Runnable step) {
            loop.execute(() -> {
                try {
                    step.run();
                } catch (RuntimeException | Error failure) {
                    end(Optional.of(failure));
                }
            });
        }

        void onWriter(Step step) {
            try {
                parts.writer()
                        .execute(() -> {
                            try {
                                step.run();
                            } catch (Throwable failure) {
                                end(Optional.of(failure));
                            }
                        });
            } catch (RejectedExecutionException closed) {
                end(Optional.of(closed));
            }
        }

        private void end(Optional<Throwable> failure) {
            loop.execute(() -> {
                capture.close();
                ended(closeFile(failure), covered);
                done.complete(null);
            });
        }

        private Optional<Throwable> closeFile(Optional<Throwable> failure) {
            if (writer.isPresent()) {
                try {
                    writer.get().close();
                } catch (IOException e) {
                    return Optional.of(failure.orElse(e));
                }
            }
            return failure;
        }
    }

    private interface Step {
        void run() throws IOException;
    }
}
