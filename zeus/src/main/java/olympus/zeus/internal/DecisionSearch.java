package olympus.zeus.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import olympus.hermes.Hermes;
import olympus.hermes.Reads;
import olympus.model.state.Codecs;
import olympus.model.state.Decision;

/**
 * Looks for the decisions about one thing, page after page back from the newest, so that a service
 * that crashes all the time does not hide what was decided about another.
 *
 * <p>Ends when {@link #ENOUGH} are found, at the beginning of the stream, or after {@link
 * #MAX_LOOKED_AT}. Threading: the given loop only, a page at a turn.
 */
final class DecisionSearch {

    static final int PAGE = 1_000;
    static final int ENOUGH = 200;
    static final int MAX_LOOKED_AT = 50_000;

    private final Reads reads;
    private final Executor loop;
    private final Predicate<Decision> wanted;
    private final List<Decision> found = new ArrayList<>();
    private int lookedAt;
    private Optional<Instant> oldest = Optional.empty();

    private DecisionSearch(Reads reads, Executor loop, Predicate<Decision> wanted) {
        this.reads = reads;
        this.loop = loop;
        this.wanted = wanted;
    }

    /**
     * What was found, newest first.
     *
     * @param stoppedAt the time of the oldest decision that was looked at, when there may be older
     *     ones
     */
    record Found(List<Decision> decisions, int lookedAt, Optional<Instant> stoppedAt) {
        Found {
            decisions = List.copyOf(decisions);
        }
    }

    static CompletionStage<Found> of(Reads reads, Executor loop, Predicate<Decision> wanted) {
        var search = new DecisionSearch(reads, loop, wanted);
        return reads.readStream(ZeusKeys.DECISIONS, Long.MAX_VALUE, 1)
                .thenComposeAsync(page -> search.before(page.nextSequence()), loop);
    }

    /** Goes on with the page whose last decision is the one before {@code sequence}. */
    private CompletionStage<Found> before(long sequence) {
        var from = Math.max(1, sequence - PAGE);
        if (from >= sequence) {
            return CompletableFuture.completedFuture(ended(true));
        }
        return reads.readStream(ZeusKeys.DECISIONS, from, (int) (sequence - from))
                .thenComposeAsync(page -> lookThrough(page, from), loop);
    }

    private CompletionStage<Found> lookThrough(Hermes.StreamPage page, long from) {
        for (var entry : page.entries().reversed()) {
            look(Codecs.DECISION.decode(entry.value().unsafeArray()));
        }
        var all = page.entries().isEmpty() || from <= page.firstSequence();
        return all || found.size() >= ENOUGH || lookedAt >= MAX_LOOKED_AT
                ? CompletableFuture.completedFuture(ended(all))
                : before(from);
    }

    private void look(Decision decision) {
        lookedAt++;
        oldest = Optional.of(decision.at());
        if (wanted.test(decision)) {
            found.add(decision);
        }
    }

    private Found ended(boolean all) {
        return new Found(found, lookedAt, all ? Optional.empty() : oldest);
    }
}
