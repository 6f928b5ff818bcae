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
        var finder = new ServerFinder(System.getenv(), home());
        System.exit(OlympusCommand.line(console, finder).execute(args));
    }

    /** What the environment says comes before the password file, as in every shell. */
    private static Path home() {
        var home = System.getenv("HOME");
        return Path.of(
                home == null || home.isBlank() ? System.getProperty("user.home", "/") : home);
    }
}
