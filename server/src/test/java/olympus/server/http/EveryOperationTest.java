package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.Bytes;
import olympus.hermes.HermesNode;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.link.ExecSession;
import olympus.link.LogGap;
import olympus.link.LogLine;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StackFolder;
import olympus.model.state.Codecs;
import olympus.model.state.Decision;
import olympus.model.state.ExternalNode;
import olympus.model.state.InstanceObservation;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeQuestion;
import olympus.model.state.NodeSpec;
import olympus.server.group.ServerRecord;
import olympus.zeus.ClusterView;
import olympus.zeus.StackCommands;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Every operation, over HTTPS, answers what the OpenAPI page says that it answers. */
class EveryOperationTest {

    private static final String WEB = "/api/v1/services/shop/web";
    private static final Instant AT = Instant.parse("2026-11-21T03:00:00.25Z");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ScriptedCommands commands = new ScriptedCommands();

    @Test
    @Timeout(120)
    void answersAsThePageSays() throws Exception {
        try (var loop = new ThreadEventLoop("store", (_, _) -> {})) {
            var hermes = HermesNode.inMemory(loop, Clock.system());
            hermes.ready().toCompletableFuture().get();
            try (var api = new RunningApi(folder.resolve("data"), hermes, commands, 3)) {
                api.view = view(InstanceObservation.State.GIVEN_UP);
                api.checks =
                        List.of(
                                DoctorCheck.ok("clock", "in step"),
                                DoctorCheck.warning("disk", "2 % free", "free some"));
                commands.causes =
                        List.of(new StackCommands.Cause(AT, "state", "it runs since 03:00"));
                changes(api);
                nodes(api, commands);
                ok(api.get("/api/v1/what-if?lost=mars&drained=venus"), 200);
                ok(api.get("/api/v1/spof?kinds=node,disk"), 200);
                discovery(api);
                decide(hermes);
                servers(api, hermes);
                machines(api);
                tokens(api);
                lists(api);
                streams(api);
                fleet(api);
                assertThat(api.contract.notMet())
                        .as("successful answers that no request above has had")
                        .isEmpty();
            }
        }
    }

    private static void ok(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    }

    private void changes(RunningApi api) throws Exception {
        var request = request();
        ok(sent(api, "POST", "/api/v1/stacks/shop/plan", request), 200);
        ok(sent(api, "PUT", "/api/v1/stacks/shop?prune=true", request), 200);
        for (var action : List.of("start", "stop", "restart")) {
            ok(sent(api, "POST", WEB + "/" + action, ""), 202);
        }
        ok(sent(api, "POST", WEB + "/rollback", ""), 200);
        ok(sent(api, "POST", WEB + "/rollout/approve", ""), 202);
        ok(sent(api, "POST", WEB + "/rollout/reject", "{\"reason\":\"too slow\"}"), 200);
        api.view = view(InstanceObservation.State.RUNNING);
        api.agents.commands = order -> CompletableFuture.completedStage(new ScriptedExec());
        api.agents.answers =
                question ->
                        CompletableFuture.completedStage(
                                question instanceof NodeQuestion.RemoveVolume
                                        ? new NodeAnswer.VolumeRemoved("old")
                                        : new NodeAnswer.Volumes(
                                                List.of(
                                                        new NodeAnswer.Volume(
                                                                "old",
                                                                "local",
                                                                "",
                                                                Map.of(),
                                                                List.of(),
                                                                Optional.of(7L)))));
        ok(api.get("/api/v1/volumes?stack=shop"), 200);
        ok(api.get("/api/v1/volumes"), 200);
        ok(api.get("/api/v1/catalogue?stack=shop&hidden=true"), 200);
        ok(sent(api, "DELETE", "/api/v1/volumes/mars/old?confirm=old", ""), 200);
        ok(sent(api, "POST", WEB + "/exec", "{\"command\":[\"true\"]}"), 201);
        api.view = view(InstanceObservation.State.GIVEN_UP);
        ok(sent(api, "POST", WEB + "/rollback", "{\"to\":null}"), 200);
        ok(sent(api, "POST", "/api/v1/stacks/shop/rollback", "{\"to\":3}"), 200);
        ok(sent(api, "PUT", "/api/v1/pauses/stack:shop", "{\"reason\":\"works\"}"), 200);
        ok(sent(api, "DELETE", "/api/v1/pauses/stack:shop", ""), 200);
        ok(sent(api, "PUT", "/api/v1/stacks/shop/mode", "{\"mode\":\"observe\"}"), 200);
        var images = "{\"images\":{\"web\":\"nginx:1.27@sha256:0a\"}}";
        ok(sent(api, "POST", "/api/v1/stacks/shop/images", images), 200);
        ok(sent(api, "POST", "/api/v1/stacks/shop/release", ""), 202);
        ok(sent(api, "POST", "/api/v1/decisions/pending/0a1b2c3d/approve", ""), 202);
        ok(sent(api, "POST", "/api/v1/decisions/pending/0a1b2c3d/deny", ""), 202);
        var secret = "/api/v1/stacks/shop/secrets/key";
        ok(sent(api, "PUT", secret, "{\"value\":\"first\"}"), 200);
        ok(sent(api, "PUT", secret + "?rotate=true", "{\"value\":\"second\"}"), 200);
        ok(api.get("/api/v1/secrets?stack=shop"), 200);
        ok(sent(api, "DELETE", secret, ""), 200);
        ok(sent(api, "DELETE", "/api/v1/stacks/shop", ""), 202);
    }

