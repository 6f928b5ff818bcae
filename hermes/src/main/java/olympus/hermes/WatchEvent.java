package olympus.hermes;

import java.util.List;

/**
 * What a watch delivers, in order: with {@code from 0} first the listing ({@link Listed} parts, the
 * last of which is marked), then {@link Changed} for each transaction that touched the prefix,
 * never missing or reordering one; or it ends with {@link Compacted} or {@link Lagged}.
 */
public sealed interface WatchEvent {

    /** A part of the consistent listing as of {@code revision}. */
    record Listed(long revision, List<Entry> entries, boolean last) implements WatchEvent {}

    /** The changes under the prefix of one transaction. */
    record Changed(long revision, List<Change> changes) implements WatchEvent {}

    /** The revision asked for is no longer in the change ring: list anew. The watch has ended. */
    record Compacted(long compactRevision) implements WatchEvent {}

    /**
     * The receiver was too slow and its queue was full: resume from this revision. The watch has
     * ended.
     */
    record Lagged(long resumeFrom) implements WatchEvent {}

    /** The store is closing or halted; resume later from this revision. The watch has ended. */
    record Ended(long resumeFrom, String reason) implements WatchEvent {}
}
