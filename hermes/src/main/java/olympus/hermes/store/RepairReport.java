package olympus.hermes.store;

import java.nio.file.Path;
import java.util.List;

/**
 * What a repair did.
 *
 * @param lastIndex the last entry that is left
 * @param givenUp how many acknowledged entries are gone
 * @param kept where the files as they were before have been put
 * @param steps what was done, in sentences
 */
public record RepairReport(long lastIndex, long givenUp, Path kept, List<String> steps) {
    public RepairReport {
        steps = List.copyOf(steps);
    }
}
