package olympus.agent.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which commands a machine runs for others: one on each line, as the words of which it consists.
 *
 * <pre>
 *   uptime                          # these words and no others
 *   /usr/bin/systemctl status *     # these, and whatever words follow
 *   '/opt/my tools/check' "a b"     # words with blanks in quotes
 *   *                               # every command
 * </pre>
 *
 * <p>Words are compared as they are: no shell reads them, nothing in them is expanded. A program is
 * the same when it is the same file, whichever of its names was used. Immutable.
 */
final class AllowedCommands {

    private static final String ANY = "*";

    private final List<Rule> rules;

    /**
     * @param open whether any words may follow
     */
    private record Rule(List<String> words, boolean open) {

        boolean allows(Path program, List<String> command, Function<String, Optional<Path>> find) {
            if (words.isEmpty()) {
                return true;
            }
            var more = command.size() - words.size();
            return (open ? more >= 0 : more == 0)
                    && command.subList(1, words.size()).equals(words.subList(1, words.size()))
                    && find.apply(words.getFirst()).filter(program::equals).isPresent();
        }
    }

    private AllowedCommands(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * Throws {@link IllegalArgumentException} with the line that is none: what was meant there is
     * not known, so that nothing may be taken from the others either.
     */
    static AllowedCommands parse(String text) {
        var rules = new ArrayList<Rule>();
        var number = 0;
        for (var line : text.split("\n", -1)) {
            number++;
            try {
                var words = words(line);
                if (!words.isEmpty()) {
                    rules.add(rule(words));
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line %d: %s".formatted(number, e.getMessage()));
            }
        }
        return new AllowedCommands(rules);
    }

    /** A word, and whether it stood there without quotes. */
    private record Word(String text, boolean plain) {}

    private static Rule rule(List<Word> words) {
        var last = words.getLast();
        var open = last.plain() && last.text().equals(ANY);
        var fixed =
                words.subList(0, words.size() - (open ? 1 : 0)).stream().map(Word::text).toList();
        if (!fixed.isEmpty()) {
            var program = fixed.getFirst();
            var isName = !program.isEmpty() && program.indexOf('/') < 0;
            if (!isName && !isPath(program)) {
                throw new IllegalArgumentException(
                        "\"%s\" names no program; expected a name such as uptime, or an absolute path without . and .."
                                .formatted(program));
            }
        }
        return new Rule(fixed, open);
    }

    private static boolean isPath(String word) {
        return word.startsWith("/") && Path.of(word).normalize().toString().equals(word);
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

    /**
     * @param program the file that the command's first word names, as {@code find} has it
     */
    boolean allows(Path program, List<String> command, Function<String, Optional<Path>> find) {
        return rules.stream().anyMatch(rule -> rule.allows(program, command, find));
    }
}
