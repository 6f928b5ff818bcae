package olympus.cli;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** One execution of the command line, within this process, with everything it printed. */
public record CommandRun(int exitCode, String out, String err) {

    public static CommandRun of(Map<String, String> environment, Path home, String... arguments) {
        return answering("", false, environment, home, arguments);
    }

    /** Runs with a person at the terminal who types {@code typed}. */
    static CommandRun answering(
            String typed,
            boolean interactive,
            Map<String, String> environment,
            Path home,
            String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var console =
                new Console(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        new BufferedReader(new StringReader(typed)),
                        interactive);
        var code =
                OlympusCommand.line(console, new ServerFinder(environment, home))
                        .execute(arguments);
        return new CommandRun(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
