package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that are managed elsewhere: what is asked, and what is shown. */
final class ExternalNodesTest {

    private static final String CDN =
            """
            {"node":"cdn-1","id":"i","connected":false,"lastSeen":null,"instances":0,"paused":null,
             "brake":null,"problems":[],"labels":{"kind":"cdn"},"withdrawal":null,"staying":[],
             "external":{"address":"cdn.example.net","note":"static files","by":"user:ana","since":"2026-11-21T03:00:00Z"}}\
            """;

    @TempDir static Path keys;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RecordedServer server;

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(server.environment(), folder, arguments);
    }

    @Test
    void addsOneWithItsLabels() {
        server.on("POST /external-nodes", 201, "{\"node\":\"cdn-1\",\"id\":\"i\"}");
        var run =
                run(
                        "node",
                        "add-external",
                        "cdn-1",
                        "--label",
                        "kind=cdn",
                        "-l",
                        "site=paris",
                        "--at",
                        "cdn.example.net",
                        "--note",
                        "static files");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("cdn-1 is listed as externally managed");
        assertThat(server.requests())
                .contains(
                        "POST /external-nodes {\"name\":\"cdn-1\",\"labels\":{\"kind\":\"cdn\",\"site\":\"paris\"},\"address\":\"cdn.example.net\",\"note\":\"static files\"}");
    }

    @Test
    void refusesWhatIsNoLabelBeforeAnythingIsSent() {
        var run = run("node", "add-external", "cdn-1", "--label", "kind");
        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).contains("expected KEY=VALUE");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void theListShowsItAsExternalAndNotAsAway() {
        server.on("GET /nodes", 200, "{\"nodes\":[" + CDN + "],\"next\":null}");
        assertThat(run("nodes").out())
                .containsPattern("cdn-1 +external +0 +kind=cdn +cdn.example.net; static files")
                .doesNotContain("away")
                .doesNotContain("never");
    }

    @Test
    void itsPageSaysWhoAddedItAndThatItGetsNoOrders() {
        server.on(
                "GET /nodes/cdn-1",
                200,
                "{\"node\":" + CDN + ",\"instances\":[],\"machine\":null}");
        assertThat(run("node", "show", "cdn-1").out())
                .contains("state:     external")
                .contains("nothing is placed on it, and it gets no orders (added by user:ana")
                .contains("address:   cdn.example.net")
                .contains("note:      static files")
                .contains("labels:    kind=cdn")
                .doesNotContain("INSTANCE");
    }
}
