package olympus.hermes.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A library under members' processes that has their flushes take longer or fail, steps their wall
 * clocks, and writes down how far each log segment was flushed ({@code machine-faults.c}). Needs
 * gcc.
 */
final class MachineFaults {

    private static final String SOURCE = "machine-faults.c";
    private static final long DEADLINE_SECONDS = 60;

    private final Path folder;
    private final Path library;

    MachineFaults(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.library = folder.resolve("machine-faults.so");
        var source = folder.resolve(SOURCE);
        try (var text = MachineFaults.class.getResourceAsStream(SOURCE)) {
            Files.copy(Objects.requireNonNull(text, SOURCE), source);
        }
        compile(source);
    }

    private void compile(Path source) throws IOException {
        var words =
                List.of(
                        "gcc",
                        "-shared",
                        "-fPIC",
                        "-O1",
                        "-Wall",
                        "-o",
                        library.toString(),
                        source.toString(),
                        "-ldl");
        try {
            var process = new ProcessBuilder(words).redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(
                        "%s (needs Debian's gcc and libc6-dev): %s".formatted(words, said));
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Variables of a process that is to be under control. */
    Map<String, String> environment(String member) {
        return Map.of(
                "LD_PRELOAD", library.toString(), "MACHINE_FAULTS", orders(member).toString());
    }

    /** Every flush of the member takes that much longer from now on. */
    void delay(String member, Duration late) {
        var path = orders(member).resolve("delay");
        try {
            if (late.isZero()) {
                Files.deleteIfExists(path);
            } else {
                Files.writeString(path, "" + late.toMillis());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The member's wall clock is that much ahead from now on; monotonic time goes on. */
    void stepClock(String member, Duration ahead) throws IOException {
        Files.writeString(orders(member).resolve("clock"), "" + ahead.toSeconds());
    }

    /** The member's next flush of a log segment fails. */
    void failNext(String member) throws IOException {
        Files.createFile(orders(member).resolve("fail"));
    }

    boolean failed(String member) {
        return !Files.exists(orders(member).resolve("fail"));
    }

    /** How many bytes of each file (by its inode) were flushed; only once the process has ended. */
    Map<Long, Long> flushed(String member) throws IOException {
        var file = orders(member).resolve("flushed");
        var newest = new HashMap<Long, Long>();
        for (var line : Files.readAllLines(file)) {
            var words = line.split(" ");
            newest.put(Long.parseLong(words[0]), Long.parseLong(words[1]));
        }
        var lines = newest.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList();
        Files.write(file, lines);
        return newest;
    }

    private Path orders(String member) {
        try {
            return Files.createDirectories(folder.resolve(member));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
