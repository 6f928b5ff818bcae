package olympus.model.stack;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code .env} and {@code env_file}: NAME=value lines, comments, quotes, an optional {@code
 * export}.
 */
final class EnvironmentFile {

    static final int MAX_BYTES = 1 << 20;

    private static final Pattern LINE =
            Pattern.compile("\\s*(?:export\\s+)?([^=\\s#]+)\\s*=\\s*(.*?)\\s*");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
    private static final Pattern COMMENT = Pattern.compile("\\s+#.*$");

    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");

    private EnvironmentFile() {}

    /**
     * Names and values in the order of the file. Lines that are not understood are reported without
     * their content: it may be secret.
     */
    static Map<String, String> parse(String file, String text, ProblemLog problems) {
        var values = new LinkedHashMap<String, String>();
        var number = 0;
        for (var line : text.split("\r?\n", -1)) {
            number++;
            if (line.isBlank() || line.stripLeading().startsWith("#")) {
                continue;
            }
            var place = new Place(file, number, 1);
            var matcher = LINE.matcher(line);
            if (!matcher.matches() || !NAME.matcher(matcher.group(1)).matches()) {
                problems.error(place, "this line is not understood", "NAME=value");
                continue;
            }
            values.put(matcher.group(1), value(matcher.group(2), place, problems));
        }
        return values;
    }

    private static String value(String written, Place place, ProblemLog problems) {
        if (written.startsWith("'") || written.startsWith("\"")) {
            var quote = written.charAt(0);
            var end = closing(written, quote);
            if (end < 0) {
                problems.error(
                        place,
                        "the quote " + quote + " is not closed",
                        "NAME=" + quote + "value" + quote);
                return "";
            }
            var inner = written.substring(1, end);
            return quote == '"' ? unescape(inner) : inner;
        }
        return COMMENT.matcher(written).replaceFirst("");
    }

    private static int closing(String text, char quote) {
        for (var i = 1; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && quote == '"') {
                i++;
            } else if (text.charAt(i) == quote) {
                return i;
            }
        }
        return -1;
    }

    private static String unescape(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(match ->
                        Matcher.quoteReplacement(
                                switch (match.group(1)) {
                                    case "n" -> "\n";
                                    case "r" -> "\r";
                                    case "t" -> "\t";
                                    case "\"", "\\", "$" -> match.group(1);
                                    default -> match.group();
                                }));
    }
}
