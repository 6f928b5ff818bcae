package olympus.hermes.internal.loop;

import java.util.List;
import java.util.Optional;
import olympus.hermes.internal.state.SkippedEntry;

/**
 * What an operator has ordered with the offline tool while the store was closed.
 *
 * @param condemned entries that apply passes over
 * @param recovered present when a repair gave up entries that may have been acknowledged: the
 *     incarnation must be raised before the store answers
 */
public record OperatorOrders(List<SkippedEntry> condemned, Optional<Recovered> recovered) {

    public OperatorOrders {
        condemned = List.copyOf(condemned);
    }

    public static OperatorOrders none() {
        return new OperatorOrders(List.of(), Optional.empty());
    }

    /** The mark that a repair left behind. */
    @FunctionalInterface
    public interface Recovered {
        /**
         * The incarnation is raised: the mark may go. Called on the thread that writes snapshots.
         * When the mark stays, the next start raises the incarnation once more, which harms nobody.
         */
        void done();
    }
}