    private static void nodes(RunningApi api, ScriptedCommands commands) throws Exception {
        var node = "/api/v1/nodes/mars";
        ok(
                sent(
                        api,
                        "POST",
                        node + "/labels",
                        "{\"labels\":{\"role\":\"web\"},\"remove\":[\"rack\"]}"),
                200);
        ok(
                sent(
                        api,
                        "PUT",
                        node + "/withdrawal",
                        "{\"kind\":\"drain\",\"reason\":\"new disk\",\"force\":true}"),
                200);
        ok(sent(api, "DELETE", node + "/withdrawal", ""), 200);
        var external =
                "{\"name\":\"cdn\",\"labels\":{\"kind\":\"cdn\"},\"address\":\"cdn.example.net\",\"note\":\"files\"}";
        ok(sent(api, "POST", "/api/v1/external-nodes", external), 201);
        assertThat(commands.ordered)
                .contains(
                        "add external cdn",
                        "label mars {rack=Optional.empty, role=Optional[web]}",
                        "withdraw mars DRAIN new disk true",
                        "restore mars");
    }

    private static void servers(RunningApi api, HermesNode hermes) throws Exception {
        var self = hermes.group().self();
        for (var member : List.of(self, "old-1")) {
            var server =
                    new ServerRecord(
                            member,
                            RunningApi.NODE,
                            "mars",
                            Optional.of("10.0.0.1:7402"),
                            Optional.empty(),
                            "https://10.0.0.1:7400",
                            "0.1.0",
                            Optional.of(2),
                            AT,
                            ServerRecord.State.MEMBER,
                            Optional.empty());
            var value = Bytes.wrap(ServerRecord.CODEC.encodeBytes(server));
            hermes.transact(Transaction.of(new Operation.Put(server.key(), value)))
                    .toCompletableFuture()
                    .get();
            api.servers.put(server.key(), server);
        }
        var made = sent(api, "POST", "/api/v1/servers/join-tokens", "");
        ok(made, 201);
        var token = JsonMapper.shared().readTree(made.body()).path("token").asString();
        var request =
                "{\"token\":\"%s\",\"node\":\"%s\",\"name\":\"pluto\",\"peers\":\"10.0.0.2:7402\",\"agents\":\"\",\"version\":\"0.1.0\",\"featureLevel\":2}"
                        .formatted(token, RunningApi.NODE);
        ok(sent(api, "POST", "/api/v1/servers/join", request), 200);
        ok(sent(api, "POST", "/api/v1/servers/" + self + "/lead", ""), 200);
        ok(sent(api, "DELETE", "/api/v1/servers/old-1", ""), 409);
        ok(sent(api, "DELETE", "/api/v1/servers/old-1?force=true", ""), 200);
        ok(api.get("/api/v1/servers"), 200);
    }

    private static void machines(RunningApi api) throws Exception {
        EnrolmentsTest.agentsPort(api, "10.0.0.1:7401");
        var made = sent(api, "POST", "/api/v1/agent-tokens", "{\"ttl\":\"10m\",\"uses\":2}");
        ok(made, 201);
        var token = JsonMapper.shared().readTree(made.body());
        var machine = EnrolmentsTest.machine();
        var enrolment = machine.body(token.path("token").asString());
        ok(sent(api, "POST", "/api/v1/enrolments", enrolment), 200);
        ok(api.get("/api/v1/agent-tokens"), 200);
        ok(sent(api, "DELETE", "/api/v1/agent-tokens/" + token.path("id").asString(), ""), 200);
        ok(sent(api, "DELETE", "/api/v1/nodes/" + machine.node() + "?force=true", ""), 200);
    }

