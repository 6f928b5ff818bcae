package olympus.hermes.internal.loop;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.hermes.TransactionResult;
import olympus.hermes.internal.codec.CommandCodec;
import olympus.hermes.internal.codec.EntryCodec;
import olympus.hermes.internal.state.Command;
import olympus.hermes.internal.state.EntryHeader;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.internal.state.LogEntry;
import olympus.hermes.log.ReplicatedLog;
import olympus.hermes.log.ReplicatedLog.Submission;
import olympus.hermes.log.ReplicatedLog.Submission.Outcome;

/**
 * The writes of this member on their way into the log, and the strict reads that ride with them:
 * those that wait, and the entries in flight, which go into the log by this member's own hand while
 * it leads and through the leader otherwise.
 *
 * <p>An entry that was refused, lost, or made under an epoch that is over goes again, under the
 * same origin sequence, until it is applied or its deadline has passed.
 *
 * <p>Threading: {@link #offer} by any thread, everything else by the loop. Limits: {@link
 * HermesLoop#MAX_IN_FLIGHT} entries on their way (one through another leader, which keeps their
 * order), {@link EntryCodec#MAX_COMMANDS} commands or {@link HermesLoop#MAX_BATCH_BYTES} bytes in
 * one, {@link #MAX_READS} reads that wait, {@link #MAX_SENDS_ALONE} repetitions where nobody else
 * could take over.
 */
final class Proposals {

    static final int MAX_READS = 65_536;

    private static final int MAX_SENDS_ALONE = 4;

    private final Clock clock;
    private final ReplicatedLog log;
    private final Duration patience;
    private final Stamps stamps;
    private final Forwarding forwarding;
    private final boolean alone;
    private final Ends ends;
    private final Runnable onDiskFull;
    private final WriteQueue queue = new WriteQueue();
    private final ArrayDeque<Confirmation> reads = new ArrayDeque<>();
    private final Map<Long, Batch> inFlight = new LinkedHashMap<>();
    private Optional<String> leader = Optional.empty();
    private boolean tickWanted;
    private final List<Write> ahead = new ArrayList<>();

    /** Told by any thread how a sending ended that did not reach the applier. */
    interface Ends {
        void ended(Batch batch, int send, Outcome outcome);
    }

    /**
     * Those of a member.
     *
     * @param onDiskFull run by any thread when an entry, of this member or another, was refused
     *     because the disk is full
     */
    Proposals(
            Clock clock,
            RandomGenerator random,
            ReplicatedLog log,
            Duration patience,
            Ends ends,
            Runnable onDiskFull) {
        this.clock = clock;
        this.log = log;
        this.patience = patience;
        this.stamps = new Stamps(clock, random);
        this.forwarding = new Forwarding(log.group());
        this.alone = log.group().alone();
        this.ends = ends;
        this.onDiskFull = onDiskFull;
    }

    /** Takes a write that waits, or refuses it when too many do. Any thread. */
    CompletableFuture<TransactionResult> offer(Command command) {
        var result = new CompletableFuture<TransactionResult>();
        var encoded = CommandCodec.encodeBounded(command);
        if (!queue.offer(new Write(command, encoded, deadline(), result))) {
            result.complete(
                    new TransactionResult.Refused(
                            ErrorCode.UNAVAILABLE,
                            "more than %d commands or %d bytes wait; try again later"
                                    .formatted(WriteQueue.MAX_COMMANDS, WriteQueue.MAX_BYTES)));
        }
        return result;
    }

    /** Whether whoever called {@link #offer} must wake the loop. Any thread. */
    boolean needsWake() {
        return queue.needsWake();
    }

    /** Takes over what other threads have handed in. */
    void drain() {
        queue.drainInbox();
    }

    /** Takes a read that must be confirmed; false when too many wait. */
    boolean confirm(Confirmation read) {
        return reads.size() < MAX_READS && reads.add(read);
    }

    /** Whether something waits or is in flight, which somebody must look after. */
    boolean pending() {
        return !queue.isEmpty() || !inFlight.isEmpty() || !reads.isEmpty();
    }

    /** Commands that are not answered yet. Any thread. */
    int unanswered() {
        return queue.unanswered();
    }

    /** Has a command of the store's own ride ahead of the writes, once, while this member leads. */
    void ahead(Command command) {
        if (ahead.stream().noneMatch(waiting -> waiting.command().equals(command))) {
            ahead.add(own(command));
        }
    }

    /** Asks for an entry even when no write waits, so that applied time moves on. */
    void wantTick() {
        tickWanted = true;
    }

    /** The present tick, if this member leads. */
    long tick() {
        return stamps.tick();
    }

