package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a person is told when something is not as usual: a pause, a store or a server that is gone.
 */
final class TroubleToldTest {

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
    void tellsThePausesInForceAboveTheTableAndInJson() {
        var pauses =
                """
                "pauses":[
                  {"scope":"all","by":"admin","since":"2020-01-01T00:00:00Z","reason":"works"},
                  {"scope":"stack:first","by":"eve","since":"2020-01-01T00:00:00Z","reason":""}],
                "services":\
                """;
        server.on(
                "GET /services",
                200,
                "{%s[{\"service\":\"first/web\",\"state\":\"running\"}]}".formatted(pauses));

        var lines = run("status").out().lines().toList();
        assertThat(lines.getFirst())
                .contains("PAUSED: everything", "admin", "2020", "works", "`olympus resume`");
        assertThat(lines.get(1))
                .contains("PAUSED: stack first", "eve", "`olympus resume --stack first`");
        assertThat(lines.get(2)).startsWith("SERVICE");
        assertThat(run("status", "-o", "json").out()).contains("\"scope\" : \"stack:first\"");
    }

    @Test
    void tellsOnceWhyTheStoreCannotBeRead() {
        var why = "the store has halted: segment 7 is damaged; olympus store verify";
        var unread = "as its agent reports it; what is declared is not known";
        server.on(
                "GET /services",
                200,
                """
                {"problems":["%1$s"],"services":[
                  {"service":"a/web","state":"running","reason":"%2$s: %1$s","instances":[]},
                  {"service":"b/web","state":"running","reason":"%2$s: %1$s","instances":[]}]}
                """
                        .formatted(why, unread));

        var run = run("status");

        assertThat(run.out()).contains(unread).doesNotContain("segment 7");
        assertThat(run.err()).containsOnlyOnce("segment 7");
    }

    @Test
    void saysWhatToDoNextWhereTheServerOfADataFolderIsGone() throws Exception {
        var data = Files.createDirectory(folder.resolve("data"));
        Files.writeString(
                data.resolve("endpoint.json"),
                "{\"address\":\"%s\",\"caCertificate\":\"%s\"}"
                        .formatted(server.address(), server.caFile()));
        Files.writeString(data.resolve("admin.token"), RecordedServer.TOKEN + "\n");
        server.close();

        for (var command : new String[] {"status", "nodes", "stacks", "audit", "pause"}) {
            var run = CommandRun.of(Map.of(), folder, command, "--data-dir", data.toString());
            assertThat(run.exitCode()).isEqualTo(ExitCodes.CANNOT_CONNECT);
            assertThat(run.err())
                    .as(command)
                    .contains("olympus up --data-dir " + data)
                    .contains("olympus doctor --data-dir " + data);
        }
    }

    @Test
    void saysThatTheServerWentAwayWhileItWasFollowed() {
        server.breaksOff(
                "GET /services/first/web/logs?tail=100&follow=true",
                "event: line\nid: 1\ndata: {\"instance\":\"first/web.1\",\"text\":\"one\"}\n\n");

        var run = run("logs", "first/web", "-f");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.CANNOT_CONNECT);
        assertThat(run.out()).contains("one");
        assertThat(run.err())
                .contains("went away while it was followed", "olympus doctor")
                .doesNotContain("EOF");
    }
}
