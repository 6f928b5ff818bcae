package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** validate, plan and apply: what is read here, what is sent, and when consent is needed. */
final class StackCommandsTest {

    private static final String NOTHING =
            "{\"stack\":\"shop\",\"baseRevision\":1,\"revision\":1,\"changes\":[],\"warnings\":[]}";
    private static final String REMOVAL =
            """
            {"stack":"shop","baseRevision":1,"revision":2,"warnings":[],"changes":[
              {"service":"old","kind":"remove","effect":"stop 1 instance","fields":[]}]}
            """;

    @TempDir static Path keys;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RecordedServer server;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path stack;

    private Map<String, String> environment = Map.of();

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys);
        stack = Files.createDirectory(folder.resolve("shop"));
        write("services: { web: { process: { command: [sleep, \"${SECONDS_TO_SLEEP:-600}\"] } } }");
        environment =
                Map.of(
                        "OLYMPUS_ADDRESS",
                        server.address(),
                        "OLYMPUS_TOKEN",
                        RecordedServer.TOKEN,
                        "OLYMPUS_CACERT",
                        server.caFile().toString(),
                        "SECONDS_TO_SLEEP",
                        "601");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void write(String yaml) throws IOException {
        Files.writeString(stack.resolve("olympus.yaml"), yaml);
    }

    private CommandRun run(String command, String... more) {
        return CommandRun.answering("", false, environment, folder, arguments(command, more));
    }

    private String[] arguments(String command, String... more) {
        var all = new String[more.length + 2];
        all[0] = command;
        all[1] = stack.toString();
        System.arraycopy(more, 0, all, 2, more.length);
        return all;
    }

    @Test
    void validatesWithoutAServerAndTellsEveryProblemWithItsPlace() throws IOException {
        server.close();
        assertThat(run("validate").exitCode()).isZero();

        write("services:\n  web:\n    process: { comand: [sleep] }\n    retries: 3\n");
        var run = run("validate");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.err())
                .contains("olympus.yaml:3:")
                .contains("command")
                .contains("olympus.yaml:4:")
                .contains("retries");
    }

    @Test
    void sendsTheDefinitionWithTheCallersVariablesAndSaysWhenThereAreNoChanges() {
        server.on("POST /stacks/shop/plan", 200, NOTHING)
                .on("PUT /stacks/shop?prune=false", 200, NOTHING);

        var run = run("apply");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("no changes");
        assertThat(server.requests().getLast()).startsWith("PUT").contains("\"601\"");
    }

    @Test
    void removesOnlyWithConsentAndYesAloneIsNone() {
        server.on("POST /stacks/shop/plan", 200, REMOVAL)
                .on("PUT /stacks/shop?prune=true", 200, REMOVAL);

        var unattended = run("apply");
        var yesAlone = run("apply", "--yes");
        var declined = CommandRun.answering("no\n", true, environment, folder, arguments("apply"));
        for (var refused : new CommandRun[] {unattended, yesAlone, declined}) {
            assertThat(refused.exitCode()).isEqualTo(ExitCodes.REFUSED);
            assertThat(refused.err()).contains("shop/old");
        }
        assertThat(server.requests()).noneMatch(request -> request.startsWith("PUT"));

        assertThat(run("apply", "--prune").exitCode()).isZero();
        assertThat(
                        CommandRun.answering("yes\n", true, environment, folder, arguments("apply"))
                                .exitCode())
                .isZero();
        assertThat(
                        CommandRun.answering(
                                        "",
                                        true,
                                        environment,
                                        folder,
                                        arguments("apply", "--yes", "--prune"))
                                .exitCode())
                .isZero();
        assertThat(server.requests().stream().filter(request -> request.startsWith("PUT")))
                .hasSize(3);
    }

    @Test
    void appliesAgainstTheRevisionThatWasPlanned() {
        server.on("POST /stacks/shop/plan", 200, NOTHING, Map.of("ETag", "\"7\""))
                .on(
                        "PUT /stacks/shop?prune=false",
                        412,
                        "{\"detail\":\"stack shop is at revision 8, not 7\"}");

        var run = run("apply");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.err()).contains("revision 8, not 7");
    }

    @Test
    void readsEveryStackOfARealmFolder() throws IOException {
        Files.writeString(folder.resolve("realm.yaml"), "name: home\n");
        server.on("POST /stacks/shop/plan", 200, NOTHING);

        var run = CommandRun.of(environment, folder, "plan", folder.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("stack shop: no changes");
    }

    @Test
    void namesAFolderThatDoesNotExist() {
        var run = CommandRun.of(environment, folder, "plan", folder.resolve("nowhere").toString());

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.err()).contains("nowhere").contains("olympus.yaml");
    }
}
