package olympus.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import olympus.cli.CommandRun;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A data folder, the {@code olympus up} process on it, and the command line against it: Olympus as
 * a user runs it, through the launcher. Closing ends the server with its services, then everything
 * else that still works in the test's folder.
 */
final class Installation implements AutoCloseable {

    /** The first launch of a checkout builds the launcher's copy, beside whatever else runs. */
    static final Duration START_DEADLINE = Duration.ofMinutes(5);

    static final Duration COMMAND_DEADLINE = Duration.ofMinutes(5);

    private static final Pattern READY =
            Pattern.compile("ready in (\\d+) ms {2}(https://\\S+) {2}token file (\\S+)");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path folder;
    private final Path data;
    private final Map<String, String> environment;
    private final List<String> entry;
    private @Nullable Process server;
    private int starts;

    private Installation(Path folder, Map<String, String> environment, List<String> entry) {
        this.folder = folder;
        this.entry = List.copyOf(entry);
        this.data = folder.resolve("data");
        this.environment = Map.copyOf(environment);
    }

    /** An installation whose data folder lies in {@code folder}; nothing is started yet. */
    static Installation in(Path folder) {
        return new Installation(folder, Map.of(), List.of());
    }

    /** Like this one, on the same data folder, but started with further environment variables. */
    Installation withVariables(Map<String, String> variables) {
        return new Installation(folder, variables, entry);
    }

    /** Like this one, on another machine, where commands get its environment variables too. */
    Installation on(TestMachine machine) {
        return new Installation(folder, environment, machine.entry());
    }

    Path data() {
        return data;
    }

    Path folder() {
        return folder;
    }

    /** The root of the checkout. */
    static Path root() {
        var path = Path.of("").toAbsolutePath();
        while (!Files.exists(path.resolve("olympus"))) {
            var parent = path.getParent();
            if (parent == null) {
                throw new IllegalStateException(
                        "not in a checkout: " + Path.of("").toAbsolutePath());
            }
            path = parent;
        }
        return path;
    }

