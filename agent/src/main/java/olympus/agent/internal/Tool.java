package olympus.agent.internal;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One run of a program of the machine whose answer is wanted. Blocks, until its deadline at most:
 * then it is ended with all it started. Limits: {@link #OUTPUT} bytes are read, a longer answer is
 * a failure.
 */
final class Tool {

    static final int OUTPUT = 4 << 20;

    private static final Duration REST_OF_OUTPUT = Duration.ofSeconds(1);

    /** Answers that can be read by a program, whatever the language of the machine. */
    private static final Map<String, String> ENVIRONMENT =
            Map.of("LC_ALL", "C", "SYSTEMD_COLORS", "0", "SYSTEMD_PAGER", "", "SYSTEMD_LESS", "");

    private Tool() {}

    /**
     * @param output what it wrote, errors among it
     */
    record Answer(int exit, String output) {}

    static Process start(List<String> command, ProcessBuilder.Redirect errors) throws IOException {
        var builder =
                new ProcessBuilder(command)
                        .redirectInput(new File("/dev/null"))
                        .redirectError(errors);
        builder.environment().putAll(ENVIRONMENT);
        return builder.start();
    }

    /** Throws {@link IOException} when it cannot be run, says too much or does not end in time. */
    static Answer run(List<String> command, Duration within)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectInput(new File("/dev/null"));
        builder.environment().putAll(ENVIRONMENT);
        var process = builder.redirectErrorStream(true).start();
        try {
            var output = reading(process.getInputStream());
            if (!process.waitFor(within.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException(
                        "%s did not end within %s"
                                .formatted(command.getFirst(), Sentences.duration(within)));
            }
            return new Answer(process.exitValue(), whole(output, command.getFirst()));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static CompletableFuture<byte[]> reading(InputStream stream) {
        var read = new CompletableFuture<byte[]>();
        Thread.ofVirtual()
                .name("agent-tool-output")
                .start(() -> {
                    try {
                        read.complete(stream.readNBytes(OUTPUT + 1));
                    } catch (IOException | RuntimeException | Error e) {
                        read.completeExceptionally(e);
                    }
                });
        return read;
    }

    private static String whole(CompletableFuture<byte[]> output, String program)
            throws IOException, InterruptedException {
        try {
            var bytes = output.get(REST_OF_OUTPUT.toNanos(), TimeUnit.NANOSECONDS);
            if (bytes.length > OUTPUT) {
                throw new IOException("%s wrote more than %d bytes".formatted(program, OUTPUT));
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the output of %s cannot be read: %s".formatted(program, e), e);
        }
    }
}
