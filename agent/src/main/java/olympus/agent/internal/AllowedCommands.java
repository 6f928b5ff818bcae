package olympus.agent.internal;

import java.nio.file.Path;
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
        return new AllowedCommands(AllowLines.parse(text, AllowedCommands::rule));
    }

    private static Rule rule(List<AllowLines.Word> words) {
        var last = words.getLast();
        var open = last.plain() && last.text().equals(ANY);
        var fixed =
                words.subList(0, words.size() - (open ? 1 : 0)).stream()
                        .map(AllowLines.Word::text)
                        .toList();
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

    /**
     * @param program the file that the command's first word names, as {@code find} has it
     */
    boolean allows(Path program, List<String> command, Function<String, Optional<Path>> find) {
        return rules.stream().anyMatch(rule -> rule.allows(program, command, find));
    }
}
