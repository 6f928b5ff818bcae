package olympus.hermes.internal.state;

import java.util.List;
import olympus.hermes.Change;

/** The changes of one revision. */
public record RevisionChanges(long revision, List<Change> changes) {

    private static final int OVERHEAD = 64;

    public RevisionChanges {
        changes = List.copyOf(changes);
    }

    /**
     * What it is counted as against the ring's bound: part of the replicated state, so never change
     * it.
     */
    public long bytes() {
        long sum = OVERHEAD;
        for (var change : changes) {
            sum += bytes(change);
        }
        return sum;
    }

    private static long bytes(Change change) {
        return (long) change.key().raw().length()
                + OVERHEAD
                + switch (change) {
                    case Change.Put put -> put.entry().value().length();
                    case Change.Deleted deleted -> 0;
                    case Change.Appended appended -> appended.entry().value().length();
                };
    }
}
