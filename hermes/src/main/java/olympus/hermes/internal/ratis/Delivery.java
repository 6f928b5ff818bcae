package olympus.hermes.internal.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import olympus.hermes.files.CommitMark;
import olympus.hermes.log.ApplierClosed;
import olympus.hermes.log.ReplicatedLog.Applier;

/**
 * Hands committed entries to the applier: each once per life of the process, in order, never more
 * than the configured number unapplied. The commit mark advances before the applier sees an entry.
 *
 * <p>When an applied entry fails, nothing further is delivered: the engine itself would go on. Nor
 * is it when the applier was closed in order, which is no failure.
 *
 * <p>Threading: {@link #committed}, {@link #passed} and {@link #loaded} by one thread at a time
 * (that of the present engine).
 */
final class Delivery {

    private static final long LOOK_UP_MILLIS = 50;

    private volatile Optional<Applier> applier;
    private final CommitMark mark;
    private final Submissions submissions;
    private final Consumer<Throwable> onFailure;
    private final Semaphore room;
    private final Map<Long, CompletableFuture<Void>> unapplied = new ConcurrentHashMap<>();
    private volatile boolean stopped;
    private volatile long last;

    Delivery(
            Applier applier,
            CommitMark mark,
            Submissions submissions,
            int unappliedLimit,
            long last,
            Consumer<Throwable> onFailure) {
        this.applier = Optional.of(applier);
        this.mark = mark;
        this.submissions = submissions;
        this.room = new Semaphore(unappliedLimit);
        this.last = last;
        this.onFailure = onFailure;
    }

    /** The last entry that the applier was given. */
    long last() {
        return last;
    }

    /**
     * Ends delivery for good, and lets the applier go: timers of the engine hold on to a closed one
     * for a minute.
     */
    void stop() {
        stopped = true;
        applier = Optional.empty();
        abandon();
    }

    /** Lets an engine that is being closed go without waiting for the applier. */
    void abandon() {
        for (var answer : unapplied.values()) {
            answer.completeExceptionally(
                    new IOException("the engine is closed before the entry was applied"));
        }
    }

    /**
     * Delivers one entry.
     *
     * @param listening false once the engine that calls is being replaced
     */
    CompletableFuture<Void> committed(
            long term,
            long index,
            ByteBuffer entry,
            Optional<Pending> pending,
            BooleanSupplier listening) {
        if (index <= last) {
            return CompletableFuture.completedFuture(null); // seen in an earlier life of the engine
        }
        if (!awaitRoom(listening)) {
            return CompletableFuture.failedFuture(
                    new IOException("delivery has stopped before entry " + index));
        }
        try {
            mark.advance(term, index);
        } catch (IOException e) {
            room.release();
            stopAfter(e);
            return CompletableFuture.failedFuture(e);
        }
        last = index;
        return deliver(
                term, index, entry, pending.filter(submissions::release).map(Pending::context));
    }

    /**
     * The log has got past an entry that is not for the applier. Not told where an entry before it
     * may have been left out: the engine goes on after a failure.
     */
    void passed(long index, BooleanSupplier wanted) {
        if (!stopped && wanted.getAsBoolean()) {
            applier.ifPresent(present -> present.passed(index));
        }
    }

    /** A snapshot that covers everything up to {@code index} was loaded. */
    void loaded(long term, long index) throws IOException {
        if (index > last) {
            mark.advance(term, index);
            last = index;
        }
    }

    private CompletableFuture<Void> deliver(
            long term, long index, ByteBuffer entry, Optional<Object> context) {
        var receiver = applier;
        if (receiver.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new IOException("delivery has stopped before entry " + index));
        }
        var answer = new CompletableFuture<Void>();
        unapplied.put(index, answer);
        try {
            receiver.get()
                    .committed(term, index, entry, context)
                    .whenComplete((done, failure) ->
                            applied(index, answer, Optional.ofNullable(failure)));
        } catch (RuntimeException | Error e) {
            applied(index, answer, Optional.of(e));
        }
        return answer;
    }

    private void applied(long index, CompletableFuture<Void> answer, Optional<Throwable> failure) {
        unapplied.remove(index);
        room.release();
        if (failure.isEmpty()) {
            answer.complete(null);
            return;
        }
        if (failure.get() instanceof ApplierClosed) {
            stopped = true;
        } else {
            stopAfter(failure.get());
        }
        answer.completeExceptionally(failure.get());
    }

    private void stopAfter(Throwable cause) {
        stopped = true;
        onFailure.accept(cause);
    }

    private boolean awaitRoom(BooleanSupplier listening) {
        try {
            while (!stopped && listening.getAsBoolean()) {
                if (room.tryAcquire(LOOK_UP_MILLIS, TimeUnit.MILLISECONDS)) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
