package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import olympus.foundation.FileTree;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Three servers of one island, as a person sets them up, on loopback. */
final class SeveralServersTest {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Pattern TOKEN = Pattern.compile("olympus-join\\.\\S+");

    private static final String STACK =
            """
            name: shop
            services:
              web:
                command: [sleep, "1000"]
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final Random random = new Random();
    private final Map<String, Installation> servers = new TreeMap<>();
    private final Map<String, List<String>> arguments = new TreeMap<>();

    @AfterEach
    void end() {
        servers.values().forEach(Installation::close);
    }

    @Test
    void twoMoreServersJoinAndTheIslandOutlivesTheOneThatLeads() {
        start("a");
        apply("a", STACK);
        join("b", "a");
        assertThat(servers("a").path("advice").toString()).contains("2 servers are worse than 1");
        join("c", "b");
        for (var name : servers.keySet()) {
            assertThat(servers(name).path("servers").size()).as(name).isEqualTo(3);
            assertThat(services(name)).as(name).contains("shop/web");
            everyServerSaysHowItIs(name);
        }
        apply("c", STACK.replace("1000", "2000"));

        server("a").killHard();
        var leader = awaitLeader("b", member -> !member.equals("one"));
        theOneThatIsAwayIsMissed("b");
        apply("b", STACK.replace("1000", "3000"));
        awaitLeader("c", leader::equals);

        server("a").up(arguments("a"));
        Eventually.becomes(
                SOON,
                () -> "the first server answers again: " + run("a", "status"),
                () -> services("a").contains("shop/web"));
        apply("a", STACK.replace("1000", "4000"));

        var other = leader.startsWith("one") ? "b" : "a";
        var to = member(other);
        assertThat(run("c", "servers", "transfer-leader", to)).contains(to + " leads now");
        awaitLeader("c", to::equals);

        run("c", "servers", "remove", to, "--yes", "--force");
        assertThat(members("c")).doesNotContain(to).hasSize(2);
        awaitLeader("c", member -> !member.equals(to));
        apply("c", STACK.replace("1000", "5000"));
    }

    private void everyServerSaysHowItIs(String asked) {
        Eventually.becomes(
                SOON,
                () -> "all servers answer: " + servers(asked),
                () ->
                        StreamSupport.stream(servers(asked).path("servers").spliterator(), false)
                                .allMatch(server ->
                                        server.path("report").path("diskFreeBytes").asLong(0) > 0
                                                && server.path("ifLost")
                                                        .asString()
                                                        .equals(
                                                                "the island goes on, and bears no further loss")));
        var doctor = server(asked).olympus("doctor").out();
        assertThat(doctor).contains("server one").contains("days left");
    }

    private void theOneThatIsAwayIsMissed(String asked) {
        Eventually.becomes(
                SOON,
                () -> "one is missed: " + servers(asked),
                () ->
                        StreamSupport.stream(servers(asked).path("servers").spliterator(), false)
                                .allMatch(server ->
                                        server.path("member").asString().equals("one")
                                                ? server.path("report").isNull()
                                                : server.path("ifLost")
                                                        .asString()
                                                        .contains(
                                                                "no orders until 2 of 3 run again")));
        assertThat(server(asked).olympus("doctor").out())
                .contains("does not answer the other servers");
        assertThat(metrics(asked))
                .contains("olympus_servers_voting 3.0")
                .contains("olympus_servers_answering 2.0")
                .contains("olympus_servers_needed 2.0");
    }

    private String metrics(String asked) {
        var data = server(asked).data();
        var token = Installation.read(data.resolve("admin.token")).strip();
        var scraped =
                server(asked)
                        .command(
                                List.of(
                                        "curl",
                                        "--fail",
                                        "--silent",
                                        "--show-error",
                                        "--cacert",
                                        data.resolve("keys/https-ca.pem").toString(),
                                        "--header",
                                        "Authorization: Bearer " + token,
                                        address(asked) + "/metrics"));
        assertThat(scraped.exitCode()).as(scraped.err()).isZero();
        return scraped.out();
    }

    @Test
    void aTokenIsGoodOnceAndAFolderInUseIsRefused() {
        start("a");
        var token = token("a");
        start("b", "--join", address("a"), "--token", token);
        awaitMember("b", "a");

        var again = Installation.in(folder.resolve("again"));
        servers.put("again", again);
        var used = refused(again, "--join", address("a"), "--token", token, "--listen", free());
        assertThat(used).contains("used already");
        var wrong =
                refused(
                        again,
                        "--join",
                        address("a"),
                        "--token",
                        token.substring(0, token.length() - 43) + "A".repeat(43),
                        "--listen",
                        free());
        assertThat(wrong).contains("not known here").contains("olympus servers add");
        var stranger =
                refused(
                        again,
                        "--join",
                        address("a"),
                        "--token",
                        "olympus-join." + "A".repeat(43) + "." + "A".repeat(43),
                        "--listen",
                        free());
        assertThat(stranger).contains("not of the island that made this join token");

        server("a").terminate();
        var nobody = refused(again, "--join", address("a"), "--token", token, "--listen", free());
        assertThat(nobody).contains("nothing answers there");
        var inUse =
                refused(server("a"), "--join", address("b"), "--token", token, "--listen", free());
        assertThat(inUse).contains("is server one already");
    }

    @Test
    void aServerWhoseDiskWasEmptiedDoesNotVoteUntilItHasJoinedAnew() throws IOException {
        start("a");
        apply("a", STACK);
        join("b", "a");
        join("c", "a");
        var before = member("c");
        var node = nodeFile("c");
        server("c").killHard();
        FileTree.delete(server("c").data().resolve("hermes"));

        var output = server("c").startUp(arguments("c"));
        Eventually.becomes(
                SOON,
                () -> "the empty store is refused: " + Installation.read(output),
                () ->
                        Installation.read(output)
                                .contains("is empty, although server " + before + " had one"));
        assertThat(Installation.read(output)).contains("olympus servers remove " + before);
        server("c").terminate();

        run("a", "servers", "remove", before, "--yes");
        Files.delete(server("c").data().resolve("server.json"));
        var again = new ArrayList<>(List.of(arguments("c")));
        again.addAll(List.of("--join", address("a"), "--token", token("a")));
        server("c").up(again.toArray(String[]::new));
        awaitMember("c", "a");
        assertThat(member("c")).isNotEqualTo(before);
        assertThat(nodeFile("c")).isEqualTo(node);
        assertThat(services("c")).contains("shop/web");
    }

    @Test
    void theAgentObeysTheStoreThatIsBroughtBackAfterALossAndAfterARestore() {
        start("a");
        apply("a", STACK);
        var first = server("a").awaitRunning("shop/web.1");
        var copy = folder.resolve("copy.snapshot").toString();
        run("a", "snapshot", "save", copy);
        join("b", "a");
        join("c", "a");
        apply("a", STACK.replace("1000", "2000"));
        var second = server("a").awaitReplaced("shop/web.1", first);

        List.of("b", "c", "a").forEach(name -> server(name).killHard());
        run("a", "servers", "recover", "--yes");
        server("a").up(arguments("a"));
        assertThat(awaitLeader("a")).isEqualTo("one");
        assertThat(server("a").awaitRunning("shop/web.1")).as("adopted").isEqualTo(second);
        apply("a", STACK.replace("1000", "3000"));
        var third = server("a").awaitReplaced("shop/web.1", second);

        server("a").terminate();
        run("a", "snapshot", "restore", copy, "--yes");
        server("a").up(arguments("a"));
        assertThat(awaitLeader("a")).isEqualTo("one");
        apply("a", STACK.replace("1000", "4000"));
        server("a").awaitReplaced("shop/web.1", third);
    }

    private String nodeFile(String name) throws IOException {
        return Files.readString(server(name).data().resolve("node.json"));
    }

    // What a person does.

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

    private void start(String name, String... more) {
        var all =
                new ArrayList<>(
                        List.of(
                                "--listen",
                                free(),
                                "--peers-listen",
                                free(),
                                "--agents-listen",
                                free()));
        arguments.put(name, List.copyOf(all));
        all.addAll(List.of(more));
        var installation = Installation.in(folder.resolve(name));
        servers.put(name, installation);
        installation.up(all.toArray(String[]::new));
    }

    private String[] arguments(String name) {
        return arguments.getOrDefault(name, List.of()).toArray(String[]::new);
    }

    private String address(String name) {
        return "https://" + arguments.getOrDefault(name, List.of()).get(1);
    }

    private String token(String name) {
        var match = TOKEN.matcher(run(name, "servers", "add"));
        assertThat(match.find()).isTrue();
        return match.group();
    }

    private void join(String name, String by) {
        start(name, "--join", address(by), "--token", token(by));
        awaitMember(name, by);
    }

    private void awaitMember(String name, String by) {
        Eventually.becomes(
                SOON,
                () -> name + " is a member: " + servers(by),
                () ->
                        StreamSupport.stream(servers(by).path("servers").spliterator(), false)
                                .anyMatch(server ->
                                        server.path("api").asString().equals(address(name))
                                                && server.path("state").asString().equals("member")
                                                && server.path("voter").asBoolean()));
    }

    private static String refused(Installation installation, String... more) {
        var output = installation.startUp(more);
        var process = installation.process();
        Eventually.becomes(
                SOON,
                () -> "it is refused: " + Installation.read(output),
                () -> !process.isAlive() || Installation.read(output).contains("already"));
        return Installation.read(output);
    }

    private Installation server(String name) {
        return servers.getOrDefault(name, Installation.in(folder.resolve(name)));
    }

    private String run(String name, String... words) {
        var run = server(name).olympus(words);
        assertThat(run.exitCode())
                .as("%s: %s%n%s%s", name, List.of(words), run.out(), run.err())
                .isZero();
        return run.out() + run.err();
    }

    private void apply(String name, String yaml) {
        var stack = server(name).stack("shop", yaml);
        server(name).apply(stack, "--yes");
    }

    private JsonNode servers(String name) {
        return server(name).json("servers");
    }

    private List<String> members(String name) {
        return StreamSupport.stream(servers(name).path("servers").spliterator(), false)
                .map(server -> server.path("member").asString())
                .toList();
    }

    private String member(String name) {
        return StreamSupport.stream(servers(name).path("servers").spliterator(), false)
                .filter(server -> server.path("api").asString().equals(address(name)))
                .map(server -> server.path("member").asString())
                .findFirst()
                .orElseThrow();
    }

    private List<String> services(String name) {
        return StreamSupport.stream(
                        server(name).json("status").path("services").spliterator(), false)
                .map(service -> service.path("service").asString())
                .toList();
    }

    private String awaitLeader(String name) {
        return awaitLeader(name, _ -> true);
    }

    /** Who leads, as that server knows once it is somebody who is {@code wanted}. */
    private String awaitLeader(String name, Predicate<String> wanted) {
        var leader = new ArrayList<String>();
        Eventually.becomes(
                SOON,
                () -> name + " knows that leader: " + server(name).olympus("servers").out(),
                () -> {
                    leader.clear();
                    var list = server(name).olympus("servers", "-o", "json");
                    if (list.exitCode() == 0) {
                        StreamSupport.stream(servers(name).path("servers").spliterator(), false)
                                .filter(server -> server.path("leader").asBoolean())
                                .map(server -> server.path("member").asString())
                                .filter(wanted)
                                .forEach(leader::add);
                    }
                    return !leader.isEmpty();
                });
        return leader.getFirst();
    }
}
