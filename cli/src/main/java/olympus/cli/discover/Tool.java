package olympus.cli.discover;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
        return Arrays.stream(environment.getOrDefault("PATH", "").split(":"))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder).resolve(name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst()
                .map(Tool::new);
    }

    Ended run(List<String> arguments) throws IOException, InterruptedException {
        var command = new java.util.ArrayList<String>();
        command.add(program.toString());
        command.addAll(arguments);
        var errors = Files.createTempFile("olympus-discover", ".err");
        try {
            var builder = new ProcessBuilder(command).redirectError(errors.toFile());
            builder.environment().putAll(PLAIN);
            var process = builder.start();
            try {
                process.getOutputStream().close();
                var output =
                        new String(
                                process.getInputStream().readNBytes(MAX_OUTPUT),
                                StandardCharsets.UTF_8);
                return new Ended(process.waitFor(), output, Files.readString(errors).strip());
            } finally {
                process.destroyForcibly();
            }
        } finally {
            Files.deleteIfExists(errors);
        }
    }
}
