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
 * reads are strict (linearizable) unless asked by way of {@link #stale}. Errors: a malformed
 * request throws {@link IllegalArgumentException}; the state of the store comes as {@link
 * TransactionResult.Refused} or as a failed future with an {@link
 * olympus.foundation.OlympusException}.
 */
public interface Hermes extends Reads {

    /** Upper bound of a listing's page. */
    int MAX_PAGE = 1_000;

    CompletionStage<TransactionResult> transact(Transaction transaction);

    /**
     * The same questions, answered at once from what this member has applied: also while it knows
     * no leader, and without an entry of the log. A store that has halted or is closed answers no
     * question.
     */
    Stale stale();

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

    /**
     * Asks what one member has applied.
     *
     * @param revision every answer shows all up to this, and perhaps more
     */
    record Stale(long revision, Reads member) implements Reads {

        @Override
        public CompletionStage<Optional<Entry>> get(Key key) {
            return member.get(key);
        }

        @Override
        public CompletionStage<Page> list(Key prefix, Optional<Key> after, int limit) {
            return member.list(prefix, after, limit);
        }

        @Override
        public CompletionStage<StreamPage> readStream(Key stream, long fromSequence, int limit) {
            return member.readStream(stream, fromSequence, limit);
        }
    }

    /** A running watch; closing it twice does nothing. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
