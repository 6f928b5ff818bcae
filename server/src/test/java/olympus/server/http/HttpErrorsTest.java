package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.server.store.HaltedStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpErrorsTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final ScriptedCommands commands = new ScriptedCommands();

    @SuppressWarnings("NullAway.Init")
    private RunningApi api;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        var reason =
                new OlympusException(
                        ErrorCode.CORRUPT, "hermes/log/7 is damaged; run: olympus store verify");
        api = new RunningApi(folder, new HaltedStore("island", reason), commands, 3);
    }

    @AfterAll
    void stop() {
        api.close();
    }

    @BeforeEach
    void reset() {
        commands.failure = Optional.empty();
        commands.silent = false;
    }

    private static JsonNode problem(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(RunningApi.header(response, "Content-Type").orElse(""))
                .startsWith("application/problem+json");
        var body = JSON.readTree(response.body());
        assertThat(body.path("type").asString()).isEqualTo("urn:olympus:error:" + code);
        assertThat(body.path("code").asString()).isEqualTo(code);
        assertThat(body.path("status").asInt()).isEqualTo(status);
        assertThat(body.path("title").asString()).isNotEmpty();
        assertThat(body.path("detail").asString()).isNotEmpty();
        return body;
    }

    @Test
    void anUnknownPathIsNotFound() throws Exception {
        problem(api.get("/api/v1/nothing"), 404, "not-found");
    }

    @Test
    void aWrongMethodNamesTheRightOnes() throws Exception {
        var response = api.send(api.authorised("/api/v1/services").POST(BodyPublishers.noBody()));
        problem(response, 405, "method-not-allowed");
        assertThat(RunningApi.header(response, "Allow"))
                .hasValueSatisfying(a -> assertThat(a).contains("GET"));
    }

    @Test
    void aWrongMediaTypeIsRefused() throws Exception {
        problem(
                api.send(
                        api.authorised("/api/v1/stacks/first")
                                .header("Content-Type", "text/yaml")
                                .PUT(BodyPublishers.ofString("a: 1"))),
                415,
                "unsupported-media-type");
    }

    @Test
    void anUnacceptableAnswerIsAProblemAllTheSame() throws Exception {
        problem(
                api.send(api.authorised("/api/v1/services").header("Accept", "image/png")),
                406,
                "not-acceptable");
    }

    @Test
    void malformedJsonIsInvalidAndSaysWhere() throws Exception {
        problem(
                api.send(
                        api.authorised("/api/v1/stacks/first/rollback")
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"to\": "))),
                400,
                "invalid");
    }

    @Test
    void anInvalidDefinitionCarriesItsProblems() throws Exception {
        var body =
                problem(
                        api.send(
                                api.authorised("/api/v1/stacks/first")
                                        .header("Content-Type", "application/json")
                                        .PUT(
                                                BodyPublishers.ofString(
                                                        "{\"format\":1,\"defnition\":{}}"))),
                        400,
                        "invalid");
        assertThat(body.path("problems").size()).isPositive();
        assertThat(body.path("problems").get(0).path("suggestion").asString())
                .isEqualTo("definition");
    }

    @Test
    void aBodyBeyondTheLimitIsTooLarge() throws Exception {
        var announced = BodyPublishers.ofByteArray(new byte[(64 << 10) + 1]);
        problem(
                api.send(
                        api.authorised("/api/v1/stacks/first")
                                .header("Content-Type", "application/json")
                                .PUT(announced)),
                413,
                "too-large");
        var chunked = BodyPublishers.ofByteArrays(List.of(new byte[40 << 10], new byte[40 << 10]));
        problem(
                api.send(
                        api.authorised("/api/v1/stacks/first")
                                .header("Content-Type", "application/json")
                                .PUT(chunked)),
                413,
                "too-large");
    }

    @Test
    void aBadNameIsInvalid() throws Exception {
        problem(api.get("/api/v1/services/UPPER/web"), 400, "invalid");
        problem(api.get("/api/v1/decisions?limit=0"), 400, "invalid");
        problem(api.get("/api/v1/decisions?limit=many"), 400, "invalid");
        problem(api.get("/api/v1/services?limit=1001"), 400, "invalid");
        problem(api.get("/api/v1/services?cursor=nonsense"), 400, "invalid");
        problem(api.get("/api/v1/nodes?cursor=mars"), 400, "invalid");
        problem(api.get("/api/v1/services/first/web/logs?tail=-1"), 400, "invalid");
    }

    @Test
    void anAnswerThatDoesNotComeIsUnavailable() throws Exception {
        commands.silent = true;
        problem(api.get("/api/v1/why?thing=first"), 503, "unavailable");
    }

    @Test
    void aFailedOrderKeepsItsCode() throws Exception {
        commands.failure =
                Optional.of(
                        new OlympusException(ErrorCode.DISK_FULL, "no room under the data folder"));
        problem(
                api.send(
                        api.authorised("/api/v1/services/first/web/stop")
                                .POST(BodyPublishers.noBody())),
                507,
                "disk-full");
    }

    @Test
    void aHaltedStoreIsNamedWithItsRemedy() throws Exception {
        var body = problem(api.get("/api/v1/decisions"), 500, "corrupt");
        assertThat(body.path("detail").asString()).contains("hermes/log/7", "olympus store verify");
    }

    @Test
    void aMissingTokenIsAskedFor() throws Exception {
        var response = api.send(api.request("/api/v1/services"));
        problem(response, 401, "unauthenticated");
        assertThat(RunningApi.header(response, "WWW-Authenticate"))
                .contains("Bearer realm=\"olympus\"");
        problem(api.send(api.request("/metrics")), 401, "unauthenticated");
        problem(api.send(api.request("/api/v1/nothing")), 401, "unauthenticated");
    }

    @Test
    void healthAndReadinessAreOpen() throws Exception {
        assertThat(api.send(api.request("/healthz")).statusCode()).isEqualTo(200);
        assertThat(api.send(api.request("/readyz")).statusCode()).isEqualTo(200);
        api.readiness = new Backend.Readiness(false, "store: starting");
        var response = api.send(api.request("/readyz"));
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).contains("store: starting");
        api.readiness = new Backend.Readiness(true, "");
    }

    @Test
    void wrongTokensAreRefusedAndThenSlowedDownButRightOnesPass() throws Exception {
        for (var i = 0; i < 3; i++) {
            problem(
                    api.send(
                            api.request("/api/v1/services")
                                    .header("Authorization", "Bearer wrong")),
                    401,
                    "unauthenticated");
        }
        var limited =
                api.send(api.request("/api/v1/services").header("Authorization", "Bearer wrong"));
        problem(limited, 429, "rate-limited");
        assertThat(RunningApi.header(limited, "Retry-After")).isPresent();
        assertThat(api.get("/api/v1/services").statusCode()).isEqualTo(200);
    }

    @Test
    void aReasonForAPauseThatIsTooLongIsRefusedWithTheLimit() throws Exception {
        var body = "{\"reason\":\"%s\"}".formatted("x".repeat(501));
        var answer =
                api.send(
                        api.authorised("/api/v1/pauses/all")
                                .header("Content-Type", "application/json")
                                .PUT(BodyPublishers.ofString(body)));
        assertThat(problem(answer, 400, "invalid").path("detail").asString())
                .contains("501 characters", "at most 500");
    }

    @Test
    void aMalformedRequestGetsAProblemToo() throws Exception {
        problem(api.get("/api/v1/services/%2e%2e%2f/x"), 400, "invalid");
    }
}
