package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.HermesNode;
import olympus.link.ExecRequest;
import olympus.link.ExecSession;
import olympus.link.TerminalSize;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import olympus.zeus.ClusterView;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Commands in instances by way of HTTP and its WebSocket. */
class HttpExecTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String EXEC = "/api/v1/services/shop/web/exec";
    private static final NodeId NODE = RunningApi.NODE;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ThreadEventLoop loop = new ThreadEventLoop("store", (_, _) -> {});
    private final ScriptedExec command = new ScriptedExec();
    private final BlockingQueue<ExecRequest> asked = new LinkedBlockingQueue<>();

    @SuppressWarnings("NullAway.Init")
    private RunningApi api;

    @BeforeEach
    void start() throws Exception {
        var hermes = HermesNode.inMemory(loop, Clock.system());
        hermes.ready().toCompletableFuture().get();
        api = new RunningApi(folder.resolve("data"), hermes, new ScriptedCommands(), 3);
        api.view = view(true);
        api.agents.commands =
                request -> {
                    asked.add(request);
                    return CompletableFuture.completedStage(command);
                };
    }

    @AfterEach
    void stop() {
        api.close();
        loop.close();
    }

    @Test
    void carriesBytesBothWaysAndTheExitCode() throws Exception {
        var order =
                """
                {"command":["sh","-c","x"],"user":"ana","directory":"/srv","environment":{"A":"b"},
                 "input":true,"terminal":{"columns":80,"rows":24}}\
                """;
        var client = connect(order);
        assertThat(asked.take())
                .isEqualTo(
                        new ExecRequest(
                                InstanceId.parse("shop/web.2"),
                                List.of("sh", "-c", "x"),
                                Optional.of("ana"),
                                Optional.of("/srv"),
                                Map.of("A", "b"),
                                true,
                                Optional.of(new TerminalSize(80, 24))));
        assertThat(client.texts.take()).isEqualTo(JSON.readTree("{\"credit\":262144}"));
        client.socket.sendText("{\"resize\":{\"columns\":100,\"rows\":50}}", true).join();
        assertThat(command.sizes.take()).isEqualTo(new TerminalSize(100, 50));
        client.socket.sendBinary(ByteBuffer.wrap(new byte[] {0, 7, 0, -1}), true).join();
        client.socket.sendText("{\"end\":true}", true).join();
        assertThat(command.awaitInput()).containsExactly(7, 0, -1);
        assertThat(client.texts.take()).isEqualTo(JSON.readTree("{\"credit\":3}"));

        command.output(false, (byte) 1, (byte) 0);
        command.output(true, (byte) -1);
        command.says.add(new ExecSession.Heard.Exited(42));
        assertThat(client.texts.take()).isEqualTo(JSON.readTree("{\"exit\":42}"));
        assertThat(client.binary()).containsExactly(1, 1, 0, 2, -1);
        assertThat(client.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1000);
    }

    @Test
    void theCommandEndsWithTheConnection() throws Exception {
        var client = connect("{\"command\":[\"sleep\",\"600\"]}");
        client.socket.abort();
        assertThat(command.awaitCancelled()).isTrue();
    }

    @Test
    void aBrokenCommandIsToldAsAProblem() throws Exception {
        var client = connect("{\"command\":[\"sleep\",\"600\"]}");
        client.texts.take();
        command.says.add(new ExecSession.Heard.Failed(ErrorCode.UNAVAILABLE, "the node is gone"));
        var error = client.texts.take().path("error");
        assertThat(error.path("code").asString()).isEqualTo("unavailable");
        assertThat(error.path("detail").asString()).isEqualTo("the node is gone");
    }

    @Test
    void aSessionIsForWhoeverStartedItOnce() throws Exception {
        var id = started("{\"command\":[\"true\"]}");
        api.socket("/api/v1/exec/" + id, new Client());
        assertThatThrownBy(() -> api.socket("/api/v1/exec/" + id, new Client()))
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("Unexpected HTTP response status code 404");
    }

    @Test
    void saysWhatIsWrongWithTheRequest() throws Exception {
        refused("{\"command\":[]}", 400, "expected a program and its words");
        refused(
                "{\"command\":[\"true\"],\"environment\":{\"A B\":\"\"}}",
                400,
                "\"A B\" is no name of a variable");
        refused(
                "{\"command\":[\"true\"],\"instance\":1}",
                409,
                "shop/web.1 does not run; there are: shop/web.1 (given_up on mars: exited 1), shop/web.2 (running on mars)");
        refused(
                "{\"command\":[\"true\"],\"instance\":9}",
                404,
                "there is no instance shop/web.9; there are: shop/web.1");
        api.agents.commands =
                request ->
                        CompletableFuture.failedStage(
                                new OlympusException(ErrorCode.INVALID, "no such user"));
        refused("{\"command\":[\"true\"]}", 400, "no such user");
        api.view = view(false);
        refused(
                "{\"command\":[\"true\"]}",
                503,
                "shop/web.2 is on node mars, which is not connected");
    }

    @Test
    void theAuditSaysWhoRanWhatWithoutSecrets() throws Exception {
        started(
                "{\"command\":[\"mysql\",\"--password=hunter2\",\"shop\"],\"environment\":{\"PGPASS\":\"hunter2\"}}");
        var audit = api.get("/api/v1/audit?limit=1").body();
        assertThat(audit)
                .contains("exec with PGPASS: mysql --password=*** shop")
                .contains("\"subject\":\"shop/web\"")
                .contains("\"status\":201")
                .doesNotContain("hunter2");
    }

    @Test
    void noMoreCommandsThanTheLimitRunByWayOfAServer() throws Exception {
        for (var n = 0; n < ExecSessions.MAX_SESSIONS; n++) {
            started("{\"command\":[\"true\"]}");
        }
        refused("{\"command\":[\"true\"]}", 503, "32 commands run in instances");
    }

    private void refused(String order, int status, String why) throws Exception {
        var answer = post(order);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(JSON.readTree(answer.body()).path("detail").asString()).contains(why);
    }

    private HttpResponse<String> post(String order) throws Exception {
        return api.send(
                api.authorised(EXEC)
                        .header("Content-Type", Api.JSON)
                        .POST(BodyPublishers.ofString(order)));
    }

    private String started(String order) throws Exception {
        var answer = post(order);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return JSON.readTree(answer.body()).path("id").asString();
    }

    private Client connect(String order) throws Exception {
        var client = new Client();
        client.socket = api.socket("/api/v1/exec/" + started(order), client);
        return client;
    }

    private static ClusterView view(boolean connected) {
        var instances =
                List.of(instance(1, State.GIVEN_UP, "exited 1"), instance(2, State.RUNNING, ""));
        return new ClusterView(
                1,
                List.of(
                        new ClusterView.ServiceView(
                                ServiceId.parse("shop/web"),
                                1,
                                2,
                                1,
                                1,
                                "degraded",
                                "",
                                StackDefinition.Mode.MANAGE,
                                instances)),
                List.of(
                        new ClusterView.NodeView(
                                NODE,
                                "mars",
                                connected,
                                Optional.of(Instant.EPOCH),
                                2,
                                Optional.empty(),
                                Optional.empty(),
                                List.of())),
                List.of(),
                List.of());
    }

    private static ClusterView.InstanceView instance(int number, State state, String reason) {
        var seen =
                new InstanceObservation(
                        InstanceId.parse("shop/web." + number),
                        "run",
                        "process",
                        state,
                        Health.NONE,
                        7,
                        0,
                        Instant.EPOCH,
                        reason,
                        Optional.empty());
        return new ClusterView.InstanceView(seen, "mars", NODE, List.of());
    }

    /** What comes over a WebSocket. */
    private static final class Client implements WebSocket.Listener {

        private final BlockingQueue<JsonNode> texts = new LinkedBlockingQueue<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();

        @SuppressWarnings("NullAway.Init")
        private WebSocket socket;

        private synchronized byte[] binary() {
            return bytes.toByteArray();
        }

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket from, CharSequence data, boolean last) {
            texts.add(JSON.readTree(data.toString()));
            from.request(1);
            return null;
        }

        @Override
        public synchronized @Nullable CompletionStage<?> onBinary(
                WebSocket from, ByteBuffer data, boolean last) {
            while (data.hasRemaining()) {
                bytes.write(data.get());
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(code);
            return null;
        }
    }
}
