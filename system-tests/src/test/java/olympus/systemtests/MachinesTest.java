package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A server and machines that run only the agent, as a person sets them up, on loopback. */
final class MachinesTest {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Pattern TOKEN = Pattern.compile("olympus-agent\\.\\S+");

    private static final String STACK =
            """
            name: shop
            services:
              web:
                command: [sleep, "1000"]
                deploy: { replicas: 2 }
            """;

    private static final String EDGE =
            """
            name: edge
            services:
              proxy:
                command: [sleep, "1000"]
                deploy: { placement: { constraints: ["node.labels.role == edge"] } }
            """;

    /** Reserves more memory than machines have. */
    private static final String GREEDY =
            """
            name: greedy
            services:
              hog:
                command: [sleep, "1000"]
                deploy: { resources: { reservations: { memory: 921600G } } }
            """;

    private static final String SPARING =
            """
            name: sparing
            services:
              packed:
                command: [sleep, "1000"]
                deploy:
                  replicas: 3
                  placement: { strategy: binpack }
                  resources: { reservations: { memory: 8M } }
              spread:
                command: [sleep, "1000"]
                deploy:
                  replicas: 2
                  resources: { reservations: { memory: 8M } }
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final Random random = new Random();
    private final Map<String, Installation> machines = new TreeMap<>();
    private final Map<String, Path> outputs = new TreeMap<>();

    @AfterEach
    void end() {
        machines.values().forEach(Installation::close);
    }

    @Test
    void aMachineJoinsWithATokenRunsServicesSurvivesItsAgentAndIsRemoved() {
        var address = startServer("--agents-listen", free());
        var joined =
                startAgent("pluto", "--server", address, "--token", token(), "--name", "pluto");
        assertThat(joined).contains("joined as node pluto").contains("agent ready in");
        awaitState("pluto", true);

        server().apply(server().stack("shop", STACK), "--yes");
        Eventually.becomes(
                SOON,
                () -> "one replica on each node: " + server().olympus("status").out(),
                () -> nodesOf("shop/web.1", "shop/web.2").size() == 2);
        var moved = nodeOf("shop/web.1").equals("pluto") ? "shop/web.1" : "shop/web.2";
        var pid = server().awaitRunning(moved);

        // However long the agent takes, what runs there is not moved meanwhile.
        run("pause", "--node", "pluto", "--reason", "its agent restarts");
        agent("pluto").killHard();
        awaitState("pluto", false);
        assertThat(Processes.isAlive(pid)).as("outlives its agent").isTrue();
        assertThat(startAgent("pluto")).contains("agent ready in").doesNotContain("joined");
        awaitState("pluto", true);
        assertThat(server().awaitRunning(moved)).as("adopted").isEqualTo(pid);
        run("resume", "--node", "pluto");
        assertThat(server().olympus("logs", "shop/web").exitCode()).isZero();

        var withInstances = server().olympus("node", "remove", "pluto", "--yes");
        assertThat(withInstances.exitCode()).isEqualTo(1);
        assertThat(withInstances.err()).contains("1 instances are assigned to node pluto");
        var serverNode = nodeName(false);
        assertThat(server().olympus("node", "remove", serverNode, "--yes", "--force").err())
                .contains("olympus servers remove one");
        assertThat(run("node", "remove", "pluto", "--yes", "--force")).contains("pluto is removed");
        Eventually.becomes(
                SOON,
                () -> "pluto is not connected: " + server().olympus("nodes").out(),
                () ->
                        nodes().stream()
                                .noneMatch(node ->
                                        node.path("node").asString().equals("pluto")
                                                && node.path("connected").asBoolean()));
        Eventually.becomes(
                SOON,
                () -> "the agent says why: " + output("pluto"),
                () -> output("pluto").contains("was removed by admin"));
        assertThat(output("pluto")).contains("olympus token create --agent");
        assertThat(Processes.isAlive(pid)).as("is left as it is").isTrue();

        startAnew("pluto", "--server", address, "--token", token(), "--name", "pluto");
        Eventually.becomes(
                SOON,
                () -> "pluto is let in anew: " + output("pluto"),
                () -> output("pluto").contains("joined as node pluto"));
        awaitState("pluto", true);
        Eventually.becomes(
                SOON,
                () -> "pluto takes instances again: " + run("node", "show", "pluto"),
                () -> !run("node", "show", "pluto").contains("withdrawn"));
    }

    @Test
    void aMachineIsTakenOutOfUseAndWhatRanOnALostOneRunsElsewhere() {
        var address = startServer("--agents-listen", free());
        startAgent("pluto", "--server", address, "--token", token(), "--name", "pluto");
        awaitState("pluto", true);
        run("node", "label", "pluto", "role=edge", "rack=b");
        run("node", "label", "pluto", "rack-");
        assertThat(run("nodes", "-l", "role=edge")).contains("pluto").contains("role=edge");
        assertThat(run("nodes", "-l", "role=other")).doesNotContain("pluto");

        server().apply(server().stack("shop", STACK), "--yes");
        awaitOn("pluto", 1);
        run("node", "drain", "pluto", "--reason", "new disk", "--wait", "90s");
        assertThat(run("node", "show", "pluto")).contains("drained").contains("new disk");
        assertThat(nodesOf("shop/web.1", "shop/web.2")).doesNotContain("pluto");
        server().apply(server().stack("shop", STACK.replace("2 }", "3 }")), "--yes");
        server().awaitRunning("shop/web.3");
        assertThat(nodesOf("shop/web.1", "shop/web.2", "shop/web.3")).hasSize(1);

        run("node", "uncordon", "pluto");
        server().apply(server().stack("shop", STACK.replace("2 }", "4 }")), "--yes");
        awaitOn("pluto", 1);
        var pid = server().awaitRunning("shop/web.4");
        var edge = server().stack("edge", EDGE);
        server().apply(edge, "--yes");
        server().awaitRunning("edge/proxy.1");
        assertThat(nodeOf("edge/proxy.1")).isEqualTo("pluto");

        agent("pluto").killHard();
        awaitState("pluto", false);
        var elsewhere = server().awaitReplaced("shop/web.4", pid);
        assertThat(nodeOf("shop/web.4")).isNotEqualTo("pluto");
        assertThat(run("why", "shop/web")).contains("node pluto is lost");
        assertThat(nodeOf("edge/proxy.1")).isEqualTo("pluto");
        assertThat(run("why", "edge/proxy")).contains("does not meet node.labels.role == edge");
        assertThat(Processes.isAlive(pid)).as("runs on where nobody hears of it").isTrue();

        startAgent("pluto");
        awaitState("pluto", true);
        Eventually.becomes(
                SOON, () -> "the run before ends: " + pid, () -> !Processes.isAlive(pid));
        assertThat(server().awaitRunning("shop/web.4")).isEqualTo(elsewhere);
        assertThat(server().awaitRunning("edge/proxy.1")).isPositive();
    }

    @Test
    void aSingletonEndsByItselfWhereItsAgentIsKilledAndRunsElsewhereOnlyThen() {
        var address = startServer("--agents-listen", free());
        for (var name : List.of("pluto", "ceres")) {
            startAgent(name, "--server", address, "--token", token(), "--name", name);
            awaitState(name, true);
        }
        var runs = folder.resolve("runs");
        server().apply(server().stack("lone", lone(runs)), "--yes");
        var first = server().awaitRunning("lone/one.1");
        var there = nodeOf("lone/one.1");
        assertThat(run("why", "lone/one")).contains("The lease of lone/one.1 on");
        if (there.equals(nodeNameOfServer())) {
            run("node", "drain", there, "--wait", "90s");
            first = server().awaitReplaced("lone/one.1", first);
            there = nodeOf("lone/one.1");
        }
        assertThat(there).isIn("pluto", "ceres");
        var pid = first;

        agent(there).killHard();

        Eventually.becomes(
                SOON, () -> "it ends without its agent: " + pid, () -> !Processes.isAlive(pid));
        server().awaitReplaced("lone/one.1", pid);
        assertThat(nodeOf("lone/one.1")).isNotEqualTo(there);
        // Each run that finds another one alive says so.
        assertThat(Installation.read(runs)).contains("began").doesNotContain("beside");
        var tokens =
                Installation.read(runs)
                        .lines()
                        .filter(line -> line.startsWith("began "))
                        .map(line -> Long.valueOf(line.substring("began ".length())))
                        .toList();
        assertThat(tokens).hasSizeGreaterThan(1).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aMachineTellsWhatItHasAndIsGivenOnlyWhatItHasRoomFor() throws IOException {
        var address = startServer("--agents-listen", free());
        startAgent("pluto", "--server", address, "--token", token(), "--name", "pluto");
        awaitState("pluto", true);
        Eventually.becomes(
                SOON,
                () -> "both nodes have told what they have: " + run("node", "show", "pluto"),
                () ->
                        nodes().stream()
                                .map(node -> machine(node.path("node").asString()))
                                .allMatch(JsonNode::isObject));
        var machine = machine("pluto");
        assertThat(machine.path("memory").path("bytes").asLong()).isEqualTo(memoryOfThisMachine());
        assertThat(machine.path("processors").path("count").asInt()).isPositive();
        assertThat(machine.path("platform").path("architecture").asString())
                .isEqualTo(System.getProperty("os.arch").replace("aarch64", "arm64"));
        assertThat(run("node", "show", "pluto"))
                .contains("machine:   linux/", "memory:    ", "; 0 B reserved", "disk:      ");

        server().apply(server().stack("greedy", GREEDY), "--yes");
        Eventually.becomes(
                SOON,
                () -> "it is said why there is no room: " + run("why", "greedy/hog"),
                () -> run("why", "greedy/hog").contains("memory free, and it needs 900 TiB"));
        assertThat(run("why", "greedy/hog"))
                .contains("greedy/hog.1 is not placed: no node can take it")
                .contains("pluto has");
        assertThat(nodesOf("greedy/hog.1")).isEmpty();

        server().apply(server().stack("sparing", SPARING), "--yes");
        Eventually.becomes(
                SOON,
                () -> "both nodes have one: " + server().olympus("status").out(),
                () -> nodesOf("sparing/spread.1", "sparing/spread.2").size() == 2);
        for (var n = 1; n <= 3; n++) {
            server().awaitRunning("sparing/packed." + n);
        }
        assertThat(nodesOf("sparing/packed.1", "sparing/packed.2", "sparing/packed.3")).hasSize(1);
        assertThat(reserved("pluto") + reserved(nodeName(false))).isEqualTo(5 * (8L << 20));
    }

    private long reserved(String node) {
        return machine(node).path("memory").path("reserved").asLong();
    }

    private JsonNode machine(String node) {
        return server().json("node", "show", node).path("machine");
    }

    private static long memoryOfThisMachine() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
            var total =
                    lines.filter(line -> line.startsWith("MemTotal:")).findFirst().orElseThrow();
            return Long.parseLong(total.replaceAll("\\D", "")) << 10;
        }
    }

    private String nodeNameOfServer() {
        return nodes().stream()
                .map(node -> node.path("node").asString())
                .filter(name -> !List.of("pluto", "ceres").contains(name))
                .findFirst()
                .orElseThrow();
    }

    private void awaitOn(String node, int instances) {
        Eventually.becomes(
                SOON,
                () -> "%d on %s: %s".formatted(instances, node, server().olympus("status").out()),
                () ->
                        nodes().stream()
                                .anyMatch(one ->
                                        one.path("node").asString().equals(node)
                                                && one.path("instances").asInt() == instances));
    }

    @Test
    void aCommandRunsOnTheMachinesThatAllowItAndAMachineThatStandsStillHoldsUpNobody()
            throws Exception {
        var address = startServer("--agents-listen", free());
        for (var name : List.of("pluto", "ceres")) {
            startAgent(name, "--server", address, "--token", token(), "--name", name);
            awaitState(name, true);
            run("node", "label", name, "role=pi");
        }
        refusedOnBoth("uptime");
        var begun = Files.createDirectories(folder.resolve("begun"));
        var go = folder.resolve("go");
        var script =
                "touch %s/$$; echo begun; until [ -e %s ]; do sleep 0.1; done; echo over"
                        .formatted(begun, go);
        for (var name : List.of("pluto", "ceres")) {
            allow(name, "sh -c *");
        }
        var call =
                CompletableFuture.supplyAsync(() ->
                        server().olympus(
                                        "fleet",
                                        "exec",
                                        "-l",
                                        "role=pi",
                                        "--timeout",
                                        "60s",
                                        "--",
                                        "sh",
                                        "-c",
                                        script));
        Eventually.becomes(SOON, () -> "it runs on both: " + begun, () -> count(begun) == 2);
        var stopped = agent("pluto").process().pid();
        Processes.kill(stopped, "STOP");
        try {
            awaitState("pluto", false);
            Files.createFile(go);
            var run = call.get(90, TimeUnit.SECONDS);
            assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(1);
            assertThat(run.out()).contains("ceres | begun\n").contains("ceres | over\n");
            assertThat(run.err())
                    .contains("pluto | unreachable: the node's connection ended")
                    .contains("2 nodes: 1 succeeded, 1 unreachable");
        } finally {
            Processes.kill(stopped, "CONT");
        }
        awaitState("pluto", true);
        run("fleet", "exec", "--node", "pluto", "--node", "ceres", "--", "sh", "-c", "exit 0");
        assertThat(Installation.read(agent("ceres").data().resolve("agent/fleet-exec.log")))
                .contains(" admin from ", "refused (ceres allows no commands", "exited with 0: sh");
        assertThat(run("audit"))
                .contains(
                        "fleet exec on ceres, pluto: uptime (0 succeeded; refused: ceres, pluto)");
    }

    private void refusedOnBoth(String command) {
        var unasked = server().olympus("fleet", "exec", "-l", "role=pi", "--", command);
        assertThat(unasked.exitCode()).isEqualTo(1);
        assertThat(unasked.err())
                .contains("pluto | refused: pluto allows no commands: there is no file")
                .contains("2 nodes: 2 refused");
    }

    private static long count(Path directory) {
        try (var files = Files.list(directory)) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void allow(String name, String line) throws IOException {
        var file = agent(name).data().resolve("fleet-exec.allow");
        Files.writeString(file, line + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    @Test
    void wrongUsedEndedAndRevokedTokensAreRefusedInWords() {
        var address = startServer("--agents-listen", free());
        var token = token();
        startAgent("pluto", "--server", address, "--token", token);
        assertThat(refused("two", "--server", address, "--token", token)).contains("used up");
        var wrong = token.substring(0, token.length() - 43) + "A".repeat(43);
        assertThat(refused("two", "--server", address, "--token", wrong))
                .contains("not known here")
                .contains("olympus token create --agent");
        var stranger = "olympus-agent." + "A".repeat(43) + "." + "A".repeat(43);
        assertThat(refused("two", "--server", address, "--token", stranger))
                .contains("not of the island that made this agent token");
        var revoked = token();
        assertThat(run("token", "list")).contains("0 of 1");
        var id =
                server().json("token", "list")
                        .path("agentTokens")
                        .valueStream()
                        .filter(listed -> listed.path("usedBy").isEmpty())
                        .map(listed -> listed.path("id").asString())
                        .findFirst()
                        .orElseThrow();
        run("token", "revoke", id.substring(0, 12));
        assertThat(refused("two", "--server", address, "--token", revoked)).contains("was revoked");
        var brief = token("--ttl", "1s");
        Eventually.becomes(
                SOON, () -> "the token has ended", () -> !run("token", "list").contains("0 of 1"));
        assertThat(refused("two", "--server", address, "--token", brief)).contains("has ended at");
        assertThat(refused("two")).contains("not the data folder of a machine that was let in");
        assertThat(refused("server")).contains("is the data folder of a server");
        var several = token("--uses", "2");
        startAgent("two", "--server", address, "--token", several, "--name", "two");
        startAgent("three", "--server", address, "--token", several, "--name", "three");
        awaitState("two", true);
        awaitState("three", true);
    }

    @Test
    void aServerWithoutAPortForAgentsSaysHowToOpenOne() {
        startServer();
        var refused = server().olympus("token", "create", "--agent");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .contains("no server of this island opens a port for agents")
                .contains("--agents-listen HOST:PORT");
        assertThat(server().olympus("token", "create").err()).contains("--agent");
    }

    // What a person does.

    private String startServer(String... more) {
        var at = free();
        var installation = Installation.in(folder.resolve("server"));
        machines.put("server", installation);
        var arguments = new ArrayList<>(List.of("--listen", at));
        arguments.addAll(List.of(more));
        installation.up(arguments.toArray(String[]::new));
        return "https://" + at;
    }

    private Installation server() {
        return agent("server");
    }

    private Installation agent(String name) {
        return machines.computeIfAbsent(name, n -> Installation.in(folder.resolve(n)));
    }

    /** Starts the agent and waits until it is ready; returns what it printed. */
    private String startAgent(String name, String... arguments) {
        var output = agent(name).startAgent(arguments);
        outputs.put(name, output);
        var process = agent(name).process();
        Eventually.becomes(
                Installation.START_DEADLINE,
                () -> name + " is ready: " + Installation.read(output),
                () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError(name + " has ended: " + Installation.read(output));
                    }
                    return Installation.read(output).contains("agent ready in");
                });
        return Installation.read(output);
    }

    private void startAnew(String name, String... arguments) {
        agent(name).terminate();
        startAgent(name, arguments);
    }

    private String output(String name) {
        return Installation.read(outputs.getOrDefault(name, folder));
    }

    private String refused(String name, String... arguments) {
        var installation =
                name.equals("server") ? Installation.in(folder.resolve("server")) : agent(name);
        var output = installation.startAgent(arguments);
        var process = installation.process();
        Eventually.becomes(
                SOON,
                () -> name + " is refused: " + Installation.read(output),
                () -> !process.isAlive());
        assertThat(process.exitValue()).isNotZero();
        return Installation.read(output);
    }

    private String token(String... more) {
        var words = new ArrayList<>(List.of("token", "create", "--agent"));
        words.addAll(List.of(more));
        var match = TOKEN.matcher(run(words.toArray(String[]::new)));
        assertThat(match.find()).isTrue();
        return match.group();
    }

    private String run(String... words) {
        var run = server().olympus(words);
        assertThat(run.exitCode()).as("%s%n%s%s", List.of(words), run.out(), run.err()).isZero();
        return run.out() + run.err();
    }

    private void awaitState(String name, boolean connected) {
        Eventually.becomes(
                SOON,
                () -> name + " connected=" + connected + ": " + server().olympus("nodes").out(),
                () ->
                        nodes().stream()
                                .anyMatch(node ->
                                        node.path("node").asString().equals(name)
                                                && node.path("connected").asBoolean()
                                                        == connected));
    }

    private List<JsonNode> nodes() {
        return StreamSupport.stream(server().json("nodes").path("nodes").spliterator(), false)
                .toList();
    }

    private String nodeName(boolean isPluto) {
        return nodes().stream()
                .map(node -> node.path("node").asString())
                .filter(name -> name.equals("pluto") == isPluto)
                .findFirst()
                .orElseThrow();
    }

    private String nodeOf(String instance) {
        return server().instance(instance).path("node").asString("");
    }

    private Set<String> nodesOf(String... instances) {
        var found = new TreeSet<String>();
        for (var instance : instances) {
            found.add(nodeOf(instance));
        }
        found.remove("");
        return found;
    }

    /** Below the ports that the kernel gives to clients, as it must be free again after a kill. */
    private String free() {
        while (true) {
            var port = random.nextInt(10_000, 30_000);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return "127.0.0.1:" + socket.getLocalPort();
            } catch (IOException taken) {
                assertThat(taken).isInstanceOf(BindException.class);
            }
        }
    }

    /** Holds a lock while it runs; who finds it held runs beside another one. */
    private static String lone(Path runs) {
        return """
        name: lone
        services:
          one:
            singleton: { lease: 4s }
            stop_grace_period: 2s
            command:
              - sh
              - -c
              - 'exec 9>> %1$s.lock; flock -n 9 || echo beside >> %1$s; echo began $$OLYMPUS_FENCING_TOKEN >> %1$s; exec sleep 1000'
        """
                .formatted(runs);
    }
}
