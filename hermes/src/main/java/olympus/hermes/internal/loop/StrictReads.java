package olympus.hermes.internal.loop;

import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.log.Group;

/**
 * Reads that show everything acknowledged before they were asked: at once where nobody else could
 * have acknowledged anything, else when an entry that was begun afterwards has been applied.
 *
 * <p>The engine's own linearizable reads are not used: a leader that was paused answers them from
 * its past. Threading: the loop.
 */
final class StrictReads {

    private final Group group;
    private final Proposals proposals;
    private final Supplier<HermesState> state;
    private final Runnable wake;

    /**
     * Reads of this member.
     *
     * @param wake has the entry begun that confirms
     */
    StrictReads(Group group, Proposals proposals, Supplier<HermesState> state, Runnable wake) {
        this.group = group;
        this.proposals = proposals;
        this.state = state;
        this.wake = wake;
    }

    <T> void ask(boolean leads, Function<HermesState, T> question, CompletableFuture<T> answer) {
        if (leads && group.members().voters().size() <= 1) {
            answer(question, answer);
        } else if (group.alone()) {
            answer.completeExceptionally(unavailable("this member does not lead at present"));
        } else if (proposals.confirm(
                () -> answer(question, answer),
                refused -> answer.completeExceptionally(unavailable(refused)))) {
            wake.run();
        } else {
            answer.completeExceptionally(
                    unavailable(
                            "more than %d reads wait to be confirmed; try again later"
                                    .formatted(Proposals.MAX_READS)));
        }
    }

    /**
     * Completes {@code ready} once an entry that was begun now has been applied: from then on this
     * member, which follows, answers. Tried again while it {@code follows}.
     */
    void catchUp(CompletableFuture<Void> ready, BooleanSupplier follows) {
        wake.run();
        proposals.confirm(
                () -> ready.complete(null),
                refused -> {
                    if (follows.getAsBoolean()) {
                        catchUp(ready, follows);
                    }
                });
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
