package olympus.model.stack;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code .env} and {@code env_file} as Compose does: {@code NAME=value} lines, comments,
 * quotes (which may hold line ends), an optional {@code export}, and variables in values that do
 * not stand in single quotes. A name alone takes its value from the variables around.
 *
 * <p>What is reported never holds a line's content: it may be secret.
 */
final class EnvironmentFile {

    static final int MAX_BYTES = 1 << 20;

    private static final Pattern START =
            Pattern.compile("[ \\t]*(?:export[ \\t]+)?([^=:\\s#]+)[ \\t]*(?:([=:])[ \\t]*)?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
    private static final Pattern COMMENT = Pattern.compile(" +#.*$");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)", Pattern.DOTALL);

    private final String file;
    private final String text;
    private final Map<String, String> around;
    private final ProblemLog problems;
    private final Map<String, String> values = new LinkedHashMap<>();
    private int at;
    private int line = 1;

    private EnvironmentFile(
            String file, String text, Map<String, String> around, ProblemLog problems) {
        this.file = file;
        this.text = text.replace("\r\n", "\n");
        this.around = around;
        this.problems = problems;
    }

    /**
     * Names and values in the order of the file.
     *
     * @param around variables that values may use; they win over those of the file itself
     */
    static Map<String, String> parse(
            String file, String text, Map<String, String> around, ProblemLog problems) {
        var reader = new EnvironmentFile(file, text, around, problems);
        while (reader.at < reader.text.length()) {
            reader.one();
        }
        return reader.values;
    }

    /** Values as they stand, quotes and dollar signs included. */
    static Map<String, String> raw(String file, String text, ProblemLog problems) {
        var values = new LinkedHashMap<String, String>();
        var number = 0;
        for (var line : text.split("\r?\n", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            var equals = line.indexOf('=');
            var name = equals < 0 ? line : line.substring(0, equals);
            if (equals < 0 || !NAME.matcher(name).matches()) {
                problems.error(
                        new Place(file, number, 1), "this line is not understood", "NAME=value");
                continue;
            }
            values.put(name, line.substring(equals + 1));
        }
        return values;
    }

    private void one() {
        var place = new Place(file, line, 1);
        var rest = restOfLine();
        if (rest.isBlank() || rest.stripLeading().startsWith("#")) {
            skipLine();
            return;
        }
        var start = START.matcher(text).region(at, at + rest.length());
        if (!start.lookingAt() || !NAME.matcher(start.group(1)).matches()) {
            problems.error(place, "this line is not understood", "NAME=value");
            skipLine();
            return;
        }
        var name = start.group(1);
        at = start.end();
        if (start.group(2) == null) {
            inherit(name, place);
            return;
        }
        var quote = at < text.length() ? text.charAt(at) : ' ';
        values.put(name, quote == '\'' || quote == '"' ? quoted(quote, place) : unquoted(place));
    }

    private void inherit(String name, Place place) {
        var after = COMMENT.matcher(restOfLine()).replaceFirst("");
        if (!after.isBlank()) {
            problems.error(place, "this line is not understood", "NAME=value");
        } else if (around.containsKey(name)) {
            values.put(name, around.getOrDefault(name, ""));
        }
        skipLine();
    }

    private String unquoted(Place place) {
        var written = COMMENT.matcher(restOfLine()).replaceFirst("").strip();
        skipLine();
        return expand(written, place);
    }

    private String quoted(char quote, Place place) {
        var end = closing(quote);
        if (end < 0) {
            problems.error(
                    place,
                    "the quote " + quote + " is not closed",
                    "NAME=" + quote + "value" + quote);
            skipLine();
            return "";
        }
        var inner = text.substring(at + 1, end);
        line += (int) inner.chars().filter(c -> c == '\n').count();
        at = end + 1;
        if (!COMMENT.matcher(restOfLine()).replaceFirst("").isBlank()) {
            problems.error(
                    new Place(file, line, 1),
                    "something follows the closing quote " + quote,
                    "NAME=" + quote + "value" + quote + ", or a comment after a space");
        }
        skipLine();
        return quote == '"' ? expand(unescape(inner), place) : inner.replace("\\'", "'");
    }

    private String expand(String value, Place place) {
        if (value.indexOf('$') < 0) {
            return value;
        }
        var variables = new HashMap<>(values);
        variables.putAll(around);
        return Interpolation.ofSecrets(variables, problems).apply(value, place);
    }

    private int closing(char quote) {
        for (var i = at + 1; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == quote) {
                return i;
            }
        }
        return -1;
    }

    private String restOfLine() {
        var end = text.indexOf('\n', at);
        return text.substring(at, end < 0 ? text.length() : end);
    }

    private void skipLine() {
        var end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end + 1;
        line++;
    }

    /**
     * An escaped dollar sign becomes {@code $$}, which stands for one when variables are filled in.
     */
    private static String unescape(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(match ->
                        Matcher.quoteReplacement(
                                switch (match.group(1)) {
                                    case "n" -> "\n";
                                    case "r" -> "\r";
                                    case "t" -> "\t";
                                    case "$" -> "$$";
                                    case "\"", "\\" -> match.group(1);
                                    default -> match.group();
                                }));
    }
}
