package olympus.hermes.internal.state;

/**
 * What an entry says of itself: everything beside the commands that {@code apply} may depend on.
 *
 * @param featureLevel the feature level in force when the leader made the entry
 * @param epoch the epoch under which it was made
 * @param tick the leader's elapsed milliseconds; decides expiry
 * @param wall the leader's wall time, as a {@link HybridTime} value
 * @param randomSeed the only source of randomness that apply may use
 * @param origin who made it: drawn anew by every process that leads
 * @param originSequence counts the entries of that origin, so that a re-sent one is applied once
 */
public record EntryHeader(
        int featureLevel,
        long epoch,
        long tick,
        long wall,
        long randomSeed,
        long origin,
        long originSequence) {}
