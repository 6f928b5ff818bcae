package olympus.systemtests.repository;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The rules for documents and for every text file. Each returns its violations; none when the rule
 * is kept.
 */
final class TextRules {

    // Written in halves, so that this file keeps its own rules.
    private static final Pattern UNFINISHED =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern MACHINE_PATH =
            Pattern.compile(
                    "(^|[\\s\"'`=(:,])(/wo" + "rk/|/ro" + "ot/|/Us" + "ers/|/home/[a-z]+/\\.?m2)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)(?:\\s+\"[^\"]*\")?\\)");
    private static final Pattern ELSEWHERE = Pattern.compile("^(#|[a-z][a-z0-9+.-]*:).*");

    private TextRules() {}

    static List<String> unfinishedWork(Repository repository) {
        return grep(repository, UNFINISHED, "marks unfinished work; finish it or open an issue");
    }

    static List<String> machinePaths(Repository repository) {
        return grep(repository, MACHINE_PATH, "names a path of one machine");
    }

    static List<String> links(Repository repository) {
        var violations = new ArrayList<String>();
        repository
                .texts()
                .forEach((file, text) -> {
                    if (file.endsWith(".md")) {
                        var folder = repository.root().resolve(file).resolveSibling("");
                        for (var target : linkTargets(text)) {
                            if (!resolves(repository.root(), folder, target)) {
                                violations.add(file + ": the link to " + target + " leads nowhere");
                            }
                        }
                    }
                });
        return violations;
    }

    private static boolean resolves(Path root, Path folder, String target) {
        var path = target.replaceFirst("#.*$", "");
        var resolved = folder.resolve(path).normalize();
        return resolved.startsWith(root) && Files.exists(resolved);
    }

    private static List<String> linkTargets(String markdown) {
        var targets = new ArrayList<String>();
        var inCode = false;
        for (var line : markdown.lines().toList()) {
            if (line.stripLeading().startsWith("```")) {
                inCode = !inCode;
            }
            if (!inCode) {
                var matcher = LINK.matcher(line.replaceAll("`[^`]*`", ""));
                while (matcher.find()) {
                    if (!ELSEWHERE.matcher(matcher.group(1)).matches()) {
                        targets.add(matcher.group(1));
                    }
                }
            }
        }
        return targets;
    }

    private static List<String> grep(Repository repository, Pattern pattern, String complaint) {
        var violations = new ArrayList<String>();
        for (var file : repository.texts().keySet().stream().sorted().toList()) {
            var lines = repository.lines(file);
            for (var i = 0; i < lines.size(); i++) {
                var matcher = pattern.matcher(lines.get(i));
                if (matcher.find()) {
                    violations.add(
                            "%s:%d: %s %s"
                                    .formatted(file, i + 1, matcher.group().strip(), complaint));
                }
            }
        }
        return violations;
    }
}
