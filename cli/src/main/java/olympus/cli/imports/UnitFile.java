package olympus.cli.imports;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A systemd unit as its files declare it, drop-ins included: its directives in their order, those
 * that an empty assignment took back left out.
 *
 * @param name with its suffix
 */
record UnitFile(String name, List<Directive> directives) {

    UnitFile {
        directives = List.copyOf(directives);
    }

    /**
     * One assignment.
     *
     * @param place file:line
     */
    record Directive(String section, String key, String value, String place) {

        String written() {
            return key + "=" + value;
        }
    }

    /** A file's text with what it is called in messages. */
    record Text(String file, String text) {}

    /** The unit of its own file and its drop-ins, in that order. */
    static UnitFile of(String name, List<Text> texts) {
        var directives = new ArrayList<Directive>();
        for (var text : texts) {
            for (var directive : read(text)) {
                if (directive.value().isEmpty()) {
                    directives.removeIf(earlier ->
                            earlier.section().equals(directive.section())
                                    && earlier.key().equals(directive.key()));
                } else {
                    directives.add(directive);
                }
            }
        }
        return new UnitFile(name, directives);
    }

    /** The last one, which counts. */
    Optional<Directive> last(String section, String key) {
        return all(section, key).stream().reduce((earlier, later) -> later);
    }

    List<Directive> all(String section, String key) {
        return directives.stream()
                .filter(one -> one.section().equals(section) && one.key().equals(key))
                .toList();
    }

    private static List<Directive> read(Text text) {
        var found = new ArrayList<Directive>();
        var section = "";
        var lines = text.text().split("\\R", -1);
        for (var i = 0; i < lines.length; i++) {
            var first = i + 1;
            var line = lines[i].strip();
            if (isComment(line)) {
                continue;
            }
            if (line.startsWith("[") && line.endsWith("]")) {
                section = line.substring(1, line.length() - 1);
                continue;
            }
            var whole = new StringBuilder(line);
            while (whole.toString().endsWith("\\") && i + 1 < lines.length) {
                i++;
                var next = lines[i].strip();
                if (!isComment(next) || next.isEmpty()) {
                    whole.setLength(whole.length() - 1);
                    whole.append(' ').append(next);
                }
            }
            var equals = whole.indexOf("=");
            if (equals > 0) {
                found.add(
                        new Directive(
                                section,
                                whole.substring(0, equals).strip(),
                                whole.substring(equals + 1).strip(),
                                "%s:%d".formatted(text.file(), first)));
            }
        }
        return found;
    }

    private static boolean isComment(String line) {
        return line.isEmpty() || line.startsWith("#") || line.startsWith(";");
    }
}
