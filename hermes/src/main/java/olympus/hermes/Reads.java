package olympus.hermes;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What can be asked of the store. How new the answers are says whoever is asked: {@link Hermes}
 * itself strictly, {@link Hermes#stale} from what one member knows.
 *
 * <p>Threading and errors: as {@link Hermes} says.
 */
public interface Reads {

    CompletionStage<Optional<Entry>> get(Key key);

    /**
     * Entries under {@code prefix} in key order.
     *
     * @param after the last key of the page before, empty for the first page
     * @param limit 1 to {@link Hermes#MAX_PAGE}
     */
    CompletionStage<Hermes.Page> list(Key prefix, Optional<Key> after, int limit);

    /**
     * Elements of a stream with sequence ≥ {@code fromSequence}, oldest first, also from the
     * archive; at most {@code limit}.
     */
    CompletionStage<Hermes.StreamPage> readStream(Key stream, long fromSequence, int limit);
}
