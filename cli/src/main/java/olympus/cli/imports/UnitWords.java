package olympus.cli.imports;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Words of a unit's directive: blanks separate, quotes hold together, backslashes as in C. */
final class UnitWords {

    private static final Pattern VARIABLE = Pattern.compile("\\$(\\{\\w+}|\\w+)");

    private UnitWords() {}

    static List<String> split(String value) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        var inWord = false;
        var quote = '\0';
        for (var i = 0; i < value.length(); i++) {
            var c = value.charAt(i);
            if (c == '\\' && i + 1 < value.length()) {
                i = escape(value, i + 1, word);
                inWord = true;
            } else if (quote != '\0') {
                if (c == quote) {
                    quote = '\0';
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                inWord = true;
            } else if (Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                }
                inWord = false;
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }

    /** Answers where the escape ends. */
    private static int escape(String value, int at, StringBuilder word) {
        var c = value.charAt(at);
        switch (c) {
            case 'n' -> word.append('\n');
            case 't' -> word.append('\t');
            case 's' -> word.append(' ');
            case 'x' -> {
                if (at + 2 < value.length()
                        && value.substring(at + 1, at + 3).matches("[0-9a-fA-F]{2}")) {
                    word.append((char) Integer.parseInt(value.substring(at + 1, at + 3), 16));
                    return at + 2;
                }
                word.append("\\x");
            }
            default -> word.append(c);
        }
        return at;
    }

    /** Whether systemd would put variables into the command. */
    static boolean hasVariables(List<String> words) {
        return words.stream().anyMatch(word -> VARIABLE.matcher(word.replace("$$", "")).find());
    }

    /**
     * The same command for a shell: a word that is a variable alone is split at blanks, one within
     * other text or in braces is not, as systemd does it.
     */
    static String forShell(List<String> words) {
        var command = new StringBuilder("exec");
        for (var word : words) {
            command.append(' ');
            if (word.matches("\\$\\w+") || word.matches("[A-Za-z0-9_./:=@,+-]+")) {
                command.append(word);
            } else {
                command.append('"')
                        .append(
                                word.replace("\\", "\\\\")
                                        .replace("\"", "\\\"")
                                        .replace("`", "\\`")
                                        .replace("$$", "\\$"))
                        .append('"');
            }
        }
        return command.toString();
    }
}