    /** Another leads now, or nobody: whatever is on its way to the one before is lost sight of. */
    void ledBy(Optional<String> known) {
        leader = known.filter(other -> !other.equals(log.group().self()));
        ahead.clear();
        inFlight.values().removeIf(Batch::takesEpoch);
        inFlight.values().forEach(Batch::lostSight);
    }

    /** Starts as many entries as may be in flight, after those that must go again. */
    void pump(HermesState state, boolean leads) {
        if (!leads && leader.isEmpty()) {
            return;
        }
        var most = leads ? HermesLoop.MAX_IN_FLIGHT : 1;
        sendIdle(state, leads, most);
        while (inFlight.size() < most && somethingWaits(leads) && enoughWaits()) {
            var writes = new ArrayList<Write>();
            if (leads) {
                tickWanted = false;
                writes.addAll(ahead);
                ahead.clear();
            }
            writes.addAll(
                    queue.take(
                            EntryCodec.MAX_COMMANDS - writes.size(), HermesLoop.MAX_BATCH_BYTES));
            var confirms = List.copyOf(reads);
            reads.clear();
            start(state, writes, confirms, leads);
        }
    }

    private boolean somethingWaits(boolean leads) {
        return !queue.isEmpty() || !reads.isEmpty() || (leads && (tickWanted || !ahead.isEmpty()));
    }

    /**
     * Whether a further entry is worth it: where each costs messages to others, one more goes while
     * others are on their way only when as much waits as travels with them. Otherwise whoever comes
     * first after a commit travels alone, and the rest waits behind.
     */
    private boolean enoughWaits() {
        if (alone || inFlight.isEmpty()) {
            return true;
        }
        var travels = inFlight.values().stream().mapToInt(Batch::size).sum();
        return queue.size() + reads.size() >= Math.min(travels, WriteQueue.MAX_OPERATIONS);
    }

    /** In the order in which they were begun. */
    private void sendIdle(HermesState state, boolean leads, int most) {
        var underWay = inFlight.values().stream().filter(Batch::underWay).count();
        for (var batch : List.copyOf(inFlight.values())) {
            if (underWay >= most) {
                return;
            }
            if (!batch.underWay() && !(alone && batch.sends() >= MAX_SENDS_ALONE)) {
                send(state, batch, leads);
                underWay++;
            }
        }
    }

    /** Begins a leadership, with commands of the store's own. */
    void takeOffice(HermesState state, List<Command> commands) {
        leader = Optional.empty();
        stamps.begin(state);
        inFlight.values().removeIf(Batch::takesEpoch);
        inFlight.values().forEach(Batch::lostSight);
        begin(state, commands.stream().map(this::own).toList());
    }

    /** Proposes a command of the store's own at once, ahead of everything that waits. */
    CompletableFuture<TransactionResult> begin(HermesState state, Command command) {
        var write = own(command);
        begin(state, List.of(write));
        return write.result();
    }

    /** Proposes an entry of another member, whose origin it keeps. */
    void propose(HermesState state, LogEntry received, CompletableFuture<ByteBuffer> outcome) {
        var of = received.header();
        var header =
                stamps.stamp(state.featureLevel(), state.epoch(), of.origin(), of.originSequence());
        var foreign = new Forwarding.Foreign(new LogEntry(header, received.commands()), outcome);
        log.submit(EntryCodec.encode(foreign.entry()), foreign, looking(foreign::ended));
    }

    private Submission looking(Submission told) {
        return outcome -> {
            told.ended(outcome);
            if (outcome instanceof Outcome.Rejected(var code, var _)
                    && code == ErrorCode.DISK_FULL) {
                onDiskFull.run();
            }
        };
    }

    /** An entry is committed: the others learn it with the next entry, or else now. */
    void committed(boolean leads) {
        if (leads && inFlight.isEmpty()) {
            log.announceCommit();
        }
    }

    /** Takes the entry that this member began out of flight; empty when it is another's. */
    Optional<Batch> arrived(EntryHeader header) {
        return header.origin() == stamps.origin()
                ? Optional.ofNullable(inFlight.remove(header.originSequence()))
                : Optional.empty();
    }

    /** The entry was made under an epoch that is over, and not applied: it goes again. */
    void again(Batch batch) {
        if (batch.takesEpoch()) {
            return;
        }
        batch.returned(false);
        inFlight.put(batch.sequence(), batch);
    }

    /** What becomes of a sending that did not come through. */
    enum Ended {
        /** Nobody asks for it any more. */
        FORGOTTEN,
        /** It goes again after a pause. */
        AGAIN,
        /** It was refused for good, and its writes answered so. */
        REFUSED
    }

