package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An island of several servers, of which some may be away. */
final class SeveralServersTest {

    private static final String SERVICES =
            "{\"services\":[{\"service\":\"first/web\",\"state\":\"running\"}]}";

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

    private static String closed() throws Exception {
        try (var port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "https://127.0.0.1:" + port.getLocalPort();
        }
    }

    private CommandRun run(String addresses, String... arguments) {
        var environment = new HashMap<>(server.environment());
        environment.put("OLYMPUS_ADDRESS", addresses);
        return CommandRun.of(environment, folder, arguments);
    }

    @Test
    void oneThatCannotBeReachedIsPassedOver() throws Exception {
        server.on("GET /services", 200, SERVICES);
        server.on("POST /services/first/web/stop", 202, "{\"service\":\"first/web\"}");

        var shown = run(closed() + ", " + server.address(), "status");
        assertThat(shown.exitCode()).as(shown.err()).isZero();
        assertThat(shown.out()).contains("first/web");
        assertThat(run(server.address() + "," + closed(), "stop", "first/web").exitCode()).isZero();
        assertThat(server.requests()).contains("POST /services/first/web/stop");
    }

    @Test
    void whenNoneCanBeReachedEachIsNamed() throws Exception {
        var one = closed();
        var other = closed();

        var failed = run(one + "," + other, "status");

        assertThat(failed.exitCode()).isEqualTo(ExitCodes.CANNOT_CONNECT);
        assertThat(failed.err()).contains("none of the servers", one, other, "nothing listens");
    }

    @Test
    void whatAServerRefusesIsNotAskedOfTheNext() throws Exception {
        server.on("GET /services", 503, "{\"detail\":\"not now\"}");

        assertThat(run(server.address() + "," + server.address(), "status").exitCode())
                .isEqualTo(ExitCodes.FAILED);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void aWrongAddressIsNamed() {
        var failed = run("https://mars:7400,,https://venus:7400", "status");

        assertThat(failed.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(failed.err()).contains("not a server address", "commas between");
    }

    @Test
    void statusSaysWhichServerAnsweredAndWhenNobodyLeads() {
        server.on(
                "GET /services",
                200,
                SERVICES,
                Map.of(
                        "Olympus-Server",
                        "mars",
                        "Via",
                        "1.1 venus",
                        "Olympus-Known-Leader",
                        "true"));
        assertThat(run(server.address(), "status").out())
                .startsWith("server: mars, which leads, asked by way of venus\n");

        server.on(
                "GET /services",
                200,
                SERVICES,
                Map.of("Olympus-Server", "venus", "Olympus-Known-Leader", "false"));
        assertThat(run(server.address(), "status").out())
                .startsWith("server: venus, which knows none that leads");
    }

    @Test
    void withoutALeaderEveryCommandSaysWhatItsAnswerShows() {
        var known =
                Map.of(
                        "Olympus-Server", "venus",
                        "Olympus-Known-Leader", "false",
                        "Olympus-Revision", "41",
                        "Age", "192");
        server.on("GET /services", 200, SERVICES, known);
        server.on("GET /decisions?limit=50", 200, "{\"decisions\":[]}", known);
        server.on("GET /why?thing=first%2Fweb", 200, "{\"causes\":[]}", known);
        server.on("GET /stacks", 200, "{\"stacks\":[{\"stack\":\"first\"}]}", known);
        server.on("GET /stacks/first/revisions", 200, "{\"revisions\":[]}", known);

        for (var command :
                List.of(
                        List.of("status"),
                        List.of("status", "-o", "json"),
                        List.of("decisions"),
                        List.of("why", "first/web"),
                        List.of("history", "first"))) {
            var shown = run(server.address(), command.toArray(String[]::new));
            assertThat(shown.exitCode()).as(command + shown.err()).isZero();
            assertThat(shown.err())
                    .containsOnlyOnce("NO LEADER is known")
                    .contains("as venus knows it, as of revision 41, 3m12s ago");
            assertThat(shown.out()).doesNotContain("NO LEADER");
        }
    }
}
