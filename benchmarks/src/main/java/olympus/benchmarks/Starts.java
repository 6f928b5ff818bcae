package olympus.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * The starts of measured services, as the services themselves write them down: a line with the
 * microseconds since 1970, the process id and the name is the first thing that each does. So a
 * supervisor is measured by what it brings about and not by what it says.
 */
final class Starts {

    private static final Duration LOOK_EVERY = Duration.ofMillis(2);

    private final Path folder;
    private final Path file;
    private final Map<String, Start> latest = new HashMap<>();
    private long position;

    /**
     * @param pid of the process that serves from then on
     */
    record Start(long micros, long pid) {}

    Starts(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.file = folder.resolve("starts");
        Files.createFile(file);
        Files.writeString(
                script(),
                """
                # $1: where to note the start, $2: own name. A mark of this name says that this service hangs.
                echo "${EPOCHREALTIME/[.,]/} $$ $2" >> "$1"
                rm -f "${1%/*}/hangs.$2"
                exec sleep 86400
                """);
    }

    Path folder() {
        return folder;
    }

    private Path script() {
        return folder.resolve("service.sh");
    }

    /** The words that run the service of this name. */
    String[] command(String name) {
        return new String[] {"/bin/bash", script().toString(), file.toString(), name};
    }

    /** While this file exists, the service of this name counts as hanging. */
    Path hangMark(String name) {
        return folder.resolve("hangs." + name);
    }

    static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** The running process of a service; waits until it has started once. */
    Start awaitFirst(String name, Duration deadline) throws TimeoutException {
        return awaitOther(name, -1, deadline);
    }

    /** The first process of a service that is not {@code pid}. */
    Start awaitOther(String name, long pid, Duration deadline) throws TimeoutException {
        Waiting.until(
                deadline,
                LOOK_EVERY,
                () -> "%s has a process other than %d".formatted(name, pid),
                () -> {
                    readOn();
                    var start = latest.get(name);
                    return start != null && start.pid() != pid;
                });
        return latest.getOrDefault(name, new Start(0, 0));
    }

    private void readOn() {
        try (var channel = Files.newByteChannel(file)) {
            if (channel.size() == position) {
                return;
            }
            var buffer = java.nio.ByteBuffer.allocate((int) (channel.size() - position));
            channel.position(position).read(buffer);
            var text =
                    new String(
                            buffer.array(),
                            0,
                            buffer.position(),
                            java.nio.charset.StandardCharsets.UTF_8);
            var whole = text.substring(0, text.lastIndexOf('\n') + 1);
            position += whole.length();
            whole.lines()
                    .map(line -> line.split(" ", 3))
                    .forEach(words ->
                            latest.put(
                                    words[2],
                                    new Start(Long.parseLong(words[0]), Long.parseLong(words[1]))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Milliseconds from the kill of a service's process to the start of the next. */
    double killAndAwait(String name, Duration deadline) throws TimeoutException {
        var former = awaitFirst(name, deadline);
        var killed = nowMicros();
        Processes.kill(former.pid());
        var next = awaitOther(name, former.pid(), deadline);
        return (next.micros() - killed) / 1000.0;
    }
}
