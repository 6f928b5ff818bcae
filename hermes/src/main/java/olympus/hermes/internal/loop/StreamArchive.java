package olympus.hermes.internal.loop;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import olympus.hermes.Key;
import olympus.hermes.StreamEntry;

/** Where elements go that no longer fit a stream's bounds in memory. Its methods never block. */
public interface StreamArchive extends AutoCloseable {

    /** Takes trimmed elements over, oldest first; what it has already is passed over. */
    void add(Key stream, List<StreamEntry> elements);

    /**
     * Elements with a sequence ≥ {@code fromSequence}, at most {@code limit}, and the oldest that
     * there is.
     */
    CompletionStage<Found> read(Key stream, long fromSequence, int limit);

    /** Completed when everything added before is on disk. */
    CompletionStage<Void> flush();

    /** What is wrong with the archive, empty while nothing is. Any thread; never blocks. */
    Optional<String> problem();

    @Override
    void close();

    /** What the archive holds of a stream; {@code firstSequence} 0 for nothing. */
    record Found(List<StreamEntry> entries, long firstSequence) {
        public Found {
            entries = List.copyOf(entries);
        }
    }

    /** Keeps nothing: for stores without a directory. */
    static StreamArchive none() {
        return new StreamArchive() {
            @Override
            public void add(Key stream, List<StreamEntry> elements) {}

            @Override
            public CompletionStage<Found> read(Key stream, long fromSequence, int limit) {
                return CompletableFuture.completedFuture(new Found(List.of(), 0));
            }

            @Override
            public CompletionStage<Void> flush() {
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public Optional<String> problem() {
                return Optional.empty();
            }

            @Override
            public void close() {}
        };
    }
}