    /** Starts {@code olympus up} and waits for its ready line. */
    Ready up(String... arguments) {
        var output = startUp(arguments);
        var process = process();
        Eventually.becomes(
                START_DEADLINE,
                () -> "olympus up is ready; it printed:\n" + read(output),
                () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError(
                                "olympus up ended with %d:\n%s"
                                        .formatted(process.exitValue(), read(output)));
                    }
                    return READY.matcher(read(output)).find();
                });
        var matcher = READY.matcher(read(output));
        if (!matcher.find()) {
            throw new AssertionError("the ready line has gone");
        }
        return new Ready(
                Long.parseLong(matcher.group(1)), matcher.group(2), Path.of(matcher.group(3)));
    }

    /** Starts {@code olympus up} without waiting; returns the file that takes its output. */
    Path startUp(String... arguments) {
        var command = new ArrayList<>(entry);
        command.addAll(List.of(launcher(), "up", "--data-dir", data.toString()));
        if (!List.of(arguments).contains("--listen")) {
            command.addAll(List.of("--listen", "127.0.0.1:0"));
        }
        command.addAll(List.of(arguments));
        return launch(command);
    }

    /** Starts {@code olympus agent} without waiting; returns the file that takes its output. */
    Path startAgent(String... arguments) {
        var command = new ArrayList<>(entry);
        command.addAll(List.of(launcher(), "agent", "--data-dir", data.toString()));
        command.addAll(List.of(arguments));
        return launch(command);
    }

    private Path launch(List<String> command) {
        try {
            var output =
                    Files.createDirectories(folder.resolve("out"))
                            .resolve("up-" + ++starts + ".log");
            var builder =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            server = builder.start();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The running server process. */
    Process process() {
        var running = server;
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running;
    }

    /** {@code kill -9} of the server; its instances are left as they are. */
    void killHard() {
        process().destroyForcibly();
        await(process(), Duration.ofSeconds(20));
    }

    /** SIGTERM, then waits; the exit code. */
    int terminate() {
        process().destroy();
        return await(process(), Duration.ofSeconds(60));
    }

    /** Runs one command of the command line against this data folder. */
    Run olympus(String... arguments) {
        var command = new ArrayList<>(List.of(launcher()));
        command.addAll(List.of(arguments));
        return command(command);
    }

    /**
     * Runs a program on the same machine, with what points the command line to this data folder.
     */
    Run command(List<String> words) {
        var command = new ArrayList<>(entry);
        command.addAll(words);
        var variables = new TreeMap<>(entry.isEmpty() ? Map.<String, String>of() : environment);
        variables.put("OLYMPUS_DATA_DIR", data.toString());
        return run(command, variables);
    }

    /** Runs a command with the given environment variables in the test's folder. */
    Run run(List<String> command, Map<String, String> variables) {
        try {
            var out = Files.createTempFile(folder, "out", ".txt");
            var err = Files.createTempFile(folder, "err", ".txt");
            var builder =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectInput(
                                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                            .redirectOutput(out.toFile())
                            .redirectError(err.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("OLYMPUS_"));
            builder.environment().putAll(variables);
            var code = await(builder.start(), COMMAND_DEADLINE);
            var run = new Run(code, Files.readString(out), Files.readString(err));
            Files.delete(out);
            Files.delete(err);
            return run;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The answer of a command that must succeed, as JSON. Carried out within this process where the
     * server is on the same machine: tests ask in this way again and again while they wait, and
     * each start of a program would take from what they wait for.
     */
    JsonNode json(String... arguments) {
        var command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of("-o", "json"));
        var words = command.toArray(String[]::new);
        var run = entry.isEmpty() ? within(words) : olympus(words);
        if (run.exitCode() != 0) {
            throw new AssertionError(
                    "%s ended with %d:\n%s".formatted(command, run.exitCode(), run.err()));
        }
        return JSON.readTree(run.out());
    }

    private Run within(String... words) {
        var run = CommandRun.of(Map.of("OLYMPUS_DATA_DIR", data.toString()), folder, words);
        return new Run(run.exitCode(), run.out(), run.err());
    }

    /** One instance as status shows it; a missing node when there is no such instance. */
    JsonNode instance(String id) {
        for (var service : json("status").path("services")) {
            for (var instance : service.path("instances")) {
                if (instance.path("instance").asString().equals(id)) {
                    return instance;
                }
            }
        }
        return JSON.missingNode();
    }

    /** The process id of a running instance; waits until it has one and is in {@code running}. */
    long awaitRunning(String id) {
        Eventually.becomes(
                Duration.ofSeconds(60),
                () -> id + " runs; status: " + olympus("status").out(),
                () -> {
                    var instance = instance(id);
                    return instance.path("state").asString("").equals("running")
                            && instance.path("pid").asLong(0) > 0;
                });
        return instance(id).path("pid").asLong();
    }

    /** The process id of an instance that runs anew, so not as {@code former} any more. */
    long awaitReplaced(String id, long former) {
        Eventually.becomes(
                Duration.ofSeconds(60),
                () ->
                        id
                                + " runs as another than "
                                + former
                                + "; status: "
                                + olympus("status").out(),
                () -> awaitRunning(id) != former);
        return awaitRunning(id);
    }

    /** Writes a stack folder with one olympus.yaml and returns it. */
    Path stack(String name, String yaml) {
        try {
            var stack = Files.createDirectories(folder.resolve("stacks").resolve(name));
            Files.writeString(stack.resolve("olympus.yaml"), yaml);
            return stack;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Applies a stack folder, which must succeed. */
    Run apply(Path stack, String... more) {
        var arguments = new ArrayList<>(List.of("apply", stack.toString()));
        arguments.addAll(List.of(more));
        var run = olympus(arguments.toArray(String[]::new));
        if (run.exitCode() != 0) {
            throw new AssertionError(
                    "apply ended with %d:\n%s%s".formatted(run.exitCode(), run.out(), run.err()));
        }
        return run;
    }

    @Override
    public void close() {
        var running = server;
        if (running != null && running.isAlive()) {
            running.destroyForcibly();
            await(running, Duration.ofSeconds(20));
        }
        Processes.endAllWorkingIn(folder);
    }

    static String launcher() {
        return root().resolve("olympus").toString();
    }

    private static int await(Process process, Duration deadline) {
        try {
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(
                        "%s did not end within %s"
                                .formatted(process.info().commandLine().orElse("?"), deadline));
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the ready line says. */
    record Ready(long millis, String address, Path tokenFile) {}

    /** How a command ended. */
    record Run(int exitCode, String out, String err) {}
}
