package olympus.model.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import olympus.model.Problem;

/**
 * Reads a stack's folder: {@code olympus.yaml} with its includes, a Compose project, or both;
 * {@code .env}, env_files and secrets, and the defaults of the realm when the folder above holds a
 * {@code realm.yaml}. Reports all problems of the folder at once.
 *
 * <p>Never throws for what the files hold. Reads files, decides nothing else: the rules are in
 * {@link DefinitionRules}.
 */
public final class StackFolder {

    public static final String FILE = "olympus.yaml";

    private StackFolder() {}

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
         * @param rest when nothing is wrong but that services are refused: the stack without them,
         *     for those who only watch it
         */
        record Invalid(
                List<Problem> problems, int more, List<Problem> warnings, Optional<Loaded> rest)
                implements Outcome {
            public Invalid {
                problems = List.copyOf(problems);
                warnings = List.copyOf(warnings);
            }

            static Invalid of(ProblemLog log) {
                return of(log, Optional.empty());
            }

            static Invalid of(ProblemLog log, Optional<Loaded> rest) {
                return new Invalid(log.errors(), log.moreErrors(), log.warnings(), rest);
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
        var variables = FileSet.variables(absolute, prefix, environment, problems);
        var composeFiles = ComposeFiles.of(absolute, prefix, variables, problems);
        if (Files.notExists(absolute.resolve(FILE)) && composeFiles.isEmpty()) {
            problems.error(
                    Place.startOf(prefix + FILE),
                    "there is no %s and no Compose file in %s".formatted(FILE, absolute),
                    "a file %s or compose.yaml".formatted(FILE));
            return Outcome.Invalid.of(problems);
        }
        return new StackReader(absolute, prefix, variables, composeFiles, defaults, problems)
                .read();
    }

    /** Whether there is something in the folder that may be a stack. */
    public static boolean isStack(Path folder) {
        return Files.exists(folder.resolve(FILE)) || ComposeFiles.isIn(folder);
    }
}
