package olympus.hermes.internal.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.hermes.Bytes;
import olympus.hermes.TransactionResult;
import olympus.hermes.internal.codec.CommandCodec;
import olympus.hermes.internal.codec.EntryCodec;
import olympus.hermes.internal.state.Command;
import olympus.hermes.internal.state.EntryHeader;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.internal.state.LogEntry;
import olympus.hermes.log.ReplicatedLog;
import olympus.hermes.log.ReplicatedLog.Submission.Outcome;

/**
 * The writes of this member on their way into the log: those that wait, and the entries in flight.
 *
 * <p>Threading: {@link #offer} by any thread, everything else by the loop. Limits: {@link
 * HermesLoop#MAX_IN_FLIGHT} entries on their way, {@link EntryCodec#MAX_COMMANDS} commands or
 * {@link HermesLoop#MAX_BATCH_BYTES} bytes in one, {@link #MAX_RESENDS} repetitions of one whose
 * answer was lost.
 */
final class Proposals {

    private static final int MAX_RESENDS = 3;
    private static final int ENTRIES_PER_HASH = 1_024;

    private final Clock clock;
    private final ReplicatedLog log;
    private final Duration patience;
    private final Stamps stamps;
    private final Ends ends;
    private final WriteQueue queue = new WriteQueue();
    private final Map<Long, Batch> inFlight = new LinkedHashMap<>();
    private boolean tickWanted;
    private long entriesUntilHash = ENTRIES_PER_HASH;

    /** Told by any thread how a submission ended that did not reach the applier. */
    interface Ends {
        void ended(Batch batch, Outcome outcome);
    }

    Proposals(
            Clock clock, RandomGenerator random, ReplicatedLog log, Duration patience, Ends ends) {
        this.clock = clock;
        this.log = log;
        this.patience = patience;
        this.stamps = new Stamps(clock, random);
        this.ends = ends;
    }

    /** Takes a write that waits; false when too many wait. Any thread. */
    boolean offer(Command command, Bytes encoded, CompletableFuture<TransactionResult> result) {
        return queue.offer(new Write(command, encoded, deadline(), result));
    }

    /** Whether whoever called {@link #offer} must wake the loop. Any thread. */
    boolean needsWake() {
        return queue.needsWake();
    }

    /** Takes over what other threads have handed in. */
    void drain() {
        queue.drainInbox();
    }

    /** Whether something waits or is in flight, which somebody must look after. */
    boolean pending() {
        return !queue.isEmpty() || !inFlight.isEmpty();
    }

    /** Commands that are not answered yet. Any thread. */
    int unanswered() {
        return queue.unanswered();
    }

    /** Asks for an entry even when no write waits, so that applied time moves on. */
    void wantTick() {
        tickWanted = true;
    }

    /** The present tick, if this member leads. */
    long tick() {
        return stamps.tick();
    }

    /** Starts as many entries as may be in flight. */
    void pump(HermesState state) {
        while (inFlight.size() < HermesLoop.MAX_IN_FLIGHT && (!queue.isEmpty() || tickWanted)) {
            tickWanted = false;
            var writes = new ArrayList<Write>();
            if (--entriesUntilHash <= 0) {
                entriesUntilHash = ENTRIES_PER_HASH;
                writes.add(own(new Command.VerifyHash(state.appliedIndex(), state.hash())));
            }
            writes.addAll(
                    queue.take(
                            EntryCodec.MAX_COMMANDS - writes.size(), HermesLoop.MAX_BATCH_BYTES));
            start(state, writes);
        }
    }

    /** Begins a leadership, with commands of the store's own. */
    void takeOffice(HermesState state, List<Command> commands) {
        stamps.begin(state);
        inFlight.values().removeIf(Batch::takesEpoch);
        start(state, commands.stream().map(this::own).toList());
    }

    /** Proposes a command of the store's own at once, ahead of everything that waits. */
    CompletableFuture<TransactionResult> begin(HermesState state, Command command) {
        var write = own(command);
        start(state, List.of(write));
        return write.result();
    }

    /** Takes the entry that this member proposed out of flight; empty when it is another's. */
    Optional<Batch> arrived(EntryHeader header) {
        return header.origin() == stamps.origin()
                ? Optional.ofNullable(inFlight.remove(header.originSequence()))
                : Optional.empty();
    }

    /**
     * Deals with a submission that did not come through. Whether it was refused for good, and its
     * writes answered so.
     */
    boolean ended(Batch batch, Outcome outcome, boolean mayResend) {
        if (!inFlight.containsKey(batch.sequence())) {
            return false;
        }
        return switch (outcome) {
            // When it was sent again an earlier copy may still be committed: only its own answer or
            // the deadline tells.
            case Outcome.Rejected _ when batch.sentAgain() -> false;
            case Outcome.Rejected(var code, var reason) -> {
                inFlight.remove(batch.sequence());
                batch.answerAll(new TransactionResult.Refused(code, "not written: " + reason));
                yield true;
            }
            case Outcome.Unknown _ -> {
                if (batch.countResend() <= MAX_RESENDS && mayResend) {
                    send(batch);
                }
                yield false;
            }
        };
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
        inFlight.values().removeIf(batch -> overdue(batch, now));
    }

    private boolean overdue(Batch batch, long now) {
        for (var write : batch.writes()) {
            if (write.deadlineNanos() - now <= 0) {
                write.result()
                        .complete(
                                new TransactionResult.Unknown(
                                        "not confirmed within %s: look before trying again"
                                                .formatted(patience)));
            }
        }
        return batch.deadlineNanos() - now <= 0 && !batch.takesEpoch();
    }

    /** Answers everything that waits. */
    void refuseWaiting(String reason) {
        var refused = new TransactionResult.Refused(ErrorCode.UNAVAILABLE, reason);
        queue.takeAll().forEach(write -> write.result().complete(refused));
    }

    /** Answers everything in flight: nobody will tell how it ended. */
    void giveUp(String reason) {
        inFlight.values().forEach(batch -> batch.answerAll(new TransactionResult.Unknown(reason)));
        inFlight.clear();
    }

    private Write own(Command command) {
        return new Write(
                command, CommandCodec.encode(command), deadline(), new CompletableFuture<>());
    }

    private long deadline() {
        return clock.monotonicNanos() + patience.toNanos();
    }

    private void start(HermesState state, List<Write> writes) {
        var header = stamps.next(state.featureLevel(), state.epoch());
        var entry = new LogEntry(header, writes.stream().map(Write::command).toList());
        var bytes = EntryCodec.assemble(header, writes.stream().map(Write::encoded).toList());
        var batch = new Batch(entry, bytes, writes, clock.monotonicNanos(), deadline());
        inFlight.put(batch.sequence(), batch);
        send(batch);
    }

    private void send(Batch batch) {
        log.submit(batch.bytes(), batch, outcome -> ends.ended(batch, outcome));
    }
}
