package olympus.model.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import olympus.model.Problem;
import olympus.model.StackName;

/**
 * Reads a realm's folder: {@code realm.yaml}, and each subfolder that holds an {@code olympus.yaml}
 * or a Compose file as a stack.
 */
public final class RealmFolder {

    public static final String FILE = "realm.yaml";

    /** More stacks than one owner has. */
    public static final int MAX_STACKS = 1_000;

    private RealmFolder() {}

    /**
     * What came of reading a realm's folder. A stack that cannot be used does not keep the others
     * from being used.
     *
     * @param name the realm's name
     * @param nodeLabels by node; reserved, nothing uses them in this version
     * @param stacks by subfolder
     * @param problems of {@code realm.yaml} and between stacks; those of a stack are in its outcome
     */
    public record Realm(
            String name,
            Map<String, Map<String, String>> nodeLabels,
            SortedMap<String, StackFolder.Outcome> stacks,
            List<Problem> problems,
            List<Problem> warnings) {
        public Realm {
            nodeLabels = Collections.unmodifiableMap(new TreeMap<>(nodeLabels));
            stacks = Collections.unmodifiableSortedMap(new TreeMap<>(stacks));
            problems = List.copyOf(problems);
            warnings = List.copyOf(warnings);
        }

        /** Whether everything in the folder may be applied. */
        public boolean isValid() {
            return problems.isEmpty()
                    && stacks.values().stream()
                            .allMatch(StackFolder.Outcome.Loaded.class::isInstance);
        }
    }

    /** What {@code realm.yaml} says. */
    record RealmFile(
            String name, ServiceDefaults defaults, Map<String, Map<String, String>> nodeLabels) {}

    public static Realm load(Path folder, Map<String, String> environment) {
        var absolute = folder.toAbsolutePath().normalize();
        var problems = new ProblemLog();
        var realm = file(absolute, FILE, environment, problems);
        var stacks = new TreeMap<String, StackFolder.Outcome>();
        for (var path : stackFolders(absolute, problems)) {
            var subfolder = absolute.relativize(path).toString();
            stacks.put(
                    subfolder,
                    StackFolder.load(
                            path,
                            environment,
                            realm.defaults(),
                            subfolder + "/",
                            new ProblemLog()));
        }
        namesOnce(stacks, problems);
        return new Realm(
                realm.name(), realm.nodeLabels(), stacks, problems.errors(), problems.warnings());
    }

    static RealmFile file(
            Path folder, String shown, Map<String, String> environment, ProblemLog problems) {
        var prefix = shown.substring(0, shown.length() - FILE.length());
        var last = folder.getFileName();
        var otherwise = last == null ? "realm" : last.toString();
        var variables = FileSet.variables(folder, prefix, environment, problems);
        var interpolation = new Interpolation(variables, problems);
        return SourceText.read(
                        folder.resolve(FILE),
                        "file",
                        shown,
                        Place.startOf(shown),
                        SourceText.MAX_FILE_BYTES,
                        problems)
                .flatMap(text -> YamlReader.read(shown, text, interpolation::apply, problems))
                .flatMap(value -> RealmKeys.REALM.read(value, problems))
                .map(fields -> realmFile(fields, otherwise))
                .orElse(new RealmFile(otherwise, ServiceDefaults.NONE, Map.of()));
    }

    private static RealmFile realmFile(KeyTable.Fields fields, String otherwise) {
        var nodes = new LinkedHashMap<String, Map<String, String>>();
        fields.get(RealmKeys.NODES)
                .ifPresent(
                        named -> named.forEach((node, labels) -> nodes.put(node, labels.value())));
        var defaults =
                fields.get(RealmKeys.DEFAULTS_KEY)
                        .map(ServiceDefaults::of)
                        .orElse(ServiceDefaults.NONE);
        return new RealmFile(fields.get(RealmKeys.REALM_NAME).orElse(otherwise), defaults, nodes);
    }

    private static List<Path> stackFolders(Path folder, ProblemLog problems) {
        var folders = new ArrayList<Path>();
        try (var entries =
                Files.newDirectoryStream(
                        folder, path -> Files.isDirectory(path) && StackFolder.isStack(path))) {
            entries.forEach(folders::add);
        } catch (IOException e) {
            problems.error(
                    Place.startOf(FILE),
                    "cannot list the folder " + folder + ": " + e.getMessage());
        }
        folders.sort(null);
        if (folders.size() > MAX_STACKS) {
            problems.error(
                    Place.startOf(FILE),
                    "the realm has %d stacks".formatted(folders.size()),
                    "at most %d".formatted(MAX_STACKS));
            return List.of();
        }
        return folders;
    }

    private static void namesOnce(
            SortedMap<String, StackFolder.Outcome> stacks, ProblemLog problems) {
        var folders = new HashMap<StackName, String>();
        stacks.forEach((subfolder, outcome) -> {
            if (outcome instanceof StackFolder.Outcome.Loaded loaded) {
                var name = loaded.definition().name();
                var first = folders.putIfAbsent(name, subfolder);
                if (first != null) {
                    problems.error(
                            Place.startOf(subfolder + "/" + StackFolder.FILE),
                            "the stack \"%s\" is declared twice, first in %s/"
                                    .formatted(name, first),
                            "a name of its own");
                }
            }
        });
    }
}
