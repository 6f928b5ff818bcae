package olympus.agent.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Files in which a machine's owner writes down what is allowed: a rule on each line, as words with
 * blanks between them. A word with blanks stands in quotes; {@code #} begins a remark.
 */
final class AllowLines {

    private AllowLines() {}

    /** A word, and whether it stood there without quotes. */
    record Word(String text, boolean plain) {}

    /**
     * A rule for each line that has words.
     *
     * @param rule throws {@link IllegalArgumentException} where the words are none
     * @throws IllegalArgumentException with the line that is none: what was meant there is not
     *     known, so that nothing may be taken from the others either
     */
    static <R> List<R> parse(String text, Function<List<Word>, R> rule) {
        var rules = new ArrayList<R>();
        var number = 0;
        for (var line : text.split("\n", -1)) {
            number++;
            try {
                var words = words(line);
                if (!words.isEmpty()) {
                    rules.add(rule.apply(words));
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "line %d: %s".formatted(number, e.getMessage()), e);
            }
        }
        return rules;
    }

    private static List<Word> words(String line) {
        var words = new ArrayList<Word>();
        var at = 0;
        while (at < line.length()) {
            var c = line.charAt(at);
            if (c == '#') {
                break;
            }
            if (isBlank(c)) {
                at++;
                continue;
            }
            var word = new StringBuilder();
            var plain = true;
            while (at < line.length() && !isBlank(line.charAt(at))) {
                c = line.charAt(at);
                if (c == '\'' || c == '"') {
                    var end = line.indexOf(c, at + 1);
                    if (end < 0) {
                        throw new IllegalArgumentException("the quote %s has no end".formatted(c));
                    }
                    word.append(line, at + 1, end);
                    plain = false;
                    at = end + 1;
                } else {
                    word.append(c);
                    at++;
                }
            }
            words.add(new Word(word.toString(), plain));
        }
        return words;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }
}
