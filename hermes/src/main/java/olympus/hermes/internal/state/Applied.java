package olympus.hermes.internal.state;

import java.util.List;
import olympus.hermes.TransactionResult;

/** What became of an entry: one result per command unless the whole entry was passed over. */
public record Applied(Verdict verdict, List<TransactionResult> results) {

    static final Applied DUPLICATE = new Applied(Verdict.DUPLICATE, List.of());
    static final Applied STALE = new Applied(Verdict.STALE_EPOCH, List.of());

    /** How the entry as a whole was treated. */
    public enum Verdict {
        APPLIED,
        /** Its origin and sequence were applied before. */
        DUPLICATE,
        /** Made under an epoch that is no longer in force; nothing of it was applied. */
        STALE_EPOCH
    }

    public Applied {
        results = List.copyOf(results);
    }
}
