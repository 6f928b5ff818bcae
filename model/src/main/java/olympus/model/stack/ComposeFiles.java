package olympus.model.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which Compose files make up the project of a folder: those that {@code COMPOSE_FILE} names, else
 * the first of the usual names and the override beside it.
 *
 * <p>{@code COMPOSE_FILE} may be set for another folder: where none of its files is and an {@code
 * olympus.yaml} stands, it is not looked at.
 */
final class ComposeFiles {

    private static final List<String> NAMES =
            List.of("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml");

    private static final List<String> OVERRIDES =
            List.of(
                    "compose.override.yml",
                    "compose.override.yaml",
                    "docker-compose.override.yml",
                    "docker-compose.override.yaml");

    private ComposeFiles() {}

    static boolean isIn(Path folder) {
        return NAMES.stream().anyMatch(name -> Files.exists(folder.resolve(name)));
    }

    /** In the order in which they are merged; empty when the folder has none. */
    static List<Located<Path>> of(
            Path folder, String prefix, Map<String, String> variables, ProblemLog problems) {
        var named = variables.getOrDefault("COMPOSE_FILE", "");
        if (!named.isBlank()) {
            return named(folder, named, variables, problems);
        }
        var files = new ArrayList<Located<Path>>();
        for (var names : List.of(NAMES, OVERRIDES)) {
            var found = names.stream().filter(name -> Files.exists(folder.resolve(name))).toList();
            if (found.isEmpty()) {
                break;
            }
            var first = prefix + found.getFirst();
            files.add(new Located<>(Place.startOf(first), folder.resolve(found.getFirst())));
            found.stream()
                    .skip(1)
                    .forEach(other ->
                            problems.warning(
                                    Place.startOf(prefix + other),
                                    "the file is not read: %s is there too".formatted(first)));
        }
        return files;
    }

    private static List<Located<Path>> named(
            Path folder, String named, Map<String, String> variables, ProblemLog problems) {
        var separator = variables.getOrDefault("COMPOSE_PATH_SEPARATOR", ":");
        var files = new ArrayList<Located<Path>>();
        for (var name : named.split(Pattern.quote(separator), -1)) {
            if (!name.isBlank()) {
                var place = Place.startOf("COMPOSE_FILE");
                FileSet.resolve(folder, new Located<>(place, name.strip()), problems)
                        .ifPresent(path -> files.add(new Located<>(place, path)));
            }
        }
        var isOfAnother =
                Files.exists(folder.resolve(StackFolder.FILE))
                        && files.stream().noneMatch(file -> Files.exists(file.value()));
        return isOfAnother ? List.of() : files;
    }
}
