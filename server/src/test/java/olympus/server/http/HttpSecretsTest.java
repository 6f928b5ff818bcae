package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.HermesNode;
import olympus.model.SecretRef;
import olympus.model.stack.SecretRefs;
import olympus.server.secrets.KeptSecrets;
import olympus.server.secrets.SecretStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Olympus' own store of secrets as HTTP shows it, over a store in memory. */
class HttpSecretsTest {

    private static final String CLEAR = "correct horse battery staple";
    private static final String OTHER = "incorrect donkey charger clip";
    private static final String SECRET = "/api/v1/stacks/shop/secrets/password";
    private static final String EXTERNAL = "{ external: true }";

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

    private HttpResponse<String> put(String path, String body) throws Exception {
        return api.send(
                api.authorised(path)
                        .header("Content-Type", Api.JSON)
                        .PUT(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> set(String path, String value) throws Exception {
        return put(path, JsonMapper.shared().createObjectNode().put("value", value).toString());
    }

    private HttpResponse<String> delete() throws Exception {
        return api.send(api.authorised(SECRET).DELETE());
    }

    private HttpResponse<String> apply(String secret) throws Exception {
        return put("/api/v1/stacks/shop", request(secret));
    }

    private String request(String secret) throws Exception {
        return AppliedFolder.request(
                folder,
                CLEAR,
                """
                secrets: { password: %s }
                services:
                  web:
                    process:
                      command: [sleep, "60"]
                      environment: { PASSWORD: { secret: password } }
                  quiet: { command: [sleep, "60"] }
                """
                        .formatted(secret));
    }

    private static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    private List<SecretRef> applied() {
        return List.copyOf(SecretRefs.in(commands.history.getFirst().definition()));
    }

    @Test
    void listsWhoSetASecretWhenAndNeverItsValue() throws Exception {
        var answer = set(SECRET, CLEAR);
        assertThat(answer.body()).doesNotContain(CLEAR);
        var fingerprint = json(answer).path("fingerprint").asString();
        assertThat(fingerprint).hasSize(16);

        set("/api/v1/stacks/attic/secrets/key", OTHER);
        var all = json(api.get("/api/v1/secrets"));
        assertThat(all.path("secrets")).hasSize(2);
        var only = json(api.get("/api/v1/secrets?stack=shop"));
        assertThat(only.path("secrets")).hasSize(1);
        var listed = only.path("secrets").get(0);
        assertThat(listed.path("secret").asString()).isEqualTo("shop/password");
        assertThat(listed.path("setBy").asString()).isEqualTo("admin");
        assertThat(listed.path("fingerprint").asString()).isEqualTo(fingerprint);
        assertThat(all.toString()).doesNotContain(CLEAR).doesNotContain(OTHER);
        var first = json(api.get("/api/v1/secrets?limit=1"));
        assertThat(first.path("next").asString()).isEqualTo("attic/key");
    }

    @Test
    void theAuditSaysWhoSetWhichAndNeverTheValue() throws Exception {
        set(SECRET, CLEAR);
        var body = api.get("/api/v1/audit?limit=1").body();
        var entry = JsonMapper.shared().readTree(body).path("audit").get(0);
        assertThat(entry.path("actor").asString()).isEqualTo("admin");
        assertThat(entry.path("subject").asString()).isEqualTo("shop/password");
        assertThat(entry.path("method").asString()).isEqualTo("PUT");
        assertThat(body).doesNotContain(CLEAR);
    }

    @Test
    void aDefinitionGetsTheFingerprintOfTheValueThatIsKept() throws Exception {
        var refused = apply(EXTERNAL);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("olympus secret set shop/password");
        assertThat(commands.ordered).isEmpty();

        var fingerprint = json(set(SECRET, CLEAR)).path("fingerprint").asString();
        assertThat(apply(EXTERNAL).statusCode()).isEqualTo(200);
        assertThat(applied()).extracting(SecretRef::fingerprint).containsExactly(fingerprint);
        assertThat(request(EXTERNAL)).doesNotContain(CLEAR);
    }

    @Test
    void settingLeavesServicesAsTheyAreAndRotatingAppliesThemAgain() throws Exception {
        set(SECRET, CLEAR);
        apply(EXTERNAL);
        var before = applied();

        var set = json(set(SECRET, OTHER));
        assertThat(set.path("outdated").toString()).isEqualTo("[\"web\"]");
        assertThat(applied()).isEqualTo(before);

        var rotated = json(set(SECRET + "?rotate=true", "a third one"));
        assertThat(rotated.path("updating").toString()).isEqualTo("[\"web\"]");
        assertThat(rotated.path("outdated")).isEmpty();
        assertThat(applied())
                .extracting(SecretRef::fingerprint)
                .containsExactly(rotated.path("fingerprint").asString());
        assertThat(commands.ordered)
                .contains("apply shop expected=Optional[4] prune=false by user:admin");

        var same = json(set(SECRET + "?rotate=true", "a third one"));
        assertThat(same.path("updating")).isEmpty();
    }

    @Test
    void onlyWhatIsKeptIsRotatedOrRemoved() throws Exception {
        assertThat(set(SECRET + "?rotate=true", CLEAR).statusCode()).isEqualTo(404);
        assertThat(delete().statusCode()).isEqualTo(404);
        assertThat(
                        hermes.list(KeptSecrets.PREFIX, Optional.empty(), 10)
                                .toCompletableFuture()
                                .get()
                                .entries())
                .isEmpty();
    }

    @Test
    void aSecretInUseIsNotRemoved() throws Exception {
        set(SECRET, CLEAR);
        apply(EXTERNAL);
        var refused = delete();
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("web uses it");
        set(SECRET, OTHER);
        assertThat(delete().statusCode()).as("a value before is in use").isEqualTo(409);

        commands.history = List.of();
        assertThat(delete().statusCode()).isEqualTo(200);
        assertThat(json(api.get("/api/v1/secrets")).path("secrets")).isEmpty();
        var sealed = hermes.list(SecretStore.PREFIX, Optional.empty(), 10);
        assertThat(sealed.toCompletableFuture().get().entries()).isEmpty();
    }

    @Test
    void aSecretThatTheFilesCarryUnderTheSameNameIsLeftAlone() throws Exception {
        apply("{ file: ./password }");
        var before = applied();
        set(SECRET, OTHER);
        assertThat(json(set(SECRET + "?rotate=true", "a third one")).path("updating")).isEmpty();
        assertThat(applied()).isEqualTo(before);
        assertThat(delete().statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"value\": hunter2}",
                "{\"value\": \"hunter2}",
                "{\"value\": [\"hunter2\"]}",
                "{\"text\": \"hunter2\"}",
                "hunter2",
                "{\"value\": \"\"}",
                "{\"value\": \"hunter2\\u0000\"}",
                "{}"
            })
    void aBodyThatIsWrongIsNeverQuoted(String body) throws Exception {
        var refused = put(SECRET, body);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(refused.body()).doesNotContain("hunter2");
    }

    @Test
    void whatIsTooLargeOrHasNoNameIsRefused() throws Exception {
        assertThat(set(SECRET, "x".repeat(64 << 10)).statusCode()).isEqualTo(413);
        var unnamed = set("/api/v1/stacks/shop/secrets/-hunter2", CLEAR);
        assertThat(unnamed.statusCode()).isEqualTo(400);
        assertThat(unnamed.body()).doesNotContain(CLEAR);
        assertThat(set("/api/v1/stacks/Shop!/secrets/a", CLEAR).statusCode()).isEqualTo(400);
    }

    @Test
    void noFileOfTheServerHoldsAValue() throws Exception {
        set(SECRET, CLEAR);
        apply(EXTERNAL);
        set(SECRET + "?rotate=true", OTHER);
        put(SECRET, "{\"value\": \"" + CLEAR);
        try (var files = Files.walk(folder.resolve("data"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .doesNotContain(CLEAR)
                        .doesNotContain(OTHER);
            }
        }
    }
}
