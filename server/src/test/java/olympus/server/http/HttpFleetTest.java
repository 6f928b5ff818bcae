package olympus.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.HermesNode;
import olympus.link.ExecRequest;
import olympus.link.ExecSession;
import olympus.link.ExecTarget;
import olympus.model.NodeId;
import olympus.zeus.ClusterView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Commands on machines by way of HTTP: who is asked, what is told, and what the audit keeps. */
@Timeout(120)
class HttpFleetTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final NodeId MARS = NodeId.parse("11111111-6a06-4f7c-9c5a-0f3d5b3c9c11");
    private static final NodeId PLUTO = NodeId.parse("22222222-6a06-4f7c-9c5a-0f3d5b3c9c11");
    private static final NodeId VENUS = NodeId.parse("33333333-6a06-4f7c-9c5a-0f3d5b3c9c11");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ThreadEventLoop loop = new ThreadEventLoop("store", (_, _) -> {});
    private final List<ExecRequest> asked = new CopyOnWriteArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private RunningApi api;

    @BeforeEach
    void start() throws Exception {
        var hermes = HermesNode.inMemory(loop, Clock.system());
        hermes.ready().toCompletableFuture().get();
        api = new RunningApi(folder.resolve("data"), hermes, new ScriptedCommands(), 3);
        api.view =
                view(
                        node(MARS, "mars", true, Map.of("role", "pi", "rack", "b2")),
                        node(PLUTO, "pluto", true, Map.of("role", "pi")),
                        node(VENUS, "venus", false, Map.of("role", "web")));
    }

    @AfterEach
    void stop() {
        api.close();
        loop.close();
    }

    private static ClusterView.NodeView node(
            NodeId id, String name, boolean connected, Map<String, String> labels) {
        return new ClusterView.NodeView(
                id,
                name,
                connected,
                connected ? Optional.empty() : Optional.of(Instant.EPOCH),
                0,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                new ClusterView.Wanted(labels, Optional.empty(), List.of()));
    }

    private static ClusterView view(ClusterView.NodeView... nodes) {
        return new ClusterView(1, List.of(), List.of(nodes), List.of(), List.of());
    }

    private ScriptedExec on(NodeId node) {
        var command = new ScriptedExec();
        api.agents.commandsOf.put(
                node,
                request -> {
                    asked.add(request);
                    return CompletableFuture.completedStage(command);
                });
        return command;
    }

    private void refuses(NodeId node, ErrorCode code, String why) {
        api.agents.commandsOf.put(
                node, request -> CompletableFuture.failedStage(new OlympusException(code, why)));
    }

    private void answersNever(NodeId node) {
        api.agents.commandsOf.put(node, request -> new CompletableFuture<>());
    }

    private static ScriptedExec says(ScriptedExec command, String text, int exit) {
        command.output(false, text.getBytes(UTF_8));
        command.says.add(new ExecSession.Heard.Exited(exit));
        return command;
    }

    private HttpRequest.Builder request(String order) {
        return api.authorised("/api/v1/fleet/exec")
                .header("Content-Type", Api.JSON)
                .header("Accept", Api.SSE)
                .POST(BodyPublishers.ofString(order));
    }

    /** Events as they come. */
    private final class Events implements AutoCloseable {
        private final BufferedReader lines;

        Events(String order) throws Exception {
            var response = api.stream(request(order));
            assertThat(response.statusCode()).isEqualTo(200);
            lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8));
        }

        /** The next event with its name; empty at the end. */
        Optional<JsonNode> next() throws IOException {
            var name = "";
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    var data =
                            JSON.createObjectNode()
                                    .put("event", name)
                                    .setAll((ObjectNode) JSON.readTree(line.substring(6)));
                    return Optional.of(data);
                }
            }
            return Optional.empty();
        }

        List<JsonNode> rest() throws IOException {
            var all = new ArrayList<JsonNode>();
            for (var event = next(); event.isPresent(); event = next()) {
                all.add(event.get());
            }
            return all;
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    private static JsonNode result(List<JsonNode> events, String node) {
        return events.stream()
                .filter(one -> one.path("event").asString().equals("result"))
                .filter(one -> one.path("node").asString().equals(node))
                .findFirst()
                .orElseThrow();
    }

    private static String of(JsonNode event, String member) {
        return event.path(member).asString();
    }

    private String audit() throws Exception {
        return api.get("/api/v1/audit?limit=10").body();
    }

    @Test
    void runsOnTheNodesThatHaveTheLabelsAndTellsEachOutcome() throws Exception {
        says(on(MARS), "one\ntwo", 0);
        says(on(PLUTO), "", 3);
        try (var events =
                new Events("{\"command\":[\"uptime\",\"-p\"],\"labels\":[\"role=pi\"]}")) {
            var all = events.rest();
            assertThat(of(all.getFirst(), "event")).isEqualTo("nodes");
            assertThat(all.getFirst().path("nodes").valueStream())
                    .extracting(node -> of(node, "node"))
                    .containsExactly("mars", "pluto");
            assertThat(all)
                    .filteredOn(one -> of(one, "event").equals("output"))
                    .extracting(one -> of(one, "node") + " " + of(one, "text"))
                    .containsExactly("mars one", "mars two");
            assertThat(of(result(all, "mars"), "outcome")).isEqualTo("succeeded");
            assertThat(of(result(all, "pluto"), "outcome")).isEqualTo("failed");
            assertThat(result(all, "pluto").path("exitCode").asInt()).isEqualTo(3);
            assertThat(all.getLast().toString())
                    .isEqualTo(
                            "{\"event\":\"summary\",\"nodes\":2,\"succeeded\":1,\"failed\":1,\"refused\":0,\"timedOut\":0,\"unreachable\":0}");
        }
        assertThat(asked)
                .hasSize(2)
                .allSatisfy(one -> {
                    assertThat(one.command()).containsExactly("uptime", "-p");
                    assertThat(one.target())
                            .isEqualTo(
                                    new ExecTarget.Machine(
                                            "admin from 127.0.0.1",
                                            FleetController.TIMEOUT,
                                            FleetCall.MAX_OUTPUT_BYTES + 1L));
                });
    }

    @Test
    void aDeadNodeAndOneThatDoesNotAnswerHoldUpNobody() throws Exception {
        answersNever(PLUTO);
        var mars = on(MARS);
        try (var events =
                new Events("{\"command\":[\"uptime\"],\"all\":true,\"timeout\":\"1s\"}")) {
            var begun = System.nanoTime();
            assertThat(of(events.next().orElseThrow(), "event")).isEqualTo("nodes");
            var dead = events.next().orElseThrow();
            assertThat(of(dead, "node")).isEqualTo("venus");
            assertThat(of(dead, "outcome")).isEqualTo("unreachable");
            assertThat(of(dead, "reason"))
                    .isEqualTo("it is not connected (last seen 1970-01-01T00:00:00Z)");
            mars.output(false, "up\n".getBytes(UTF_8));
            assertThat(of(events.next().orElseThrow(), "text")).as("while it runs").isEqualTo("up");
            mars.says.add(new ExecSession.Heard.Exited(0));
            assertThat(of(events.next().orElseThrow(), "outcome")).isEqualTo("succeeded");
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("while pluto says nothing")
                    .isLessThan(FleetRun.WAY);
            var late = events.next().orElseThrow();
            assertThat(of(late, "node")).isEqualTo("pluto");
            assertThat(of(late, "outcome")).isEqualTo("timed_out");
            assertThat(of(late, "reason")).isEqualTo("it did not answer within 7s");
            assertThat(of(events.next().orElseThrow(), "event")).isEqualTo("summary");
            assertThat(events.next()).isEmpty();
        }
    }

    @Test
    void aCommandThatTheNodeDoesNotEndIsEndedFromHere() throws Exception {
        var mars = on(MARS);
        mars.output(false, "begun\n".getBytes(UTF_8));
        try (var events =
                new Events("{\"command\":[\"x\"],\"nodes\":[\"mars\"],\"timeout\":\"1s\"}")) {
            var all = events.rest();
            assertThat(of(result(all, "mars"), "outcome")).isEqualTo("timed_out");
            assertThat(mars.awaitCancelled()).isTrue();
        }
    }

    @Test
    void oldAndRefusingMachinesAreToldApart() throws Exception {
        refuses(MARS, ErrorCode.FORBIDDEN, "mars allows no commands: there is no file");
        refuses(PLUTO, ErrorCode.UNAVAILABLE, "the agent on this node is too old");
        try (var events = new Events("{\"command\":[\"id\"],\"labels\":[\"role\"]}")) {
            var all = events.rest();
            assertThat(of(result(all, "mars"), "outcome")).isEqualTo("refused");
            assertThat(of(result(all, "mars"), "reason")).contains("allows no commands");
            assertThat(of(result(all, "pluto"), "outcome")).isEqualTo("unreachable");
            assertThat(of(result(all, "pluto"), "reason")).contains("too old");
        }
        assertThat(audit()).contains("(0 succeeded; refused: mars; unreachable: pluto, venus)");
    }

    @Test
    void theAuditSaysWhoRanWhatWhereBeforeItBeginsAndHowItEnded() throws Exception {
        var mars = on(MARS);
        try (var events =
                new Events("{\"command\":[\"curl\",\"--token=hunter2\"],\"nodes\":[\"mars\"]}")) {
            events.next();
            assertThat(audit())
                    .contains("fleet exec on mars: curl --token=*** (begins)")
                    .contains("\"actor\":\"admin\"")
                    .doesNotContain("hunter2");
            says(mars, "", 0);
            events.rest();
        }
        Waiting.until(() -> audit().contains("fleet exec on mars: curl --token=*** (1 succeeded)"));
        assertThat(audit()).doesNotContain("hunter2");
    }

    @Test
    void theCommandEndsWithWhoeverAskedForIt() throws Exception {
        var mars = on(MARS);
        var events = new Events("{\"command\":[\"sleep\",\"600\"],\"nodes\":[\"mars\"]}");
        events.next();
        events.close();
        assertThat(mars.awaitCancelled()).isTrue();
        Waiting.until(() -> audit().contains("ended before 1 had answered: whoever asked"));
    }

    @Test
    void noMoreThanTheLimitOfANodesOutputIsPassedOn() throws Exception {
        var mars = on(MARS);
        var line = ("x".repeat(1_023) + "\n").getBytes(UTF_8);
        for (var i = 0; i < FleetCall.MAX_OUTPUT_BYTES / line.length; i++) {
            mars.output(false, line);
        }
        mars.output(true, (byte) 'y');
        mars.says.add(new ExecSession.Heard.Exited(0));
        says(on(PLUTO), "short\n", 0);
        try (var events = new Events("{\"command\":[\"x\"],\"labels\":[\"role=pi\"]}")) {
            var all = events.rest();
            assertThat(result(all, "mars").path("truncated").asBoolean()).isTrue();
            assertThat(result(all, "pluto").path("truncated").asBoolean()).isFalse();
            assertThat(all)
                    .filteredOn(one -> of(one, "event").equals("output"))
                    .filteredOn(one -> of(one, "node").equals("mars"))
                    .hasSize(FleetCall.MAX_OUTPUT_BYTES / line.length)
                    .noneMatch(one -> of(one, "text").equals("y"));
        }
    }

    @Test
    void noMoreNodesThanAskedForRunItAtATime() throws Exception {
        var mars = on(MARS);
        var pluto = on(PLUTO);
        try (var events =
                new Events("{\"command\":[\"x\"],\"labels\":[\"role=pi\"],\"parallel\":1}")) {
            events.next();
            mars.output(false, "a\n".getBytes(UTF_8));
            assertThat(of(events.next().orElseThrow(), "node")).isEqualTo("mars");
            assertThat(asked).hasSize(1);
            says(mars, "", 0);
            says(pluto, "", 0);
            assertThat(of(events.rest().getLast(), "succeeded")).isEqualTo("2");
        }
    }

    @Test
    void noMoreCallsThanTheLimitRunByWayOfAServer() throws Exception {
        on(MARS);
        var open = new ArrayList<Events>();
        try {
            for (var i = 0; i < FleetController.MAX_CALLS; i++) {
                var events = new Events("{\"command\":[\"x\"],\"nodes\":[\"mars\"]}");
                events.next();
                open.add(events);
            }
            refused(
                    "{\"command\":[\"x\"],\"all\":true}",
                    503,
                    "4 commands run on machines by way of");
        } finally {
            for (var events : open) {
                events.close();
            }
        }
    }

    @Test
    void saysWhatIsWrongWithTheRequest() throws Exception {
        refused("{\"command\":[]}", 400, "expected a program and its words");
        refused("{\"all\":true}", 400, "expected a program and its words");
        refused("{\"command\":[null],\"all\":true}", 400, "a word is null");
        refused("{\"command\":[\"x\"],\"nodes\":[null]}", 400, "nodes: one is null");
        refused("{\"command\":[\"a\\u0000b\"]}", 400, "a NUL byte");
        refused("{\"command\":[\"x\"],\"all\":true,\"timeout\":\"11m\"}", 400, "from 1s to 10m");
        refused(
                "{\"command\":[\"x\"],\"all\":true,\"timeout\":\"soon\"}",
                400,
                "expected a duration such as");
        refused("{\"command\":[\"x\"],\"all\":true,\"parallel\":0}", 400, "1 to 128");
        refused("{\"command\":[\"x\"],\"nodes\":[\"ceres\"]}", 404, "there is no node \"ceres\"");
        refused(
                "{\"command\":[\"x\"],\"labels\":[\"role=db\"]}",
                404,
                "no node has the labels role=db");
        refused(
                "{\"command\":[\"x\"],\"nodes\":[\"mars\"],\"labels\":[\"role=web\"]}",
                404,
                "no node of those named has the labels role=web");
        assertThat(asked).isEmpty();
        assertThat(audit()).contains("fleet exec: x").contains("\"status\":404");
    }

    @Test
    void everyNodeIsMeantOnlyWhereItIsSaid() throws Exception {
        on(MARS);
        on(PLUTO);
        refused("{\"command\":[\"x\"]}", 400, "or \"all\": true for every node");
        refused("{\"command\":[\"x\"],\"all\":false}", 400, "it is not said on which");
        refused("{\"command\":[\"x\"],\"nodes\":[]}", 400, "nodes: the list is empty");
        refused(
                "{\"command\":[\"x\"],\"nodes\":[\"mars\"],\"labels\":[]}",
                400,
                "labels: the list is empty");
        refused(
                "{\"command\":[\"x\"],\"labels\":[\"role=pi\"],\"all\":true}",
                400,
                "expected one or the other");
        assertThat(asked).isEmpty();
        assertThat(audit()).contains("fleet exec: x").contains("\"status\":400");
    }

    /** As it is of exec and of every other order. */
    @Test
    void whoeverHasNoRightTokenIsRefusedAndNobodyIsAsked() throws Exception {
        on(MARS);
        var order = "{\"command\":[\"x\"],\"nodes\":[\"mars\"]}";
        for (var path : List.of("/api/v1/fleet/exec", "/api/v1/services/first/web/exec")) {
            var plain =
                    api.request(path)
                            .header("Content-Type", Api.JSON)
                            .POST(BodyPublishers.ofString(order));
            assertThat(api.send(plain).statusCode()).as(path).isEqualTo(401);
            var wrong = plain.copy().header("Authorization", "Bearer olympus_wrong");
            var answer = api.send(wrong);
            assertThat(answer.statusCode()).as(path).isEqualTo(401);
            assertThat(answer.body()).contains("this token is not known");
        }
        assertThat(asked).isEmpty();
        assertThat(audit()).as("nobody has proved who they are").doesNotContain("exec");
    }

    private void refused(String order, int status, String why) throws Exception {
        var answer = api.send(request(order));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(of(JSON.readTree(answer.body()), "detail")).contains(why);
    }

    /** For what the audit gets once the answer is over. */
    private static final class Waiting {

        private interface Condition {
            boolean holds() throws Exception;
        }

        private static void until(Condition condition) throws Exception {
            var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (!condition.holds()) {
                assertThat(System.nanoTime()).as("in time").isLessThan(end);
                Thread.onSpinWait();
            }
        }
    }
}
