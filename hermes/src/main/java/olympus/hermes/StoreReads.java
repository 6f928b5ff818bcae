package olympus.hermes;

import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import olympus.hermes.Hermes.Page;
import olympus.hermes.Hermes.StreamPage;
import olympus.hermes.internal.loop.StreamArchive;
import olympus.hermes.internal.state.HermesState;

/** Answers from a state that somebody else chooses the moment of, and from the archive. */
final class StoreReads implements Reads {

    /** Shows a question the state, at once or once that is new enough. */
    interface Asked {
        <T> CompletionStage<T> of(Function<HermesState, T> question);
    }

    private final Asked asked;
    private final StreamArchive archive;

    StoreReads(Asked asked, StreamArchive archive) {
        this.asked = asked;
        this.archive = archive;
    }

    @Override
    public CompletionStage<Optional<Entry>> get(Key key) {
        return asked.of(state -> state.get(key));
    }

    @Override
    public CompletionStage<Page> list(Key prefix, Optional<Key> after, int limit) {
        checkLimit(limit);
        return asked.of(state -> {
            var found = state.under(prefix, after, limit + 1);
            var more = found.size() > limit;
            return new Page(state.revision(), more ? found.subList(0, limit) : found, more);
        });
    }

    @Override
    public CompletionStage<StreamPage> readStream(Key stream, long fromSequence, int limit) {
        checkLimit(limit);
        return asked.of(state -> pageInMemory(state, stream, fromSequence, limit))
                .thenCompose(page -> {
                    if (page.firstSequence() <= 1) {
                        var empty = page.nextSequence() == 1;
                        return CompletableFuture.completedFuture(
                                new StreamPage(page.entries(), empty ? 0 : 1, page.nextSequence()));
                    }
                    return archive.read(stream, fromSequence, limit)
                            .thenApply(found -> join(found, page, limit));
                });
    }

    private static void checkLimit(int limit) {
        if (limit < 1 || limit > Hermes.MAX_PAGE) {
            throw new IllegalArgumentException(
                    "a page has 1 to %d elements, not %d".formatted(Hermes.MAX_PAGE, limit));
        }
    }

    private static StreamPage pageInMemory(
            HermesState state, Key stream, long fromSequence, int limit) {
        return new StreamPage(
                state.streamEntries(stream, fromSequence, limit),
                state.firstSequence(stream),
                state.nextSequence(stream));
    }

    /** Archived elements first, then those in memory that follow them. */
    private static StreamPage join(StreamArchive.Found archived, StreamPage inMemory, int limit) {
        var entries = new ArrayList<StreamEntry>();
        for (var entry : archived.entries()) {
            if (entry.sequence() < inMemory.firstSequence()) {
                entries.add(entry);
            }
        }
        for (var entry : inMemory.entries()) {
            if (entries.size() < limit) {
                entries.add(entry);
            }
        }
        var oldestInMemory =
                inMemory.firstSequence() == inMemory.nextSequence() ? 0 : inMemory.firstSequence();
        var first = archived.firstSequence() == 0 ? oldestInMemory : archived.firstSequence();
        return new StreamPage(entries, first, inMemory.nextSequence());
    }
}
