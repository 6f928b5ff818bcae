package olympus.hermes.internal.loop;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import olympus.foundation.Clock;
import olympus.foundation.DurationHistogram;
import olympus.foundation.EventLoop;
import olympus.hermes.HermesOptions;
import olympus.hermes.Key;
import olympus.hermes.MemberReport;
import olympus.hermes.ReadConfirmations;
import olympus.hermes.StoreStatus;
import olympus.hermes.StoreStatus.Role;
import olympus.hermes.StoreTimes;
import olympus.hermes.StreamEntry;
import olympus.hermes.TransactionResult;
import olympus.hermes.files.RecoveryCommands;
import olympus.hermes.internal.codec.EntryCodec;
import olympus.hermes.internal.state.Applied;
import olympus.hermes.internal.state.Command;
import olympus.hermes.internal.state.Effects;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.internal.state.LogEntry;
import olympus.hermes.internal.state.RevisionChanges;
import olympus.hermes.log.ApplierClosed;
import olympus.hermes.log.ReplicatedLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one owner of the replicated state: collects writes into entries, applies what the log
 * commits, answers, and tells the watches.
 *
 * <p>Threading: everything runs on the event loop except what says otherwise. Limits: {@link
 * #MAX_IN_FLIGHT} entries on their way, {@link EntryCodec#MAX_COMMANDS} commands or {@link
 * #MAX_BATCH_BYTES} bytes in one. Failure: a throwable while applying halts the store before
 * anything of that entry is answered; reads, writes and watches are refused from then on.
 */
public final class HermesLoop {

    public static final int MAX_IN_FLIGHT = 2;
    public static final int MAX_BATCH_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(HermesLoop.class);
    private static final Optional<String> CLOSED = Optional.of("the store is closed");

    private final GuardedLoop loop;
    private final Clock clock;
    private final ReplicatedLog log;
    private final LoopParts parts;
    private final HermesOptions options;
    private final Proposals proposals;
    private final StrictReads reads;
    private final WatchRegistry watches;
    private final LoopTimers timers;
    private final SnapshotSchedule snapshots;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final MemberReports reports;
    private final LeaderDuties duties;
    private final StatusPicture picture;
    private final Condemned condemned;
    private final Incarnation incarnation;
    private final DurationHistogram commits = new DurationHistogram();
    private HermesState state;
    private Role role = Role.STARTING;
    private long office;
    private Optional<String> halted = Optional.empty();
    private Optional<String> leader = Optional.empty();
    private boolean turnEnds;
    private long term;
    private volatile StoreStatus status;

    public HermesLoop(
            EventLoop events,
            Clock clock,
            RandomGenerator random,
            ReplicatedLog log,
            HermesOptions options,
            LoopParts parts,
            OperatorOrders orders) {
        this.loop = new GuardedLoop(events, clock, bug -> halt("internal error: " + bug, bug));
        this.clock = clock;
        this.log = log;
        this.options = options;
        this.parts = parts;
        this.proposals =
                new Proposals(
                        clock,
                        random,
                        log,
                        options.writeDeadline(),
                        (batch, send, outcome) -> loop.execute(() -> ended(batch, send, outcome)),
                        () -> loop.execute(this::diskFull));
        this.reads = strictReads();
        this.watches = new WatchRegistry(loop::execute, () -> state);
        this.snapshots =
                new SnapshotSchedule(
                        loop::execute, clock, log, parts, options.snapshotAfterBytes());
        this.reports = new MemberReports(log, this::later);
        log.group()
                .onQuestion(
                        new PeerQuestions(
                                new ForeignEntries(proposals, loop::execute, this::led),
                                reads,
                                loop::execute,
                                question -> reports.answer(question, state, snapshots.newest())));
        this.timers =
                new LoopTimers(
                        events,
                        clock,
                        loop.guarded(this::sweep),
                        loop.guarded(this::pump),
                        loop.guarded(this::tick));
        this.condemned =
                new Condemned(orders.condemned(), RecoveryCommands.in(options.directory()));
        this.incarnation = new Incarnation(clock, orders.recovered(), parts.writer(), this::retry);
        this.duties =
                new LeaderDuties(
                        reports,
                        log,
                        this::led,
                        loop::execute,
                        this::later,
                        command -> {
                            proposals.ahead(command);
                            writesArrived();
                        });
        this.picture =
                new StatusPicture(options.islandId(), clock, log, watches, proposals, snapshots);
        this.state = new HermesState(effects());
        this.status = describe();
    }

    private StrictReads strictReads() {
        return new StrictReads(
                log.group(),
                proposals,
                clock,
                () -> state,
                () -> status.incarnation(),
                loop,
                this::writesArrived);
    }

    /** Effects of a state that this loop will own. */
    public Effects effects() {
        return new Effects() {
            @Override
            public void changed(RevisionChanges changes) {
                watches.changed(changes);
            }

            @Override
            public void trimmed(Key stream, List<StreamEntry> elements) {
                parts.archive().add(stream, elements);
            }
        };
    }

    // ---- any thread

    /**
     * Completed when this member leads, or follows one that does, and has applied everything
     * before; failed when that can no longer happen.
     */
    public CompletableFuture<Void> ready() {
        return ready;
    }

    public StoreStatus status() {
        return picture.now(status, parts.archive().problem());
    }

    public StoreTimes times() {
        return new StoreTimes(commits.read(), loop.turns());
    }

    public ReadConfirmations confirmations() {
        return reads.counts();
    }

    /** What every voter says of itself, by name; empty for one that did not answer in time. */
    public CompletionStage<Map<String, Optional<MemberReport>>> reports(Duration patience) {
        return onLoop(all -> reports.askAll(state, snapshots.newest(), patience, all));
    }

    public CompletableFuture<TransactionResult> submit(Command command) {
        var result = proposals.offer(command);
        if (proposals.needsWake() && !loop.execute(this::writesArrived)) {
            proposals.refuseWaiting("the store is closed");
        }
        return result;
    }

    /**
     * Runs {@code question} on a state that shows everything acknowledged before: at once when
     * nobody else could have acknowledged anything, else once that is confirmed.
     */
    public <T> CompletableFuture<T> read(Function<HermesState, T> question) {
        return ready.thenCompose(
                _ -> onLoop(answer -> reads.ask(refuses(), role == Role.LEADER, question, answer)));
    }

    /** Runs {@code question} on what this member has applied, whether or not there is a leader. */
    public <T> CompletableFuture<T> readStale(Function<HermesState, T> question) {
        return onLoop(answer -> reads.stale(refuses(), question, answer));
    }

    private <T> CompletableFuture<T> onLoop(Consumer<CompletableFuture<T>> task) {
        var answer = new CompletableFuture<T>();
        if (!loop.executeNow(() -> task.accept(answer))) {
            answer.completeExceptionally(StrictReads.unavailable("the store is closed"));
        }
        return answer;
    }

    /** Writes a snapshot that shows everything acknowledged before into {@code directory}. */
    public CompletableFuture<Path> saveSnapshot(Path directory) {
        return snapshots.copy(directory, read(state -> state.capture(term)));
    }

    /** Starts serving a watch. */
    public void watch(LiveWatch watch) {
        var _ =
                ready.whenComplete((_, failure) ->
                        loop.execute(() -> {
                            if (failure != null || halted.isPresent() || role == Role.CLOSED) {
                                watch.ended(halted.orElse("the store is closed"));
                            } else {
                                watches.add(watch);
                                publishStatus();
                            }
                        }));
    }

    public void roomFor(LiveWatch watch) {
        loop.execute(() -> watches.advance(watch));
    }

    public void unwatch(LiveWatch watch) {
        loop.execute(() -> watches.close(watch));
    }

    /**
     * Replaces the state by that of a snapshot, {@code made} at that time; before or instead of
     * entries that it covers.
     */
    public void install(HermesState loaded, Instant made) {
        loop.execute(() -> {
            var before = state;
            state = loaded;
            watches.continueFrom(before);
            reads.reached(state.appliedIndex());
            snapshots.loaded(made);
            publishStatus();
        });
    }

    /** A committed entry; {@code applied} is completed when the state shows it. */
    public void committed(
            long entryTerm,
            long index,
            ByteBuffer entry,
            Optional<Object> context,
            CompletableFuture<Void> applied) {
        loop.execute(() -> apply(entryTerm, index, entry, context, applied));
    }

    /** The log has got past an entry that is not for the state. */
    public void passed(long index) {
        loop.execute(() -> {
            reads.reached(index);
            proposals.committed(role == Role.LEADER);
        });
    }

    public void leadershipChanged(ReplicatedLog.Leadership leadership) {
        loop.execute(() -> {
            if (leadership.leader()) {
                takeOffice();
            } else if (role != Role.CLOSED && halted.isEmpty()) {
                follow(leadership.known());
            }
        });
    }

    /** Another member leads, or nobody does at present. */
    private void follow(Optional<String> known) {
        if (log.group().alone()) {
            if (role == Role.LEADER) {
                role = Role.FOLLOWER;
                proposals.refuseWaiting("this member no longer leads; ask the new leader");
                publishStatus();
            }
            return;
        }
        role = Role.FOLLOWER;
        leader = known;
        reads.followed(known);
        proposals.ledBy(known);
        if (known.isPresent() && !ready.isDone()) {
            reads.catchUp(ready, () -> role == Role.FOLLOWER && halted.isEmpty());
        }
        pump();
        publishStatus();
    }

    public void failed(Throwable cause) {
        loop.execute(() -> halt("the log cannot go on: " + cause.getMessage(), cause));
    }

    /** Stops taking work, answers what is left, and makes a last snapshot. */
    public CompletableFuture<Void> close() {
        var done = new CompletableFuture<Void>();
        var taken =
                loop.execute(() -> {
                    if (role == Role.CLOSED) {
                        done.complete(null);
                        return;
                    }
                    var whole = halted.isEmpty() && role != Role.STARTING;
                    role = Role.CLOSED;
                    refuseWaiting("the store is closing");
                    proposals.giveUp("the store is closing with this entry in flight");
                    watches.endAll("the store is closing");
                    timers.stop();
                    ready.completeExceptionally(StrictReads.unavailable("the store is closed"));
                    publishStatus();
                    if (whole) {
                        var _ =
                                snapshots
                                        .last(term, state)
                                        .whenComplete((_, _) -> done.complete(null));
                    } else {
                        done.complete(null);
                    }
                });
        if (!taken) {
            done.complete(null);
        }
        return done;
    }

    // ---- writing

    private void writesArrived() {
        proposals.drain();
        if (!turnEnds) {
            turnEnds = true;
            loop.execute(this::endTurn);
        }
    }

    private void endTurn() {
        turnEnds = false;
        proposals.drain();
        pump();
    }

    private void pump() {
        var refuses =
                halted.isPresent()
                        || role == Role.CLOSED
                        || (role == Role.FOLLOWER && log.group().alone());
        if (refuses) {
            refuseWaiting(halted.orElse("this member does not lead"));
            return;
        }
        reads.begin();
        if (role != Role.STARTING) {
            proposals.pump(state, role == Role.LEADER);
        }
        if (proposals.pending() || reads.pending()) {
            timers.armSweep();
        }
    }

    private void refuseWaiting(String reason) {
        reads.refuse(reason);
        proposals.refuseWaiting(reason);
    }

    private void ended(Batch batch, int send, ReplicatedLog.Submission.Outcome outcome) {
        var ended = proposals.ended(batch, send, outcome);
        publishStatus();
        if (ended == Proposals.Ended.FORGOTTEN) {
            return;
        }
        if (batch.takesEpoch()) {
            retry(() -> {
                if (log.leadership().leader() && role == Role.STARTING) {
                    takeOffice();
                }
            });
        } else if (ended == Proposals.Ended.REFUSED) {
            retry(this::armTick);
            pump();
        } else {
            timers.armSendAgain();
        }
    }

    private void diskFull() {
        duties.diskFull();
    }

    private void retry(Runnable task) {
        later(LoopTimers.RETRY, task);
    }

    private void later(Duration delay, Runnable task) {
        timers.later(delay, loop.guarded(task));
    }

    private void takeOffice() {
        if (halted.isPresent() || role == Role.CLOSED) {
            return;
        }
        role = Role.STARTING;
        leader = Optional.of(log.group().self());
        reads.followed(Optional.empty());
        proposals.takeOffice(
                state, List.of(new Command.Found(options.islandId()), new Command.TakeEpoch()));
        timers.armSweep();
        publishStatus();
    }

    // ---- applying

    private void apply(
            long entryTerm,
            long index,
            ByteBuffer bytes,
            Optional<Object> context,
            CompletableFuture<Void> applied) {
        if (refuses().isPresent()) {
            applied.completeExceptionally(
                    halted.<RuntimeException>map(StrictReads::unavailable)
                            .orElseGet(ApplierClosed::new));
            return;
        }
        try {
            term = entryTerm;
            applyNext(index, bytes, context);
        } catch (Throwable poison) {
            halt(condemned.cannotApply(index, poison), poison);
            applied.completeExceptionally(StrictReads.unavailable(halted.orElseThrow()));
            return;
        }
        applied.complete(null);
        reads.reached(index);
        snapshots.applied(bytes.remaining(), term, state);
        duties.applied(index);
        armTick();
        publishStatus();
    }

    private void applyNext(long index, ByteBuffer bytes, Optional<Object> context) {
        if (condemned.skip(state, index, bytes)) {
            return;
        }
        var entry =
                switch (context.orElse(bytes)) {
                    case LogEntry own -> own;
                    case Forwarding.Foreign foreign -> foreign.entry();
                    default -> EntryCodec.decode(bytes);
                };
        var batchOfOurs = proposals.arrived(entry.header());
        if (batchOfOurs.isPresent()) {
            pump();
        }
        proposals.committed(role == Role.LEADER);
        var applied = state.apply(index, entry);
        batchOfOurs.ifPresent(batch -> {
            commits.record(clock.monotonicNanos() - batch.startedNanos());
            answer(batch, applied);
        });
        if (context.orElse(bytes) instanceof Forwarding.Foreign foreign) {
            foreign.committed();
        }
    }

    private void answer(Batch batch, Applied applied) {
        switch (applied.verdict()) {
            case APPLIED -> {
                for (var i = 0; i < batch.writes().size(); i++) {
                    batch.writes().get(i).result().complete(applied.results().get(i));
                }
                batch.confirmed();
                if (role == Role.STARTING && batch.takesEpoch()) {
                    lead();
                }
            }
            case DUPLICATE -> {
                batch.confirmed();
                var reason = "an earlier copy of this entry was applied";
                batch.answerAll(new TransactionResult.Unknown(reason), reason);
            }
            case STALE_EPOCH -> {
                proposals.again(batch);
                loop.execute(this::pump);
            }
        }
    }

    private void lead() {
        if (!state.islandId().equals(options.islandId())) {
            halt(
                    "this store belongs to island %s, not to %s: correct the configuration or the data folder"
                            .formatted(state.islandId(), options.islandId()),
                    null);
            return;
        }
        role = Role.LEADER;
        office = state.epoch();
        reads.led(term);
        LOG.atInfo()
                .addKeyValue("epoch", state.epoch())
                .addKeyValue("revision", state.revision())
                .log("Leading the store");
        publishStatus();
        if (incarnation.mustRise(state)) {
            incarnation.raise(
                    () -> role == Role.LEADER && halted.isEmpty(),
                    command -> proposals.begin(state, command),
                    () -> {
                        publishStatus(); // whoever waits for readiness reads the new incarnation
                        ready.complete(null);
                    });
        } else {
            ready.complete(null);
        }
        duties.tookOffice(office);
        pump();
    }

    private void armTick() {
        if (role == Role.LEADER) {
            timers.armTick(state.leaseDeadline(), state.ageDeadline(), proposals.tick());
        }
    }

    private void tick() {
        proposals.wantTick();
        pump();
    }

    /** Answers what is beyond its deadline. */
    private void sweep() {
        reads.sweep();
        proposals.sweep();
        pump();
    }

    // ---- reading and ending

    private Optional<String> refuses() {
        return halted.isEmpty() && role == Role.CLOSED ? CLOSED : halted;
    }

    private Optional<HermesState> led() {
        return role == Role.LEADER && halted.isEmpty() ? Optional.of(state) : Optional.empty();
    }

    private void halt(String reason, @Nullable Throwable cause) {
        if (halted.isPresent() || role == Role.CLOSED) {
            return;
        }
        halted = Optional.of(reason);
        LOG.atError().addKeyValue("reason", reason).setCause(cause).log("The store has halted");
        timers.stop();
        proposals.giveUp("the store halted with this entry in flight: " + reason);
        refuseWaiting("the store has halted: " + reason);
        watches.endAll("the store has halted: " + reason);
        publishStatus();
        ready.completeExceptionally(StrictReads.unavailable(reason));
        // Others can go on without this member, not beside it.
        log.fail(StrictReads.unavailable(reason));
    }

    private void publishStatus() {
        status = describe();
    }

    private StoreStatus describe() {
        return picture.of(state, role, office, leader, halted);
    }
}
