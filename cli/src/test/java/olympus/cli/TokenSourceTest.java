package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which token is sent, and what a refusal says of where it came from. */
final class TokenSourceTest {

    private static final String WRONG = "wrong-token";

    @TempDir static Path keys;

    @TempDir Path home;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RecordedServer server;

    @SuppressWarnings("NullAway.Init")
    private Path data;

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys).on("GET /nodes", 200, "{\"nodes\":[]}");
        data = Files.createDirectory(home.resolve("data"));
        Files.writeString(
                data.resolve("endpoint.json"),
                "{\"address\":\"%s\",\"caCertificate\":\"%s\"}"
                        .formatted(server.address(), server.caFile()));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void assertRefusedNaming(String origin, CommandRun run) {
        assertThat(run.exitCode()).isEqualTo(ExitCodes.REFUSED);
        assertThat(run.err()).contains("The token came from " + origin + ".").doesNotContain(WRONG);
    }

    private void tokenFile(String token) throws Exception {
        Files.writeString(data.resolve("admin.token"), token + "\n");
    }

    private CommandRun run(Map<String, String> more, String... arguments) {
        var environment = new HashMap<>(Map.of("OLYMPUS_DATA_DIR", data.toString()));
        environment.putAll(more);
        return CommandRun.of(environment, home, arguments);
    }

    @Test
    void aRefusalNamesTheTokenFileOfTheDataFolder() throws Exception {
        tokenFile(WRONG);

        assertRefusedNaming("the file " + data.resolve("admin.token"), run(Map.of(), "nodes"));
    }

    @Test
    void aRefusalNamesTheOptionOrTheVariableThatGaveTheToken() throws Exception {
        tokenFile(RecordedServer.TOKEN);

        assertRefusedNaming("--token", run(Map.of(), "nodes", "--token", WRONG));
        assertRefusedNaming("OLYMPUS_TOKEN", run(Map.of("OLYMPUS_TOKEN", WRONG), "nodes"));
    }

    @Test
    void aRefusalNamesTheContextThatKeepsTheToken() {
        var made =
                CommandRun.of(
                        Map.of("OLYMPUS_TOKEN", WRONG),
                        home,
                        "context",
                        "far",
                        "--address",
                        server.address(),
                        "--cacert",
                        server.caFile().toString());
        assertThat(made.exitCode()).isZero();

        var file = home.resolve(".config/olympus/contexts.json");
        assertRefusedNaming(
                "context far in " + file,
                CommandRun.of(Map.of(), home, "nodes", "--context", "far"));
    }

    @Test
    void aTokenVariableAloneGoesWithTheServerThatIsFoundOtherwise() throws Exception {
        tokenFile(WRONG);
        var variable = Map.of("OLYMPUS_TOKEN", RecordedServer.TOKEN);

        assertThat(run(variable, "nodes").exitCode()).isZero();
        assertThat(CommandRun.of(variable, home, "nodes", "--data-dir", data.toString()).exitCode())
                .isZero();
    }

    @Test
    void aServerThatCannotListenIsToldOfWithItsReasonWhileItRuns() throws Exception {
        var why = "the API cannot listen on 127.0.0.1:7400, which process 7 (nc) holds";
        Files.writeString(data.resolve("endpoint.json"), "{\"problem\":\"%s\"}".formatted(why));
        var lock = Files.writeString(data.resolve("lock"), "4711\n");

        for (var command : new String[] {"status", "doctor"}) {
            try (var channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                    var held = channel.lock()) {
                assertThat(held.isValid()).isTrue();
                var run = run(Map.of(), command);
                assertThat(run.exitCode()).isIn(ExitCodes.CANNOT_CONNECT, ExitCodes.FAILED);
                assertThat(run.out() + run.err()).contains("pid 4711", why);
            }
            var gone = run(Map.of(), command);
            assertThat(gone.out() + gone.err())
                    .contains("no server runs on the data folder", "olympus up --data-dir");
        }
    }

    @Test
    void aTokenVariableBesideAnAddressIsNotSentToAnotherServer() throws Exception {
        tokenFile(RecordedServer.TOKEN);
        var elsewhere =
                Map.of("OLYMPUS_ADDRESS", "https://elsewhere.invalid:1", "OLYMPUS_TOKEN", WRONG);

        assertThat(run(elsewhere, "nodes", "--data-dir", data.toString()).exitCode()).isZero();
    }
}
