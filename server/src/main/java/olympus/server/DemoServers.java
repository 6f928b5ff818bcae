package olympus.server;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import olympus.cli.ServerProgram.Demo;
import olympus.cli.ServerProgram.Listen;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.foundation.Poll;
import olympus.server.group.HostAndPort;
import olympus.server.group.ServerFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The other servers of a demo, on this machine: each a process that joins by a token, as on a
 * machine of its own, with its data in a folder below the first one's. They end with the first.
 *
 * <p>Threading: {@link #start} and {@link #end} by one thread. Limits: {@link #JOINED_WITHIN},
 * {@link #ENDS_WITHIN} each.
 */
final class DemoServers {

    private static final Duration JOINED_WITHIN = Duration.ofSeconds(90);
    private static final Duration COMMAND_ENDS_WITHIN = Duration.ofSeconds(30);
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final String HOST = "127.0.0.1";
    private static final int STANDARD_PORT = 7400;

    /** Between the ports of one server and those of the next; each has three in a row. */
    private static final int PORTS = 10;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final int count;
    private final int firstPort;
    private final Path dataFolder;
    private final Path launcher;
    private final List<Process> processes = new CopyOnWriteArrayList<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private Optional<Thread> starting = Optional.empty();

    private DemoServers(int count, int firstPort, Path dataFolder, Path launcher) {
        this.count = count;
        this.firstPort = firstPort;
        this.dataFolder = dataFolder;
        this.launcher = launcher;
    }

    /** Those that {@code order} asks for, started by the launcher in {@code home}. */
    static DemoServers of(Demo order, Path dataFolder, Path home) {
        var port = order.listen().map(DemoServers::port).orElse(STANDARD_PORT);
        return new DemoServers(
                order.servers(), port, dataFolder.toAbsolutePath(), home.resolve("olympus"));
    }

    private static int port(String listen) {
        return HostAndPort.parse(listen)
                .filter(at -> at.port() > 0)
                .filter(at -> at.host().equals(HOST) || at.host().equals("localhost"))
                .map(HostAndPort::port)
                .orElseThrow(() ->
                        new OlympusException(
                                ErrorCode.INVALID,
                                "--listen %s: with --servers the demo stays on this machine, at ports that the others can name; expected %s:PORT"
                                        .formatted(listen, HOST)));
    }

    /** Where the first server listens, so that the others reach it. */
    Listen listenOfFirst() {
        return new Listen(
                Optional.of(HOST + ":" + firstPort),
                Optional.of(HOST + ":" + (firstPort + 2)),
                Optional.of(HOST + ":" + (firstPort + 1)),
                Optional.of(HOST));
    }

    /** Has them started; tells when all belong to the island. */
    void start(UpOptions.Terminal terminal) {
        starting = Optional.of(Thread.ofPlatform().name("demo-servers").start(() -> run(terminal)));
    }

    private void run(UpOptions.Terminal terminal) {
        var out = terminal.out();
        out.println("Starting %d more servers on this machine ...".formatted(count - 1));
        out.flush();
        try {
            for (var number = 2; number <= count && !over.get(); number++) {
                processes.add(start(number));
            }
            if (over.get()) {
                end(); // told meanwhile, perhaps before the last was among them
                return;
            }
            var joined =
                    Poll.within(
                            JOINED_WITHIN,
                            LOOK,
                            () -> Optional.of(voters()).filter(found -> found.size() == count));
            if (joined.isEmpty()) {
                throw new OlympusException(
                        ErrorCode.UNAVAILABLE,
                        "not all of %d servers joined within %s; what they say stands in %s"
                                .formatted(count, JOINED_WITHIN, folder(2).getParent()));
            }
            advise(out, joined.get());
        } catch (IOException | OlympusException e) {
            if (!over.get()) {
                terminal.err().println("olympus demo: " + e.getMessage());
            }
        }
    }

    private Process start(int number) throws IOException {
        var folder = Files.createDirectories(folder(number));
        var command = new ArrayList<String>();
        command.addAll(List.of(launcher.toString(), "server", "--data-dir", folder.toString()));
        command.addAll(List.of("--listen", HOST + ":" + port(number), "--advertise", HOST));
        var environment = Map.<String, String>of();
        if (ServerFile.read(folder).isEmpty()) {
            command.addAll(List.of("--join", "https://" + HOST + ":" + firstPort));
            environment = Map.of("OLYMPUS_JOIN_TOKEN", token());
        }
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder.redirectOutput(folder.resolve("demo.log").toFile()).start();
    }

    private String token() throws IOException {
        return ask("servers", "add").path("token").asString();
    }

    private List<JsonNode> voters() {
        try {
            return ask("servers")
                    .path("servers")
                    .valueStream()
                    .filter(server -> server.path("voter").asBoolean())
                    // Until it has said itself where it is reached.
                    .filter(server -> !server.path("api").asString().isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE, "cannot ask for the servers: " + e.getMessage(), e);
        }
    }

    /** What a command of the command line answers. */
    private JsonNode ask(String... words) throws IOException {
        var command = new ArrayList<String>();
        command.add(launcher.toString());
        command.addAll(List.of(words));
        command.addAll(List.of("-o", "json"));
        var builder = new ProcessBuilder(command);
        builder.environment().put("OLYMPUS_DATA_DIR", dataFolder.toString());
        var process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        // What it prints is less than a pipe holds.
        if (!ended(process, COMMAND_ENDS_WITHIN) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("`%s` failed".formatted(String.join(" ", command)));
        }
        return JSON.readTree(
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    private void advise(PrintStream out, List<JsonNode> joined) {
        var text = new StringBuilder("%nThe island has %d servers now:%n%n".formatted(count));
        joined.forEach(server -> text.append(line(server)));
        var second =
                joined.stream()
                        .filter(server -> pid(server) == processes.getFirst().pid())
                        .map(server -> server.path("member").asString())
                        .findFirst()
                        .orElse("SERVER");
        text.append(
                """

                    ./olympus servers                            # who leads, and what the loss of each would mean
                    ./olympus servers transfer-leader %s
                    kill -9 %d                                   # the one that leads now
                    ./olympus servers                            # another leads, the island goes on

                """
                        .formatted(second, processes.getFirst().pid()));
        out.print(text);
        out.flush();
    }

    private String line(JsonNode server) {
        return "    %s  %s  process %d%s%n"
                .formatted(
                        server.path("member").asString(),
                        server.path("api").asString(),
                        pid(server),
                        server.path("leader").asBoolean() ? "  leads" : "");
    }

    /** Told apart by the port of its API. */
    private long pid(JsonNode server) {
        for (var number = 2; number <= count; number++) {
            if (server.path("api").asString().endsWith(":" + port(number))) {
                return processes.get(number - 2).pid();
            }
        }
        return ProcessHandle.current().pid();
    }

    /** Ends them: first as asked, then at once. */
    void end() {
        over.set(true);
        starting.filter(thread -> !thread.equals(Thread.currentThread()))
                .ifPresent(Thread::interrupt);
        processes.forEach(Process::destroy);
        var deadline = System.nanoTime() + ENDS_WITHIN.toNanos();
        for (var process : processes) {
            var left = Math.max(0, deadline - System.nanoTime());
            if (!ended(process, Duration.ofNanos(left))) {
                process.destroyForcibly();
            }
        }
    }

    private static boolean ended(Process process, Duration within) {
        try {
            return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Path folder(int number) {
        return dataFolder.resolve("servers").resolve("" + number);
    }

    private int port(int number) {
        return firstPort + (number - 1) * PORTS;
    }
}
