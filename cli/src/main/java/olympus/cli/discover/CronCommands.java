package olympus.cli.discover;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import olympus.cli.cron.CronTable;

/**
 * Finds commands of cron lines that are not there. Judges only plain words before the first test or
 * keyword of the shell; whatever needs the shell to be understood counts as there.
 */
final class CronCommands {

    private static final String CRON_PATH = "/usr/bin:/bin";

    private static final Pattern SEPARATOR = Pattern.compile("&&|\\|\\||[;|&\\n]");
    private static final Pattern REDIRECTION = Pattern.compile("[0-9]*>&[0-9-]|&>>?|[0-9]*>>?\\S*");
    private static final Pattern SETTING = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=\\S*");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./+@-]+");

    /** After these, whether something is run depends on what the machine says. */
    private static final Set<String> GUARDS =
            Set.of(
                    "[", "[[", "test", "command", "if", "while", "until", "for", "case", "which",
                    "type", "exit", "eval", "{", "(", "!");

    private static final Set<String> BUILTINS =
            Set.of(
                    "cd", "export", "umask", "set", "echo", "printf", ":", "true", "false",
                    "ulimit", "source", ".", "exec", "wait", "trap", "read", "unset", "kill",
                    "pwd");

    private final FileTree tree;

    CronCommands(FileTree tree) {
        this.tree = tree;
    }

    /** One sentence for each command of the line that is certainly not there. */
    List<String> missing(CronTable.Job job) {
        var missing = new ArrayList<String>();
        var path = job.environment().getOrDefault("PATH", CRON_PATH);
        for (var part : SEPARATOR.split(simplified(job.command()))) {
            var word = program(part);
            if (word.isEmpty()) {
                continue;
            }
            if (GUARDS.contains(word.get()) || !PLAIN.matcher(word.get()).matches()) {
                break;
            }
            if (!BUILTINS.contains(word.get())) {
                sentence(word.get(), path).ifPresent(missing::add);
            }
        }
        return missing;
    }

    /** Without redirections and quoted texts, in which separators separate nothing. */
    private static String simplified(String command) {
        var unquoted = command.replaceAll("\"[^\"]*\"|'[^']*'|`[^`]*`|\\$\\([^)]*\\)", "\\$Q");
        return REDIRECTION.matcher(unquoted).replaceAll(" ");
    }

    private static Optional<String> program(String part) {
        for (var word : part.strip().split("\\s+")) {
            if (word.startsWith("(") && word.length() > 1) {
                return Optional.of("(");
            }
            if (!word.isEmpty() && !SETTING.matcher(word).matches()) {
                return Optional.of(word);
            }
        }
        return Optional.empty();
    }

    private Optional<String> sentence(String word, String path) {
        if (word.startsWith("/")) {
            return absent(word)
                    ? Optional.of("there is no " + word)
                    : notExecutable(word)
                            ? Optional.of(word + " is not executable")
                            : Optional.empty();
        }
        if (word.contains("/") || path.contains("$") || path.contains("~")) {
            return Optional.empty();
        }
        for (var folder : path.split(":")) {
            if (!folder.startsWith("/") || !absent(folder + "/" + word)) {
                return Optional.empty();
            }
        }
        return Optional.of("there is no \"%s\" in PATH, which is %s here".formatted(word, path));
    }

    /** What cannot be told apart counts as there. */
    private boolean absent(String file) {
        return Files.notExists(tree.at(file));
    }

    private boolean notExecutable(String file) {
        try {
            var path = tree.at(file);
            return Files.isRegularFile(path) && (tree.mode(path) & 0111) == 0;
        } catch (java.io.IOException e) {
            return false;
        }
    }
}
