package olympus.hermes.store;

/**
 * One entry of the log, decoded as far as it can be.
 *
 * @param kind {@code data}, or which record of the engine's own it is
 * @param summary header and number of commands, or why the entry cannot be decoded
 * @param hash of its content as the skip list wants it, 0 for the engine's own records
 */
public record EntryReport(
        long index,
        long term,
        int bytes,
        String kind,
        boolean readable,
        String summary,
        long hash) {}
