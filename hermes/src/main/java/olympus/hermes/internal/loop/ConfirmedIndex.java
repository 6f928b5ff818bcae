package olympus.hermes.internal.loop;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;
import olympus.foundation.Clock;
import olympus.hermes.log.Group;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds an index of the log up to which everything stands that was acknowledged before it was asked
 * for: the leader asks the voters for their terms ({@link TermRound}), the others ask the leader.
 * Nothing is written for it.
 *
 * <p>One round is under way at a time, for all who had asked when it began; who comes later waits
 * for the next, since what was asked before says nothing of what was acknowledged meanwhile. A
 * round that brings nothing, within {@link #PATIENCE} or because another has come to lead, is not
 * repeated: whoever waits for it finds another way.
 *
 * <p>Threading: the loop. Limits: those who join are bounded by whoever lets them; a member is owed
 * at most {@link #MAX_UNANSWERED} answers.
 */
final class ConfirmedIndex {

    /** How long a round may take. */
    static final Duration PATIENCE = Duration.ofMillis(500);

    /**
     * A voter that leaves so many questions unanswered is asked no more until it answers or their
     * deadlines pass: others may be a majority at once, and round would follow round.
     */
    static final int MAX_UNANSWERED = 64;

    private static final Logger LOG = LoggerFactory.getLogger(ConfirmedIndex.class);

    private final Group group;
    private final TermQuestions questions;
    private final Clock clock;
    private final GuardedLoop loop;
    private final Runnable wake;
    private List<Asker> arrived = new ArrayList<>();
    private List<Asker> asked = List.of();
    private final Map<String, Integer> unanswered = new HashMap<>();
    private Office office = new Office.Vacant();
    private boolean underWay;
    private long round;
    private long beganNanos;

    /** Who waits for an index; told once. */
    interface Asker {
        void confirmed(long index);

        void unconfirmed();
    }

    /** Whom this member would ask. */
    private sealed interface Office {
        /** It leads, and has applied an entry that it put into the log in {@code term}. */
        record Led(long term) implements Office {}

        record Followed(String leader) implements Office {}

        record Vacant() implements Office {}
    }

    /**
     * Of a member.
     *
     * @param wake has {@link #begin} called soon
     */
    ConfirmedIndex(
            Group group, TermQuestions questions, Clock clock, GuardedLoop loop, Runnable wake) {
        this.group = group;
        this.questions = questions;
        this.clock = clock;
        this.loop = loop;
        this.wake = wake;
    }

    /** This member leads: an entry of its own of {@code term} has been applied here. */
    void led(long term) {
        change(new Office.Led(term));
    }

    /** Another leads, or nobody that is known. */
    void followed(Optional<String> leader) {
        change(
                leader.filter(name -> !name.equals(group.self()))
                        .<Office>map(Office.Followed::new)
                        .orElseGet(Office.Vacant::new));
    }

    private void change(Office present) {
        if (!office.equals(present)) {
            office = present;
            end(round, OptionalLong.empty());
        }
    }

    /** Takes part in the next round. */
    void join(Asker asker) {
        arrived.add(asker);
    }

    /** Whether somebody waits, so that {@link #sweep} must be called from time to time. */
    boolean pending() {
        return underWay || !arrived.isEmpty();
    }

    /** Begins a round for all who wait, unless one is under way. */
    void begin() {
        if (underWay || arrived.isEmpty()) {
            return;
        }
        asked = arrived;
        arrived = new ArrayList<>();
        underWay = true;
        beganNanos = clock.monotonicNanos();
        round++;
        switch (office) {
            case Office.Led(var term) -> askVoters(term);
            case Office.Followed(var leader) -> askLeader(leader);
            case Office.Vacant() -> end(round, OptionalLong.empty());
        }
    }

    /** Gives up what takes too long. */
    void sweep() {
        if (clock.monotonicNanos() - beganNanos > PATIENCE.toNanos()) {
            end(round, OptionalLong.empty());
        }
    }

    /** A follower asks; it counts with the term it was in when its own reads had arrived. */
    void asked(String from, ByteBuffer question, CompletableFuture<ByteBuffer> answer) {
        var wanted = questions.readIndexWanted(question);
        if (!(office instanceof Office.Led(var term))) {
            answer.completeExceptionally(StrictReads.unavailable("this server does not lead"));
            return;
        }
        var alone = newRound(term);
        if (alone.isPresent()
                && alone.get().answered(from, wanted.term()) == TermRound.Verdict.CONFIRMED) {
            answer.complete(TermQuestions.answerIndex(alone.get().index()));
            return;
        }
        join(
                new Asker() {
                    @Override
                    public void confirmed(long index) {
                        answer.complete(TermQuestions.answerIndex(index));
                    }

                    @Override
                    public void unconfirmed() {
                        answer.completeExceptionally(
                                StrictReads.unavailable("the voters have not confirmed it"));
                    }
                });
        wake.run();
    }

    /** Empty when this member leads no more, or the members are being changed. */
    private Optional<TermRound> newRound(long term) {
        var now = leading(term);
        return now.flatMap(Group.Standing::settled)
                .map(voters -> new TermRound(term, now.get().committed(), voters, group.self()));
    }

    /** Empty when this member does not lead, or does so in another term. */
    private Optional<Group.Standing> leading(long term) {
        return group.standing().filter(now -> now.leads() && now.term() == term);
    }

    private void askVoters(long term) {
        var begun = newRound(term);
        if (begun.isEmpty()) {
            end(round, OptionalLong.empty());
            return;
        }
        var terms = begun.get();
        terms.open().stream()
                .filter(voter -> unanswered.getOrDefault(voter, 0) >= MAX_UNANSWERED)
                .forEach(terms::failed);
        judge(round, term, terms.index(), terms.verdict());
        for (var voter : terms.open()) {
            ask(
                    voter,
                    questions.askTerm(),
                    answer -> TermQuestions.term(answer, voter),
                    (number, itsTerm) -> {
                        var verdict =
                                itsTerm.isPresent()
                                        ? terms.answered(voter, itsTerm.getAsLong())
                                        : terms.failed(voter);
                        judge(number, term, terms.index(), verdict);
                    });
        }
    }

    private void judge(long number, long term, long index, TermRound.Verdict verdict) {
        switch (verdict) {
            case OPEN -> {}
            case CONFIRMED ->
                    end(
                            number,
                            leading(term).isPresent()
                                    ? OptionalLong.of(index)
                                    : OptionalLong.empty());
            case FAILED -> end(number, OptionalLong.empty());
        }
    }

    private void askLeader(String leader) {
        var standing = group.standing();
        if (standing.isEmpty()) {
            end(round, OptionalLong.empty());
            return;
        }
        ask(leader, questions.askIndex(standing.get().term()), TermQuestions::index, this::end);
    }

    /** {@code then} is told on the loop which round it was, and the answer if there was one. */
    private void ask(
            String member,
            ByteBuffer question,
            ToLongFunction<ByteBuffer> read,
            BiConsumer<Long, OptionalLong> then) {
        var number = round;
        unanswered.merge(member, 1, Integer::sum);
        var _ =
                ask(member, question)
                        .thenApply(read::applyAsLong)
                        .whenComplete((found, failure) -> {
                            if (failure != null) {
                                LOG.atDebug()
                                        .addKeyValue("member", member)
                                        .setCause(failure)
                                        .log("A strict read was not confirmed");
                            }
                            loop.execute(() -> {
                                unanswered.computeIfPresent(
                                        member, (_, open) -> open > 1 ? open - 1 : null);
                                then.accept(
                                        number,
                                        failure == null
                                                ? OptionalLong.of(found)
                                                : OptionalLong.empty());
                            });
                        });
    }

    private CompletionStage<ByteBuffer> ask(String member, ByteBuffer question) {
        try {
            return group.ask(member, question);
        } catch (RuntimeException notAsked) {
            return CompletableFuture.failedFuture(notAsked);
        }
    }

    private void end(long number, OptionalLong index) {
        if (!underWay || number != round) {
            return; // it was given up
        }
        underWay = false;
        var told = asked;
        asked = List.of();
        if (index.isPresent()) {
            told.forEach(asker -> asker.confirmed(index.getAsLong()));
        } else {
            told.forEach(Asker::unconfirmed);
        }
        wake.run();
    }

    /** Tells all who wait that nothing will come. */
    void giveUp() {
        end(round, OptionalLong.empty());
        var told = arrived;
        arrived = new ArrayList<>();
        told.forEach(Asker::unconfirmed);
    }
}
