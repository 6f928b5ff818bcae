package olympus.hermes.internal.state;

/**
 * An entry that an operator has condemned after it halted the store: apply passes over it.
 *
 * @param index its position in the log
 * @param hash of its bytes, so that no other entry is ever skipped by mistake; see {@link #hashOf}
 */
public record SkippedEntry(long index, long hash) {

    /** The hash by which an entry is condemned. */
    public static long hashOf(byte[] entry) {
        return Hash64.of(3, entry);
    }
}
