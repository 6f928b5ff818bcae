package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.foundation.simulation.SimulatedClock;
import olympus.hermes.HermesNode;
import olympus.link.keys.CertificateRequest;
import olympus.model.NodeId;
import olympus.server.group.ServerRecord;
import olympus.server.nodes.NodeMember;
import olympus.zeus.ClusterView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which machines are let in with which token, who is removed, and what is said otherwise. */
final class EnrolmentsTest {

    private static final int WRONG_ALLOWED = 4;

    private final ThreadEventLoop loop = new ThreadEventLoop("store", (_, _) -> {});

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private HermesNode hermes;

    @SuppressWarnings("NullAway.Init")
    private RunningApi api;

    /** A machine with its key. */
    record Machine(NodeId node, KeyPair key) {

        String body(String token) {
            return body(token, "pluto");
        }

        String body(String token, String name) {
            return "{\"token\":\"%s\",\"node\":\"%s\",\"name\":\"%s\",\"request\":\"%s\",\"version\":\"0.1.0\"}"
                    .formatted(token, node, name, CertificateRequest.of(key).text());
        }
    }

    static Machine machine() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return new Machine(new NodeId(UUID.randomUUID()), generator.generateKeyPair());
    }

    /** Has server {@code one} take agents at an address. */
    static void agentsPort(RunningApi api, String at) {
        var server =
                new ServerRecord(
                        "one",
                        RunningApi.NODE,
                        "mars",
                        Optional.empty(),
                        Optional.of(at),
                        "https://10.0.0.1:7400",
                        "0.1.0",
                        Optional.of(2),
                        Instant.parse("2026-11-21T03:00:00Z"),
                        ServerRecord.State.MEMBER,
                        Optional.empty());
        api.servers.put(server.key(), server);
    }

    @BeforeEach
    void start() throws Exception {
        hermes = HermesNode.inMemory(loop, Clock.system());
        hermes.ready().toCompletableFuture().get();
        api = new RunningApi(folder.resolve("data"), hermes, new ScriptedCommands(), WRONG_ALLOWED);
    }

    @AfterEach
    void stop() {
        api.close();
        loop.close();
    }

    @Test
    void withoutAPortForAgentsNoTokenIsMadeAndTheAnswerSaysWhatToDo() throws Exception {
        var refused = sent("POST", "/api/v1/agent-tokens", "{}");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("--agents-listen HOST:PORT");
    }

    @Test
    void aMachineIsLetInOnceWithAnOrdinaryTokenAndAskedAgainIsAnsweredAlike() throws Exception {
        agentsPort(api, "10.0.0.1:7401");
        var token = token("{}");
        var machine = machine();
        var first = let(machine, token);
        assertThat(first.path("node").asString()).isEqualTo(machine.node().toString());
        assertThat(first.path("name").asString()).isEqualTo("pluto");
        assertThat(first.path("certificate").asString()).startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(first.path("trust").asString()).startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(first.path("servers").toString())
                .isEqualTo("[{\"member\":\"one\",\"host\":\"10.0.0.1\",\"port\":7401}]");
        assertThat(record(machine).isMember()).isTrue();

        var again = let(machine, token);
        for (var member : List.of("realm", "island", "node", "name", "trust", "servers")) {
            assertThat(again.path(member)).as(member).isEqualTo(first.path(member));
        }
        refused(machine(), token, 401, "used up: it was good for 1");
        var impostor = new Machine(machine.node(), machine().key());
        refused(impostor, token, 401, "has another key since");
    }

    @Test
    void wrongEndedAndRevokedTokensAreToldApart() throws Exception {
        agentsPort(api, "10.0.0.1:7401");
        var token = token("{\"ttl\":\"1s\",\"uses\":1000}");
        var authority = token.split("\\.")[1];
        var wrong = "olympus-agent." + authority + "." + secret();
        refused(machine(), wrong, 401, "not known here");
        var end = Instant.now().plusSeconds(30);
        HttpResponse<String> answer;
        do {
            // Good for a second, so that a machine or two may come in.
            answer = sent("POST", "/api/v1/enrolments", machine().body(token));
        } while (!answer.body().contains("has ended at") && Instant.now().isBefore(end));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
        assertThat(answer.body()).contains("olympus token create --agent");

        var made = json(sent("POST", "/api/v1/agent-tokens", "{}"));
        var id = made.path("id").asString();
        assertThat(api.get("/api/v1/agent-tokens").body()).contains(id);
        assertThat(sent("DELETE", "/api/v1/agent-tokens/" + id.substring(0, 12), "").statusCode())
                .isEqualTo(200);
        refused(machine(), made.path("token").asString(), 401, "was revoked");
        assertThat(api.get("/api/v1/agent-tokens").body()).doesNotContain(id);
        refused(machine(), "olympus-join." + authority + "." + secret(), 400, "no agent token");
    }

    @Test
    void whoBroughtTooManyWrongTokensWaits() throws Exception {
        agentsPort(api, "10.0.0.1:7401");
        var token = token("{}");
        var wrong = "olympus-agent." + token.split("\\.")[1] + "." + secret();
        for (var n = 0; n < WRONG_ALLOWED; n++) {
            refused(machine(), wrong, 401, "not known here");
        }
        refused(machine(), token, 429, "too many wrong tokens");
    }

    @Test
    void aRemovedMachineStaysOutWhateverItsTokenIsStillGoodFor() throws Exception {
        agentsPort(api, "10.0.0.1:7401");
        var token = token("{\"uses\":3}");
        var machine = machine();
        let(machine, token);
        assertThat(sent("DELETE", "/api/v1/nodes/" + machine.node(), "").statusCode())
                .isEqualTo(200);
        refused(machine, token, 401, "was let in with this agent token before, and was removed");
        assertThat(record(machine).isMember()).isFalse();

        assertThat(api.get("/api/v1/audit").body())
                .contains("\"actor\":\"refused token\"")
                .contains("was let in with this agent token before, and was removed")
                .doesNotContain(token);
    }

    @Test
    void whatIsToldOfRefusedTokensIsBounded() {
        var clock = new SimulatedClock(Instant.parse("2026-11-21T03:00:00Z"));
        var brought = new BroughtTokens(new FailedLogins(clock, WRONG_ALLOWED), clock);
        for (var n = 0; n < BroughtTokens.MOST_TOLD; n++) {
            assertThat(brought.toldAfter()).isZero();
        }
        assertThat(brought.toldAfter()).isNegative();
        assertThat(brought.toldAfter()).isNegative();
        clock.advance(BroughtTokens.WINDOW);
        assertThat(brought.toldAfter()).isEqualTo(2);
        assertThat(brought.toldAfter()).isZero();
    }

    @Test
    void ofABodyForWhichNobodyVouchesLittleIsTaken() throws Exception {
        var large = "{\"token\":\"%s\"}".formatted("A".repeat(40_000));
        for (var path : List.of("/api/v1/enrolments", "/api/v1/servers/join")) {
            var refused = sent("POST", path, large);
            assertThat(refused.statusCode()).as(path).isEqualTo(413);
            assertThat(refused.body()).contains("at most 32768 bytes are taken");
        }
        assertThat(sent("POST", "/api/v1/agent-tokens", large).statusCode()).isEqualTo(400);
    }

    @Test
    void severalMachinesMayComeWithOneTokenWhereThatWasSaid() throws Exception {
        agentsPort(api, "10.0.0.1:7401");
        var token = token("{\"uses\":2}");
        let(machine(), token);
        let(machine(), token);
        refused(machine(), token, 401, "used up: it was good for 2");
        for (var body :
                List.of(
                        "{\"uses\":0}",
                        "{\"uses\":1001}",
                        "{\"ttl\":\"721h\"}",
                        "{\"ttl\":\"x\"}")) {
            assertThat(sent("POST", "/api/v1/agent-tokens", body).statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
    }

    @Test
    void aServersMachineIsNotLetInAsANode() throws Exception {
        agentsPort(api, "10.0.0.1:7401");
        var posing = new Machine(RunningApi.NODE, machine().key());
        refused(posing, token("{}"), 409, "is the machine of server one");
        var removal = sent("DELETE", "/api/v1/nodes/" + RunningApi.NODE, "");
        assertThat(removal.statusCode()).isEqualTo(409);
        assertThat(removal.body()).contains("olympus servers remove one");
    }

    @Test
    void anIdThatIsInUseComesInOnlyWithItsOwnKeyOrOnceItWasRemoved() throws Exception {
        agentsPort(api, "10.0.0.1:7401");
        var machine = machine();
        let(machine, token("{}"));
        let(machine, token("{}"));
        var emptied = new Machine(machine.node(), machine().key());
        refused(emptied, token("{}"), 409, "belongs to the island with another key");

        assertThat(sent("DELETE", "/api/v1/nodes/" + machine.node(), "").statusCode())
                .isEqualTo(200);
        assertThat(record(machine).isMember()).isFalse();
        assertThat(record(machine).by()).isEqualTo("admin");
        let(emptied, token("{}"));
        assertThat(record(emptied).isMember()).isTrue();
        assertThat(record(emptied).hasKey(CertificateRequest.of(machine.key()).fingerprint()))
                .isFalse();
    }

    @Test
    void aMachineThatBelongsKeepsTheNameThatItIsKnownBy() throws Exception {
        agentsPort(api, "10.0.0.1:7401");
        var machine = machine();
        let(machine, token("{}"));
        var answer =
                json(sent("POST", "/api/v1/enrolments", machine.body(token("{}"), "database")));
        assertThat(answer.path("name").asString()).isEqualTo("pluto");
        assertThat(record(machine).name()).isEqualTo("pluto");
    }

    @Test
    void aNodeWithInstancesGoesOnlyWhenThatIsSaid() throws Exception {
        agentsPort(api, "10.0.0.1:7401");
        var machine = machine();
        let(machine, token("{}"));
        api.view =
                new ClusterView(
                        1,
                        List.of(),
                        List.of(
                                new ClusterView.NodeView(
                                        machine.node(),
                                        "pluto",
                                        true,
                                        Optional.empty(),
                                        2,
                                        Optional.empty(),
                                        Optional.empty(),
                                        List.of())),
                        List.of(),
                        List.of());
        var refused = sent("DELETE", "/api/v1/nodes/pluto", "");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("2 instances are assigned to node pluto");
        assertThat(record(machine).isMember()).isTrue();
        var forced = json(sent("DELETE", "/api/v1/nodes/pluto?force=true", ""));
        assertThat(forced.path("instances").asInt()).isEqualTo(2);
        assertThat(record(machine).isMember()).isFalse();

        var unknown = sent("DELETE", "/api/v1/nodes/saturn", "");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("there is no node \\\"saturn\\\"; there are: pluto");
    }

    @Test
    void whatIsChangedStandsInTheAuditWithWhoDidIt() throws Exception {
        agentsPort(api, "10.0.0.1:7401");
        var machine = machine();
        let(machine, token("{}"));
        sent("DELETE", "/api/v1/nodes/" + machine.node(), "");
        var audit = api.get("/api/v1/audit").body();
        assertThat(audit)
                .contains("node:pluto")
                .contains("node " + machine.node())
                .contains("/api/v1/nodes/" + machine.node());
    }

    private static String secret() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[32]);
    }

    private String token(String body) throws Exception {
        return json(sent("POST", "/api/v1/agent-tokens", body)).path("token").asString();
    }

    private JsonNode let(Machine machine, String token) throws Exception {
        return json(sent("POST", "/api/v1/enrolments", machine.body(token)));
    }

    private void refused(Machine machine, String token, int status, String why) throws Exception {
        var answer = sent("POST", "/api/v1/enrolments", machine.body(token));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(why).doesNotContain(token);
    }

    private NodeMember record(Machine machine) throws Exception {
        var key = NodeMember.PREFIX.child(machine.node().toString());
        var entry = hermes.get(key).toCompletableFuture().get().orElseThrow();
        return NodeMember.CODEC.decode(entry.value().unsafeArray());
    }

    private static JsonNode json(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
        return JsonMapper.shared().readTree(answer.body());
    }

    private HttpResponse<String> sent(String method, String path, String body) throws Exception {
        var content = body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
        return api.send(
                api.authorised(path).header("Content-Type", Api.JSON).method(method, content));
    }
}