    private static void tokens(RunningApi api) throws Exception {
        var body = "{\"role\":\"viewer\",\"name\":\"grafana\",\"ttl\":\"720h\"}";
        ok(sent(api, "POST", "/api/v1/tokens", body), 201);
        ok(sent(api, "POST", "/api/v1/tokens", "{\"role\":\"operator\"}"), 201);
        ok(api.get("/api/v1/tokens"), 200);
        ok(sent(api, "DELETE", "/api/v1/tokens/grafana", ""), 200);
    }

    private static NodeAnswer measured(NodeQuestion.Use use) {
        return new NodeAnswer.Use(
                use.instances().stream()
                        .map(id ->
                                new NodeAnswer.InstanceUse(
                                        id,
                                        Optional.of(
                                                new NodeAnswer.Measured(
                                                        0.5,
                                                        4_096,
                                                        Optional.empty(),
                                                        1,
                                                        Optional.empty(),
                                                        Optional.of(new NodeAnswer.Flow(1, 2)))),
                                        Optional.empty()))
                        .toList());
    }

    private static HttpResponse<String> sent(
            RunningApi api, String method, String path, String body) throws Exception {
        var request = api.authorised(path).header("Content-Type", Api.JSON);
        return api.send(
                request.method(
                        method,
                        body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    private static void lists(RunningApi api) throws Exception {
        var paths =
                List.of(
                        "/api/v1/services?limit=1",
                        "/api/v1/services/shop",
                        WEB,
                        "/api/v1/stacks",
                        "/api/v1/stacks/shop",
                        "/api/v1/stacks/shop/revisions",
                        "/api/v1/stacks/shop/differences",
                        "/api/v1/stacks/shop/images?only=web&to=web=1.27",
                        "/api/v1/nodes",
                        "/api/v1/nodes?label=role=web,rack",
                        "/api/v1/nodes/mars",
                        "/api/v1/nodes/cdn",
                        "/api/v1/why?thing=shop",
                        "/api/v1/pauses",
                        "/api/v1/decisions/pending",
                        "/api/v1/decisions/pending?denied=true",
                        "/api/v1/stacks/shop/handover",
                        "/api/v1/decisions?limit=1",
                        "/api/v1/audit?limit=1",
                        "/api/v1/status",
                        "/api/v1/doctor",
                        "/api/v1/snapshot",
                        "/api/v1/stats",
                        "/api/v1/stats?stack=shop",
                        "/api/v1/stats?service=shop/web",
                        "/metrics");
        api.agents.answers = question -> CompletableFuture.completedStage(answer(question));
        for (var path : paths) {
            ok(api.get(path), 200);
        }
        for (var path : List.of("/api/v1/openapi.json", "/healthz", "/readyz")) {
            ok(api.send(api.request(path)), 200);
        }
        var known = api.authorised("/api/v1/stacks/shop").header("If-None-Match", "\"4\"");
        ok(api.send(known), 304);
        var same = api.authorised("/api/v1/stacks/shop/handover").header("If-None-Match", "\"3\"");
        ok(api.send(same), 304);
    }

    private static NodeAnswer answer(NodeQuestion question) {
        return switch (question) {
            case NodeQuestion.Settings ignored ->
                    new NodeAnswer.Settings(
                            List.of(
                                    new NodeAnswer.InstanceSettings(
                                            web(),
                                            List.of(
                                                    new NodeAnswer.Difference(
                                                            "restart",
                                                            Optional.empty(),
                                                            Optional.of("always")),
                                                    new NodeAnswer.Difference(
                                                            "user",
                                                            Optional.of("7"),
                                                            Optional.empty())),
                                            Optional.of("its secrets are not on this node"))));
            case NodeQuestion.Images ignored ->
                    new NodeAnswer.Images(
                            List.of(
                                    new NodeAnswer.Image(
                                            web(),
                                            "nginx:1.25",
                                            Optional.of("sha256:0a"),
                                            Optional.of("sha256:0b"),
                                            List.of(
                                                    new NodeAnswer.NewerTag(
                                                            "1.27", "sha256:0c", false, true)),
                                            Optional.empty())));
            case NodeQuestion.Use use -> measured(use);
            case NodeQuestion.ListVolumes _,
                    NodeQuestion.RemoveVolume _,
                    NodeQuestion.ContainerImages _ ->
                    throw new AssertionError("asked " + question);
        };
    }

    private void streams(RunningApi api) throws Exception {
        var follow = api.authorised("/api/v1/decisions").header("Accept", Api.SSE);
        checked(api, api.stream(follow).body(), "DecisionEvent");
        var lines = api.authorised(WEB + "/logs").header("Accept", Api.SSE);
        var logs = Thread.ofVirtual().start(() -> print(api, 0, Optional.of("it has gone")));
        try (var body = api.stream(lines).body()) {
            var reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
            checked(api, reader, "GapEvent");
            checked(api, reader, "LineEvent");
            checked(api, reader, "ErrorEvent");
        }
        logs.join();
        var whole = Thread.ofVirtual().start(() -> print(api, 1, Optional.empty()));
        ok(api.get(WEB + "/logs?tail=1&since=5m"), 200);
        whole.join();
    }

    private static void fleet(RunningApi api) throws Exception {
        api.agents.commands =
                order -> {
                    var command = new ScriptedExec();
                    command.output(false, "up\n".getBytes(StandardCharsets.UTF_8));
                    command.says.add(new ExecSession.Heard.Exited(0));
                    return CompletableFuture.completedStage(command);
                };
        var order =
                "{\"command\":[\"uptime\"],\"nodes\":[\"mars\"],\"labels\":[\"role=web\",\"rack\"],\"timeout\":\"5s\",\"parallel\":2}";
        var request =
                api.authorised("/api/v1/fleet/exec")
                        .header("Content-Type", Api.JSON)
                        .header("Accept", Api.SSE)
                        .POST(BodyPublishers.ofString(order));
        try (var body = api.stream(request).body()) {
            var reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
            for (var event : List.of("Nodes", "Output", "Result", "Summary")) {
                checked(api, reader, "Fleet" + event + "Event");
            }
        }
    }

    private static void print(RunningApi api, int sink, Optional<String> end) {
        try {
            var to = api.agents.awaitSink(sink);
            to.gap(new LogGap(LogGap.Kind.DROPPED, 3, false));
            to.lines(List.of(new LogLine(web(), AT, "stdout", "hello", 1, 1)));
            to.end(end);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void checked(RunningApi api, InputStream body, String definition)
            throws Exception {
        try (body) {
            checked(
                    api,
                    new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8)),
                    definition);
        }
    }

    /** Reads one event. */
    private static void checked(RunningApi api, BufferedReader reader, String definition)
            throws Exception {
        var fields = new TreeMap<String, String>();
        for (var line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.isEmpty() && !fields.isEmpty()) {
                break;
            }
            var colon = line.indexOf(": ");
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 2));
            }
        }
        assertThat(fields).containsKeys("event", "data");
        assertThat(
                        api.contract.event(
                                definition,
                                fields.getOrDefault("event", ""),
                                Optional.ofNullable(fields.get("id")),
                                fields.getOrDefault("data", "")))
                .isEmpty();
    }

    private static void discovery(RunningApi api) throws Exception {
        api.insight.become(DiscoveryTest.directory(7));
        for (var form : List.of("", "/hosts?suffix=example.org", "/traefik", "/prometheus")) {
            ok(api.get("/api/v1/discovery" + form), 200);
        }
        var stream = api.authorised("/api/v1/discovery").header("Accept", Api.SSE);
        checked(api, api.stream(stream).body(), "DiscoveryEvent");
    }

    private static void decide(HermesNode hermes) throws Exception {
        for (var action : List.of("start", "restart")) {
            var decision = new Decision(AT, "zeus", action, "shop/web.1", "mars", "why", "done");
            hermes.transact(
                            Transaction.of(
                                    new Operation.Append(
                                            RecordsController.DECISIONS,
                                            Bytes.wrap(Codecs.DECISION.encodeBytes(decision)))))
                    .toCompletableFuture()
                    .get();
        }
    }

    private static InstanceId web() {
        return new InstanceId(new ServiceId(new StackName("shop"), "web"), 1);
    }

    /** One of everything, with what may be absent once there and once not. */
    private static ClusterView view(InstanceObservation.State state) {
        var shop = new StackName("shop");
        var observed =
                new InstanceObservation(
                        web(),
                        "run",
                        "process",
                        state,
                        InstanceObservation.Health.FAILING,
                        123,
                        4,
                        AT,
                        "exit status 3",
                        Optional.of(3));
        var instance =
                new ClusterView.InstanceView(observed, "mars", RunningApi.NODE, List.of(8081));
        return new ClusterView(
                7,
                List.of(service("web", List.of(instance)), service("worker", List.of())),
                List.of(
                        mars(),
                        new ClusterView.NodeView(
                                olympus.model.NodeId.parse("0b8f0b3e-5a43-4c1f-9d7e-2f6a1c0e9b11"),
                                "venus",
                                false,
                                Optional.empty(),
                                0,
                                Optional.empty(),
                                Optional.empty(),
                                List.of())),
                List.of(
                        new ClusterView.StackView(
                                shop,
                                4,
                                2,
                                AT,
                                "user:admin",
                                false,
                                false,
                                StackDefinition.Mode.OBSERVE)),
                List.of(new ClusterView.PauseView("stack:shop", "user:admin", AT, "works")),
                pending(),
                List.of(new ClusterView.ExternalView(cdn(), Map.of("kind", "cdn"))));
    }

    private static ExternalNode cdn() {
        return new ExternalNode(
                olympus.model.NodeId.parse("1c9f0b3e-5a43-4c1f-9d7e-2f6a1c0e9b12"),
                "cdn",
                "cdn.example.net",
                "static files",
                "user:admin",
                AT);
    }

    private static ClusterView.NodeView mars() {
        return new ClusterView.NodeView(
                RunningApi.NODE,
                "mars",
                true,
                Optional.of(AT),
                1,
                Optional.of("works"),
                Optional.of("many fail at once"),
                List.of("no cgroups"),
                new ClusterView.Wanted(
                        Map.of("role", "web", "rack", "b2"),
                        Optional.of(
                                new NodeSpec.Withdrawal(
                                        NodeSpec.Kind.DRAIN, "user:admin", AT, "new disk", true)),
                        List.of(new ClusterView.Staying(web(), "its volume is there", true))),
                Optional.of(resources()));
    }

    private static List<ClusterView.PendingView> pending() {
        return List.of(
                new ClusterView.PendingView(
                        "0a1b2c3d",
                        "start",
                        web(),
                        "it ended",
                        AT,
                        "mars",
                        StackDefinition.Mode.ASK,
                        Optional.empty()),
                new ClusterView.PendingView(
                        "4e5f6a7b",
                        "update",
                        web(),
                        "declared otherwise",
                        AT,
                        "mars",
                        StackDefinition.Mode.ASK,
                        Optional.of("user:ana")));
    }

    private static ClusterView.ServiceView service(
            String name, List<ClusterView.InstanceView> instances) {
        return new ClusterView.ServiceView(
                new ServiceId(new StackName("shop"), name),
                4,
                1,
                0,
                0,
                "failed",
                "why",
                StackDefinition.Mode.MANAGE,
                instances);
    }

    private String request() throws Exception {
        var stack = Files.createDirectories(folder.resolve("shop"));
        Files.writeString(stack.resolve("password"), "correct horse battery staple");
        Files.writeString(
                stack.resolve("olympus.yaml"),
                """
                secrets: { password: { file: ./password } }
                services:
                  web:
                    process:
                      command: [sleep, "60"]
                      environment: { PASSWORD: { secret: password }, LEVEL: info }
                    ports: ["8081-8082"]
                    probe: { http: ":8081/health", interval: 5s }
                    deploy: { replicas: 2, resources: { limits: { cpus: 0.5, memory: 64M } } }
                    labels: { tier: front }
                    owner: ana
                """);
        return switch (StackFolder.load(stack, Map.of())) {
            case StackFolder.Outcome.Invalid invalid -> throw new AssertionError(invalid.text());
            case StackFolder.Outcome.Loaded loaded ->
                    Codecs.APPLY_REQUEST.encode(loaded.secrets().with(loaded.definition()));
        };
    }

    private static ClusterView.Resources resources() {
        return new ClusterView.Resources(
                new NodeFacts(
                        new NodeFacts.Platform("linux", "amd64", "Debian 13", "6.12"),
                        new NodeFacts.Processors(8, "AMD EPYC", Optional.of(54)),
                        16L << 30,
                        List.of(new NodeFacts.Disk("/", "ext4", 100L << 30, 42L << 30)),
                        List.of(new NodeFacts.Network("eth0", List.of("192.0.2.2"))),
                        List.of(new NodeFacts.Device("gpu", "nvidia", "RTX", "/dev/nvidia0"))),
                15L << 30,
                new ClusterView.Reserved(1_500, 1L << 30, 1));
    }
}
