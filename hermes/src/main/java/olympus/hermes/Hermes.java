package olympus.hermes;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The store as seen from inside the process: what gods and the server use.
 *
 * <p>Threading: any thread may call; futures are completed on the store's loop, so continue with
 * the {@code …Async} methods on a loop of your own. Every write waits for durability on a majority;
 * reads are strict (linearizable). Errors: a malformed request throws {@link
 * IllegalArgumentException}; the state of the store comes as {@link TransactionResult.Refused} or
 * as a failed future with an {@link olympus.foundation.OlympusException}.
 */
public interface Hermes {

    /** Upper bound of a listing's page. */
    int MAX_PAGE = 1_000;

    CompletionStage<TransactionResult> transact(Transaction transaction);

    CompletionStage<Optional<Entry>> get(Key key);

    /**
     * Entries under {@code prefix} in key order.
     *
     * @param after the last key of the page before, empty for the first page
     * @param limit 1 to {@link #MAX_PAGE}
     */
    CompletionStage<Page> list(Key prefix, Optional<Key> after, int limit);

    /**
     * Elements of a stream with sequence ≥ {@code fromSequence}, oldest first, also from the
     * archive; at most {@code limit}.
     */
    CompletionStage<StreamPage> readStream(Key stream, long fromSequence, int limit);

    /**
     * Watches everything under {@code prefix}.
     *
     * @param fromRevision 0 for a listing first, else the first revision to deliver
     * @param deliverOn where {@code receiver} runs: an event loop of the caller
     */
    Watch watch(Key prefix, long fromRevision, Executor deliverOn, Consumer<WatchEvent> receiver);

    /**
     * Writes a snapshot that shows everything acknowledged before this call into {@code directory},
     * for whoever keeps copies; the caller deletes the file. What streams have dropped into the
     * archive is not in it.
     */
    CompletionStage<Path> saveSnapshot(Path directory);

    /** What the store knows of itself: for status, readiness and metrics. Never blocks. */
    StoreStatus status();

    /** How long this member takes: for metrics. Never blocks. */
    StoreTimes times();

    /**
     * A page of a listing, consistent as of {@code revision}; {@code more} when there is a next
     * one.
     */
    record Page(long revision, List<Entry> entries, boolean more) {
        public Page {
            entries = List.copyOf(entries);
        }
    }

    /**
     * Part of a stream.
     *
     * @param firstSequence the oldest element that still exists anywhere, 0 for an empty stream
     * @param nextSequence the sequence that the next element will get
     */
    record StreamPage(List<StreamEntry> entries, long firstSequence, long nextSequence) {
        public StreamPage {
            entries = List.copyOf(entries);
        }
    }

    /** A running watch; closing it twice does nothing. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
