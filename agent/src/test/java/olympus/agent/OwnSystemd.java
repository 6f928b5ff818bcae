package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A stand-in for the systemd of a machine, whose units are real processes: {@code systemctl} and
 * {@code journalctl} that keep everything in a folder. Closing it ends the processes.
 */
public final class OwnSystemd implements AutoCloseable {

    private static final List<String> PROGRAMS =
            List.of("systemctl", "journalctl", "keep", "journal");

    private final Path folder;

    public OwnSystemd(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder.resolve("units"));
            for (var program : PROGRAMS) {
                Files.setPosixFilePermissions(
                        copied(program), PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            var _ = copied("defaults");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path copied(String name) throws IOException {
        try (var source = OwnSystemd.class.getResourceAsStream("systemd/" + name)) {
            if (source == null) {
                throw new AssertionError("no resource systemd/" + name);
            }
            Files.copy(source, folder.resolve(name));
        }
        return folder.resolve(name);
    }

    public SystemdTools tools() {
        return new SystemdTools(
                folder.resolve("systemctl").toString(), folder.resolve("journalctl").toString());
    }

    /** A unit that is there and not running. */
    public void unit(String name, String command) {
        unit(name, command, Map.of());
    }

    /**
     * @param settings of its file, in place of the usual ones; {@code RestartTicks} stands for
     *     {@code RestartSec}, in twentieths of a second
     */
    public void unit(String name, String command, Map<String, String> settings) {
        var lines = new TreeMap<>(Map.of("StartLimitBurst", "5", "RestartTicks", "2"));
        lines.put("ExecStart", command);
        lines.putAll(settings);
        var text = new StringBuilder();
        lines.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        try {
            var unit = Files.createDirectories(folder.resolve("units").resolve(name));
            Files.writeString(unit.resolve("unit"), text);
            Files.writeString(unit.resolve("state"), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a person at the machine does. */
    public void systemctl(String verb, String unit) {
        var answer = run("systemctl", verb, "--", unit);
        if (!answer.isEmpty()) {
            throw new AssertionError("systemctl %s %s: %s".formatted(verb, unit, answer));
        }
    }

    public String property(String unit, String name) {
        var text = run("systemctl", "show", "--property=" + name, "--", unit);
        return text.substring(text.indexOf(name + "=") + name.length() + 1).strip();
    }

    public long mainProcess(String unit) {
        return Long.parseLong(property(unit, "MainPID"));
    }

    /** What it was told to do so far, by whomever. */
    public List<String> commands() {
        try {
            var file = folder.resolve("commands");
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code hang}: it does not answer; {@code absent}: it is not there; {@code denied}. */
    public void fault(String name, boolean isThere) {
        try {
            if (isThere) {
                Files.createFile(folder.resolve(name));
            } else {
                Files.delete(folder.resolve(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String run(String program, String... arguments) {
        var words = new java.util.ArrayList<>(List.of(folder.resolve(program).toString()));
        words.addAll(List.of(arguments));
        try {
            var output = Files.createTempFile(folder, "answer", "");
            var process =
                    new ProcessBuilder(words)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("no end of " + words);
            }
            var text = Files.readString(output);
            Files.delete(output);
            return text.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        try (var units = Files.list(folder.resolve("units"))) {
            units.forEach(unit -> {
                end(unit.resolve("keeper"));
                end(unit.resolve("main"));
                end(unit.resolve("reader"));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it writes nothing any more; nobody may be there to collect it. */
    private static boolean isOver(ProcessHandle process) {
        try {
            var stat = Files.readString(Path.of("/proc/%d/stat".formatted(process.pid())));
            return stat.substring(stat.lastIndexOf(')') + 1).startsWith(" Z");
        } catch (IOException gone) {
            return true;
        }
    }

    private static void end(Path pidFile) {
        try {
            if (Files.exists(pidFile)) {
                var process = ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()));
                process.ifPresent(ProcessHandle::destroyForcibly);
                process.ifPresent(it -> Eventually.check(() -> assertThat(isOver(it)).isTrue()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
