package olympus.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code ./olympus up} or {@code server} on a data folder of its own, and the command line against
 * it, as a user runs them.
 */
final class Product {

    private static final Pattern READY =
            Pattern.compile("ready in (\\d+) ms {2}(https://\\S+) {2}token file .*");
    private static final Duration START_DEADLINE = Duration.ofMinutes(2);
    private static final Duration COMMAND_DEADLINE = Duration.ofMinutes(2);

    private final Workbench bench;
    private final Map<String, String> environment;
    private final List<String> starting;
    private final Path data;
    private @Nullable Process process;
    private int starts;

    Product(Workbench bench) {
        this(bench, Map.of());
    }

    /**
     * @param environment variables that the server and the commands get besides
     */
    Product(Workbench bench, Map<String, String> environment) {
        this(bench, environment, List.of("up"));
    }

    private Product(Workbench bench, Map<String, String> environment, List<String> starting) {
        this.bench = bench;
        this.environment = Map.copyOf(environment);
        this.starting = List.copyOf(starting);
        this.data = bench.folder().resolve("data");
    }

    /** A server that takes agents of other machines, on loopback. */
    static Product server(Workbench bench) throws IOException {
        var ports = Ports.free(2);
        return new Product(
                bench,
                Map.of(),
                List.of(
                        "server",
                        "--agents-listen",
                        "127.0.0.1:" + ports.getFirst(),
                        "--peers-listen",
                        "127.0.0.1:" + ports.getLast()));
    }

    /**
     * @param wallMillis from the start of the launcher to the ready line, as its reader sees it
     * @param printedMillis what the line says
     */
    record Ready(double wallMillis, long printedMillis) {}

    /**
     * @param millis from its start to its end
     */
    record Run(int exitCode, String output, double millis) {}

    Path data() {
        return data;
    }

    long pid() {
        return running().pid();
    }

    private Process running() {
        var current = process;
        if (current == null) {
            throw new IllegalStateException("olympus up was not started");
        }
        return current;
    }

    Ready up() throws IOException, InterruptedException, TimeoutException {
        var command = new ArrayList<>(List.of(launcher()));
        command.addAll(starting);
        command.addAll(List.of("--data-dir", data.toString(), "--listen", "127.0.0.1:0"));
        var builder = builder(command).redirectErrorStream(true);
        var began = System.nanoTime();
        var started = builder.start();
        process = started;
        var ready = new CompletableFuture<Ready>();
        Thread.ofVirtual().start(() -> readOutput(started, began, ready));
        try {
            return ready.get(START_DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException("olympus up did not become ready", e.getCause());
        }
    }

    /** A process of the product with nothing of the surroundings' settings. */
    private ProcessBuilder builder(List<String> command) {
        var builder = new ProcessBuilder(command).directory(bench.folder().toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("OLYMPUS_") && !name.equals("OLYMPUS_JAVA"));
        builder.environment().putAll(environment);
        if (bench.profiling()) {
            var file =
                    bench.profiles()
                            .resolve(
                                    "up-%d-%d.jfr"
                                            .formatted(ProcessHandle.current().pid(), ++starts));
            builder.environment().put("OLYMPUS_JAVA_OPTIONS", Recording.option(file));
        }
        return builder;
    }

    /**
     * Starts {@code olympus agent} of another machine on a data folder of its own, which is let in
     * by this server; what it prints goes to a file beside that.
     */
    Process agent(Path agentData, String name, String token) throws IOException {
        try (var api = ProductApi.of(this)) {
            var command =
                    List.of(
                            launcher(),
                            "agent",
                            "--server",
                            api.address().toString(),
                            "--name",
                            name,
                            "--data-dir",
                            agentData.toString());
            var builder =
                    builder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(agentData.resolveSibling(name + ".log").toFile());
            builder.environment().put("OLYMPUS_AGENT_TOKEN", token);
            return builder.start();
        }
    }

    /** Reads to the end, so that the server never waits for its reader. */
    private void readOutput(Process started, long began, CompletableFuture<Ready> ready) {
        var log = data.resolveSibling("up.log");
        try (BufferedReader reader = started.inputReader(StandardCharsets.UTF_8);
                var writer = Files.newBufferedWriter(log)) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                var millis = (System.nanoTime() - began) / 1e6;
                var matcher = READY.matcher(line);
                if (matcher.find()) {
                    ready.complete(new Ready(millis, Long.parseLong(matcher.group(1))));
                }
                writer.write(line + "\n");
                writer.flush();
            }
            ready.completeExceptionally(
                    new IOException("it ended; it printed:\n" + Files.readString(log)));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    /** {@code kill -9}; the instances are left as they are. */
    void killHard() throws InterruptedException, IOException {
        if (bench.profiling()) {
            // A killed process writes no recording, so it is asked for it before.
            new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                            "" + pid(),
                            "JFR.dump")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(30, TimeUnit.SECONDS);
        }
        running().destroyForcibly().waitFor();
    }

    /** SIGTERM, then waits for the end. */
    void terminate() throws InterruptedException, TimeoutException {
        running().destroy();
        if (!running().waitFor(60, TimeUnit.SECONDS)) {
            throw new TimeoutException(
                    "olympus up (pid %d) did not end within 60 s of SIGTERM".formatted(pid()));
        }
    }

    /** Runs one command of the command line against this data folder. */
    Run olympus(String... words) throws IOException, InterruptedException, TimeoutException {
        var command = new ArrayList<>(List.of(launcher()));
        command.addAll(List.of(words));
        var output = bench.folder().resolve("command.out");
        var builder =
                new ProcessBuilder(command)
                        .directory(bench.folder().toFile())
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        builder.environment().put("OLYMPUS_DATA_DIR", data.toString());
        var began = System.nanoTime();
        var started = builder.start();
        if (!started.waitFor(COMMAND_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            started.destroyForcibly();
            throw new TimeoutException(
                    "%s did not end within %s".formatted(command, COMMAND_DEADLINE));
        }
        var millis = (System.nanoTime() - began) / 1e6;
        return new Run(started.exitValue(), Files.readString(output), millis);
    }

    /** Like {@link #olympus}, for a command that must succeed. */
    Run mustSucceed(String... words) throws IOException, InterruptedException, TimeoutException {
        var run = olympus(words);
        if (run.exitCode() != 0) {
            throw new IOException(
                    "olympus %s ended with %d:\n%s"
                            .formatted(List.of(words), run.exitCode(), run.output()));
        }
        return run;
    }

    /** Writes a stack folder and applies it. */
    void apply(String stack, String yaml)
            throws IOException, InterruptedException, TimeoutException {
        mustSucceed("apply", write(stack, yaml).toString(), "--yes");
    }

    Path write(String stack, String yaml) throws IOException {
        var folder = Files.createDirectories(bench.folder().resolve("stacks").resolve(stack));
        Files.writeString(folder.resolve("olympus.yaml"), yaml);
        return folder;
    }

    /** Removes a stack with all its instances. */
    void remove(String stack) throws IOException, InterruptedException, TimeoutException {
        mustSucceed("remove", stack, "--yes");
    }

    private String launcher() {
        return bench.root().resolve("olympus").toString();
    }
}