    Ended ended(Batch batch, int send, Outcome outcome) {
        if (!inFlight.containsKey(batch.sequence())) {
            return Ended.FORGOTTEN;
        }
        if (send != batch.sends() || !batch.underWay()) {
            return Ended.FORGOTTEN; // it went again since
        }
        batch.returned(outcome instanceof Outcome.Unknown);
        if (outcome instanceof Outcome.Rejected rejected && !batch.doubtful()) {
            if (batch.takesEpoch() || isFinal(rejected.code())) {
                inFlight.remove(batch.sequence());
                batch.answerAll(refused(rejected), rejected.reason());
                return Ended.REFUSED;
            }
            batch.refused(rejected);
        }
        return Ended.AGAIN;
    }

    /** What another member may take that leads soon, or leads already, is not refused for good. */
    private boolean isFinal(ErrorCode code) {
        return switch (code) {
            case UNAVAILABLE -> alone;
            case DISK_FULL -> alone || log.group().members().voters().size() <= 1;
            default -> true;
        };
    }

    private static TransactionResult refused(Outcome.Rejected rejected) {
        return new TransactionResult.Refused(rejected.code(), "not written: " + rejected.reason());
    }

    /** Answers what is beyond its deadline. */
    void sweep() {
        var now = clock.monotonicNanos();
        var late =
                new TransactionResult.Refused(
                        ErrorCode.UNAVAILABLE,
                        "not written within %s: the log takes no entries at present"
                                .formatted(patience));
        queue.takeOverdue(now).forEach(write -> write.result().complete(late));
        var lateReads = new ArrayList<Confirmation>();
        reads.removeIf(read -> read.deadlineNanos() - now <= 0 && lateReads.add(read));
        lateReads.forEach(read -> read.refuse().accept(notConfirmed()));
        inFlight.values().removeIf(batch -> overdue(batch, now));
    }

    String notConfirmed() {
        return "no majority of the servers has confirmed the read within %s".formatted(patience);
    }

    /** Whether it goes no more; until then a write of it that is overdue may yet be applied. */
    private boolean overdue(Batch batch, long now) {
        var over = batch.deadlineNanos() - now <= 0 && !batch.takesEpoch();
        batch.answerOverdue(
                now,
                over && !batch.underWay() && !batch.doubtful()
                        ? notTaken(batch)
                        : new TransactionResult.Unknown(
                                "not confirmed within %s: look before trying again"
                                        .formatted(patience)),
                notConfirmed());
        return over;
    }

    private TransactionResult notTaken(Batch batch) {
        return batch.refused()
                .filter(rejected -> rejected.code() == ErrorCode.DISK_FULL)
                .map(Proposals::refused)
                .orElseGet(() ->
                        new TransactionResult.Refused(
                                ErrorCode.UNAVAILABLE,
                                "not written within %s: no server that leads has taken it"
                                        .formatted(patience)));
    }

    /** Answers everything that waits. */
    void refuseWaiting(String reason) {
        var refused = new TransactionResult.Refused(ErrorCode.UNAVAILABLE, reason);
        queue.takeAll().forEach(write -> write.result().complete(refused));
        while (!reads.isEmpty()) {
            reads.remove().refuse().accept(reason);
        }
    }

    /** Answers everything in flight: nobody will tell how it ended. */
    void giveUp(String reason) {
        inFlight.values()
                .forEach(batch -> batch.answerAll(new TransactionResult.Unknown(reason), reason));
        inFlight.clear();
    }

    private Write own(Command command) {
        return new Write(
                command, CommandCodec.encode(command), deadline(), new CompletableFuture<>());
    }

    /** Of what is asked now. */
    long deadline() {
        return clock.monotonicNanos() + patience.toNanos();
    }

    /** It confirms no reads, since nobody is told when it is dropped. */
    private void begin(HermesState state, List<Write> writes) {
        start(state, writes, List.of(), true);
    }

    private void start(
            HermesState state, List<Write> writes, List<Confirmation> confirms, boolean leads) {
        var batch =
                new Batch(
                        stamps.next(state.featureLevel(), state.epoch()),
                        writes,
                        confirms,
                        clock.monotonicNanos(),
                        deadline());
        inFlight.put(batch.sequence(), batch);
        send(state, batch, leads);
    }

    private void send(HermesState state, Batch batch, boolean leads) {
        var send = batch.sending();
        if (!leads) {
            forwarding.send(
                    batch,
                    leader.orElseThrow(),
                    (sent, outcome) -> ends.ended(sent, send, outcome));
            return;
        }
        if (batch.entry().header().epoch() != state.epoch() && !batch.takesEpoch()) {
            batch.stamp(
                    stamps.stamp(
                            state.featureLevel(),
                            state.epoch(),
                            stamps.origin(),
                            batch.sequence()));
        }
        // The entry as it is sent now: an older copy may come back with another stamp.
        log.submit(
                batch.bytes(), batch.entry(), looking(outcome -> ends.ended(batch, send, outcome)));
    }
}
