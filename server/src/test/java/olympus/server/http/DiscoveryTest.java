package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.HermesNode;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.stack.PortSpec;
import olympus.model.state.InstanceObservation;
import olympus.zeus.Directory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the API answers about where services are reached. */
final class DiscoveryTest {

    private static final ServiceId WEB = ServiceId.parse("shop/web");

    private final ThreadEventLoop loop = new ThreadEventLoop("store", (_, _) -> {});

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private RunningApi api;

    @BeforeEach
    void start() throws Exception {
        var hermes = HermesNode.inMemory(loop, Clock.system());
        hermes.ready().toCompletableFuture().get();
        api = new RunningApi(folder.resolve("data"), hermes, new ScriptedCommands(), 3);
        api.agents.seenFrom.put(RunningApi.NODE, "10.0.0.5");
        api.agents.seenFrom.put(ScriptedInsight.VENUS, "fd00::6");
    }

    @AfterEach
    void stop() {
        api.close();
        loop.close();
    }

    /** shop/web with an instance that is ready on mars and one that is not on venus. */
    static Directory directory(long revision) {
        return new Directory(
                revision,
                List.of(),
                List.of(
                        new Directory.Service(
                                WEB,
                                Map.of("traefik.http.routers.web.rule", "Host(`shop.example.org`)"),
                                List.of(instance(1, true), instance(2, false)))));
    }

    private static Directory.Instance instance(int ordinal, boolean ready) {
        var id = new InstanceId(WEB, ordinal);
        var observed =
                new InstanceObservation(
                        id,
                        "run",
                        "process",
                        InstanceObservation.State.RUNNING,
                        InstanceObservation.Health.NONE,
                        123,
                        0,
                        Instant.EPOCH,
                        "",
                        Optional.empty());
        return new Directory.Instance(
                id,
                ordinal == 1 ? RunningApi.NODE : ScriptedInsight.VENUS,
                ordinal == 1 ? "mars" : "venus",
                List.of(
                        new Directory.Port(
                                "http",
                                "0.0.0.0",
                                8080 + ordinal,
                                PortSpec.Protocol.TCP,
                                Optional.of(80))),
                ready ? Optional.of(observed) : Optional.empty(),
                Optional.empty(),
                ready,
                ready ? "" : "nothing was heard of this run yet");
    }

    private JsonNode get(String path) throws Exception {
        var answer = api.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    @Test
    void tellsWhereEachInstanceIsReached() throws Exception {
        api.insight.become(directory(7));
        var answer = get("/api/v1/discovery");

        assertThat(answer.path("revision").asInt()).isEqualTo(7);
        assertThat(answer.path("complete").asBoolean()).isTrue();
        var instances = answer.path("services").get(0).path("instances");
        assertThat(instances.get(0).path("address").asString()).isEqualTo("10.0.0.5");
        assertThat(instances.get(0).path("ports").get(0).path("number").asInt()).isEqualTo(8081);
        assertThat(instances.get(1).path("ready").asBoolean()).isFalse();
        assertThat(instances.get(1).path("state").asString()).isEqualTo("unknown");
        assertThat(get("/api/v1/discovery?stack=shop&service=web").path("services")).hasSize(1);
        assertThat(get("/api/v1/discovery?stack=blog").path("services")).isEmpty();
        assertThat(get("/api/v1/discovery?service=db").path("services")).isEmpty();
    }

    @Test
    void prometheusGetsAListOfTargetsWithTextsAsLabels() throws Exception {
        api.insight.become(directory(7));
        var answer = api.get("/api/v1/discovery/prometheus");

        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        var list = JsonMapper.shared().readTree(answer.body());
        assertThat(list.isArray()).isTrue();
        assertThat(list).hasSize(2);
        for (var group : list) {
            assertThat(group.propertyNames()).containsExactlyInAnyOrder("targets", "labels");
            assertThat(group.path("targets").isArray()).isTrue();
            group.path("labels")
                    .propertyStream()
                    .forEach(label -> {
                        assertThat(label.getKey()).matches("[a-zA-Z_][a-zA-Z0-9_]*");
                        assertThat(label.getValue().isString()).isTrue();
                    });
        }
        assertThat(list.get(0).path("targets").get(0).asString()).isEqualTo("10.0.0.5:8081");
        assertThat(list.get(1).path("targets").get(0).asString()).isEqualTo("[fd00::6]:8082");
    }

    @Test
    void anEmptyIslandIsAnEmptyListAndAnEmptyObject() throws Exception {
        assertThat(api.get("/api/v1/discovery/prometheus").body()).isEqualTo("[]");
        assertThat(api.get("/api/v1/discovery/traefik").body()).isEqualTo("{}");
    }

    @Test
    void whoTakesAListAsTheWholeTruthGetsNoneWhileThisServerDoesNotKnowIt() throws Exception {
        var all = directory(7);
        api.insight.become(new Directory(7, List.of("venus"), all.services()));

        assertThat(get("/api/v1/discovery").path("complete").asBoolean()).isFalse();
        for (var form : List.of("hosts", "traefik", "prometheus")) {
            var answer = api.get("/api/v1/discovery/" + form);
            assertThat(answer.statusCode()).as(form).isEqualTo(503);
            assertThat(answer.body()).contains("venus");
        }
    }

    @Test
    void aSuffixThatIsNoDomainIsRefused() throws Exception {
        for (var wrong : List.of("Olympus", "a..b", "-a", "a%0A10.0.0.1%20x")) {
            assertThat(
                            api.unchecked(api.authorised("/api/v1/discovery/hosts?suffix=" + wrong))
                                    .statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
    }

    @Test
    @Timeout(60)
    void aFollowerHearsOfEachChangeAndOfNothingElse() throws Exception {
        api.insight.become(directory(7));
        var request = api.authorised("/api/v1/discovery").header("Accept", Api.SSE);
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(
                                api.stream(request).body(), StandardCharsets.UTF_8))) {
            assertThat(nextId(lines)).isEqualTo("7");
            api.insight.become(directory(8));
            api.insight.become(new Directory(9, List.of(), List.of()));
            assertThat(nextId(lines)).isEqualTo("9");
        }
    }

    private static String nextId(BufferedReader lines) throws Exception {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("id: ")) {
                return line.substring(4);
            }
        }
        throw new AssertionError("the stream ended");
    }

    @Test
    void nobodyIsToldWithoutAToken() throws Exception {
        for (var form : List.of("", "/hosts", "/traefik", "/prometheus")) {
            var answer = api.send(api.request("/api/v1/discovery" + form));
            assertThat(answer.statusCode()).as(form).isEqualTo(401);
        }
    }
}
