package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** fleet exec: what is asked of the server, what is told of each node, and the exit code. */
final class FleetExecCommandTest {

    private static final String REQUEST = "POST /fleet/exec";
    private static final String NODES =
            event(
                    "nodes",
                    "{\"nodes\":[{\"node\":\"mars\",\"id\":\"a1\"},{\"node\":\"mercury\",\"id\":\"b2\"},{\"node\":\"venus\",\"id\":\"c3\"}]}");

    @TempDir static Path keys;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RecordedServer server;

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String event(String name, String data) {
        return "event: %s\ndata: %s\n\n".formatted(name, data);
    }

    private static String output(String node, String id, String stream, String text) {
        return event(
                "output",
                "{\"node\":\"%s\",\"id\":\"%s\",\"stream\":\"%s\",\"text\":\"%s\"}"
                        .formatted(node, id, stream, text));
    }

    private static String result(String node, String id, String outcome, String exit, String why) {
        return event(
                "result",
                "{\"node\":\"%s\",\"id\":\"%s\",\"outcome\":\"%s\",\"exitCode\":%s,\"reason\":\"%s\",\"truncated\":%b,\"millis\":7}"
                        .formatted(node, id, outcome, exit, why, node.equals("mercury")));
    }

    private static String summary(int nodes, int succeeded, String others) {
        return event(
                "summary", "{\"nodes\":%d,\"succeeded\":%d%s}".formatted(nodes, succeeded, others));
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(server.environment(), folder, arguments);
    }

    @Test
    void linesStandBehindTheNamesOfTheirNodesAndWhatWentWrongOnStandardError() {
        server.on(
                REQUEST,
                200,
                NODES
                        + output("mars", "a1", "stdout", "up 3 days")
                        + ": still here\n\n"
                        + output("mercury", "b2", "stderr", "no \\u001b[31msuch\\tthing")
                        + result("mars", "a1", "succeeded", "0", "")
                        + result("mercury", "b2", "failed", "3", "")
                        + result("venus", "c3", "unreachable", "null", "it is not connected")
                        + summary(3, 1, ",\"failed\":1,\"refused\":0,\"unreachable\":1"));
        var run = run("fleet", "exec", "--all", "--", "uptime", "-p");
        assertThat(run.out()).isEqualTo("mars    | up 3 days\n");
        assertThat(run.err())
                .isEqualTo(
                        """
                        mercury | no \uFFFD[31msuch\tthing
                        mercury | (it wrote more than is passed on of one node; the rest is left out)
                        mercury | failed: exited with 3
                        venus   | unreachable: it is not connected
                        3 nodes: 1 succeeded, 1 failed, 1 unreachable
                        """);
        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(server.requests())
                .containsExactly(REQUEST + " {\"command\":[\"uptime\",\"-p\"],\"all\":true}");
    }

    @Test
    void endsWithZeroOnlyWhenAllHaveSucceeded() {
        server.on(
                REQUEST,
                200,
                NODES + result("mars", "a1", "succeeded", "0", "") + summary(1, 1, ""));
        var run = run("fleet", "exec", "--all", "--", "true");
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEqualTo("1 node: 1 succeeded\n");
        server.on(REQUEST, 200, NODES + summary(2, 1, ",\"timedOut\":1"));
        var late = run("fleet", "exec", "--all", "--", "true");
        assertThat(late.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(late.err()).isEqualTo("2 nodes: 1 succeeded, 1 timed out\n");
    }

    @Test
    void jsonIsOneLineForEachEvent() {
        server.on(
                REQUEST,
                200,
                NODES
                        + output("mars", "a1", "stdout", "up")
                        + result("mars", "a1", "refused", "null", "not there")
                        + summary(1, 0, ",\"refused\":1"));
        var run = run("fleet", "exec", "--all", "-o", "json", "--", "uptime");
        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.err()).isEmpty();
        var events = run.out().lines().map(line -> JsonMapper.shared().readTree(line)).toList();
        assertThat(events)
                .extracting(one -> one.path("event").asString())
                .isEqualTo(List.of("nodes", "output", "result", "summary"));
        assertThat(events.get(1).path("text").asString()).isEqualTo("up");
        assertThat(events.get(2).path("outcome").asString()).isEqualTo("refused");
    }

    @Test
    void asksForTheNodesAndLimitsThatAreGiven() {
        server.on(REQUEST, 200, summary(1, 1, ""));
        run(
                "fleet",
                "exec",
                "-l",
                "role=pi",
                "-l",
                "rack",
                "--node",
                "mars",
                "--node",
                "venus",
                "--timeout",
                "5s",
                "--parallel",
                "2",
                "--",
                "ls",
                "-l",
                "--node");
        assertThat(server.requests())
                .containsExactly(
                        REQUEST
                                + " {\"command\":[\"ls\",\"-l\",\"--node\"],\"nodes\":[\"mars\",\"venus\"],\"labels\":[\"role=pi\",\"rack\"],\"timeout\":\"5s\",\"parallel\":2}");
    }

    @Test
    void twoNodesOfOneNameAreToldApart() {
        server.on(
                REQUEST,
                200,
                event(
                                "nodes",
                                "{\"nodes\":[{\"node\":\"pi\",\"id\":\"0123456789\"},{\"node\":\"pi\",\"id\":\"abcdef0123\"}]}")
                        + output("pi", "abcdef0123", "stdout", "x")
                        + summary(2, 2, ""));
        assertThat(run("fleet", "exec", "--all", "--", "true").out())
                .isEqualTo("pi(abcdef01) | x\n");
    }

    @Test
    void whatTheServerSaysAndItsGoingAwayAreFailures() {
        server.on(REQUEST, 404, "{\"detail\":\"no node has the labels role=pi\",\"status\":404}");
        var nobody = run("fleet", "exec", "-l", "role=pi", "--", "true");
        assertThat(nobody.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(nobody.err()).contains("no node has the labels role=pi");
        server.on(REQUEST, 200, NODES + event("error", "{\"detail\":\"the server is stopping\"}"));
        assertThat(run("fleet", "exec", "--all", "--", "true").err())
                .contains("the server is stopping");
        server.on(REQUEST, 200, NODES + result("mars", "a1", "succeeded", "0", ""));
        var cut = run("fleet", "exec", "--all", "--", "true");
        assertThat(cut.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(cut.err()).contains("went away before every node had answered");
        assertThat(run("fleet", "exec", "--all").exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run("fleet").exitCode()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void everyNodeIsMeantOnlyWhereItIsSaid() {
        var unsaid = run("fleet", "exec", "--", "reboot");
        assertThat(unsaid.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(unsaid.err())
                .contains(
                        "on which nodes? Give -l KEY[=VALUE] or --node NODE, or --all for every node");
        for (var choice : List.of("-l=role=pi", "--node=mars")) {
            var both = run("fleet", "exec", "--all", choice, "--", "reboot");
            assertThat(both.exitCode()).as(choice).isEqualTo(ExitCodes.USAGE);
            assertThat(both.err())
                    .contains("--all is every node: leave it out, or leave out -l and --node");
        }
        assertThat(server.requests()).isEmpty();
    }
}
