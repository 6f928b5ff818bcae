package olympus.hermes.files;

import java.nio.file.Path;

/**
 * Damage that keeps a store from being opened.
 *
 * @param file the damaged or missing file
 * @param what what is wrong with it
 * @param remedy the command that gets out of it, and what it costs
 */
public record Problem(Path file, String what, String remedy) {

    @Override
    public String toString() {
        return "%s: %s. %s".formatted(file, what, remedy);
    }
}
