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
import java.util.concurrent.TimeUnit;
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
    private final List<Process> processes = new ArrayList<>();

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

    /** Starts them, and tells when all belong to the island. */
    void start(UpOptions.Terminal terminal) {
        var out = terminal.out();
        out.println("Starting %d more servers on this machine ...".formatted(count - 1));
        out.flush();
        try {
            for (var number = 2; number <= count; number++) {
                processes.add(start(number));
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
            terminal.err().println("olympus demo: " + e.getMessage());
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
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!ended(process, COMMAND_ENDS_WITHIN) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("`%s` failed".formatted(String.join(" ", command)));
        }
        return JSON.readTree(text);
    }

    private void advise(PrintStream out, List<JsonNode> joined) {
        var text = new StringBuilder("%nThe island has %d servers now:%n%n".formatted(count));
        joined.forEach(server ->
                text.append(
                        "    %s  %s%s%n"
                                .formatted(
                                        server.path("member").asString(),
                                        server.path("api").asString(),
                                        server.path("leader").asBoolean() ? "  leads" : "")));
        text.append("%nTheir processes: this one is %d".formatted(ProcessHandle.current().pid()));
        processes.forEach(process -> text.append(", ").append(process.pid()));
        text.append(
                """
                .

                    ./olympus servers                           # who leads, and what the loss of each would mean
                    ./olympus servers transfer-leader SERVER    # then end the one that led with kill -9 PID
                    ./olympus status                            # the island goes on

                """);
        out.print(text);
        out.flush();
    }

    /** Ends them: first as asked, then at once. */
    void end() {
        processes.forEach(Process::destroy);
        for (var process : processes) {
            if (!ended(process, ENDS_WITHIN)) {
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
