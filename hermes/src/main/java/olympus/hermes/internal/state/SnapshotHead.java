package olympus.hermes.internal.state;

import olympus.hermes.StoreLimits;

/**
 * The single values of a state as of an entry, and its hash.
 *
 * @param term the term of that entry
 * @param index its position in the log
 * @param hash of the whole state
 */
public record SnapshotHead(
        long term,
        long index,
        long hash,
        Identity identity,
        Progress progress,
        StoreLimits limits) {

    /** Which store it is. */
    public record Identity(String islandId, long incarnation, int featureLevel) {}

    /** How far it has come. */
    public record Progress(long epoch, long revision, long compactRevision, long tick, long wall) {}
}
