package olympus.hermes;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a member runs the store; none of it may influence the replicated state.
 *
 * @param islandId names the island of a new store; an existing store of another island is refused
 * @param directory holds the archive of streams and the list of skipped entries; empty for a store
 *     of tests, which archives nothing
 * @param writeDeadline after which a write is answered whatever happens
 * @param snapshotAfterBytes bytes of log after which a snapshot is made
 * @param archiveBytes bound of the archive on disk; the oldest elements go first
 */
public record HermesOptions(
        String islandId,
        Optional<Path> directory,
        Duration writeDeadline,
        long snapshotAfterBytes,
        long archiveBytes) {

    public static final Duration DEFAULT_WRITE_DEADLINE = Duration.ofSeconds(10);
    public static final long DEFAULT_SNAPSHOT_AFTER_BYTES = 64L << 20;
    public static final long DEFAULT_ARCHIVE_BYTES = 256L << 20;

    public HermesOptions {
        if (islandId.isEmpty() || islandId.length() > 64) {
            throw new IllegalArgumentException(
                    "an island id has 1 to 64 characters, not \"" + islandId + "\"");
        }
        if (writeDeadline.isNegative()
                || writeDeadline.isZero()
                || snapshotAfterBytes < 1
                || archiveBytes < 1) {
            throw new IllegalArgumentException(
                    "deadline and bounds must be positive: %s, %d, %d"
                            .formatted(writeDeadline, snapshotAfterBytes, archiveBytes));
        }
    }

    /** The usual bounds, with everything under {@code directory}. */
    public static HermesOptions of(String islandId, Path directory) {
        return new HermesOptions(
                islandId,
                Optional.of(directory),
                DEFAULT_WRITE_DEADLINE,
                DEFAULT_SNAPSHOT_AFTER_BYTES,
                DEFAULT_ARCHIVE_BYTES);
    }
}
