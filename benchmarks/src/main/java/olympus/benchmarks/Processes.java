package olympus.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The machine's processes, read from /proc. */
final class Processes {

    private Processes() {}

    static boolean isAlive(long pid) {
        var stat = read(Path.of("/proc/" + pid + "/stat"));
        return !stat.isEmpty() && "ZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) < 0;
    }

    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Kills every process that works in the folder, and waits until none is left. */
    static void endAllWorkingIn(Path folder) throws TimeoutException {
        Waiting.until(
                Duration.ofSeconds(30),
                Duration.ofMillis(50),
                () -> "no process works in " + folder + ", but " + workingIn(folder) + " do",
                () -> {
                    var left = workingIn(folder);
                    left.forEach(Processes::kill);
                    return left.isEmpty();
                });
    }

    /** Living processes whose command line, working directory or environment names the folder. */
    static List<Long> workingIn(Path folder) {
        var name = folder.toString();
        var self = ProcessHandle.current().pid();
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            return entries.map(path -> path.getFileName().toString())
                    .filter(entry -> entry.chars().allMatch(Character::isDigit))
                    .map(Long::parseLong)
                    .filter(pid -> pid != self && names(pid, name) && isAlive(pid))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean names(long pid, String name) {
        var process = Path.of("/proc/" + pid);
        return read(process.resolve("cmdline")).contains(name)
                || linkedFrom(process.resolve("cwd")).startsWith(name)
                || read(process.resolve("environ")).contains(name);
    }

    private static String linkedFrom(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException gone) {
            return "";
        }
    }

    /** The content of a file of /proc; empty when the process has gone. */
    static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }
}
