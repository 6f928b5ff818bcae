package olympus.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.Bytes;
import olympus.hermes.HermesNode;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.server.tokens.Role;
import olympus.server.tokens.TokenRecord;
import olympus.server.tokens.Tokens;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who may do what, over HTTPS, and what is written down of who may not. */
@Timeout(120)
class RolesTest {

    private static final String REMOVE = "/api/v1/stacks/shop";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

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
    }

    @AfterEach
    void stop() {
        api.close();
        loop.close();
    }

    static JsonNode made(RunningApi api, String body) throws Exception {
        var answer =
                api.send(
                        api.authorised("/api/v1/tokens")
                                .header("Content-Type", Api.JSON)
                                .POST(BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return JsonMapper.shared().readTree(answer.body());
    }

    private String token(Role role, String name) throws Exception {
        var body = "{\"role\":\"%s\",\"name\":\"%s\"}".formatted(role.word(), name);
        return made(api, body).path("token").asString();
    }

    private HttpRequest.Builder as(String token, String method, String path) {
        return api.request(path)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", Api.JSON)
                .method(
                        method,
                        method.equals("GET") || method.equals("HEAD") || method.equals("DELETE")
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofString("{}"));
    }

    private static String detail(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body()).path("detail").asString();
    }

    // -- the table ---------------------------------------------------------------------------

    @Test
    void everyOperationStatesTheRoleThatItNeedsAndNothingElseDoes() {
        var stated = new HashSet<>(OperationRoles.TABLE.keySet());
        stated.addAll(OperationRoles.OPEN);
        assertThat(ApiOperation.all())
                .extracting(ApiOperation::key)
                .containsExactlyInAnyOrderElementsOf(stated);
    }

    @Test
    void aViewerIsAllowedNothingThatChangesAnything() {
        assertThat(OperationRoles.TABLE)
                .allSatisfy((operation, role) -> {
                    if (!operation.startsWith("GET ") && !operation.endsWith("/plan")) {
                        assertThat(role).as(operation).isNotEqualTo(Role.VIEWER);
                    }
                });
    }

    @Test
    void whatStandsNowhereNeedsAnAdministrator() {
        assertThat(OperationRoles.of("PATCH", "/api/v1/stacks")).contains(Role.ADMIN);
        assertThat(OperationRoles.of("HEAD", "/api/v1/stacks")).contains(Role.VIEWER);
        assertThat(OperationRoles.of("GET", "/healthz")).isEmpty();
    }

    /** All operations for all roles: refused exactly where the table says so. */
    @Test
    void everyOperationIsRefusedToThoseWhoseRoleIsLessThanItNeeds() throws Exception {
        var tokens = new EnumMap<Role, String>(Role.class);
        for (var role : Role.values()) {
            tokens.put(role, token(role, "the-" + role.word()));
        }
        for (var operation : ApiOperation.all()) {
            var parts = operation.key().split(" ");
            var path = parts[1].replaceAll("\\{[a-z]+}", "nothing");
            var needed = Optional.ofNullable(OperationRoles.TABLE.get(operation.key()));
            for (var role : Role.values()) {
                var answer =
                        api.unchecked(as(Objects.requireNonNull(tokens.get(role)), parts[0], path));
                answer.body().close();
                var status = answer.statusCode();
                var refused = needed.filter(one -> !role.includes(one)).isPresent();
                assertThat(status == 403)
                        .as("%s by a token of role %s answers %d", operation.key(), role, status)
                        .isEqualTo(refused);
                if (needed.isPresent()) {
                    assertThat(status).as(operation.key()).isNotIn(401, 405);
                }
            }
        }
    }

    // -- refusals ----------------------------------------------------------------------------

    @Test
    void aRefusalSaysWhatTheTokenIsWhatIsNeededAndWhoMay() throws Exception {
        var viewer = token(Role.VIEWER, "grafana");
        token(Role.OPERATOR, "ana");

        var refused = api.send(as(viewer, "DELETE", REMOVE));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(detail(refused))
                .contains("DELETE /api/v1/stacks/shop needs the role operator")
                .contains("token grafana has the role viewer")
                .contains("Who may: admin, ana.")
                .contains("olympus token create --role operator");
        assertThat(commands.ordered).isEmpty();
    }

    @Test
    void aRefusalStandsInTheAuditOnceAlsoThatOfARead() throws Exception {
        var operator = token(Role.OPERATOR, "ana");
        api.send(as(operator, "DELETE", "/api/v1/nodes/mars?force=true"));
        api.send(as(operator, "GET", "/api/v1/snapshot"));

        assertThat(refusals())
                .extracting(
                        AuditEntry::actor,
                        AuditEntry::method,
                        AuditEntry::path,
                        AuditEntry::subject,
                        entry -> entry.detail().orElse(""))
                .containsExactly(
                        refusal("ana", "GET", "/api/v1/snapshot", ""),
                        refusal("ana", "DELETE", "/api/v1/nodes/mars", "mars"));
        assertThat(refusals()).extracting(AuditEntry::from).containsOnly("127.0.0.1");
    }

    private static Tuple refusal(String actor, String method, String path, String subject) {
        return tuple(actor, method, path, subject, "refused: role operator, needs admin");
    }

    private List<AuditEntry> refusals() {
        return api.audit().newest(1_000).stream().filter(entry -> entry.status() == 403).toList();
    }

    @Test
    void aFloodOfRefusalsLeavesRoomInTheAudit() throws Exception {
        var viewer = token(Role.VIEWER, "mallory");
        for (var n = 0; n < 5 * RefusalTally.MOST_TOLD; n++) {
            assertThat(api.send(as(viewer, "DELETE", REMOVE)).statusCode()).isEqualTo(403);
        }
        assertThat(refusals()).hasSize(RefusalTally.MOST_TOLD);

        var other = token(Role.VIEWER, "bob");
        api.send(as(other, "DELETE", REMOVE));
        assertThat(refusals()).hasSize(RefusalTally.MOST_TOLD + 1);
        assertThat(refusals().getFirst().actor()).isEqualTo("bob");
    }

    // -- tokens ------------------------------------------------------------------------------

    @Test
    void aTokenThatWasRevokedIsGoodForNothingAtOnce() throws Exception {
        var viewer = token(Role.VIEWER, "grafana");
        assertThat(api.send(as(viewer, "GET", "/api/v1/stacks")).statusCode()).isEqualTo(200);
        api.send(api.authorised("/api/v1/tokens/grafana").DELETE());
        assertThat(api.send(as(viewer, "GET", "/api/v1/stacks")).statusCode()).isEqualTo(401);
        assertThat(api.get("/api/v1/tokens").body()).doesNotContain("grafana");
    }

    @Test
    void aTokenEndsWhenItWasToEnd() throws Exception {
        var made = made(api, "{\"role\":\"viewer\",\"name\":\"brief\",\"ttl\":\"1s\"}");
        var ends = Instant.parse(made.path("ends").asString());
        while (!Instant.now().isAfter(ends)) {
            Thread.onSpinWait();
        }
        var token = made.path("token").asString();
        assertThat(api.send(as(token, "GET", "/api/v1/stacks")).statusCode()).isEqualTo(401);
        assertThat(api.get("/api/v1/tokens").body()).doesNotContain("brief");
        assertThat(made(api, "{\"role\":\"operator\",\"name\":\"brief\"}").path("role").asString())
                .isEqualTo("operator");
    }

    @Test
    void noTwoTokensHaveOneNameAndNoneIsCalledAdmin() throws Exception {
        token(Role.VIEWER, "ana");
        var wrong =
                Map.of(
                        "{\"role\":\"admin\",\"name\":\"ana\"}", 409,
                        "{\"role\":\"admin\",\"name\":\"admin\"}", 409,
                        "{\"role\":\"admin\",\"name\":\"0a1b2c\"}", 400,
                        "{\"role\":\"admin\",\"name\":\"node:mars\"}", 400,
                        "{\"role\":\"root\"}", 400,
                        "{\"name\":\"bob\"}", 400,
                        "{\"role\":\"viewer\",\"ttl\":\"0s\"}", 400,
                        "{\"role\":\"viewer\",\"ttl\":\"soon\"}", 400);
        for (var body : wrong.entrySet()) {
            var answer =
                    api.send(
                            api.authorised("/api/v1/tokens")
                                    .header("Content-Type", Api.JSON)
                                    .POST(BodyPublishers.ofString(body.getKey())));
            assertThat(answer.statusCode()).as(body.getKey()).isEqualTo(body.getValue());
        }
        var kept = api.send(api.authorised("/api/v1/tokens/admin").DELETE());
        assertThat(kept.statusCode()).isEqualTo(409);
    }

    /** As a data folder holds it that was written before there were roles. */
    @Test
    void aTokenFromBeforeThereWereRolesMayDoEverything() throws Exception {
        var text = "olympus_from-before";
        var json =
                "{\"format\":1,\"name\":\"old\",\"sha256\":\"%s\",\"createdAt\":\"2026-11-21T03:00:00Z\"}"
                        .formatted(sha256(text));
        assertThat(TokenRecord.CODEC.encode(TokenRecord.CODEC.decode(json))).isEqualTo(json);
        hermes.transact(
                        Transaction.of(
                                new Operation.Put(
                                        Tokens.PREFIX.child("old"),
                                        Bytes.wrap(json.getBytes(UTF_8)))))
                .toCompletableFuture()
                .get();
        while (isUnknown(api.send(as(text, "GET", "/api/v1/status")))) {
            Thread.onSpinWait();
        }
        assertThat(api.send(as(text, "GET", "/api/v1/snapshot")).statusCode()).isEqualTo(200);
        assertThat(api.get("/api/v1/tokens").body())
                .contains("\"name\":\"old\",\"role\":\"admin\"");
        api.send(api.authorised("/api/v1/tokens/old").DELETE());
        assertThat(isUnknown(api.send(as(text, "GET", "/api/v1/status")))).isTrue();
    }

    /** The second where a source has tried too many. */
    private static boolean isUnknown(HttpResponse<String> answer) {
        return answer.statusCode() == 401 || answer.statusCode() == 429;
    }

    private static String sha256(String text) throws Exception {
        return java.util.HexFormat.of()
                .formatHex(
                        java.security.MessageDigest.getInstance("SHA-256")
                                .digest(text.getBytes(UTF_8)));
    }

    @Test
    void theClearTextIsNeitherStoredNorListed() throws Exception {
        var text = token(Role.VIEWER, "grafana");
        assertThat(api.get("/api/v1/tokens").body()).contains("grafana").doesNotContain(text);
        assertThat(api.get("/api/v1/audit").body())
                .contains("token grafana, role viewer")
                .doesNotContain(text);
        assertThat(api.get("/api/v1/snapshot").body()).doesNotContain(text);
    }

    /** By way of a server that does not lead: the one that does refuses, and writes it down. */
    @Test
    void aRoleCountsByWayOfAnotherServerToo() throws Exception {
        try (var island = new ServersOfOneIsland(folder.resolve("island"), "mars", "venus")) {
            island.leads("mars");
            var venus = island.server("venus").api();
            var viewer =
                    made(venus, "{\"role\":\"viewer\",\"name\":\"grafana\"}")
                            .path("token")
                            .asString();
            var request =
                    venus.request(REMOVE).header("Authorization", "Bearer " + viewer).DELETE();
            var answer = venus.send(request);
            while (isUnknown(answer)) { // Until venus has heard of the token.
                answer = venus.send(request);
            }
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(detail(answer)).contains("token grafana has the role viewer");
            assertThat(RunningApi.header(answer, "Via")).isPresent();
            assertThat(island.server("mars").commands().ordered).isEmpty();
            assertThat(island.audited())
                    .filteredOn(entry -> entry.status() == 403)
                    .extracting(AuditEntry::actor, AuditEntry::from)
                    .containsExactly(tuple("grafana", "127.0.0.1"));
        }
    }
}
