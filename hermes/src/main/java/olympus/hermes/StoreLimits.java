package olympus.hermes;

/**
 * The bounds of the whole store. They are replicated state, so that every replica refuses and
 * compacts alike.
 *
 * @param ringBytes bytes of changes kept for watches that resume
 * @param ringRevisions revisions kept for watches that resume
 * @param tableBytes bytes of keys and values; puts beyond it are refused
 * @param leases leases that live at the same time
 * @param streams streams that exist
 */
public record StoreLimits(
        long ringBytes, int ringRevisions, long tableBytes, int leases, int streams) {

    public static final StoreLimits DEFAULT =
            new StoreLimits(16L << 20, 65_536, 1L << 30, 100_000, 10_000);

    /**
     * Upper bound of {@code ringRevisions}, so that copying the ring for a snapshot stays short.
     */
    public static final int MAX_RING_REVISIONS = 1 << 20;

    public StoreLimits {
        if (ringBytes < 1
                || ringRevisions < 1
                || ringRevisions > MAX_RING_REVISIONS
                || tableBytes < 1
                || leases < 1
                || streams < 1) {
            throw new IllegalArgumentException(
                    "store limits must be positive and keep at most %d revisions, these are %d ring bytes, %d revisions, %d table bytes, %d leases, %d streams"
                            .formatted(
                                    MAX_RING_REVISIONS,
                                    ringBytes,
                                    ringRevisions,
                                    tableBytes,
                                    leases,
                                    streams));
        }
    }
}
