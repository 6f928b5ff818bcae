package olympus.hermes.internal.loop;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.ReadConfirmations;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.log.Group;

/**
 * Reads that show everything acknowledged before they were asked: at once where nobody else could
 * have acknowledged anything, else when everything up to a confirmed index has been applied ({@link
 * ConfirmedIndex}). Where no index is confirmed, a read waits for an entry that was begun after it,
 * which needs no more than that somebody leads.
 *
 * <pre>
 *  asked ──▶ joins a round ──index──▶ waits until that is applied ──▶ answered
 *                  └──no index──▶ rides in the next entry ({@link Proposals}) ──applied──▶ answered
 *  from everywhere: deadline over, store closed or halted ──▶ refused
 * </pre>
 *
 * <p>The engine's own linearizable reads are not used: a leader that was paused answers them from
 * its past. Threading: the loop. Limits: {@link Proposals#MAX_READS}.
 */
final class StrictReads {

    private static final String TOO_MANY =
            "more than %d reads wait to be confirmed; try again later"
                    .formatted(Proposals.MAX_READS);

    private final Group group;
    private final Proposals proposals;
    private final TermQuestions questions;
    private final ConfirmedIndex confirmed;
    private final Clock clock;
    private final Supplier<HermesState> state;
    private final Runnable wake;
    private final TreeMap<Long, List<Confirmation>> unapplied = new TreeMap<>();
    private long reached;
    private int waiting;
    private volatile ReadConfirmations counts = new ReadConfirmations(0, 0);

    /**
     * Reads of this member.
     *
     * @param incarnation of the store, for any thread
     * @param wake has {@link #begin} called soon
     */
    StrictReads(
            Group group,
            Proposals proposals,
            Clock clock,
            Supplier<HermesState> state,
            LongSupplier incarnation,
            GuardedLoop loop,
            Runnable wake) {
        this.group = group;
        this.proposals = proposals;
        this.questions = new TermQuestions(group, incarnation);
        this.confirmed = new ConfirmedIndex(group, questions, clock, loop, wake);
        this.clock = clock;
        this.state = state;
        this.wake = wake;
    }

    /**
     * @param refused why the store answers nothing
     */
    <T> void ask(
            Optional<String> refused,
            boolean leads,
            Function<HermesState, T> question,
            CompletableFuture<T> answer) {
        if (refused.isPresent()) {
            answer.completeExceptionally(unavailable(refused.get()));
        } else if (leads && isOnlyVoter()) {
            answer(question, answer);
        } else if (group.alone()) {
            answer.completeExceptionally(unavailable("this member does not lead at present"));
        } else if (waiting >= Proposals.MAX_READS) {
            answer.completeExceptionally(unavailable(TOO_MANY));
        } else {
            confirm(
                    new Confirmation(
                            proposals.deadline(),
                            () -> answer(question, answer),
                            why -> answer.completeExceptionally(unavailable(why))));
        }
    }

    /** Not where nobody is known to vote: the engine may be closing. */
    private boolean isOnlyVoter() {
        var members = group.members();
        return members.voters().size() == 1 && members.find(group.self()).isPresent();
    }

    /**
     * Completes {@code ready} once everything acknowledged before has been applied: from then on
     * this member, which follows, answers. Tried again while it {@code follows}.
     */
    void catchUp(CompletableFuture<Void> ready, BooleanSupplier follows) {
        confirm(
                new Confirmation(
                        proposals.deadline(),
                        () -> ready.complete(null),
                        _ -> {
                            if (follows.getAsBoolean()) {
                                catchUp(ready, follows);
                            }
                        }));
    }

    private void confirm(Confirmation read) {
        waiting++;
        confirmed.join(
                new ConfirmedIndex.Asker() {
                    @Override
                    public void confirmed(long index) {
                        counts = new ReadConfirmations(counts.byTerms() + 1, counts.byEntries());
                        if (index <= reached) {
                            waiting--;
                            read.answer().run();
                        } else {
                            unapplied.computeIfAbsent(index, _ -> new ArrayList<>()).add(read);
                        }
                    }

                    @Override
                    public void unconfirmed() {
                        waiting--;
                        counts = new ReadConfirmations(counts.byTerms(), counts.byEntries() + 1);
                        if (!proposals.confirm(read)) {
                            read.refuse().accept(TOO_MANY);
                        }
                    }
                });
        wake.run();
    }

    /** This member leads: an entry that it put into the log in {@code term} has been applied. */
    void led(long term) {
        confirmed.led(term);
    }

    /** It leads no more, or does not yet. */
    void followed(Optional<String> leader) {
        confirmed.followed(leader);
    }

    /** Another member asks for this one's term; any thread. */
    ByteBuffer answerTerm(ByteBuffer question) {
        return questions.answerTerm(question);
    }

    /** A follower asks for a confirmed index. */
    void answerIndex(String from, ByteBuffer question, CompletableFuture<ByteBuffer> answer) {
        confirmed.asked(from, question, answer);
    }

    /** Has what arrived confirmed. */
    void begin() {
        confirmed.begin();
    }

    /** Everything up to {@code index} has been applied here. */
    void reached(long index) {
        reached = Math.max(reached, index);
        while (!unapplied.isEmpty() && unapplied.firstKey() <= reached) {
            var answered = unapplied.pollFirstEntry().getValue();
            waiting -= answered.size();
            answered.forEach(read -> read.answer().run());
        }
    }

    /** Any thread. */
    ReadConfirmations counts() {
        return counts;
    }

    /** Whether something waits, so that {@link #sweep} must be called from time to time. */
    boolean pending() {
        return waiting > 0 || confirmed.pending();
    }

    /** Refuses what is beyond its deadline. */
    void sweep() {
        confirmed.sweep();
        var now = clock.monotonicNanos();
        var late = new ArrayList<Confirmation>();
        for (var reads : unapplied.values()) {
            reads.removeIf(read -> read.deadlineNanos() - now <= 0 && late.add(read));
        }
        unapplied.values().removeIf(List::isEmpty);
        waiting -= late.size();
        late.forEach(read -> read.refuse().accept(proposals.notConfirmed()));
    }

    /** Refuses everything that waits here; what rides in entries, {@link Proposals} refuses. */
    void refuse(String reason) {
        confirmed.giveUp();
        var all = unapplied.values().stream().flatMap(List::stream).toList();
        unapplied.clear();
        waiting -= all.size();
        all.forEach(read -> read.refuse().accept(reason));
    }

    /** At once, from what has been applied. */
    <T> void stale(
            Optional<String> refused,
            Function<HermesState, T> question,
            CompletableFuture<T> answer) {
        if (refused.isPresent()) {
            answer.completeExceptionally(unavailable(refused.get()));
        } else {
            answer(question, answer);
        }
    }

    private <T> void answer(Function<HermesState, T> question, CompletableFuture<T> answer) {
        try {
            answer.complete(question.apply(state.get()));
        } catch (RuntimeException wrong) {
            answer.completeExceptionally(wrong);
        }
    }

    static OlympusException unavailable(String reason) {
        return new OlympusException(ErrorCode.UNAVAILABLE, reason);
    }
}
