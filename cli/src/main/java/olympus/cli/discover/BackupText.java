package olympus.cli.discover;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a command line, script or settings file says about backups: which tool it runs, which paths
 * it names, which repositories. A heuristic over the words of the text; a pure function of it.
 */
final class BackupText {

    private static final Pattern TOOL =
            Pattern.compile(
                    "(?<![\\w./-])(?:/\\S*/)?(restic|resticprofile|autorestic|rustic|borg|borgmatic|borgbackup|kopia|duplicity|duplicati-cli|duply|rsnapshot|rdiff-backup|rsync|rclone|btrbk|sanoid|syncoid|zfs send|tar|pg_dumpall|pg_dump|mysqldump|mariadb-dump|mongodump)(?=[\\s\"';]|$)");
    private static final Pattern ASSIGNMENT =
            Pattern.compile(
                    "(?m)^\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)=(\"[^\"\\n]*\"|'[^'\\n]*'|[^\\s;&|]*)");
    private static final Pattern EXCLUDED =
            Pattern.compile(
                    "--(?:i?exclude|exclude-file|exclude-from)(?:=|\\s+)(\"[^\"]*\"|'[^']*'|\\S+)|(?<=\\s)-e\\s+\\S+");
    private static final Pattern PATH =
            Pattern.compile("(?<![\\w.:/*@$}-])(/[^\\s\"'`;|&<>():,\\]\\[]*)");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]+");
    private static final Pattern COMMENT = Pattern.compile("(?m)(?<=^|\\s)#.*$");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([A-Za-z_][A-Za-z0-9_]*)}?");

    private static final Pattern RESTIC_OPTION =
            Pattern.compile(
                    "\\b(?:restic|rustic)\\b[^\\n;|&]*?\\s(?:-r|--repo|--repository)(?:=|\\s+)(\"[^\"]*\"|'[^']*'|\\S+)");
    private static final Pattern BORG_COMMAND =
            Pattern.compile(
                    "\\bborg\\s+(?:[^\\n;|&]*?\\s)?(?:prune|compact|check|list)\\b[^\\n;|&]*?\\s((?:[\\w.@-]+:|ssh://|/|\\$)[^\\s\"']*?)(?:::\\S*|(?=\\s|$))");
    private static final Pattern BORG_CREATE_QUOTED =
            Pattern.compile("\\bborg\\b[^\\n;|&]*?\\s[\"']?([^\\s\"']+)::");
    private static final Pattern BORGMATIC_PATH =
            Pattern.compile("(?m)^\\s*-\\s*(?:path:\\s*)?[\"']?((?:ssh://|/|[\\w.-]+@)[^\\s\"']+)");

    private static final Pattern ENGINE = Pattern.compile("\\b(docker|podman|nerdctl)\\b");

    private static final int MAX_WORDS = 5_000;

    private final String text;
    private final Map<String, String> variables = new HashMap<>();

    /** A repository that the text names. */
    record Named(String tool, String location) {}

    BackupText(String text) {
        this.text = COMMENT.matcher(text.replace("\\\n", " ")).replaceAll("");
        var matcher = ASSIGNMENT.matcher(this.text);
        while (matcher.find()) {
            variables.put(matcher.group(1), unquoted(matcher.group(2)));
        }
    }

    /** The backup tool that is run; empty when there is none. */
    Optional<String> tool() {
        var matcher = TOOL.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** Absolute paths, those after exclude options left out. */
    List<String> paths() {
        var paths = new LinkedHashSet<String>();
        var matcher = PATH.matcher(EXCLUDED.matcher(resolved(text)).replaceAll(" "));
        while (matcher.find() && paths.size() < MAX_WORDS) {
            var path = matcher.group(1).replaceFirst("/?\\*?$", "");
            paths.add(path.isEmpty() ? "/" : path);
        }
        return List.copyOf(paths);
    }

    /** Words that may name a container or volume: of texts that speak of an engine only. */
    List<String> words() {
        if (!ENGINE.matcher(text).find()) {
            return List.of();
        }
        var words = new LinkedHashSet<String>();
        var matcher = WORD.matcher(EXCLUDED.matcher(resolved(text)).replaceAll(" "));
        while (matcher.find() && words.size() < MAX_WORDS) {
            words.add(matcher.group());
        }
        return List.copyOf(words);
    }

    /** Locations that hold a variable whose value is not in the text are left out. */
    Set<Named> repositories() {
        var found = new LinkedHashSet<Named>();
        add(found, "restic", Optional.ofNullable(variables.get("RESTIC_REPOSITORY")));
        add(found, "borg", Optional.ofNullable(variables.get("BORG_REPO")));
        all(RESTIC_OPTION).forEach(location -> add(found, "restic", Optional.of(location)));
        all(BORG_CREATE_QUOTED).forEach(location -> add(found, "borg", Optional.of(location)));
        all(BORG_COMMAND).forEach(location -> add(found, "borg", Optional.of(location)));
        return found;
    }

    /** The repositories of a borgmatic configuration: the entries below {@code repositories:}. */
    Set<Named> borgmaticRepositories() {
        var found = new LinkedHashSet<Named>();
        var inside = false;
        for (var line : text.lines().toList()) {
            if (line.matches("\\s*[a-z_]+:\\s*")) {
                inside = line.strip().equals("repositories:");
            } else if (inside) {
                var matcher = BORGMATIC_PATH.matcher(line);
                if (matcher.find()) {
                    add(found, "borg", Optional.of(matcher.group(1)));
                }
            }
        }
        return found;
    }

    private List<String> all(Pattern pattern) {
        var found = new ArrayList<String>();
        var matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private void add(Set<Named> found, String tool, Optional<String> location) {
        location.map(BackupText::unquoted)
                .map(this::resolved)
                .map(text -> text.replaceFirst("::.*$", "").replaceFirst("(?<=.)/$", ""))
                .filter(text -> !text.isEmpty() && !text.contains("$") && !text.startsWith("-"))
                .ifPresent(text -> found.add(new Named(tool, text)));
    }

    private String resolved(String given) {
        return VARIABLE.matcher(given)
                .replaceAll(match ->
                        java.util.regex.Matcher.quoteReplacement(
                                variables.getOrDefault(match.group(1), match.group())));
    }

    private static String unquoted(String text) {
        var quoted =
                text.length() >= 2
                        && (text.startsWith("\"") || text.startsWith("'"))
                        && text.endsWith(text.substring(0, 1));
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}
