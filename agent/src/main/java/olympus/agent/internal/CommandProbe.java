package olympus.agent.internal;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One run of a probe's command: in a session of its own, so that it is ended with all it started.
 * What it writes is read without ever waiting for it, because a process that outlives the command
 * may keep the pipe open. Limits: {@link #OUTPUT_SHOWN} characters are kept, the rest is read and
 * dropped.
 */
final class CommandProbe {

    static final int OUTPUT_SHOWN = 200;

    private static final int SIGKILL = 9;
    private static final int BUFFER = 64 * 1024;
    private static final Duration STEP = Duration.ofMillis(20);
    private static final File NOTHING = new File("/dev/null");

    private final List<String> words = new ArrayList<>(List.of("setsid"));
    private final LaunchPlan.Ready ready;
    private final long deadline;
    private final StringBuilder output = new StringBuilder();

    /**
     * @param deadline of {@link System#nanoTime}
     */
    CommandProbe(List<String> command, LaunchPlan.Ready ready, long deadline) {
        this.words.addAll(ready.prefix());
        this.words.addAll(command);
        this.ready = ready;
        this.deadline = deadline;
    }

    /** The exit code, empty when it had not ended by the deadline; nothing of it is left then. */
    Optional<Integer> run() throws IOException, InterruptedException {
        var pipe = Posix.pipe();
        try {
            var process = start(pipe);
            try {
                return ended(process, pipe) ? Optional.of(process.exitValue()) : Optional.empty();
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                // Its number cannot be another's yet: the kernel gives out all others first.
                Posix.kill(-process.pid(), SIGKILL);
                process.destroyForcibly();
            }
        } finally {
            Posix.close(pipe.readEnd());
        }
    }

    private Process start(Posix.Pipe pipe) throws IOException {
        try {
            // Opened anew by way of its name, it is not the non-blocking one any more.
            var builder =
                    new ProcessBuilder(words)
                            .directory(ready.directory().toFile())
                            .redirectInput(NOTHING)
                            .redirectErrorStream(true)
                            .redirectOutput(new File("/proc/self/fd/" + pipe.writeEnd()));
            builder.environment().clear();
            builder.environment().putAll(ready.environment());
            return builder.start();
        } finally {
            Posix.close(pipe.writeEnd());
        }
    }

    private boolean ended(Process process, Posix.Pipe pipe) throws InterruptedException {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(BUFFER);
            while (true) {
                var left = Math.min(STEP.toNanos(), deadline - System.nanoTime());
                var ended = process.waitFor(left, TimeUnit.NANOSECONDS);
                var count = Posix.read(pipe.readEnd(), buffer);
                if (count > 0 && output.length() < OUTPUT_SHOWN) {
                    var bytes = buffer.asSlice(0, Math.min(count, 4L * OUTPUT_SHOWN));
                    output.append(
                            new String(
                                    bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8));
                }
                if (ended || left <= 0) {
                    return ended;
                }
            }
        }
    }

    /** The beginning of what it wrote. */
    String said() {
        var text = output.toString().strip();
        return text.substring(0, Math.min(text.length(), OUTPUT_SHOWN));
    }
}
