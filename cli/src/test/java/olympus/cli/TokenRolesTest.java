package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of the API: what is asked of the server, and what a person is told. */
final class TokenRolesTest {

    private static final String MADE =
            "{\"token\":\"olympus_clear\",\"name\":\"ana\",\"role\":\"operator\",\"ends\":%s}";

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
    void printsTheTokenAloneSoThatAScriptCanTakeIt() {
        server.on("POST /tokens", 201, MADE.formatted("\"2026-11-21T04:00:00Z\""));
        var run = run("token", "create", "--role", "operator", "--name", "ana", "--ttl", "24h");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().strip()).isEqualTo("olympus_clear");
        assertThat(run.err())
                .contains("role operator")
                .contains("until 2026-11-21T04:00:00Z")
                .contains("olympus token revoke ana")
                .doesNotContain("olympus_clear");
        assertThat(server.requests())
                .contains("POST /tokens {\"role\":\"operator\",\"name\":\"ana\",\"ttl\":\"24h\"}");
    }

    @Test
    void saysThatATokenWithoutAnEndIsGoodUntilItIsRevoked() {
        server.on("POST /tokens", 201, MADE.formatted("null"));
        assertThat(run("token", "create", "--role", "operator").err())
                .contains("until it is revoked");
        assertThat(server.requests()).contains("POST /tokens {\"role\":\"operator\"}");
    }

    @Test
    void refusesOptionsOfTheOtherKind() {
        for (var wrong :
                new String[][] {
                    {"--agent", "--role", "viewer"},
                    {"--agent", "--name", "ana"},
                    {"--role", "viewer", "--uses", "2"}
                }) {
            var arguments = new String[wrong.length + 2];
            arguments[0] = "token";
            arguments[1] = "create";
            System.arraycopy(wrong, 0, arguments, 2, wrong.length);
            assertThat(run(arguments).exitCode()).isEqualTo(ExitCodes.USAGE);
        }
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void listsBothKindsWithTheirRoles() {
        server.on(
                        "GET /tokens",
                        200,
                        "{\"tokens\":[{\"name\":\"admin\",\"role\":\"admin\",\"madeBy\":\"\",\"madeAt\":\"2026-11-21T03:00:00Z\",\"ends\":null},{\"name\":\"grafana\",\"role\":\"viewer\",\"madeBy\":\"admin\",\"madeAt\":\"2026-11-21T03:00:00Z\",\"ends\":\"2126-11-21T03:00:00Z\"}]}")
                .on(
                        "GET /agent-tokens",
                        200,
                        "{\"tokens\":[{\"id\":\"0a1b2c3d4e5f00\",\"madeBy\":\"admin\",\"madeAt\":\"2026-11-21T03:00:00Z\",\"ends\":\"2026-11-21T04:00:00Z\",\"uses\":2,\"usedBy\":[]}]}");
        assertThat(
                        run("token", "list")
                                .out()
                                .lines()
                                .map(line -> line.split("  +")[0] + "|" + line.split("  +")[1]))
                .containsExactly(
                        "TOKEN|ROLE", "admin|admin", "grafana|viewer", "0a1b2c3d4e5f|agent");
        var json = run("token", "list", "-o", "json").out();
        assertThat(json).contains("\"agentTokens\"").contains("\"grafana\"");
    }

    @Test
    void revokesByNameAndAnAgentTokenByItsId() {
        server.on("DELETE /tokens/ana", 200, "{\"name\":\"ana\"}")
                .on("DELETE /agent-tokens/0a1b2c", 200, "{\"id\":\"0a1b2c3d4e5f00\"}");
        assertThat(run("token", "revoke", "ana").out()).contains("token ana is revoked");
        assertThat(run("token", "revoke", "0a1b2c").out())
                .contains("token 0a1b2c3d4e5f is revoked");
    }

    @Test
    void whatARoleDoesNotAllowIsExitCodeFourAndSaysWhoMay() {
        server.on(
                "DELETE /tokens/ana",
                403,
                "{\"code\":\"forbidden\",\"status\":403,\"detail\":\"token bob has the role viewer. Who may: admin\"}");
        var run = run("token", "revoke", "ana");
        assertThat(run.exitCode()).isEqualTo(ExitCodes.REFUSED);
        assertThat(run.err()).contains("role viewer").contains("Who may: admin");
    }
}
