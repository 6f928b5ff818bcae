package olympus.cli;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/**
 * The terminal, or what stands in its place: where commands print and ask.
 *
 * @param interactive whether a person sits at both ends
 * @param input the bytes that {@code in} is read from: what uses one must not use the other
 * @param hiddenLine asks, and reads a line that is not shown; empty at the end of input
 */
record Console(
        PrintStream out,
        PrintStream err,
        BufferedReader in,
        boolean interactive,
        Function<String, Optional<String>> hiddenLine,
        InputStream input) {

    /** One at which nothing is typed unseen. */
    Console(PrintStream out, PrintStream err, BufferedReader in, boolean interactive) {
        this(out, err, in, interactive, _ -> Optional.empty());
    }

    /** One without bytes to read. */
    Console(
            PrintStream out,
            PrintStream err,
            BufferedReader in,
            boolean interactive,
            Function<String, Optional<String>> hiddenLine) {
        this(out, err, in, interactive, hiddenLine, InputStream.nullInputStream());
    }

    static Console ofProcess() {
        var out =
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        var err =
                new PrintStream(
                        new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        return new Console(out, err, in, isTerminal(), Console::readHidden, System.in);
    }

    /** Asks for what shall not be seen; empty when nothing is typed. */
    String hidden(String question) {
        out.flush();
        return hiddenLine.apply(question).orElse("");
    }

    @SuppressWarnings("SystemConsoleNull") // the JDK's signature still allows null
    private static Optional<String> readHidden(String question) {
        var console = System.console();
        if (console == null) {
            return Optional.empty();
        }
        var typed = console.readPassword("%s", question);
        return typed == null ? Optional.empty() : Optional.of(new String(typed));
    }

    /** Asks; only {@code yes} or {@code y} counts as consent. */
    boolean confirm(String question) {
        out.print(question + " [yes/no] ");
        out.flush();
        try {
            var answer = in.readLine();
            return answer != null
                    && (answer.strip().equalsIgnoreCase("yes")
                            || answer.strip().equalsIgnoreCase("y"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("SystemConsoleNull") // the JDK's signature still allows null
    private static boolean isTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }
}
