package olympus.hermes.store;

import java.io.IOException;
import java.nio.file.Path;
import olympus.foundation.OlympusException;
import olympus.hermes.internal.snapshot.SnapshotReader;

/**
 * What a snapshot file says of itself, once all of it has been read and was found whole.
 *
 * @param island whose store it is
 * @param index the last entry that it contains
 * @param entries keys
 * @param streams lists to which is only appended; what they hold in memory is in the file, their
 *     archive is not
 * @param hash of the state
 */
public record SnapshotContent(
        String island,
        long incarnation,
        long revision,
        long index,
        long entries,
        long streams,
        long bytes,
        long hash) {

    /** Reads {@code file} whole; a damaged one is refused with the place of the damage. */
    public static SnapshotContent verify(Path file) throws IOException {
        try {
            var loaded = SnapshotReader.verify(file);
            var head = loaded.head();
            return new SnapshotContent(
                    head.identity().islandId(),
                    head.identity().incarnation(),
                    head.progress().revision(),
                    head.index(),
                    loaded.counts().entries(),
                    loaded.counts().streams(),
                    loaded.bytes(),
                    head.hash());
        } catch (OlympusException e) {
            throw new OlympusException(
                    e.code(),
                    String.valueOf(e.getMessage())
                            .replace(SnapshotReader.REMEDY, "Give another copy of it"),
                    e);
        }
    }
}
