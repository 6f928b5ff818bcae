package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OlympusCommandTest {

    private static final String TWO_SERVICES =
            """
            {"services":[
              {"service":"first/web","desired":2,"running":2,"healthy":2,"state":"running","reason":"","instances":[
                {"instance":"first/web.1","node":"mars","driver":"process","state":"running","health":"passing","pid":123,"restarts":0,"since":"2020-01-01T00:00:00Z","reason":""}]},
              {"service":"second/web","desired":1,"running":0,"healthy":0,"state":"failed","reason":"given up","instances":[]}]}
            """;

    /** Holds the server's key and certificate: made once, because making a key takes a JVM. */
    @TempDir static Path keys;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RecordedServer server;

    private Map<String, String> environment = Map.of();

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys);
        environment = server.environment();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(environment, folder, arguments);
    }

    @Test
    void showsServicesAndTheirInstancesAsATable() {
        server.on("GET /services", 200, TWO_SERVICES);

        var run = run("status");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().toList().getFirst())
                .startsWith("SERVICE")
                .contains("STATE", "PID", "REASON");
        assertThat(run.out())
                .contains("first/web.1")
                .contains("123")
                .contains("2/2")
                .contains("given up");
    }

    @Test
    void showsWhatWasLastHeardOfAnInstanceWhoseNodeIsAway() {
        server.on(
                "GET /services",
                200,
                """
                {"services":[{"service":"first/web","state":"unknown","healthy":0,"desired":1,
                 "reason":"","instances":[{"instance":"first/web.1","state":"unknown","health":"none",
                 "pid":0,"restarts":0,"since":"2026-11-21T00:00:00Z","reason":"node mars is not connected.",
                 "was":{"state":"running","health":"passing","at":"%s"}}]}]}
                """
                        .formatted(java.time.Instant.now().minusSeconds(7200)));

        assertThat(run("status").out())
                .containsPattern("first/web.1 +unknown \\(was running 2h00m ago\\)")
                .contains("node mars is not connected");
    }

    @Test
    void printsTheServersJsonUnchangedAndAcceptsPluralAndAlias() {
        server.on("GET /services", 200, TWO_SERVICES);

        assertThat(run("service", "-o", "json").out())
                .isEqualTo(run("ps", "-o", "json").out())
                .contains("\"desired\" : 2")
                .contains("\"service\" : \"first/web\"");
        assertThat(run("status", "--output", "yaml").out())
                .contains("- service: first/web")
                .contains("desired: 2");
    }

    @Test
    void completesAServiceNameThatIsUnambiguousAndNamesTheChoicesOtherwise() {
        server.on("GET /services", 200, TWO_SERVICES.replace("second/web", "second/api"))
                .on("POST /services/second/api/restart", 202, "{}");

        assertThat(run("restart", "api").exitCode()).isZero();
        assertThat(server.requests()).contains("POST /services/second/api/restart");

        server.on("GET /services", 200, TWO_SERVICES);
        var ambiguous = run("stop", "web");
        assertThat(ambiguous.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(ambiguous.err())
                .contains("ambiguous")
                .contains("first/web")
                .contains("second/web");
    }

    @Test
    void readsEveryPartOfAListThatTheServerAnswersInParts() {
        server.on(
                        "GET /services",
                        200,
                        "{\"services\":[{\"service\":\"a/web\"}],\"next\":\"a/web\"}")
                .on(
                        "GET /services?cursor=a%2Fweb",
                        200, "{\"services\":[{\"service\":\"b/api\"}],\"next\":\"b/api\"}")
                .on(
                        "GET /services?cursor=b%2Fapi",
                        200, "{\"services\":[{\"service\":\"c/db\"}],\"next\":null}")
                .on("GET /stacks", 200, "{\"stacks\":[{\"stack\":\"a\"}],\"next\":\"a\"}")
                .on("GET /stacks?cursor=a", 200, "{\"stacks\":[{\"stack\":\"b\"}]}")
                .on("GET /nodes", 200, "{\"nodes\":[{\"node\":\"mars\"}],\"next\":\"mars/1\"}")
                .on("GET /nodes?cursor=mars%2F1", 200, "{\"nodes\":[{\"node\":\"venus\"}]}")
                .on("POST /services/c/db/stop", 202, "{}");

        assertThat(run("status").out()).contains("a/web", "b/api", "c/db");
        assertThat(run("status", "-o", "json").out())
                .contains("\"c/db\"", "\"next\" : null")
                .containsOnlyOnce("\"services\"");
        assertThat(run("stacks").out()).contains("a", "b");
        assertThat(run("nodes").out()).contains("mars", "venus");
        assertThat(run("stop", "db").exitCode()).isZero();
        assertThat(server.requests()).contains("POST /services/c/db/stop");
    }

    @Test
    void givesUpOnAListThatNeverEnds() {
        server.on("GET /nodes", 200, "{\"nodes\":[],\"next\":\"x\"}")
                .on("GET /nodes?cursor=x", 200, "{\"nodes\":[],\"next\":\"x\"}");

        var run = run("nodes");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.err()).contains("more than 100 parts");
    }

    @Test
    void exitsWithFourWhenTheTokenIsWrongAndSaysWhereItCameFrom() {
        var run =
                CommandRun.of(
                        Map.of(
                                "OLYMPUS_ADDRESS", server.address(),
                                "OLYMPUS_TOKEN", "wrong",
                                "OLYMPUS_CACERT", server.caFile().toString()),
                        folder,
                        "nodes");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.REFUSED);
        assertThat(run.err())
                .contains("the token is not known")
                .contains("came from OLYMPUS_TOKEN.");
    }

    @Test
    void exitsWithThreeWhenNothingListens() {
        var address = server.address();
        server.close();

        var run = run("status");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.CANNOT_CONNECT);
        assertThat(run.err())
                .contains(address)
                .contains("nothing listens there")
                .contains("olympus up", "olympus doctor");
    }

    @Test
    void exitsWithThreeWhenTheAuthorityIsNotTrusted() throws Exception {
        var other = Files.createDirectory(folder.resolve("other"));
        try (var stranger = RecordedServer.start(other)) {
            var run =
                    CommandRun.of(
                            Map.of(
                                    "OLYMPUS_ADDRESS", server.address(),
                                    "OLYMPUS_TOKEN", RecordedServer.TOKEN,
                                    "OLYMPUS_CACERT", stranger.caFile().toString()),
                            folder,
                            "status");

            assertThat(run.exitCode()).isEqualTo(ExitCodes.CANNOT_CONNECT);
            assertThat(run.err())
                    .contains("TLS failed", "another Olympus or another program")
                    .contains(stranger.caFile().toString(), "--data-dir", "OLYMPUS_CACERT");
        }
    }

    @Test
    void refusesANumberOfLogEntriesThatItWouldNotList() {
        for (var limit : new String[] {"0", "-1", "100001"}) {
            var run = run("store", "log", "--limit", limit);
            assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
            assertThat(run.err()).contains("--limit " + limit, "expected 1 to 100000");
        }
        assertThat(run("store", "log", "--limit", "100000").err()).contains("launcher");
    }

    @Test
    void exitsWithTwoOnWrongUsageAndSuggestsTheCommandThatWasMeant() {
        var run = run("statsu");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).contains("statsu").contains("status");
        assertThat(run("status", "--no-such-option").exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run("pause", "--stack", "a", "--node", "b").exitCode())
                .isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void readsAddressTokenAndCertificateFromTheDataFolder() throws Exception {
        var data = Files.createDirectory(folder.resolve("data"));
        Files.writeString(
                data.resolve("endpoint.json"),
                "{\"address\":\"%s\",\"caCertificate\":\"%s\"}"
                        .formatted(server.address(), server.caFile()));
        Files.writeString(data.resolve("admin.token"), RecordedServer.TOKEN + "\n");
        server.on(
                "GET /nodes",
                200,
                "{\"nodes\":[{\"node\":\"mars\",\"connected\":true,\"instances\":3}]}");

        var byOption = CommandRun.of(Map.of(), folder, "nodes", "--data-dir", data.toString());
        var byVariable = CommandRun.of(Map.of("OLYMPUS_DATA_DIR", data.toString()), folder, "node");

        assertThat(byOption.exitCode()).isZero();
        assertThat(byOption.out())
                .contains("mars")
                .contains("connected")
                .isEqualTo(byVariable.out());
    }

    @Test
    void saysHowToStartAServerWhereNoneHasRun() {
        var run =
                CommandRun.of(
                        Map.of(),
                        folder,
                        "status",
                        "--data-dir",
                        folder.resolve("nothing").toString());

        assertThat(run.exitCode()).isEqualTo(ExitCodes.CANNOT_CONNECT);
        assertThat(run.err()).contains("olympus up --data-dir");
    }

    @Test
    void everyCommandCallsItselfByTheNameThatItIsFoundBy() {
        var root = OlympusCommand.line(Console.ofProcess(), new ServerFinder(Map.of(), folder));

        root.getSubcommands()
                .forEach((name, command) -> {
                    var spec = command.getCommandSpec();
                    assertThat(spec.names()).contains(name);
                    assertThat(command.getUsageMessage())
                            .contains("Usage: olympus " + spec.name())
                            .doesNotContain("generate-completion");
                });
        assertThat(run("completion").out()).contains("_complete_olympus", "status");
    }

    @Test
    void keepsNamedServersAndNeverPrintsTheirTokens() {
        server.on("GET /nodes", 200, "{\"nodes\":[]}");

        assertThat(run("context", "home", "--address", server.address()).exitCode()).isZero();
        var listed = CommandRun.of(Map.of(), folder, "contexts", "-o", "json");
        var used = CommandRun.of(Map.of(), folder, "nodes");

        assertThat(listed.out())
                .contains("home")
                .contains(server.address())
                .doesNotContain(RecordedServer.TOKEN);
        assertThat(used.exitCode()).isZero();
    }

    @Test
    void removesAStackOnlyAfterConsent() {
        server.on("GET /services/first", 200, TWO_SERVICES).on("DELETE /stacks/first", 202, "{}");

        var unattended = run("remove", "first");
        var refused = CommandRun.answering("no\n", true, environment, folder, "remove", "first");
        assertThat(unattended.exitCode()).isEqualTo(ExitCodes.REFUSED);
        assertThat(refused.exitCode()).isEqualTo(ExitCodes.REFUSED);
        assertThat(server.requests()).doesNotContain("DELETE /stacks/first");

        var agreed = CommandRun.answering("yes\n", true, environment, folder, "remove", "first");
        assertThat(agreed.exitCode()).isZero();
        assertThat(agreed.out()).contains("first/web");
        assertThat(server.requests()).contains("DELETE /stacks/first");
    }

    @Test
    void followsLogsAsServerSentEvents() {
        server.on(
                "GET /services/first/web/logs?tail=100&follow=true",
                200,
                """
                : keep-alive

                event: line
                id: 1
                data: {"instance":"first/web.1","at":"2020-01-01T00:00:00Z","stream":"stdout","text":"one"}

                event: line
                id: 2
                data: {"instance":"first/web.1","at":"2020-01-01T00:00:01Z","stream":"stdout","text":"two"}

                """,
                Map.of("Content-Type", "text/event-stream"));

        var run = run("logs", "first/web", "-f");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().map(line -> line.substring(line.lastIndexOf(' ') + 1)))
                .containsExactly("one", "two");
    }

    @Test
    void followsInTheFormatThatWasAskedForAndSaysWhatIsMissing() {
        var events =
                """
                event: gap
                data: {"instance":"first/web.1","lines":7,"atLeast":false,"reason":"first/web.1: 7 lines missing"}

                event: line
                id: 1
                data: {"instance":"first/web.1","text":"one"}

                event: problem
                data: {"instance":"first/web.2","detail":"the node is not connected"}

                event: line
                id: 2
                data: {"instance":"first/web.1","text":"two"}

                """;
        server.on("GET /services/first/web/logs?tail=100&follow=true", 200, events);

        var json = run("logs", "first/web", "-f", "-o", "json");
        assertThat(json.out().lines())
                .containsExactly(
                        "{\"instance\":\"first/web.1\",\"text\":\"one\"}",
                        "{\"instance\":\"first/web.1\",\"text\":\"two\"}");
        assertThat(json.err().lines())
                .containsExactly(
                        "olympus: first/web.1: 7 lines missing",
                        "olympus: first/web.2: the node is not connected");
        assertThat(run("logs", "first/web", "-f", "-o", "yaml").out().lines())
                .containsExactly(
                        "---",
                        "instance: first/web.1",
                        "text: one",
                        "---",
                        "instance: first/web.1",
                        "text: two");
    }

    @Test
    void followsDecisionsInTheFormatThatWasAskedFor() {
        server.on(
                "GET /decisions",
                200,
                """
                event: decision
                id: 1
                data: {"actor":"zeus","action":"place"}

                event: decision
                id: 2
                data: {"actor":"zeus","action":"stop"}

                """);

        assertThat(run("decisions", "-f", "-o", "yaml").out().lines())
                .containsExactly(
                        "---",
                        "actor: zeus",
                        "action: place",
                        "---",
                        "actor: zeus",
                        "action: stop");
        assertThat(run("decisions", "-f", "-o", "json").out().lines())
                .containsExactly(
                        "{\"actor\":\"zeus\",\"action\":\"place\"}",
                        "{\"actor\":\"zeus\",\"action\":\"stop\"}");
    }

    @Test
    void saysWhatIsMissingInLogsOnStandardError() {
        server.on(
                "GET /services/first/web/logs?since=8h&until=1h",
                200,
                """
                {"lines":[{"instance":"first/web.1","at":"2020-01-01T00:00:00Z","text":"one"}],
                 "truncated":true,"missing":14000,"problems":["first/web.2: the node is not connected"]}
                """);

        for (var format : new String[] {"table", "json", "yaml"}) {
            var run = run("logs", "first/web", "--since", "8h", "--until", "1h", "-o", format);
            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).contains("one");
            assertThat(run.err())
                    .contains("first/web.2: the node is not connected")
                    .contains("14000 lines are known to be missing")
                    .contains("--tail");
        }
    }

    @Test
    void showsEachProblemOfARejectedRequestWithItsPlace() {
        server.on(
                "POST /services/first/web/start",
                400,
                """
                {"detail":"the stack has 1 problem","problems":[{"file":"olympus.yaml","line":3,"column":5,"message":"unknown key \\"prot\\""}]}
                """);

        var run = run("start", "first/web");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.err()).contains("olympus.yaml:3:5: unknown key \"prot\"");
    }

    @Test
    void decisionsSayOnWhichSystemEachWasTaken() {
        server.on(
                "GET /decisions?limit=50",
                200,
                """
                {"decisions":[
                  {"at":"2020-01-01T00:00:01Z","actor":"zeus","action":"place","subject":"first/web.1","node":"mars","why":"w","result":"r"},
                  {"at":"2020-01-01T00:00:00Z","actor":"user:admin","action":"apply","subject":"first","node":"","why":"w","result":"r"}]}
                """);

        assertThat(run("decisions").out())
                .contains("place first/web.1 on mars: w; r")
                .contains("apply first: w; r");
    }

    @Test
    void doctorFailsWhenACheckFailed() {
        server.on(
                "GET /doctor",
                200,
                "{\"checks\":[{\"name\":\"disk\",\"status\":\"failed\",\"detail\":\"2 % free\",\"remedy\":\"free some\"}]}");

        var run = run("doctor");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.out()).contains("disk").contains("free some");
    }

    @Test
    void doctorChecksTheMachineItselfWhenNoServerAnswers() throws Exception {
        var data = Files.createDirectory(folder.resolve("data"));
        Files.createFile(data.resolve("lock"));

        var run =
                CommandRun.of(
                        Map.of("PATH", System.getenv("PATH")),
                        folder,
                        "doctor",
                        "--data-dir",
                        data.toString(),
                        "-o",
                        "json");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCodes.CANNOT_CONNECT);
        var checks = new java.util.TreeMap<String, String>();
        tools.jackson.databind.json.JsonMapper.shared()
                .readTree(run.out())
                .path("checks")
                .forEach(check ->
                        checks.put(
                                check.path("name").asString(),
                                check.path("status").asString()
                                        + " "
                                        + check.path("detail").asString()));
        assertThat(checks)
                .containsKeys("java", "data folder", "disk space", "inode space", "cgroup")
                .containsKeys("setsid", "setpriv", "prlimit", "clock", "ports", "store");
        assertThat(checks.get("server"))
                .startsWith("failed not reachable:")
                .contains("no server has been started");
        assertThat(checks.get("process")).contains("no server runs");
    }

    @Test
    void doctorNamesTheProcessThatHoldsTheDataFolderAndMissingTools() throws Exception {
        var data = Files.createDirectory(folder.resolve("data"));
        var lock = Files.writeString(data.resolve("lock"), "4711\n");
        try (var channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                var held = channel.lock()) {
            var lacking =
                    CommandRun.of(
                            Map.of("PATH", folder.toString()),
                            folder,
                            "doctor",
                            "--data-dir",
                            data.toString());
            assertThat(held.isValid()).isTrue();
            assertThat(lacking.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(lacking.out()).contains("apt install util-linux", "pid 4711 holds");
        }
    }

    @Test
    void helpOfACommandOfTheServersProgramShowsItsRealOptions() {
        assertThat(run("help", "up").out()).contains("--listen", "--stack", "--stop-services");
        assertThat(run("man", "store", "repair").out()).contains("truncate");
        assertThat(run("man", "store").out()).contains("skip\\-entry");
        assertThat(run("completion").out()).contains("--truncate-at", "--stop-services");
        assertThat(run("up").exitCode()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void printsACompletionScriptAndAManualPageForEveryCommand() {
        assertThat(run("completion").out()).contains("complete -F").contains("rollback");
        var commands =
                OlympusCommand.line(Console.ofProcess(), new ServerFinder(Map.of(), folder))
                        .getSubcommands();
        for (var name : commands.keySet()) {
            var page = run("man", name);
            assertThat(page.exitCode()).as(name).isZero();
            assertThat(page.out())
                    .as(name)
                    .startsWith(".TH \"OLYMPUS-")
                    .contains(".SH SYNOPSIS", ".SH EXIT STATUS");
        }
        assertThat(run("man").out()).contains("decisions");
    }

    @Test
    void everyCommandHasAHelpTextThatSaysWhatItDoes() {
        for (var command :
                OlympusCommand.line(Console.ofProcess(), new ServerFinder(Map.of(), folder))
                        .getSubcommands()
                        .values()) {
            assertThat(command.getCommandSpec().usageMessage().description())
                    .as(command.getCommandName())
                    .isNotEmpty();
            assertThat(command.getUsageMessage()).as(command.getCommandName()).contains("Usage:");
        }
    }
}
