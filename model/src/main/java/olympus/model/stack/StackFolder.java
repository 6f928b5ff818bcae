package olympus.model.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import olympus.model.Problem;

/**
 * Reads a stack's folder: {@code olympus.yaml} with its includes, {@code .env}, env_files and
 * secrets, and the defaults of the realm when the folder above holds a {@code realm.yaml}. Reports
 * all problems of the folder at once.
 *
 * <p>Never throws for what the files hold. Reads files, decides nothing else: the rules are in
 * {@link DefinitionRules}.
 */
public final class StackFolder {

    public static final String FILE = "olympus.yaml";

    private static final List<String> COMPOSE_FILES =
            List.of("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml");

    private StackFolder() {}

    /** Whether a folder holds a file that declares a stack. */
    public static boolean isStack(Path folder) {
        return Files.exists(folder.resolve(FILE))
                || COMPOSE_FILES.stream().anyMatch(name -> Files.exists(folder.resolve(name)));
    }

    /** What came of reading a folder. */
    public sealed interface Outcome {

        /** What is probably not meant, in the order of files and lines. */
        List<Problem> warnings();

        /**
         * The folder is good.
         *
         * @param secrets the clear texts, apart from the definition, which holds references without
         *     fingerprints
         */
        record Loaded(StackDefinition definition, ClearSecrets secrets, List<Problem> warnings)
                implements Outcome {
            public Loaded {
                warnings = List.copyOf(warnings);
            }
        }

        /**
         * The folder cannot be used; {@code problems} is never empty.
         *
         * @param more how many problems there are beyond those listed
         */
        record Invalid(List<Problem> problems, int more, List<Problem> warnings)
                implements Outcome {
            public Invalid {
                problems = List.copyOf(problems);
                warnings = List.copyOf(warnings);
            }

            static Invalid of(ProblemLog log) {
                return new Invalid(log.errors(), log.moreErrors(), log.warnings());
            }

            /** One problem per line, and how many are not listed. */
            public String text() {
                var listed =
                        problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
                return more == 0 ? listed : listed + "\n… and %d more".formatted(more);
            }
        }
    }

    /**
     * @param environment the variables of the command that reads the folder; they win over the
     *     folder's {@code .env}
     */
    public static Outcome load(Path folder, Map<String, String> environment) {
        var above = folder.toAbsolutePath().normalize().getParent();
        var problems = new ProblemLog();
        var defaults = ServiceDefaults.NONE;
        if (above != null && Files.isRegularFile(above.resolve(RealmFolder.FILE))) {
            defaults =
                    RealmFolder.file(above, "../" + RealmFolder.FILE, environment, problems)
                            .defaults();
        }
        return load(folder, environment, defaults, "", problems);
    }

    /**
     * @param prefix stands before the names of the folder's files in messages
     */
    static Outcome load(
            Path folder,
            Map<String, String> environment,
            ServiceDefaults defaults,
            String prefix,
            ProblemLog problems) {
        var absolute = folder.toAbsolutePath().normalize();
        var composeFile =
                COMPOSE_FILES.stream()
                        .filter(name -> Files.exists(absolute.resolve(name)))
                        .findFirst();
        if (Files.notExists(absolute.resolve(FILE))) {
            var found =
                    composeFile
                            .map(name -> "; this version of Olympus does not read " + name + " yet")
                            .orElse("");
            problems.error(
                    Place.startOf(prefix + FILE),
                    "there is no " + FILE + " in " + absolute + found,
                    "a file " + FILE);
            return Outcome.Invalid.of(problems);
        }
        composeFile.ifPresent(name ->
                problems.warning(
                        Place.startOf(prefix + name),
                        "this version of Olympus does not read " + name + " yet"));
        return new StackReader(absolute, prefix, environment, defaults, problems).read();
    }
}
