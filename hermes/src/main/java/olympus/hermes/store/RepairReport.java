package olympus.hermes.store;

import java.nio.file.Path;
import java.util.List;

/**
 * What a repair did.
 *
 * @param lastIndex the last entry that is left
 * @param givenUp how many acknowledged entries are gone
 * @param lost what of the given-up entries can still be read: how many, and which declared things
 *     they touched, in sentences
 * @param kept where the files as they were before have been put
 * @param steps what was done, in sentences
 */
public record RepairReport(
        long lastIndex, long givenUp, List<String> lost, Path kept, List<String> steps) {
    public RepairReport {
        lost = List.copyOf(lost);
        steps = List.copyOf(steps);
    }
}
