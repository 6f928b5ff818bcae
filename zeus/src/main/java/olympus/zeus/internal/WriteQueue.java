package olympus.zeus.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.hermes.Condition;
import olympus.hermes.Hermes;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One write after the other: each is built from a projection that includes all before it. Every
 * write is fenced by the epoch, so that a leader of yesterday changes nothing. Threading: Zeus'
 * loop only.
 *
 * <p>Limits: {@link #MAX_QUEUED} writes wait; each is answered within its deadline.
 */
final class WriteQueue {

    static final int MAX_QUEUED = 1_024;
    static final Duration DEADLINE = Duration.ofSeconds(15);
    private static final Logger LOG = LoggerFactory.getLogger(WriteQueue.class);

    private final Hermes hermes;
    private final EventLoop loop;
    private final DecidingServer server;
    private final Supplier<Optional<Long>> epoch;
    private final Supplier<Optional<OlympusException>> elsewhere;
    private final Runnable afterwards;
    private final ArrayDeque<Job<?>> queue = new ArrayDeque<>();
    private Optional<Runnable> waiting = Optional.empty();
    private boolean inFlight;
    private long awaitedRevision;
    private long projectedRevision;

    /**
     * @param server signs what is decided here
     * @param epoch the epoch held, empty while this is not the leader or nothing is projected yet
     * @param elsewhere why nothing can be written from here, as long as another server leads
     * @param afterwards runs when a write is done and projected
     */
    WriteQueue(
            Hermes hermes,
            EventLoop loop,
            DecidingServer server,
            Supplier<Optional<Long>> epoch,
            Supplier<Optional<OlympusException>> elsewhere,
            Runnable afterwards) {
        this.hermes = hermes;
        this.loop = loop;
        this.server = server;
        this.epoch = epoch;
        this.elsewhere = elsewhere;
        this.afterwards = afterwards;
    }

    /**
     * What to write, and what to answer once it is there. Without operations nothing is written.
     */
    record Write<T>(List<Condition> conditions, List<Operation> operations, T answer) {}

    private static final class Job<T> {
        private final Supplier<Write<T>> write;
        private final CompletableFuture<T> answer = new CompletableFuture<>();

        Job(Supplier<Write<T>> write) {
            this.write = write;
        }
    }

    /**
     * Builds {@code write} when its turn comes, and carries it out. What it throws is the answer.
     */
    <T> CompletableFuture<T> submit(Supplier<Write<T>> write) {
        var job = new Job<>(write);
        var why = elsewhere.get();
        if (why.isPresent()) {
            job.answer.completeExceptionally(why.get());
            return job.answer;
        }
        if (queue.size() >= MAX_QUEUED) {
            job.answer.completeExceptionally(
                    new OlympusException(
                            ErrorCode.UNAVAILABLE,
                            "%d orders wait already; try again later".formatted(queue.size())));
            return job.answer;
        }
        queue.add(job);
        var timer =
                loop.schedule(
                        DEADLINE,
                        () -> {
                            queue.remove(job);
                            job.answer.completeExceptionally(late());
                        });
        var _ = job.answer.whenComplete((value, error) -> timer.cancel());
        pump();
        return job.answer;
    }

    /**
     * Answers all that has not begun; what is on its way to the store is answered by the store,
     * which knows.
     */
    void answerWaiting(OlympusException why) {
        var waiters = List.copyOf(queue);
        queue.clear();
        waiters.forEach(job -> job.answer.completeExceptionally(why));
    }

    private OlympusException late() {
        var status = hermes.status();
        var why =
                status.halted()
                        .or(status::writesRefused)
                        .orElse(
                                "the store answered nothing in time; the order may still take effect");
        return new OlympusException(
                ErrorCode.UNAVAILABLE, "not done within %s: %s".formatted(DEADLINE, why));
    }

    /** The projection has come this far. */
    void projected(long revision) {
        projectedRevision = revision;
        pump();
    }

    void pump() {
        while (!inFlight
                && projectedRevision >= awaitedRevision
                && !queue.isEmpty()
                && epoch.get().isPresent()) {
            start(queue.poll(), epoch.get().orElseThrow());
        }
    }

    private <T> void start(Job<T> job, long heldEpoch) {
        Write<T> write;
        try {
            write = job.write.get();
        } catch (OlympusException refused) {
            job.answer.completeExceptionally(refused);
            return;
        } catch (RuntimeException bug) {
            // One order that cannot be built must not hold up the others.
            LOG.atError().setCause(bug).log("an order cannot be carried out");
            job.answer.completeExceptionally(
                    new OlympusException(
                            ErrorCode.INTERNAL, "this order cannot be carried out: " + bug, bug));
            return;
        }
        if (write.operations().isEmpty()) {
            job.answer.complete(write.answer());
            return;
        }
        var conditions = new ArrayList<Condition>();
        conditions.add(new Condition.EpochIs(heldEpoch));
        conditions.addAll(write.conditions());
        inFlight = true;
        var _ =
                transact(conditions, server.sign(write.operations()))
                        .whenCompleteAsync(
                                (result, error) -> ended(job, write, result, error), loop);
    }

    private CompletionStage<TransactionResult> transact(
            List<Condition> conditions, List<Operation> operations) {
        try {
            return hermes.transact(new Transaction(conditions, operations));
        } catch (IllegalArgumentException tooLarge) {
            return CompletableFuture.failedFuture(
                    new OlympusException(
                            ErrorCode.TOO_LARGE,
                            "the change does not fit into the store: " + tooLarge.getMessage(),
                            tooLarge));
        }
    }

    private <T> void ended(
            Job<T> job,
            Write<T> write,
            @org.jspecify.annotations.Nullable TransactionResult result,
            @org.jspecify.annotations.Nullable Throwable error) {
        inFlight = false;
        if (result instanceof TransactionResult.Committed(var revision)) {
            // Limits of a stream are no change that a watch tells.
            if (!write.operations().stream().allMatch(Operation.LimitStream.class::isInstance)) {
                awaitedRevision = Math.max(awaitedRevision, revision);
            }
            whenProjected(job, write);
        } else {
            job.answer.completeExceptionally(failure(result, error));
            afterwards.run();
            pump();
        }
    }

    private <T> void whenProjected(Job<T> job, Write<T> write) {
        if (projectedRevision < awaitedRevision) {
            waiting = Optional.of(() -> whenProjected(job, write));
            return;
        }
        afterwards.run();
        job.answer.complete(write.answer());
        pump();
    }

    /** Answers what waited for the projection. Called after {@link #projected} has been told. */
    void answerWaiting() {
        var next = waiting;
        waiting = Optional.empty();
        next.ifPresent(Runnable::run);
    }

    private static OlympusException failure(
            @org.jspecify.annotations.Nullable TransactionResult result,
            @org.jspecify.annotations.Nullable Throwable error) {
        return switch (result) {
            case TransactionResult.Conflict(var index, var actual) ->
                    index == 0
                            ? new OlympusException(
                                    ErrorCode.UNAVAILABLE,
                                    "another server leads now (epoch %d)".formatted(actual))
                            : new OlympusException(
                                    ErrorCode.CONFLICT,
                                    "the state changed meanwhile (revision %d); look again"
                                            .formatted(actual));
            case TransactionResult.Refused(var code, var message) ->
                    new OlympusException(code, message);
            case TransactionResult.Unknown(var message) ->
                    new OlympusException(
                            ErrorCode.UNAVAILABLE, "the outcome is not known: " + message);
            case TransactionResult.Committed committed ->
                    new OlympusException(ErrorCode.INTERNAL, "committed, yet failed");
            case null -> unwrap(error);
        };
    }

    private static OlympusException unwrap(@org.jspecify.annotations.Nullable Throwable error) {
        var cause =
                error instanceof java.util.concurrent.CompletionException
                                && error.getCause() != null
                        ? error.getCause()
                        : error;
        return cause instanceof OlympusException known
                ? known
                : new OlympusException(
                        ErrorCode.UNAVAILABLE,
                        "the store did not answer: " + cause,
                        cause == null ? new IllegalStateException("no answer") : cause);
    }
}
