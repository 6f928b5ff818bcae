package olympus.hermes.internal.ratis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import olympus.foundation.ErrorCode;
import olympus.foundation.Invariant;
import olympus.foundation.OlympusException;
import olympus.hermes.files.CommitMark;
import olympus.hermes.log.Group;
import olympus.hermes.log.GroupOfOne;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.LogDisk;
import olympus.hermes.log.ReplicatedLog;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicated log on Apache Ratis.
 *
 * <pre>
 *  NEW ──open──▶ OPEN ◀──space is back── WAITING (disk full)
 *                 │ └──log failed: disk full──▲
 *                 ├──any other failure──▶ HALTED
 *                 └──close──▶ CLOSED  (from every state)
 * </pre>
 *
 * <p>Threads: the caller's ({@link #submit}), a proposer that hands entries to the engine in order
 * ({@link Submissions}), the engine's apply thread ({@link Delivery}), and a housekeeper that owns
 * the engine's life: it looks at the disk, flushes the commit mark, tells of leadership and
 * replaces a failed engine. {@link #close} must not be called by the thread that applies. Limits:
 * {@link LogConfig.Limits}.
 */
public final class RatisLog implements ReplicatedLog {

    private static final Logger LOG = LoggerFactory.getLogger(RatisLog.class);

    private static final Duration HOUSEKEEPING = Duration.ofMillis(500);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);
    private static final Duration LEADER_SILENCE = Duration.ofSeconds(3);

    /** Bytes handed in after which the disk is looked at without waiting for the housekeeper. */
    private static final long LOOK_AFTER_BYTES = 4L << 20;

    private enum State {
        NEW,
        OPEN,
        WAITING,
        HALTED,
        CLOSED
    }

    private final LogConfig config;
    private final LogFolder folder;
    private final SnapshotParts parts;
    private final PeerMessages messages;
    private final Group group;
    private final Submissions submissions;
    private final ScheduledExecutorService housekeeper;
    private final AtomicLong bytesSinceLook = new AtomicLong();

    private volatile State state = State.NEW;
    private volatile Leadership leadership = new Leadership(false, 0, Optional.empty());
    private volatile Consumer<Leadership> leadershipListener = change -> {};
    private volatile Optional<Submission.Outcome.Rejected> refusal = Optional.empty();
    private volatile Optional<Opened> opened = Optional.empty();
    private volatile Optional<Life> life = Optional.empty();
    private volatile long logBytes;
    private volatile LogDisk disk = new LogDisk(0, Optional.empty());
    private long countedAt = -2;

    /** What exists once the files have been verified. */
    private record Opened(
            Applier applier,
            CommitMark mark,
            SnapshotShelf shelf,
            DiskSpace disk,
            Delivery delivery) {}

    public RatisLog(LogConfig config) {
        this.config = config;
        this.folder = new LogFolder(config);
        this.parts = new SnapshotParts(folder.layout());
        this.messages = new PeerMessages(config.member(), EngineSettings.tls(config), parts);
        this.group =
                config.peers().isEmpty()
                        ? new GroupOfOne(config.member())
                        : new RatisGroup(
                                RaftEngine.self(config), () -> life.map(Life::engine), messages);
        this.submissions = new Submissions(config.limits().inFlight());
        this.housekeeper =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("hermes-housekeeper").daemon(true).factory());
    }

    @Override
    public void open(Applier applier) throws IOException {
        if (state != State.NEW) {
            throw new IllegalStateException(
                    "the log of %s was opened before".formatted(config.folder()));
        }
        folder.prepare();
        var newest = folder.layout().snapshotFiles().reversed().stream().findFirst();
        var covered = folder.load(applier, newest);
        var disk = new DiskSpace(folder.layout().ballast(), config.limits().reserveBytes());
        disk.releaseIfFull();
        folder.verify(covered);
        var mark = folder.openMark();
        var delivery =
                new Delivery(
                        applier,
                        mark,
                        submissions,
                        config.limits().unapplied(),
                        covered,
                        this::applierFailed);
        var parts =
                new Opened(
                        applier, mark, new SnapshotShelf(folder.layout(), newest), disk, delivery);
        opened = Optional.of(parts);
        state = State.OPEN;
        look(parts);
        onHousekeeper(() -> life = Optional.of(new Life(parts)));
        var _ =
                housekeeper.scheduleWithFixedDelay(
                        this::keepHouse,
                        HOUSEKEEPING.toMillis(),
                        HOUSEKEEPING.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void submit(ByteBuffer entry, Object context, Submission callback) {
        var rejection = rejection(entry.remaining());
        if (rejection.isPresent()) {
            callback.ended(rejection.get());
            return;
        }
        submissions.start(
                new Pending(UnsafeByteOperations.unsafeWrap(entry), context, callback),
                this::propose);
    }

    private Optional<Submission.Outcome.Rejected> rejection(int bytes) {
        if (bytes > MAX_ENTRY_BYTES) {
            return Optional.of(
                    new Submission.Outcome.Rejected(
                            ErrorCode.TOO_LARGE,
                            "an entry of %d bytes was submitted; at most %d fit"
                                    .formatted(bytes, MAX_ENTRY_BYTES)));
        }
        if (state != State.OPEN && state != State.WAITING) {
            return Optional.of(Submissions.unavailable("the log is " + state));
        }
        // Where another may lead, whoever asks need not hear of this one's disk.
        var mayLead = leadership.leader() || state == State.WAITING || group.alone();
        if (mayLead && refusal.isPresent()) {
            return refusal;
        }
        return leadership.leader()
                ? Optional.empty()
                : Optional.of(Submissions.unavailable("this member does not lead"));
    }

    @Override
    public void announceCommit() {
        life.ifPresent(present -> present.engine().announceCommit());
    }

    private void propose(Pending pending) {
        if (bytesSinceLook.addAndGet(pending.getContent().size()) > LOOK_AFTER_BYTES) {
            opened.ifPresent(this::look);
        }
        var present = life;
        if (present.isEmpty() || refusal.isPresent()) {
            submissions.end(
                    pending,
                    refusal.orElseGet(() -> Submissions.unavailable("the log is " + state)));
            return;
        }
        var _ =
                present.get()
                        .engine()
                        .submit(pending)
                        .whenComplete((reply, failure) -> proposed(pending, reply, failure));
    }

    private void proposed(
            Pending pending, @Nullable RaftClientReply reply, @Nullable Throwable failure) {
        if (failure == null && reply != null && reply.isSuccess()) {
            return; // the applier has it
        }
        var cause = failure != null || reply == null ? failure : reply.getException();
        submissions.end(
                pending,
                pending.appended()
                        ? new Submission.Outcome.Unknown(
                                "the entry may or may not be committed: " + cause)
                        : Submissions.unavailable("the engine did not take the entry: " + cause));
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    @Override
    public void onLeadership(Consumer<Leadership> listener) {
        leadershipListener = listener;
    }

    private void lead(boolean leader, long term, Optional<String> known) {
        leadership = new Leadership(leader, term, known);
        leadershipListener.accept(leadership);
    }

    private void notLed() {
        lead(false, leadership.term(), Optional.empty());
    }

    @Override
    public CompletionStage<Void> installed(SnapshotFile snapshot, long index) {
        var present = life;
        if (present.isEmpty() || state != State.OPEN) {
            return CompletableFuture.failedFuture(
                    new OlympusException(
                            ErrorCode.UNAVAILABLE,
                            "snapshot %s was not taken over: the log is %s"
                                    .formatted(snapshot.path(), state)));
        }
        try {
            SnapshotShelf.check(snapshot, index);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        opened.orElseThrow().shelf().offer(snapshot);
        return present.get().engine().purge();
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
        return disk;
    }

    @Override
    public void fail(Throwable cause) {
        applierFailed(cause);
    }

    @Override
    public Optional<Submission.Outcome.Rejected> refusal() {
        return refusal;
    }

    @Override
    public Path snapshotDirectory() {
        return folder.layout().snapshots();
    }

    @Override
    public void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        submissions.drain(CLOSE_PATIENCE);
        try {
            onHousekeeper(this::shutDown);
        } catch (IOException e) {
            LOG.error(
                    "the log did not close in order; the next start verifies it: folder={}",
                    config.folder(),
                    e);
        }
        housekeeper.shutdown();
        submissions.close();
        submissions.endAll("the log was closed");
    }

    private void shutDown() throws IOException {
        var closed = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> abandonUnless(closed));
        try {
            if (life.isPresent()) {
                life.get().engine().close();
            }
        } finally {
            closed.countDown();
            life = Optional.empty();
            notLed();
            leadershipListener = change -> {};
            if (opened.isPresent()) {
                opened.get().delivery().stop();
                opened.get().mark().close();
                opened = Optional.empty();
            }
            messages.close();
        }
    }

    /**
     * The engine waits for the applier's answers, without end; an applier that has stopped gives
     * none.
     */
    private void abandonUnless(CountDownLatch closed) {
        try {
            if (!closed.await(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                opened.ifPresent(parts -> parts.delivery().stop());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // On the housekeeper's thread.

    private void keepHouse() {
        if (state != State.OPEN && state != State.WAITING) {
            return;
        }
        var parts = opened.orElseThrow();
        try {
            parts.mark().force();
            look(parts);
            life.ifPresent(this::listenForLeader);
            if (state == State.WAITING && refusal.isEmpty()) {
                revive(parts);
            }
            parts.disk().restoreBallast();
            disk =
                    new LogDisk(
                            parts.disk().usable(),
                            life.flatMap(present -> present.engine().flushP99()));
            if (countedAt != parts.delivery().last()) {
                countedAt = parts.delivery().last();
                logBytes = folder.segmentBytes();
            }
        } catch (IOException | RuntimeException | Invariant.Violation e) {
            if (!NoSpace.in(e)) {
                halt(e);
            }
        }
    }

    /** Also on the proposer's thread. */
    private void look(Opened parts) {
        synchronized (parts.disk()) {
            bytesSinceLook.set(0);
            try {
                var before = refusal.isPresent();
                refusal =
                        parts.disk().low()
                                ? Optional.of(
                                        new Submission.Outcome.Rejected(
                                                ErrorCode.DISK_FULL, parts.disk().describe()))
                                : Optional.empty();
                if (before != refusal.isPresent()) {
                    LOG.warn(
                            "writes are {}",
                            refusal.map(r -> "refused: " + r.reason()).orElse("taken again"));
                }
            } catch (IOException e) {
                refusal =
                        Optional.of(
                                Submissions.unavailable(
                                        "the space on the disk of %s cannot be read: %s"
                                                .formatted(config.folder(), e.getMessage())));
            }
        }
    }

    private void revive(Opened parts) throws IOException {
        var covered = parts.shelf().newest().map(SnapshotFile::index).orElse(-1L);
        folder.verify(covered);
        // When there is no room for this either, the log keeps waiting and tries it again.
        life = Optional.of(new Life(parts));
        state = State.OPEN;
        LOG.info("the log was opened again: folder={}", config.folder());
    }

    private void becameReady(Life present) {
        if (present.over || state != State.OPEN) {
            return;
        }
        try {
            folder.markInitialised();
            lead(true, present.engine().term(), Optional.of(config.member()));
        } catch (IOException e) {
            replaceOrHalt(present, e);
        }
    }

    private void becameLed(Life present, Optional<String> leader) {
        if (present.over || state != State.OPEN) {
            return;
        }
        try {
            if (leader.isPresent()) {
                folder.markInitialised();
            }
            lead(false, present.engine().term(), leader);
        } catch (IOException e) {
            replaceOrHalt(present, e);
        }
    }

    /** The engine tells of new leaders, and not that one is not heard any more. */
    private void listenForLeader(Life present) {
        if (!leadership.leader()) {
            var heard = present.engine().leaderHeardWithin(LEADER_SILENCE);
            if (!heard.equals(leadership.known())) {
                becameLed(present, heard);
            }
        }
    }

    private void replaceOrHalt(Life failed, Throwable cause) {
        if (failed.over || state != State.OPEN) {
            return;
        }
        var parts = opened.orElseThrow();
        look(parts);
        if (!NoSpace.in(cause)) {
            halt(cause);
            return;
        }
        state = State.WAITING;
        LOG.warn(
                "the disk is full; the log is opened again when there is space: folder={}",
                config.folder(),
                cause);
        discard(failed, "the disk is full: " + cause.getMessage());
        parts.delivery().abandon();
    }

    private void discard(Life failed, String reason) {
        failed.over = true;
        life = Optional.empty();
        notLed();
        submissions.endAll(reason);
        opened.ifPresent(parts -> parts.delivery().abandon());
        try {
            failed.engine().closeFailed();
        } catch (IOException e) {
            LOG.warn(
                    "a failed engine did not close in order; its files are verified before the next start",
                    e);
        }
    }

    /** The applier has failed, or the commit mark: on any thread. */
    private void applierFailed(Throwable cause) {
        try {
            housekeeper.execute(() -> halt(cause));
        } catch (RejectedExecutionException e) {
            LOG.error("the store failed while it was being closed", cause);
        }
    }

    private void halt(Throwable cause) {
        if (state == State.HALTED || state == State.CLOSED) {
            return;
        }
        state = State.HALTED;
        LOG.error("the log has halted: folder={}", config.folder(), cause);
        var parts = opened.orElseThrow();
        parts.delivery().stop();
        life.ifPresent(present -> discard(present, "the log has halted: " + cause));
        parts.applier().failed(cause);
    }

    private void onHousekeeper(FileTask task) throws IOException {
        try {
            housekeeper
                    .submit(() -> {
                        task.run();
                        return true;
                    })
                    .get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case OlympusException known -> throw known;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(
                    "interrupted while opening or closing the log of " + config.folder(), e);
        }
    }

    @FunctionalInterface
    private interface FileTask {
        void run() throws IOException;
    }

    /** One engine and what it tells; a discarded engine is not listened to any more. */
    private final class Life implements CommittedEntries.Owner {
        private final Applier applier;
        private final Delivery delivery;
        private final RaftEngine engine;
        private volatile boolean over;

        Life(Opened parts) throws IOException {
            this.applier = parts.applier();
            this.delivery = parts.delivery();
            this.engine =
                    RaftEngine.start(config, new CommittedEntries(this, parts.shelf()), messages);
        }

        RaftEngine engine() {
            return engine;
        }

        @Override
        public CompletableFuture<Void> committed(
                long term, long index, ByteBuffer entry, Optional<Pending> pending) {
            return delivery.committed(term, index, entry, pending, () -> !over);
        }

        @Override
        public void passed(long index) {
            delivery.passed(index, () -> !over);
        }

        @Override
        public void ready() {
            tell(() -> becameReady(this));
        }

        @Override
        public void ledBy(Optional<String> leader) {
            tell(() -> becameLed(this, leader));
        }

        @Override
        public CompletableFuture<Optional<SnapshotFile>> fetch(Group.Member leader) {
            return CompletableFuture.supplyAsync(() -> receive(leader), Thread::startVirtualThread)
                    // The engine asks again at once.
                    .exceptionallyComposeAsync(
                            CompletableFuture::failedFuture,
                            CompletableFuture.delayedExecutor(
                                    HOUSEKEEPING.toMillis(), TimeUnit.MILLISECONDS));
        }

        private Optional<SnapshotFile> receive(Group.Member leader) {
            try {
                return parts.receive(wanted -> messages.snapshot(leader, wanted));
            } catch (IOException e) {
                LOG.warn("no snapshot was received; it is tried again: from={}", leader, e);
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void reload(SnapshotFile snapshot) throws IOException {
            folder.load(applier, Optional.of(snapshot));
            delivery.loaded(snapshot.term(), snapshot.index());
        }

        @Override
        public void broken(Throwable cause) {
            tell(() -> replaceOrHalt(this, cause));
        }

        private void tell(Runnable news) {
            if (!over && state != State.CLOSED) {
                housekeeper.execute(news);
            }
        }
    }
}
