package olympus.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/** The machine's processes, read from /proc. */
final class Processes {

    private Processes() {}

    static boolean isAlive(long pid) {
        var stat = read(Path.of("/proc/" + pid + "/stat"));
        var state = stat.lastIndexOf(')') + 2;
        return !stat.isEmpty() && stat.charAt(state) != 'Z' && stat.charAt(state) != 'X';
    }

    /** Living processes whose command line contains {@code text}. */
    static List<Long> withCommandLine(String text) {
        return matching(pid -> commandLine(pid).contains(text));
    }

    static String commandLine(long pid) {
        return read(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ').strip();
    }

    static void kill(long pid, String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /**
     * Kills every process whose working directory, command line or environment names {@code
     * folder}, and waits until none is left.
     */
    static void endAllWorkingIn(Path folder) {
        Eventually.becomes(
                Duration.ofSeconds(20),
                () -> "no process works in " + folder,
                () -> {
                    var left = workingIn(folder);
                    left.forEach(pid -> kill(pid, "KILL"));
                    return left.isEmpty();
                });
    }

    static List<Long> workingIn(Path folder) {
        var name = folder.toString();
        var self = ProcessHandle.current().pid();
        return matching(pid ->
                pid != self
                        && (commandLine(pid).contains(name)
                                || directory(pid).startsWith(name)
                                || read(Path.of("/proc/" + pid + "/environ")).contains(name)));
    }

    private static List<Long> matching(LongPredicate wanted) {
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            return entries.map(path -> path.getFileName().toString())
                    .filter(name -> name.chars().allMatch(Character::isDigit))
                    .map(Long::parseLong)
                    .filter(pid -> wanted.test(pid) && isAlive(pid))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String directory(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")).toString();
        } catch (IOException gone) {
            return "";
        }
    }

    /** The content of a file of /proc; empty when the process has gone. */
    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }
}
