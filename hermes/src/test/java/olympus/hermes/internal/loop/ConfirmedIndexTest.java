package olympus.hermes.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import olympus.foundation.simulation.SimulatedClock;
import olympus.foundation.simulation.SimulatedLoop;
import olympus.hermes.internal.codec.ByteWriter;
import olympus.hermes.log.Group;
import org.junit.jupiter.api.Test;

/** Rounds of the member {@code a} of three, whose messages the test holds in its hands. */
final class ConfirmedIndexTest {

    private static final long TERM = 7;

    private final SimulatedClock clock = new SimulatedClock(Instant.parse("2026-11-22T00:00:00Z"));
    private final SimulatedLoop world = new SimulatedLoop(clock);
    private final HandHeld group = new HandHeld();
    private final ConfirmedIndex confirmed =
            new ConfirmedIndex(
                    group,
                    new TermQuestions(group, () -> 1),
                    clock,
                    new GuardedLoop(
                            world,
                            clock,
                            bug -> {
                                throw new AssertionError(bug);
                            }),
                    () -> {});
    private final List<String> told = new ArrayList<>();

    @Test
    void theLeaderTellsTheIndexThatItHadCommittedWhenTheRoundBegan() {
        confirmed.led(TERM);
        begin("read");
        group.committed = 99;
        group.answer("b", "b", TERM);
        world.runFor(Duration.ZERO);
        assertThat(told).containsExactly("read 50");
        group.answer("c", "c", TERM);
        world.runFor(Duration.ZERO);
        assertThat(told).hasSize(1);
    }

    @Test
    void whoeverComesWhileARoundIsUnderWayWaitsForTheNext() {
        confirmed.led(TERM);
        begin("first");
        begin("second");
        assertThat(group.asked).hasSize(2);
        group.answer("b", "b", TERM);
        world.runFor(Duration.ZERO);
        assertThat(told).containsExactly("first 50");
        // The other's answer to the first round says nothing for the second.
        group.committed = 60;
        confirmed.begin();
        group.answer("c", "c", TERM);
        world.runFor(Duration.ZERO);
        assertThat(told).containsExactly("first 50");
        group.answer("b", "b", TERM);
        world.runFor(Duration.ZERO);
        assertThat(told).containsExactly("first 50", "second 60");
    }

    @Test
    void nothingIsConfirmedByALeaderWhoseOwnTermHasRisen() {
        confirmed.led(TERM);
        begin("read");
        group.term = TERM + 1;
        group.answer("b", "b", TERM);
        world.runFor(Duration.ZERO);
        begin("later");
        world.runFor(Duration.ZERO);
        assertThat(told).containsExactly("read unconfirmed", "later unconfirmed");
    }

    @Test
    void nothingIsConfirmedOnceTheEngineLeadsNoMore() {
        confirmed.led(TERM);
        begin("read");
        group.leads = false;
        group.answer("b", "b", TERM);
        world.runFor(Duration.ZERO);
        begin("later");
        assertThat(told).containsExactly("read unconfirmed", "later unconfirmed");
    }

    @Test
    void nothingIsConfirmedWhileTheMembersAreBeingChanged() {
        group.settled = false;
        confirmed.led(TERM);
        begin("read");
        assertThat(told).containsExactly("read unconfirmed");
        assertThat(group.asked).isEmpty();
    }

    @Test
    void anotherWhoAnswersAtAVotersAddressDoesNotCount() {
        confirmed.led(TERM);
        begin("read");
        group.answer("b", "newcomer", 0);
        group.answer("c", "c", TERM + 1);
        world.runFor(Duration.ZERO);
        assertThat(told).containsExactly("read unconfirmed");
    }

    @Test
    void aRoundIsGivenUpAfterAWhileAndItsLateAnswersAreNotCountedForTheNext() {
        confirmed.led(TERM);
        begin("read");
        var late = List.copyOf(group.asked);
        group.asked.clear();
        world.runFor(ConfirmedIndex.PATIENCE.plusMillis(1));
        confirmed.sweep();
        assertThat(told).containsExactly("read unconfirmed");
        begin("next");
        late.forEach(question -> question.answer(question.member(), TERM));
        world.runFor(Duration.ZERO);
        assertThat(told).containsExactly("read unconfirmed");
        group.answer("c", "c", TERM);
        world.runFor(Duration.ZERO);
        assertThat(told).containsExactly("read unconfirmed", "next 50");
    }

    @Test
    void aRoundEndsWhenAnotherComesToLead() {
        confirmed.led(TERM);
        begin("read");
        confirmed.followed(Optional.of("b"));
        assertThat(told).containsExactly("read unconfirmed");
        group.answer("b", "b", TERM);
        world.runFor(Duration.ZERO);
        assertThat(told).hasSize(1);
    }

