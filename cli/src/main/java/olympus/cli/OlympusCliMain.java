package olympus.cli;

import java.nio.file.Path;

/**
 * Where the {@code olympus} command starts; parts that need the server's classes are started by the
 * launcher instead.
 */
public final class OlympusCliMain {

    private OlympusCliMain() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] args) {
        var console = Console.ofProcess();
        var finder =
                new ServerFinder(System.getenv(), Path.of(System.getProperty("user.home", "/")));
        System.exit(OlympusCommand.line(console, finder).execute(args));
    }
}
