package olympus.hermes.internal.loop;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import olympus.foundation.Clock;
import olympus.hermes.internal.state.Capture;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.log.ReplicatedLog;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes snapshots: when enough log has gathered, and at the end.
 *
 * <p>Threading: the loop, which runs its tasks guarded. Failure: the log simply stays longer; the
 * cause is logged and the snapshot tried again after {@link #RETRY}.
 */
final class SnapshotSchedule {

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
        var covered = bytesSince;
        var done = new CompletableFuture<Void>();
        running = Optional.of(done);
        var _ =
                new SnapshotTask(loop, parts.writer(), log.snapshotDirectory(), state.capture(term))
                        .start()
                        // What was trimmed before this snapshot can be replayed no more: it must
                        // be in the archive first.
                        .thenCompose(
                                file -> parts.archive().flush().thenCompose(_ -> install(file)))
                        .whenComplete((_, failure) ->
                                loop.execute(() -> {
                                    ended(
                                            Optional.ofNullable(failure)
                                                    .map(SnapshotSchedule::cause),
                                            covered);
                                    done.complete(null);
                                }));
        return done;
    }

    private CompletableFuture<Void> install(SnapshotFile file) {
        return log.installed(file, file.index()).toCompletableFuture();
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    /**
     * Writes a snapshot into {@code directory}, beside the log's own and without meaning for it.
     */
    CompletableFuture<Path> copy(Path directory, CompletableFuture<Capture> captured) {
        return captured.thenCompose(capture ->
                        new SnapshotTask(loop, parts.writer(), directory, capture).start())
                .thenApply(SnapshotFile::path);
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
}
