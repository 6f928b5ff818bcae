package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code olympus rollout} shows and orders, and how waiting commands take an approval. */
final class RolloutCommandTest {

    private static final String WAITS =
            """
            {"services":[
              {"service":"shop/db","revision":2,"state":"running","reason":"","rollout":null},
              {"service":"shop/web","revision":2,"state":"updating",
               "reason":"waits for approval since 2026-11-21T00:00:20Z: olympus rollout approve shop/web",
               "rollout":{"cause":"update","stage":"approval","by":"user:ana",
                 "startedAt":"2026-11-21T00:00:00Z","since":"2026-11-21T00:00:20Z","fromRevision":1,
                 "updated":["shop/web.3"],"approvedBy":null,"until":"2026-11-22T00:00:20Z"}}],
             "pauses":[],"problems":[],"next":null}
            """;

    @TempDir static Path keys;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RecordedServer server;

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys);
        server.on("GET /services", 200, WAITS);
        server.on(
                "GET /services/shop/web",
                200,
                WAITS.replaceFirst("(?m)^ *.\"service\":\"shop/db.*$", ""));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(server.environment(), folder, arguments);
    }

    @Test
    void showsWhatWaitsAndForWhom() {
        var shown = run("rollout", "status");
        assertThat(shown.exitCode()).as(shown.err()).isZero();
        assertThat(
                        shown.out()
                                .lines()
                                .map(line -> line.replaceAll(" {2,}", " | "))
                                .toList()
                                .getLast())
                .startsWith("shop/web | approval | 1 | 2 | shop/web.3 | user:ana | ")
                .endsWith("olympus rollout approve shop/web");
        assertThat(shown.out()).doesNotContain("shop/db");
        assertThat(run("rollout", "status", "web").out()).contains("shop/web");
        var json = run("rollout", "status", "-o", "json");
        assertThat(json.out()).contains("\"fromRevision\"").doesNotContain("shop/db");
    }

    @Test
    void saysThatNothingIsUnderWay() {
        server.on("GET /services", 200, "{\"services\":[],\"next\":null}");
        assertThat(run("rollout", "status").out()).isEqualTo("no update is under way\n");
    }

    @Test
    void approvesWhatWasLookedAt() {
        server.on(
                "POST /services/shop/web/rollout/approve",
                202,
                "{\"service\":\"shop/web\",\"action\":\"approve\"}");
        var done = run("rollout", "approve", "shop/web");
        assertThat(done.exitCode()).as(done.err()).isZero();
        assertThat(done.out()).startsWith("shop/web: approved;");
        assertThat(server.conditions())
                .containsExactly("POST /services/shop/web/rollout/approve If-Match \"2\"");
    }

    @Test
    void rejectsWithAReason() {
        server.on(
                "POST /services/shop/web/rollout/reject",
                200,
                "{\"stack\":\"shop\",\"baseRevision\":2,\"revision\":3,\"changes\":[],\"warnings\":[],\"held\":[]}");
        var done = run("rollout", "reject", "web", "--reason", "too slow");
        assertThat(done.exitCode()).as(done.err()).isZero();
        assertThat(server.requests())
                .contains("POST /services/shop/web/rollout/reject {\"reason\":\"too slow\"}");
    }

    @Test
    void tellsWhyItIsRefused() {
        server.on(
                "POST /services/shop/web/rollout/approve",
                409,
                "{\"status\":409,\"code\":\"conflict\",\"detail\":\"the new version of shop/web has not proved itself yet\"}");
        var refused = run("rollout", "approve", "shop/web");
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.err()).contains("has not proved itself yet");
        assertThat(run("rollout").exitCode()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void waitingTellsWhatWaitsForAPersonAndEnds() {
        server.on("GET /stacks", 200, "{\"stacks\":[{\"stack\":\"shop\"}],\"next\":null}");
        var waited = run("wait", "shop", "--wait", "30s");
        assertThat(waited.exitCode()).as(waited.err()).isZero();
        assertThat(waited.err()).contains("shop/web: waits for approval since");
        assertThat(waited.out()).contains("shop: nothing is under way");
    }
}
