package olympus.engine.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The rules of a {@code .dockerignore}: the last one that matches a path, or a folder above it,
 * decides. Source: Docker's reference of the file.
 */
record IgnoreRules(List<Rule> rules) {

    IgnoreRules {
        rules = List.copyOf(rules);
    }

    /** One line. */
    record Rule(Pattern pattern, boolean keeps) {}

    static IgnoreRules parse(List<String> lines) {
        var rules = new ArrayList<Rule>();
        for (var line : lines) {
            var text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            var keeps = text.startsWith("!");
            var path = cleaned(keeps ? text.substring(1).strip() : text);
            if (!path.isEmpty()) {
                rules.add(new Rule(Pattern.compile(regex(path)), keeps));
            }
        }
        return new IgnoreRules(rules);
    }

    private static String cleaned(String path) {
        var text = path;
        while (text.startsWith("/") || text.startsWith("./")) {
            text = text.substring(text.indexOf('/') + 1);
        }
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    /** {@code *} and {@code ?} stay within a name; {@code **} is any number of folders. */
    private static String regex(String glob) {
        var regex = new StringBuilder();
        for (var i = 0; i < glob.length(); i++) {
            var letter = glob.charAt(i);
            if (glob.startsWith("**/", i)) {
                regex.append("(?:.*/)?");
                i += 2;
            } else if (glob.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else if (letter == '*') {
                regex.append("[^/]*");
            } else if (letter == '?') {
                regex.append("[^/]");
            } else if (letter == '[' && glob.indexOf(']', i) > i) {
                var end = glob.indexOf(']', i);
                regex.append(glob, i, end + 1);
                i = end;
            } else if (letter == '\\' && i + 1 < glob.length()) {
                i++;
                regex.append(Pattern.quote(glob.substring(i, i + 1)));
            } else {
                regex.append(Pattern.quote(glob.substring(i, i + 1)));
            }
        }
        return regex.append("(?:/.*)?").toString();
    }

    /** Whether something below an ignored folder may be kept. */
    boolean hasExceptions() {
        return rules.stream().anyMatch(Rule::keeps);
    }

    /**
     * @param path relative to the context, with slashes
     */
    boolean ignores(String path) {
        var ignored = false;
        for (var rule : rules) {
            if (rule.pattern().matcher(path).matches()) {
                ignored = !rule.keeps();
            }
        }
        return ignored;
    }
}
