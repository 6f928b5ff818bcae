package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.Bytes;
import olympus.hermes.HermesNode;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.model.state.Codecs;
import olympus.model.state.Decision;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.Health;
import olympus.zeus.ClusterView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The API over a store in memory. */
class HttpStacksTest {

    private static final String CLEAR = "correct horse battery staple";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ScriptedCommands commands = new ScriptedCommands();
    private final ThreadEventLoop loop = new ThreadEventLoop("store", (_, _) -> {});

    @SuppressWarnings("NullAway.Init")
    private HermesNode hermes;

    @SuppressWarnings("NullAway.Init")
    private RunningApi api;

    @BeforeEach
    void start() throws Exception {
        hermes = HermesNode.inMemory(loop, Clock.system());
        hermes.ready().toCompletableFuture().get();
        api = new RunningApi(folder.resolve("data"), hermes, commands, 3);
    }

    @AfterEach
    void stop() {
        api.close();
        loop.close();
    }

    private String request() throws Exception {
        return AppliedFolder.request(
                folder,
                CLEAR,
                """
                secrets: { password: { file: ./password } }
                services:
                  web:
                    process:
                      command: [sleep, "60"]
                      environment: { PASSWORD: { secret: password } }
                """);
    }

    private HttpResponse<String> put(String match) throws Exception {
        var request =
                api.authorised("/api/v1/stacks/shop")
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString(request()));
        return api.send(match.isEmpty() ? request : request.header("If-Match", match));
    }

    @Test
    void anApplyPassesItsConditionOnAndAnswersWithTheNewTag() throws Exception {
        var response = put("\"3\"");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(RunningApi.header(response, "ETag")).contains("\"4\"");
        assertThat(commands.ordered)
                .contains("apply shop expected=Optional[3] prune=false by user:admin");
    }

    @Test
    void anotherRevisionThanTheOneNamedIsAFailedPreconditionAndAPortInUseAConflict()
            throws Exception {
        commands.failure =
                Optional.of(
                        new OlympusException(
                                ErrorCode.PRECONDITION_FAILED, "the stack is at revision 5"));
        var refused = put("\"3\"");
        assertThat(refused.statusCode()).isEqualTo(412);
        assertThat(RunningApi.header(refused, "Content-Type")).contains(Problem.MEDIA_TYPE);
        assertThat(refused.body()).contains("the stack is at revision 5");
        commands.failure =
                Optional.of(new OlympusException(ErrorCode.CONFLICT, "port 80 is taken"));
        assertThat(put("\"3\"").statusCode()).isEqualTo(409);
        assertThat(put("three").statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, stacks/shop, remove shop",
        "POST, stacks/shop/rollback, rollback shop to Optional.empty",
        "POST, services/shop/web/rollback, rollback shop/web to Optional.empty",
        "POST, services/shop/web/start, start shop/web",
        "POST, services/shop/web/stop, stop shop/web",
        "POST, services/shop/web/restart, restart shop/web"
    })
    void everyChangePassesItsConditionOn(String method, String path, String order)
            throws Exception {
        var request = api.authorised("/api/v1/" + path).method(method, BodyPublishers.noBody());
        var answer = api.send(request.header("If-Match", "\"999\""));
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 202);
        assertThat(commands.ordered).containsExactly(order + " expected=Optional[999]");
        var bad = api.authorised("/api/v1/" + path).method(method, BodyPublishers.noBody());
        assertThat(api.send(bad.header("If-Match", "999")).statusCode()).isEqualTo(400);
        assertThat(commands.ordered).hasSize(1);
    }

    @Test
    void theDefinitionHasATagThatSavesSendingItAgain() throws Exception {
        put("");
        var first = api.get("/api/v1/stacks/shop");
        assertThat(RunningApi.header(first, "ETag")).contains("\"4\"");
        var again =
                api.send(api.authorised("/api/v1/stacks/shop").header("If-None-Match", "\"4\""));
        assertThat(again.statusCode()).isEqualTo(304);
    }

    @Test
    void aSecretStandsNowhereInClearAndIsGivenBackForOrders() throws Exception {
        assertThat(put("").statusCode()).isEqualTo(200);
        var definition = api.get("/api/v1/stacks/shop").body();
        assertThat(definition).doesNotContain(CLEAR).contains("fingerprint");
        var stored =
                hermes.list(olympus.server.secrets.SecretStore.PREFIX, Optional.empty(), 10)
                        .toCompletableFuture()
                        .get();
        assertThat(stored.entries()).hasSize(1);
        assertThat(stored.entries().getFirst().value().toString()).doesNotContain(CLEAR);
        try (var files = Files.walk(folder.resolve("data"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .doesNotContain(CLEAR);
            }
        }
    }

    @Test
    void changesStandInTheAuditStream() throws Exception {
        put("");
        api.send(api.authorised("/api/v1/services/shop/web/stop").POST(BodyPublishers.noBody()));
        var audit = JsonMapper.shared().readTree(api.get("/api/v1/audit?limit=1").body());
        var newest = audit.path("audit").get(0);
        assertThat(newest.path("actor").asString()).isEqualTo("admin");
        assertThat(newest.path("subject").asString()).isEqualTo("shop/web");
        assertThat(newest.path("status").asInt()).isEqualTo(202);
        assertThat(audit.path("next").asString()).isEqualTo("2");
        var older = JsonMapper.shared().readTree(api.get("/api/v1/audit?cursor=2").body());
        assertThat(older.path("audit").get(0).path("subject").asString()).isEqualTo("shop");
        assertThat(older.has("next") && !older.path("next").isNull()).isFalse();
    }

    @Test
    void theAuditNamesThingsAsAPersonWritesThem() throws Exception {
        api.view = view(Health.STARTING);
        api.send(
                api.authorised("/api/v1/pauses/stack%3Ashop")
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString("{}")));
        api.send(api.authorised("/api/v1/pauses/node%3Aa%C2%85b").DELETE());

        var audit = JsonMapper.shared().readTree(api.get("/api/v1/audit").body()).path("audit");
        assertThat(audit.path(0).path("subject").asString()).isEqualTo("node%3Aa%C2%85b");
        assertThat(audit.path(1).path("subject").asString()).isEqualTo("stack:shop");
        assertThat(audit.path(1).path("path").asString()).isEqualTo("/api/v1/pauses/stack:shop");
    }

    private static ClusterView view(Health health) {
        var observed =
                new InstanceObservation(
                        InstanceId.parse("shop/web.1"),
                        "token",
                        "process",
                        InstanceObservation.State.STOPPED,
                        health,
                        0,
                        0,
                        Instant.EPOCH,
                        "",
                        Optional.empty());
        var node = new NodeId(new UUID(1, 2));
        var instance = new ClusterView.InstanceView(observed, "mars", node, List.of());
        var service =
                new ClusterView.ServiceView(
                        ServiceId.parse("shop/web"),
                        3,
                        1,
                        0,
                        0,
                        "stopped",
                        "stopped by eve",
                        StackDefinition.Mode.MANAGE,
                        List.of(instance));
        var pauses =
                Stream.of("all", "stack:other", "stack:shop")
                        .map(s -> new ClusterView.PauseView(s, "eve", Instant.EPOCH, "works"))
                        .toList();
        var stack =
                new ClusterView.StackView(
                        new StackName("shop"),
                        3,
                        1,
                        Instant.EPOCH,
                        "eve",
                        false,
                        false,
                        StackDefinition.Mode.MANAGE);
        return new ClusterView(1, List.of(service), List.of(), List.of(stack), pauses);
    }

    @Test
    void servicesAreToldWithThePausesThatConcernThemAndAStoppedOneIsNotStarting() throws Exception {
        api.view = view(Health.STARTING);
        var scopes = new HashMap<String, List<String>>();
        for (var path : List.of("/services", "/services/shop", "/services/shop/web")) {
            var answer = JsonMapper.shared().readTree(api.get("/api/v1" + path).body());
            scopes.put(
                    path,
                    answer.path("pauses")
                            .valueStream()
                            .map(p -> p.path("scope").asString())
                            .toList());
            var instance = answer.path("services").path(0).path("instances").path(0);
            assertThat(instance.path("health").asString()).isEqualTo("none");
        }
        assertThat(scopes)
                .containsEntry("/services", List.of("all", "stack:other", "stack:shop"))
                .containsEntry("/services/shop", List.of("all", "stack:shop"))
                .containsEntry("/services/shop/web", List.of("all", "stack:shop"));
        api.view = view(Health.FAILING);
        assertThat(api.get("/api/v1/services").body()).contains("\"failing\"");
    }

    @Test
    void aPlanNamesTheServicesThatAreHeldStopped() throws Exception {
        api.view = view(Health.NONE);
        var plan = JsonMapper.shared().readTree(put("").body());

        assertThat(plan.path("held").valueStream().map(JsonNode::asString))
                .containsExactly("shop/web");
    }

    @Test
    void changesToAStackNamedPlanAreAuditedToo() throws Exception {
        api.send(api.authorised("/api/v1/stacks/plan").DELETE());
        api.send(
                api.authorised("/api/v1/stacks/shop/plan")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(request())));
        var audit = JsonMapper.shared().readTree(api.get("/api/v1/audit").body()).path("audit");
        assertThat(audit).hasSize(1);
        assertThat(audit.path(0).path("subject").asString()).isEqualTo("plan");
        assertThat(audit.path(0).path("method").asString()).isEqualTo("DELETE");
    }

    @Test
    void aPauseReachesTheAgentsFirst() throws Exception {
        commands.failure = Optional.of(new OlympusException(ErrorCode.UNAVAILABLE, "halted"));
        var response = api.send(api.authorised("/api/v1/pauses/all").PUT(BodyPublishers.noBody()));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(JsonMapper.shared().readTree(response.body()).path("recorded").asBoolean())
                .isFalse();
        assertThat(api.agents.pauses).hasSize(1);
    }

    private void decide(String action) throws Exception {
        var decision =
                new Decision(
                        Instant.EPOCH, "zeus", action, "shop/web.1", "mars", "because", "done");
        hermes.transact(
                        Transaction.of(
                                new Operation.Append(
                                        RecordsController.DECISIONS,
                                        Bytes.wrap(Codecs.DECISION.encodeBytes(decision)))))
                .toCompletableFuture()
                .get();
    }

    @Test
    void aFollowerOfDecisionsGetsOldAndComingOnesAndCanResume() throws Exception {
        decide("first");
        decide("second");
        var response =
                api.stream(
                        api.authorised("/api/v1/decisions")
                                .header("Accept", "text/event-stream")
                                .header("Last-Event-ID", "1"));
        try (var reader =
                new BufferedReader(
                        new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            assertThat(event(reader))
                    .contains("id: 2", "event: decision")
                    .anyMatch(l -> l.contains("second"));
            decide("third");
            assertThat(event(reader)).contains("id: 3").anyMatch(l -> l.contains("third"));
        }
    }

    private static List<String> event(BufferedReader reader) throws Exception {
        var lines = new java.util.ArrayList<String>();
        for (var line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.isEmpty() && !lines.isEmpty()) {
                return lines;
            }
            if (!line.isEmpty() && !line.startsWith(":")) {
                lines.add(line);
            }
        }
        return lines;
    }
}
