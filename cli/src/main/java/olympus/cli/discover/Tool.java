package olympus.cli.discover;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A program found on PATH, run for what it prints. Its environment asks for plain English output in
 * UTC. An interrupt kills it.
 */
final class Tool {

    private static final int MAX_OUTPUT = 16 << 20;

    private static final Map<String, String> PLAIN =
            Map.of(
                    "LC_ALL", "C",
                    "TZ", "UTC",
                    "SYSTEMD_COLORS", "0",
                    "SYSTEMD_PAGER", "",
                    "PAGER", "cat");

    private final Path program;

    private Tool(Path program) {
        this.program = program;
    }

    /** How the program ended, and all that it printed. */
    record Ended(int status, String output, String errors) {}

    /** The first executable file of that name on the PATH of {@code environment}. */
    static Optional<Tool> find(String name, Map<String, String> environment) {
        return SearchPath.find(name, environment).map(Tool::new);
    }

    Ended run(List<String> arguments) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(program.toString());
        command.addAll(arguments);
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(PLAIN);
        var process = builder.start();
        try {
            process.getOutputStream().close();
            var output = reading(process.getInputStream());
            var errors = reading(process.getErrorStream());
            var status = process.waitFor();
            return new Ended(status, output.get(), errors.get().strip());
        } catch (ExecutionException e) {
            throw new IOException("cannot read what %s prints".formatted(program), e);
        } finally {
            process.destroyForcibly();
        }
    }

    /**
     * On a thread of its own: a read ends with the process only, waiting ends with an interrupt.
     */
    private static FutureTask<String> reading(InputStream stream) {
        var task =
                new FutureTask<>(
                        () -> new String(stream.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8));
        Thread.ofVirtual().start(task);
        return task;
    }
}
