package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Base64;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.HermesNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Who is not let in as a server, and what is said then. */
final class HttpJoinTest {

    private static final int WRONG_ALLOWED = 3;

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
        api = new RunningApi(folder.resolve("data"), hermes, new ScriptedCommands(), WRONG_ALLOWED);
    }

    @AfterEach
    void stop() {
        api.close();
        loop.close();
    }

    @Test
    void aVersionThatDoesNotUnderstandWhatIsInUseIsToldWhichToInstall() throws Exception {
        var token = token();
        for (var level : new String[] {"null", "1"}) {
            var answer = join(token, level, "0.0.9");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
            assertThat(answer.body())
                    .contains("version 0.0.9 understands feature level 1, and the island uses 2")
                    .contains("olympus servers");
        }
        var newer = join(token, "99", "9.0.0");
        assertThat(newer.statusCode())
                .as("the token is still good: " + newer.body())
                .isEqualTo(200);
    }

    @Test
    void aVersionWithoutEndIsRefused() throws Exception {
        var answer = join(token(), "2", "9".repeat(101));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("version: 101 characters; at most 100 are right");
    }

    @Test
    void whoBroughtTooManyWrongTokensWaitsEvenWithTheRightOne() throws Exception {
        var token = token();
        var authority = token.split("\\.")[1];
        for (var n = 0; n < WRONG_ALLOWED; n++) {
            var answer = join("olympus-join." + authority + "." + secret(n), "2", "0.1.0");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
        }
        var waits = join(token, "2", "0.1.0");
        assertThat(waits.statusCode()).as(waits.body()).isEqualTo(429);
        assertThat(waits.body()).contains("too many wrong tokens");
    }

    private static String secret(int number) {
        var bytes = new byte[32];
        bytes[0] = (byte) number;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private String token() throws Exception {
        var made = sent("/api/v1/servers/join-tokens", "");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return JsonMapper.shared().readTree(made.body()).path("token").asString();
    }

    private HttpResponse<String> join(String token, String level, String version) throws Exception {
        return sent(
                "/api/v1/servers/join",
                """
                {"token":"%s","node":"%s","name":"pluto","peers":"10.0.0.2:7402","agents":"","version":"%s","featureLevel":%s}
                """
                        .formatted(token, RunningApi.NODE, version, level));
    }

    private HttpResponse<String> sent(String path, String body) throws Exception {
        return api.send(
                api.authorised(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)));
    }
}
