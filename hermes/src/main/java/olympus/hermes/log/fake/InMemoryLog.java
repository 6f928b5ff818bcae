package olympus.hermes.log.fake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.hermes.log.Group;
import olympus.hermes.log.GroupOfOne;
import olympus.hermes.log.LogDisk;
import olympus.hermes.log.ReplicatedLog;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ReplicatedLog} of a group of one, on a {@link SimulatedDisk}: what is submitted sits
 * in a buffer until its flush, a crash loses the buffer.
 *
 * <p>Threading: everything happens on the engine loop; {@link #submit} may be called by another
 * thread.
 */
public final class InMemoryLog implements ReplicatedLog {

    private static final int MAX_UNAPPLIED = 16;

    private final SimulatedDisk disk;
    private final EventLoop engine;
    private final Path snapshots;
    private final Supplier<Duration> flushTime;
    private final Group group = new GroupOfOne("one");
    private final ArrayDeque<Pending> unflushed = new ArrayDeque<>();
    private final ArrayDeque<Committed> undelivered = new ArrayDeque<>();
    private volatile Leadership leadership = new Leadership(false, 0, Optional.empty());
    private volatile boolean closed;
    private volatile long logBytes;
    private Consumer<Leadership> listener = _ -> {};
    private @Nullable Applier applier;
    private Fault nextFault = Fault.NONE;
    private int unapplied;
    private boolean flushing;

    /** What happens to the next submission. */
    public enum Fault {
        NONE,
        /**
         * It is committed, but its answer is lost: the submitter hears that the outcome is unknown.
         */
        ANSWER_LOST,
        /** It is lost, and the submitter hears that the outcome is unknown. */
        ENTRY_LOST
    }

    private record Pending(ByteBuffer entry, Object context, Submission callback, Fault fault) {}

    private record Committed(SimulatedDisk.StoredEntry entry, Optional<Object> context) {}

    /**
     * A log on {@code disk}.
     *
     * @param snapshots where snapshots belong
     * @param flushTime how long the next flush takes
     */
    public InMemoryLog(
            SimulatedDisk disk, EventLoop engine, Path snapshots, Supplier<Duration> flushTime) {
        this.disk = disk;
        this.engine = engine;
        this.snapshots = snapshots;
        this.flushTime = flushTime;
    }

    @Override
    public void open(Applier receiver) throws IOException {
        applier = receiver;
        var loaded = receiver.load(disk.snapshot());
        for (var entry : disk.entries()) {
            if (entry.index() > loaded) {
                undelivered.add(new Committed(entry, Optional.empty()));
            }
        }
        logBytes = disk.bytes();
        engine.execute(this::deliver);
        engine.execute(this::lead);
    }

    @Override
    public void submit(ByteBuffer entry, Object context, Submission callback) {
        if (entry.remaining() > MAX_ENTRY_BYTES) {
            callback.ended(
                    new Submission.Outcome.Rejected(
                            ErrorCode.TOO_LARGE,
                            "an entry has at most %d bytes, this one has %d"
                                    .formatted(MAX_ENTRY_BYTES, entry.remaining())));
            return;
        }
        if (closed || !leadership.leader()) {
            callback.ended(
                    new Submission.Outcome.Rejected(
                            ErrorCode.UNAVAILABLE,
                            closed ? "the log is closed" : "this member does not lead"));
            return;
        }
        engine.execute(() -> accept(new Pending(entry, context, callback, nextFault)));
    }

    /** Decides over the next submission. To be called on the engine loop. */
    public void inject(Fault fault) {
        nextFault = fault;
    }

    /**
     * Ends this life of the process as a power cut does: nothing unflushed survives, nobody is told
     * anything.
     */
    public void crash() {
        closed = true;
        leadership = new Leadership(false, leadership.term(), Optional.empty());
        unflushed.clear();
        undelivered.clear();
        applier = null;
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    @Override
    public void onLeadership(Consumer<Leadership> changed) {
        listener = changed;
    }

    @Override
    public CompletionStage<Void> installed(SnapshotFile snapshot, long index) {
        var done = new CompletableFuture<Void>();
        engine.execute(() -> {
            disk.install(snapshot);
            logBytes = disk.bytes();
            done.complete(null);
        });
        return done;
    }

    @Override
    public Group group() {
        return group;
    }

    @Override
    public long logBytes() {
        return logBytes;
    }

    @Override
    public LogDisk disk() {
        return LogDisk.none();
    }

    @Override
    public void fail(Throwable cause) {
        leadership = new Leadership(false, leadership.term(), Optional.empty());
    }

    @Override
    public Optional<Submission.Outcome.Rejected> refusal() {
        return disk.full() ? Optional.of(diskFull()) : Optional.empty();
    }

    @Override
    public Path snapshotDirectory() {
        return snapshots;
    }

    @Override
    public void close() {
        closed = true;
        leadership = new Leadership(false, leadership.term(), Optional.empty());
    }

    private void lead() {
        if (!closed) {
            leadership = new Leadership(true, disk.nextTerm(), Optional.of(group.self()));
            listener.accept(leadership);
        }
    }

    private void accept(Pending pending) {
        nextFault = Fault.NONE;
        if (applier == null) {
            return; // crashed: nobody is told anything
        }
        if (closed) {
            pending.callback.ended(
                    new Submission.Outcome.Rejected(ErrorCode.UNAVAILABLE, "the log is closed"));
            return;
        }
        if (disk.full()) {
            pending.callback.ended(diskFull());
            return;
        }
        if (pending.fault == Fault.ENTRY_LOST) {
            pending.callback.ended(new Submission.Outcome.Unknown("the answer did not come"));
            return;
        }
        unflushed.add(pending);
        startFlush();
    }

    private void startFlush() {
        if (!flushing && !unflushed.isEmpty()) {
            flushing = true;
            engine.schedule(flushTime.get(), this::flushed);
        }
    }

    /** One flush covers everything that was in the buffer when it began, and what joined since. */
    private void flushed() {
        flushing = false;
        while (!unflushed.isEmpty()) {
            var pending = unflushed.remove();
            var stored = disk.append(pending.entry);
            logBytes = disk.bytes();
            if (pending.fault == Fault.ANSWER_LOST) {
                undelivered.add(new Committed(stored, Optional.empty()));
                pending.callback.ended(new Submission.Outcome.Unknown("the answer did not come"));
            } else {
                undelivered.add(new Committed(stored, Optional.of(pending.context)));
            }
        }
        deliver();
    }

    private void deliver() {
        while (applier != null && unapplied < MAX_UNAPPLIED && !undelivered.isEmpty()) {
            var next = undelivered.remove();
            unapplied++;
            var entry = next.entry;
            applier.committed(entry.term(), entry.index(), entry.bytes(), next.context)
                    .thenRun(() -> engine.execute(this::applied));
        }
    }

    private void applied() {
        unapplied--;
        deliver();
    }

    private static Submission.Outcome.Rejected diskFull() {
        return new Submission.Outcome.Rejected(
                ErrorCode.DISK_FULL, "the disk is full; free some space");
    }
}
