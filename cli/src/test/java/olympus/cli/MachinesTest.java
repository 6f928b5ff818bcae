package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tokens of machines that run only the agent, and having one go: what is asked, and what is told.
 */
final class MachinesTest {

    private static final String ID = "0a1b2c3d4e5f" + "0".repeat(52);
    private static final String MADE =
            "{\"token\":\"olympus-agent.AUTH.SECRET\",\"id\":\"%s\",\"ends\":\"2026-11-21T04:00:00Z\",\"uses\":%d}";
    private static final String SERVERS =
            """
            {"answeredBy":"one","servers":[
              {"member":"two-0a","leader":false,"api":"https://10.0.0.2:7400"},
              {"member":"one","leader":true,"api":"https://10.0.0.1:7400"}],"advice":[]}\
            """;

    @TempDir static Path keys;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RecordedServer server;

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys);
        server.on("GET /servers", 200, SERVERS);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandRun run(String... arguments) {
        return typing("", false, arguments);
    }

    private CommandRun typing(String text, boolean terminal, String... arguments) {
        return CommandRun.answering(text, terminal, server.environment(), folder, arguments);
    }

    @Test
    void makesATokenAndPrintsTheCommandForTheNewMachine() {
        server.on("POST /agent-tokens", 201, MADE.formatted(ID, 1));
        var run = run("token", "create", "--agent");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains(
                        "olympus agent --server https://10.0.0.1:7400 --token olympus-agent.AUTH.SECRET")
                .contains("good for one machine, until 2026-11-21T04:00:00Z")
                .contains("olympus token revoke 0a1b2c3d4e5f");
        assertThat(server.requests()).contains("POST /agent-tokens {}");
    }

    @Test
    void sendsHowLongAndForHowManyItShallBeGood() {
        server.on("POST /agent-tokens", 201, MADE.formatted(ID, 20));
        var run = run("token", "create", "--agent", "--ttl", "24h", "--uses", "20");
        assertThat(run.out()).contains("good for 20 machines");
        assertThat(server.requests()).contains("POST /agent-tokens {\"ttl\":\"24h\",\"uses\":20}");
    }

    @Test
    void asksForWhatTheTokenIsWhereThatIsNotSaid() {
        var run = run("token", "create");
        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err())
                .contains("--agent")
                .contains("--role viewer|operator|admin")
                .contains("olympus servers add");
        assertThat(run("token").exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void listsAndRevokesTokensByTheirIds() {
        server.on("GET /tokens", 200, "{\"tokens\":[]}")
                .on(
                        "GET /agent-tokens",
                        200,
                        "{\"tokens\":[{\"id\":\"%s\",\"madeBy\":\"admin\",\"madeAt\":\"2026-11-21T03:00:00Z\",\"ends\":\"2026-11-21T04:00:00Z\",\"uses\":2,\"usedBy\":[\"a\"]}]}"
                                .formatted(ID))
                .on("DELETE /agent-tokens/0a1b2c3d4e5f", 200, "{\"id\":\"%s\"}".formatted(ID));
        assertThat(run("token", "list").out())
                .contains("0a1b2c3d4e5f")
                .contains("1 of 2")
                .contains("admin")
                .doesNotContain(ID);
        assertThat(run("token", "revoke", "0a1b2c3d4e5f").out())
                .contains("token 0a1b2c3d4e5f is revoked");
    }

    @Test
    void removesANodeOnlyWhenAPersonAgrees() {
        server.on("DELETE /nodes/pluto", 200, "{\"node\":\"pluto\",\"id\":\"x\",\"instances\":0}")
                .on(
                        "DELETE /nodes/pluto?force=true",
                        200,
                        "{\"node\":\"pluto\",\"id\":\"x\",\"instances\":1}");
        var unasked = run("node", "remove", "pluto");
        assertThat(unasked.exitCode()).isEqualTo(ExitCodes.REFUSED);
        assertThat(unasked.err()).contains("--yes");
        assertThat(typing("n\n", true, "node", "remove", "pluto").exitCode())
                .isEqualTo(ExitCodes.REFUSED);
        assertThat(server.requests()).noneMatch(request -> request.startsWith("DELETE"));
        assertThat(run("node", "remove", "pluto", "--yes").out()).contains("pluto is removed");
        assertThat(run("node", "remove", "pluto", "--yes", "--force").exitCode()).isZero();
        assertThat(server.requests()).contains("DELETE /nodes/pluto?force=true");
    }

    @Test
    void theAgentNeedsATokenWhereItIsToldWhichServer() {
        var run = run("agent", "--server", "10.0.0.1");
        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).contains("--server needs --token T");
        assertThat(run("agent").err()).contains("start it with the olympus launcher");
    }
}
