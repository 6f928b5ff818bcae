package olympus.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.Bytes;
import olympus.hermes.HermesNode;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.model.NodeId;
import olympus.model.state.Codecs;
import olympus.model.state.ExternalNode;
import olympus.model.state.NodeAnswer;
import olympus.zeus.ClusterView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Members that are managed elsewhere: shown beside the nodes, and never ordered or asked. */
final class ExternalNodesTest {

    private static final Instant AT = Instant.parse("2026-11-21T03:00:00Z");
    private static final ExternalNode CDN =
            new ExternalNode(
                    new NodeId(new UUID(8, 1)),
                    "cdn",
                    "cdn.example.net",
                    "static files",
                    "user:ana",
                    AT);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final ThreadEventLoop loop = new ThreadEventLoop("store", (_, _) -> {});
    private final ScriptedCommands commands = new ScriptedCommands();

    @SuppressWarnings("NullAway.Init") // set before each test
    private HermesNode hermes;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RunningApi api;

    @BeforeEach
    void start() throws Exception {
        hermes = HermesNode.inMemory(loop, Clock.system());
        hermes.ready().toCompletableFuture().get();
        api = new RunningApi(folder.resolve("data"), hermes, commands, 3);
        api.view =
                new ClusterView(
                        7,
                        List.of(),
                        List.of(node("mars"), node("atlas")),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(new ClusterView.ExternalView(CDN, Map.of("role", "web"))));
    }

    @AfterEach
    void stop() {
        api.close();
        loop.close();
    }

    private static ClusterView.NodeView node(String name) {
        return new ClusterView.NodeView(
                new NodeId(UUID.nameUUIDFromBytes(name.getBytes(UTF_8))),
                name,
                true,
                Optional.of(AT),
                0,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                new ClusterView.Wanted(Map.of("role", "web"), Optional.empty(), List.of()));
    }

    private HttpResponse<String> sent(String method, String path, String body) throws Exception {
        return api.send(
                api.authorised(path)
                        .header("Content-Type", Api.JSON)
                        .method(
                                method,
                                body.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body)));
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    @Test
    void standsAmongTheNodesInTheOrderOfNamesAndIsFoundByItsLabels() throws Exception {
        for (var path : List.of("/api/v1/nodes", "/api/v1/nodes?label=role=web")) {
            var nodes = json(api.get(path)).path("nodes");
            assertThat(nodes.findValuesAsString("node")).containsExactly("atlas", "cdn", "mars");
        }
        var next = json(api.get("/api/v1/nodes?limit=1")).path("next").asString();
        var page =
                json(api.get("/api/v1/nodes?limit=1&cursor=" + next.replace("/", "%2F")))
                        .path("nodes");
        assertThat(page.path(0).path("node").asString()).isEqualTo("cdn");
        assertThat(page.path(0).path("connected").asBoolean()).isFalse();
        assertThat(page.path(0).path("external").path("address").asString())
                .isEqualTo("cdn.example.net");
    }

    @Test
    void isShownByNameAndById() throws Exception {
        for (var name : List.of("cdn", CDN.id().toString())) {
            var shown = json(api.get("/api/v1/nodes/" + name));
            assertThat(shown.path("node").path("external").path("note").asString())
                    .isEqualTo("static files");
            assertThat(shown.path("machine").isNull()).isTrue();
        }
        assertThat(json(api.get("/api/v1/nodes/mars")).path("node").path("external").isNull())
                .isTrue();
    }

    @Test
    void isAddedAndGoesLikeANode() throws Exception {
        var body = "{\"name\":\"nas\"}";
        assertThat(sent("POST", "/api/v1/external-nodes", body).statusCode()).isEqualTo(201);
        assertThat(sent("POST", "/api/v1/external-nodes", "{}").statusCode()).isEqualTo(400);
        var gone = sent("DELETE", "/api/v1/nodes/cdn", "");
        assertThat(json(gone).path("id").asString()).isEqualTo(CDN.id().toString());
        assertThat(commands.ordered)
                .containsExactly("add external nas", "remove external " + CDN.id());
    }

    /** The agents of this test fail when they are asked or told anything. */
    @Test
    void isNeverOrderedOrAskedAndTheAnswerSaysWhy() throws Exception {
        api.agents.answers =
                question -> CompletableFuture.completedStage(new NodeAnswer.Volumes(List.of()));
        var fleet = "{\"command\":[\"uptime\"],\"nodes\":[\"cdn\"]}";
        var refused =
                List.of(
                        sent("POST", "/api/v1/fleet/exec", fleet),
                        sent("PUT", "/api/v1/pauses/node:cdn", "{\"reason\":\"\"}"),
                        sent("DELETE", "/api/v1/volumes/cdn/data?confirm=data", ""));
        for (var answer : refused) {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
            assertThat(json(answer).path("detail").asString())
                    .contains("cdn is externally managed (added by user:ana)");
        }
        assertThat(api.agents.pauses).isEmpty();
        assertThat(json(api.get("/api/v1/volumes")).path("problems")).isEmpty();
    }

    @Test
    void noMachineIsLetInUnderItsNameOrId() throws Exception {
        var value = Bytes.wrap(Codecs.EXTERNAL_NODE.encodeBytes(CDN));
        hermes.transact(
                        Transaction.of(
                                new Operation.Put(
                                        Key.of("zeus/external-nodes/" + CDN.id()), value)))
                .toCompletableFuture()
                .get();
        EnrolmentsTest.agentsPort(api, "10.0.0.1:7401");
        var made = sent("POST", "/api/v1/agent-tokens", "{\"uses\":2}");
        var token = json(made).path("token").asString();
        var machine = EnrolmentsTest.machine();

        var byName = sent("POST", "/api/v1/enrolments", machine.body(token, "cdn"));
        assertThat(byName.statusCode()).isEqualTo(409);
        assertThat(json(byName).path("detail").asString())
                .contains("cdn is externally managed")
                .contains("olympus node remove cdn");
        var sameId = new EnrolmentsTest.Machine(CDN.id(), machine.key());
        assertThat(sent("POST", "/api/v1/enrolments", sameId.body(token)).statusCode())
                .isEqualTo(409);
        var other = sent("POST", "/api/v1/enrolments", machine.body(token, "pluto"));
        assertThat(other.statusCode()).as(other.body()).isEqualTo(200);
    }
}