    @Test
    void whileNobodyLeadsNobodyIsAsked() {
        begin("read");
        confirmed.followed(Optional.empty());
        begin("later");
        assertThat(told).containsExactly("read unconfirmed", "later unconfirmed");
        assertThat(group.asked).isEmpty();
    }

    @Test
    void aFollowerOfThreeIsConfirmedByItselfAndTheLeader() {
        confirmed.led(TERM);
        var answer = new CompletableFuture<ByteBuffer>();
        confirmed.asked("b", indexWanted(TERM), answer);
        assertThat(TermQuestions.index(answer.join())).isEqualTo(50);
        assertThat(group.asked).isEmpty();
    }

    @Test
    void aFollowerInAHigherTermAndAStrangerNeedTheOthers() {
        confirmed.led(TERM);
        var higher = new CompletableFuture<ByteBuffer>();
        confirmed.asked("b", indexWanted(TERM + 1), higher);
        var stranger = new CompletableFuture<ByteBuffer>();
        confirmed.asked("x", indexWanted(TERM), stranger);
        confirmed.begin();
        assertThat(higher).isNotDone();
        assertThat(stranger).isNotDone();
        group.answer("c", "c", TERM);
        world.runFor(Duration.ZERO);
        assertThat(TermQuestions.index(higher.join())).isEqualTo(50);
        assertThat(TermQuestions.index(stranger.join())).isEqualTo(50);
    }

    @Test
    void aMemberThatDoesNotLeadConfirmsNothingForOthers() {
        confirmed.followed(Optional.of("b"));
        var answer = new CompletableFuture<ByteBuffer>();
        confirmed.asked("c", indexWanted(TERM), answer);
        assertThat(answer).isCompletedExceptionally();
    }

    @Test
    void aFollowerTakesTheLeadersIndexAndItsRefusal() {
        confirmed.followed(Optional.of("b"));
        begin("read");
        group.take("b").complete(TermQuestions.answerIndex(33));
        world.runFor(Duration.ZERO);
        begin("next");
        group.take("b").completeExceptionally(StrictReads.unavailable("no"));
        world.runFor(Duration.ZERO);
        assertThat(told).containsExactly("read 33", "next unconfirmed");
    }

    private ByteBuffer indexWanted(long term) {
        return new TermQuestions(group, () -> 1).askIndex(term);
    }

    private void begin(String name) {
        confirmed.join(
                new ConfirmedIndex.Asker() {
                    @Override
                    public void confirmed(long index) {
                        told.add(name + " " + index);
                    }

                    @Override
                    public void unconfirmed() {
                        told.add(name + " unconfirmed");
                    }
                });
        confirmed.begin();
    }

    /** A question on its way. */
    private record Asked(String member, CompletableFuture<ByteBuffer> answer) {
        void answer(String name, long term) {
            answer.complete(
                    ByteBuffer.wrap(
                            new ByteWriter(64).i32(0x48455254).i64(term).text(name).toArray()));
        }
    }

    private static final class HandHeld implements Group {

        private final List<Asked> asked = new ArrayList<>();
        private long term = TERM;
        private long committed = 50;
        private boolean settled = true;
        private boolean leads = true;

        /** The oldest question to the member is answered by {@code name}. */
        void answer(String member, String name, long itsTerm) {
            oldest(member).answer(name, itsTerm);
        }

        CompletableFuture<ByteBuffer> take(String member) {
            return oldest(member).answer();
        }

        private Asked oldest(String member) {
            var found = asked.stream().filter(one -> one.member().equals(member)).findFirst();
            asked.remove(found.orElseThrow());
            return found.get();
        }

        @Override
        public String self() {
            return "a";
        }

        @Override
        public boolean alone() {
            return false;
        }

        @Override
        public Members members() {
            return TermRoundTest.members("a", "b", "c");
        }

        @Override
        public Optional<Standing> standing() {
            return Optional.of(
                    new Standing(
                            leads,
                            committed,
                            settled ? Optional.of(members()) : Optional.empty(),
                            term));
        }

        @Override
        public CompletionStage<Void> change(Members from, Members to) {
            throw new UnsupportedOperationException("the members stay");
        }

        @Override
        public CompletionStage<Void> transferLeadership(String member) {
            throw new UnsupportedOperationException("the leader stays");
        }

        @Override
        public CompletionStage<ByteBuffer> ask(String member, ByteBuffer question) {
            var answer = new CompletableFuture<ByteBuffer>();
            asked.add(new Asked(member, answer));
            return answer;
        }

        @Override
        public void onQuestion(Answerer answerer) {}
    }
}
