package olympus.hermes.store;

/**
 * One file of a store as it was found.
 *
 * @param file its path below the store's folder
 * @param firstIndex the first entry in it, -1 where that has no meaning
 * @param lastIndex the last whole entry in it or covered by it, -1 where that has no meaning
 * @param state {@code whole}, or what is remarkable about it
 */
public record FileReport(
        String file, Kind kind, long bytes, long firstIndex, long lastIndex, String state) {

    public enum Kind {
        SEGMENT,
        SNAPSHOT,
        COMMIT_MARK,
        TERM
    }
}
