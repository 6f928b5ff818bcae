package olympus.cli.imports;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Texts as they stand in a file of Olympus: quoted where YAML wants it, dollar signs doubled. */
final class YamlWords {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/.][A-Za-z0-9_./@+-]*");
    private static final Set<String> NOT_TEXT =
            Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

    private YamlWords() {}

    static String text(String value) {
        var escaped = value.replace("$", "$$");
        return PLAIN.matcher(escaped).matches()
                        && !NOT_TEXT.contains(escaped.toLowerCase(java.util.Locale.ROOT))
                ? escaped
                : quoted(escaped);
    }

    static String list(List<String> values) {
        return values.stream().map(YamlWords::text).collect(Collectors.joining(", ", "[", "]"));
    }

    /** Whatever stands in a comment, on one line. */
    static String comment(String text) {
        return "# " + text.replaceAll("\\s*\\R\\s*", " ");
    }

    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        text.codePoints()
                .forEach(point -> {
                    switch (point) {
                        case '"' -> quoted.append("\\\"");
                        case '\\' -> quoted.append("\\\\");
                        case '\n' -> quoted.append("\\n");
                        case '\t' -> quoted.append("\\t");
                        default -> {
                            if (point < 0x20 || point == 0x7f) {
                                quoted.append("\\x%02x".formatted(point));
                            } else {
                                quoted.appendCodePoint(point);
                            }
                        }
                    }
                });
        return quoted.append('"').toString();
    }
}
