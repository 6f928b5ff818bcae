package olympus.cli.discover;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Programs as a shell would find them. */
public final class SearchPath {

    private SearchPath() {}

    /** The first executable file of that name on the PATH of {@code environment}. */
    public static Optional<Path> find(String name, Map<String, String> environment) {
        return Arrays.stream(environment.getOrDefault("PATH", "").split(":"))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder).resolve(name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }
}
