package olympus.agent.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The command line of a shim, up to the command that it keeps. It gives that command every signal's
 * default disposition, whatever Olympus itself ignores: started by a script with {@code &} or by
 * {@code nohup} it ignores SIGINT or SIGHUP, and a service that inherited this could not be stopped
 * by them.
 */
final class ShimCommand {

    private static final long PATIENCE_SECONDS = 5;
    private static final List<String> DEFAULT_SIGNALS = defaultSignals();

    private ShimCommand() {}

    /** The words that give the command after them every signal's default; may be none. */
    static List<String> defaultSignalWords() {
        return DEFAULT_SIGNALS;
    }

    /**
     * @param groups files to write the command's pid to, joined by {@code :}
     */
    static List<String> holding(Path shim, Path run, Path directory, String groups) {
        var words = new ArrayList<>(DEFAULT_SIGNALS);
        words.addAll(List.of("setsid", "--fork", "/bin/sh", shim.toString(), "hold"));
        words.addAll(List.of(run.toString(), directory.toString(), groups));
        return words;
    }

    /**
     * Empty where {@code env} cannot do it (before coreutils 8.31, BusyBox): there dispositions are
     * inherited. Runs a command, once per process.
     */
    private static List<String> defaultSignals() {
        var words = List.of("env", "--default-signal");
        try {
            var trial =
                    new ProcessBuilder(words.get(0), words.get(1), "true")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (trial.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return trial.exitValue() == 0 ? words : List.of();
            }
            trial.destroyForcibly();
        } catch (IOException noSuchCommand) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return List.of();
    }
}
