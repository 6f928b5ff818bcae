package olympus.model.stack;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a command line into words as Compose does: at spaces, with quotes and backslashes, without
 * a shell. Compose drops what follows an unquoted {@code ; & | < >}; so does this, and tells it.
 */
final class ShellWords {

    private static final String ENDS = ";&|<>";

    private final String line;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;
    private char quote;
    private int at;

    private ShellWords(String line) {
        this.line = line;
    }

    static List<String> split(String line, Place place, ProblemLog problems) {
        var reader = new ShellWords(line);
        while (reader.at < line.length() && reader.one()) {
            reader.at++;
        }
        if (reader.quote != 0) {
            problems.error(
                    place,
                    "the quote %s in the command is not closed".formatted(reader.quote),
                    "a closing " + reader.quote);
        }
        if (reader.at < line.length()) {
            problems.warning(
                    place,
                    "no shell runs the command, and Compose drops \"%s\"; write [sh, -c, \"…\"]"
                            .formatted(line.substring(reader.at).strip()));
        }
        reader.end();
        return List.copyOf(reader.words);
    }

    /** Takes one character; false at one that ends the command. */
    private boolean one() {
        var c = line.charAt(at);
        if (c == '\\' && quote != '\'' && at + 1 < line.length()) {
            at++;
            word.append(line.charAt(at));
            inWord = true;
        } else if (quote != 0) {
            if (c == quote) {
                quote = 0;
            } else {
                word.append(c);
            }
        } else if (c == '\'' || c == '"') {
            quote = c;
            inWord = true;
        } else if (Character.isWhitespace(c)) {
            end();
        } else if (ENDS.indexOf(c) >= 0) {
            return false;
        } else {
            word.append(c);
            inWord = true;
        }
        return true;
    }

    private void end() {
        if (inWord) {
            words.add(word.toString());
        }
        word.setLength(0);
        inWord = false;
    }
}
