package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * Keeps docs/reference/commands.md equal to what the command says of itself. {@code
 * -Dgolden.update=true} writes it.
 */
final class CommandReferenceTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "commands.md");

    @Test
    void theCommittedPageIsCurrent() throws IOException {
        var expected = page();
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, expected);
        }
        assertThat(PAGE)
                .as(
                        "rewrite it with: mvn -pl cli -am test -Dtest=CommandReferenceTest -Dgolden.update=true")
                .hasContent(expected);
    }

    private static String page() {
        var page =
                new StringBuilder(
                        """
                        # Commands

                        Generated from the command line's own description; `olympus man COMMAND` prints the same as a manual page, `source <(olympus completion)`
                        completes in bash and zsh. A bare service name works wherever it is unambiguous. Singular and plural are both accepted.

                        **Which server**, first match wins: `--data-dir`, `--address`, `--context`, `OLYMPUS_ADDRESS`, `OLYMPUS_DATA_DIR`, the current context, the default data folder.
                        An address may be several of one island, with commas between (`https://mars:7400,https://venus:7400`): one that cannot be reached is passed over.
                        **Which token**: `--token`; then `OLYMPUS_TOKEN`, which belongs to the server of `OLYMPUS_ADDRESS` where that is set and else goes with any of these
                        ways; then the data folder's `admin.token` or the context's. The same holds for the authority: `--cacert`, `OLYMPUS_CACERT`, the data folder's or the context's.
                        A server that refuses a token is told of with the place that the token came from.

                        """);
        var root =
                OlympusCommand.line(
                        Console.ofProcess(), new ServerFinder(Map.of(), Path.of("/home/you")));
        page.append("| exit code | meaning |\n|---|---|\n");
        root.getCommandSpec()
                .usageMessage()
                .exitCodeList()
                .forEach((code, meaning) ->
                        page.append("| ")
                                .append(code)
                                .append(" | ")
                                .append(meaning)
                                .append(" |\n"));
        for (var command : new LinkedHashSet<>(root.getSubcommands().values())) {
            append(page, command);
        }
        return page.toString();
    }

    private static void append(StringBuilder page, CommandLine command) {
        var spec = command.getCommandSpec();
        var parent = spec.parent().parent() == null ? "" : spec.parent().name() + " ";
        page.append(parent.isEmpty() ? "\n## " : "\n### ")
                .append(parent)
                .append(String.join(", ", spec.names()))
                .append("\n\n```\n");
        command.getUsageMessage(CommandLine.Help.Ansi.OFF)
                .lines()
                .forEach(line -> page.append(line.stripTrailing()).append('\n'));
        page.append("```\n");
        for (var subcommand : new LinkedHashSet<>(command.getSubcommands().values())) {
            append(page, subcommand);
        }
    }
}
