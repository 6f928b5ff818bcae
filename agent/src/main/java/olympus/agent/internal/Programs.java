package olympus.agent.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the programs of this machine that commands from others may name: where nobody's environment
 * decides. Stateless; blocks on the disk.
 *
 * @param directories in which a name without a slash is looked for, in this order
 */
record Programs(List<Path> directories) {

    static final Programs OF_THE_SYSTEM =
            new Programs(
                    List.of(
                            Path.of("/usr/local/sbin"),
                            Path.of("/usr/local/bin"),
                            Path.of("/usr/sbin"),
                            Path.of("/usr/bin"),
                            Path.of("/sbin"),
                            Path.of("/bin")));

    /** As the variable PATH has them. */
    String path() {
        return directories.stream().map(Path::toString).collect(Collectors.joining(":"));
    }

    /**
     * The file that {@code word} names: an absolute path without detours, or a name. Its directory
     * is the real one, so that {@code /bin/ls} and {@code /usr/bin/ls} are one where /bin is only a
     * link; the name stays, because what is linked to may act by the name it is called with.
     */
    Optional<Path> find(String word) {
        if (word.isEmpty() || word.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        if (word.indexOf('/') < 0) {
            return word.equals(".") || word.equals("..")
                    ? Optional.empty()
                    : directories.stream()
                            .map(directory -> directory.resolve(word))
                            .filter(Programs::runs)
                            .findFirst()
                            .flatMap(Programs::real);
        }
        var path = Path.of(word);
        return path.isAbsolute() && path.normalize().toString().equals(word) && runs(path)
                ? real(path)
                : Optional.empty();
    }

    private static boolean runs(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }

    private static Optional<Path> real(Path file) {
        try {
            var parent = Optional.ofNullable(file.getParent()).orElse(Path.of("/"));
            return Optional.ofNullable(file.getFileName()).map(parent.toRealPath()::resolve);
        } catch (IOException e) {
            return Optional.empty(); // gone meanwhile
        }
    }
}
