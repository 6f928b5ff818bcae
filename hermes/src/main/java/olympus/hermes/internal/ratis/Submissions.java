package olympus.hermes.internal.ratis;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import olympus.foundation.ErrorCode;
import olympus.hermes.log.ReplicatedLog.Submission.Outcome;

/**
 * The submissions under way, at most as many as configured, and the thread that proposes them to
 * the engine in the order in which they came. Each ends once: committed, rejected or unknown.
 */
final class Submissions {

    private final int limit;
    private final Semaphore free;
    private final Set<Pending> inFlight = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor proposer;

    Submissions(int limit) {
        this.limit = limit;
        this.free = new Semaphore(limit);
        this.proposer =
                new ThreadPoolExecutor(
                        1,
                        1,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(limit + 1),
                        Thread.ofPlatform().name("hermes-proposer").daemon(true).factory());
    }

    /** Has {@code propose} called with {@code pending} on the proposer's thread, or rejects it. */
    void start(Pending pending, Consumer<Pending> propose) {
        if (!free.tryAcquire()) {
            if (pending.end()) {
                pending.callback()
                        .ended(unavailable("%d entries are in flight already".formatted(limit)));
            }
            return;
        }
        inFlight.add(pending);
        try {
            proposer.execute(() -> propose.accept(pending));
        } catch (RejectedExecutionException e) {
            end(pending, unavailable("the log is closed"));
        }
    }

    /** Tells how a submission ended, unless it ended before. */
    void end(Pending pending, Outcome outcome) {
        if (release(pending)) {
            pending.callback().ended(outcome);
        }
    }

    /** Takes a submission out of flight without telling; false when it had ended before. */
    boolean release(Pending pending) {
        if (!pending.end()) {
            return false;
        }
        inFlight.remove(pending);
        free.release();
        return true;
    }

    /** Ends everything in flight: unknown what the engine has seen, rejected what it has not. */
    void endAll(String reason) {
        for (var pending : inFlight) {
            end(pending, pending.appended() ? new Outcome.Unknown(reason) : unavailable(reason));
        }
    }

    /** Waits until nothing is in flight; false when {@code patience} ran out before. */
    boolean drain(Duration patience) {
        try {
            if (!free.tryAcquire(limit, patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
            free.release(limit);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void close() {
        proposer.shutdown();
    }

    static Outcome.Rejected unavailable(String reason) {
        return new Outcome.Rejected(ErrorCode.UNAVAILABLE, reason);
    }
}
