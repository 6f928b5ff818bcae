package olympus.model.stack;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads {@code olympus.yaml} and what it includes, within limits of depth, number and size. */
final class FileSet {

    static final int MAX_INCLUDE_DEPTH = 8;
    static final int MAX_FILES = 64;
    static final long MAX_TOTAL_BYTES = 16L << 20;

    private final Path folder;
    private final String prefix;
    private final Map<String, String> variables;
    private final ProblemLog problems;
    private final List<SourceFile> files = new ArrayList<>();
    private final Set<Path> read = new LinkedHashSet<>();
    private long totalBytes;

    FileSet(Path folder, String prefix, Map<String, String> variables, ProblemLog problems) {
        this.folder = folder;
        this.prefix = prefix;
        this.variables = variables;
        this.problems = problems;
    }

    /** A file that was read; paths in it are seen from {@code directory}. */
    record SourceFile(Path directory, KeyTable.Fields fields) {}

    /**
     * The variables of a folder: those given, then those of its {@code .env}, or of the files that
     * {@code COMPOSE_ENV_FILES} names.
     */
    static Map<String, String> variables(
            Path folder, String prefix, Map<String, String> environment, ProblemLog problems) {
        var variables = new HashMap<String, String>();
        var named = environment.getOrDefault("COMPOSE_ENV_FILES", "");
        if (!named.isBlank()) {
            for (var name : named.split(",", -1)) {
                resolve(folder, new Located<>(Place.startOf(name), name), problems)
                        .ifPresent(file ->
                                variables.putAll(
                                        ofFile(
                                                file,
                                                prefix + show(folder, file),
                                                environment,
                                                problems)));
            }
        } else if (Files.exists(folder.resolve(".env"))
                && !environment.getOrDefault("COMPOSE_DISABLE_ENV_FILE", "").equals("true")) {
            variables.putAll(
                    ofFile(folder.resolve(".env"), prefix + ".env", environment, problems));
        }
        variables.putAll(environment);
        return variables;
    }

    /** Those of one file. */
    static Map<String, String> ofFile(
            Path file, String shown, Map<String, String> around, ProblemLog problems) {
        return new SecretFile(file, "file", shown, Place.startOf(shown), problems)
                .variables(false, around);
    }

    /** The main file first, then what it includes, in order. */
    List<SourceFile> read() {
        var shown = prefix + StackFolder.FILE;
        read(folder.resolve(StackFolder.FILE), shown, Place.startOf(shown), new LinkedHashSet<>());
        return files;
    }

    private void read(Path file, String shown, Place at, Set<Path> including) {
        var path = file.normalize();
        if (including.contains(path)) {
            var cycle = including.stream().map(this::show).collect(Collectors.joining(" → "));
            problems.error(
                    at,
                    "include cycle: " + cycle + " → " + show(path),
                    "files that do not include each other");
            return;
        }
        if (read.contains(path)) {
            return;
        }
        if (including.size() > MAX_INCLUDE_DEPTH || files.size() >= MAX_FILES) {
            var limit =
                    including.size() > MAX_INCLUDE_DEPTH
                            ? MAX_INCLUDE_DEPTH + " levels of includes"
                            : MAX_FILES + " files";
            problems.error(at, "too many includes", "at most " + limit);
            return;
        }
        var fields =
                SourceText.read(
                                path,
                                including.isEmpty() ? "file" : "included file",
                                shown,
                                at,
                                SourceText.MAX_FILE_BYTES,
                                problems)
                        .filter(text -> withinTotal(text, at))
                        .flatMap(text -> parse(shown, text, including.isEmpty()));
        read.add(path);
        if (fields.isEmpty()) {
            return;
        }
        var directory = Optional.ofNullable(path.getParent()).orElse(folder);
        files.add(new SourceFile(directory, fields.get()));
        var deeper = new LinkedHashSet<>(including);
        deeper.add(path);
        fields.get()
                .get(StackKeys.INCLUDE)
                .orElse(List.of())
                .forEach(include -> include(include, directory, deeper));
    }

    private void include(Located<String> include, Path directory, Set<Path> including) {
        resolve(directory, include, problems)
                .ifPresent(path -> read(path, show(path), include.place(), including));
    }

    private boolean withinTotal(String text, Place at) {
        totalBytes += text.length();
        if (totalBytes > MAX_TOTAL_BYTES) {
            problems.error(
                    at,
                    "the stack's files are too large together",
                    "at most %d bytes".formatted(MAX_TOTAL_BYTES));
        }
        return totalBytes <= MAX_TOTAL_BYTES;
    }

    private Optional<KeyTable.Fields> parse(String shown, String text, boolean main) {
        var interpolation = new Interpolation(variables, problems);
        return YamlReader.read(shown, text, interpolation::apply, problems)
                .flatMap(value ->
                        (main ? StackKeys.STACK : StackKeys.INCLUDED).read(value, problems));
    }

    private String show(Path path) {
        return prefix + show(folder, path);
    }

    /** A path as seen from the folder, when that is short. */
    static String show(Path folder, Path path) {
        var relative = folder.relativize(path.normalize());
        if (relative.startsWith("../..")) {
            return path.toString();
        }
        return relative.toString().isEmpty() ? "." : relative.toString();
    }

    /** Empty when the text is no path, which is reported. */
    static Optional<Path> resolve(Path directory, Located<String> path, ProblemLog problems) {
        try {
            return Optional.of(directory.resolve(path.value()).normalize());
        } catch (InvalidPathException e) {
            problems.error(
                    path.place(),
                    "\"" + path.value() + "\" is not a path: " + e.getReason(),
                    "a path");
            return Optional.empty();
        }
    }
}
