package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.HermesNode;
import olympus.model.NodeId;
import olympus.model.state.ExternalNode;
import olympus.server.group.ServerRecord;
import olympus.zeus.ClusterView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the API answers of failures that are only thought of. */
final class ForesightTest {

    private final ThreadEventLoop loop = new ThreadEventLoop("store", (_, _) -> {});

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private HermesNode hermes;

    @SuppressWarnings("NullAway.Init")
    private RunningApi api;

    @BeforeEach
    void start() throws Exception {
        hermes = HermesNode.inMemory(loop, Clock.system());
        hermes.ready().toCompletableFuture().get();
        api = new RunningApi(folder.resolve("data"), hermes, new ScriptedCommands(), 3);
    }

    @AfterEach
    void stop() {
        api.close();
        loop.close();
    }

    /** The only server of the island runs on this machine. */
    private void serverOn(NodeId node) {
        var server =
                new ServerRecord(
                        hermes.group().self(),
                        node,
                        "mars",
                        Optional.empty(),
                        Optional.empty(),
                        "https://10.0.0.1:7400",
                        "0.1.0",
                        Optional.of(2),
                        Instant.EPOCH,
                        ServerRecord.State.MEMBER,
                        Optional.empty());
        api.servers.put(server.key(), server);
    }

    private JsonNode get(String path) throws Exception {
        var answer = api.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    @Test
    void whatIsLostMovesAsLongAsSomebodyDecides() throws Exception {
        serverOn(ScriptedInsight.VENUS);
        var answer = get("/api/v1/what-if?lost=mars");

        assertThat(answer.path("supposed").get(0).asString()).isEqualTo("node-lost=mars");
        assertThat(answer.path("orders").isNull()).isTrue();
        assertThat(answer.path("instances").get(0).path("outcome").asString()).isEqualTo("moves");
        assertThat(answer.path("instances").get(0).path("target").asString()).isEqualTo("venus");
    }

    @Test
    void theMachineOfTheOnlyServerTakesItsDecisionsAlong() throws Exception {
        serverOn(RunningApi.NODE);
        var answer = get("/api/v1/what-if?lost=mars");

        assertThat(answer.path("orders").asString()).contains("it is the only server");
        assertThat(answer.path("instances").get(0).path("outcome").asString()).isEqualTo("waits");
    }

    @Test
    void aServerThatIsStoppedBesidesIsMissedToo() throws Exception {
        serverOn(ScriptedInsight.VENUS);
        var answer = get("/api/v1/what-if?lost=mars&stopped=" + hermes.group().self());

        assertThat(answer.path("supposed").get(1).asString())
                .isEqualTo("server-lost=" + hermes.group().self());
        assertThat(answer.path("instances").get(0).path("outcome").asString()).isEqualTo("waits");
    }

    @Test
    void theGravestPointComesFirst() throws Exception {
        serverOn(ScriptedInsight.VENUS);
        var points = get("/api/v1/spof").path("points");

        assertThat(points.valueStream().map(ForesightTest::line))
                .containsExactly(
                        "node venus no_orders",
                        "server " + hermes.group().self() + " no_orders",
                        "node mars down_until_moved shop/web");
    }

    @Test
    void disksAndLinksAreTakenAwayWhereTheyAreAskedFor() throws Exception {
        serverOn(ScriptedInsight.VENUS);
        var answer = get("/api/v1/spof?kinds=link,disk");

        assertThat(answer.path("points").valueStream().map(ForesightTest::line))
                .containsExactly(
                        "link venus no_orders shop/web",
                        "disk venus no_orders",
                        "link mars twice shop/web",
                        "disk mars degraded");
        var venus = answer.path("points").get(1);
        assertThat(venus.path("nodes").get(0).asString()).isEqualTo("venus");
        assertThat(venus.path("remedies").valueStream().map(JsonNode::asString))
                .anyMatch(remedy -> remedy.startsWith("two more servers"))
                .anyMatch(remedy -> remedy.startsWith("two disks that mirror"));
        assertThat(venus.path("goOn").asInt()).isEqualTo(1);
        assertThat(answer.path("unknown").valueStream().map(JsonNode::asString))
                .contains("what services keep on disks by themselves");
    }

    @Test
    void aKindOrLabelThatThereIsNotIsRefused() throws Exception {
        var kind = api.get("/api/v1/spof?kinds=node,cable");
        assertThat(kind.statusCode()).isEqualTo(400);
        assertThat(kind.body()).contains("cable").contains("domain");
        var label = api.get("/api/v1/spof?kinds=domain&by=rack");
        assertThat(label.statusCode()).isEqualTo(400);
        assertThat(label.body()).contains("no node has the label");
        assertThat(api.get("/api/v1/spof?by=a,b,c,d,e,f,g,h,i").statusCode()).isEqualTo(400);
    }

    private static String line(JsonNode point) {
        var line = new StringBuilder();
        line.append(point.path("kind").asString());
        line.append(' ').append(point.path("name").asString());
        line.append(' ').append(point.path("gravity").asString());
        point.path("services")
                .forEach(service -> line.append(' ').append(service.path("service").asString()));
        return line.toString();
    }

    @Test
    void whoAsksForNothingOrForWhatIsNotThereIsToldSo() throws Exception {
        assertThat(api.get("/api/v1/what-if").statusCode()).isEqualTo(400);
        var unknown = api.get("/api/v1/what-if?lost=pluto");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("pluto").contains("mars, venus");
        assertThat(api.get("/api/v1/what-if?stopped=nine").statusCode()).isEqualTo(404);
    }

    @Test
    void whatIsManagedElsewhereIsNotSupposedLostAndIsNamedAsUnknown() throws Exception {
        var cdn =
                new ExternalNode(
                        NodeId.parse("1c9f0b3e-5a43-4c1f-9d7e-2f6a1c0e9b12"),
                        "cdn",
                        "",
                        "",
                        "user:ana",
                        Instant.EPOCH);
        api.view =
                new ClusterView(
                        7,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(new ClusterView.ExternalView(cdn, Map.of())));
        for (var question : List.of("lost=cdn", "drained=cdn")) {
            var refused = api.get("/api/v1/what-if?" + question);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
            assertThat(refused.body()).contains("cdn is externally managed");
        }
        assertThat(get("/api/v1/spof").path("unknown").toString())
                .contains("what it would mean to lose cdn: externally managed");
    }
}
