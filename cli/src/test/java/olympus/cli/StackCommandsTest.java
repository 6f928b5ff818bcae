package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** validate, plan and apply: what is read here, what is sent, and when consent is needed. */
final class StackCommandsTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
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
    void anApplyWithoutChangesNamesTheServicesThatStayStoppedByHand() {
        var held = NOTHING.replace("}", ",\"held\":[\"shop/web\",\"shop/api\"]}");
        server.on("POST /stacks/shop/plan", 200, held)
                .on("PUT /stacks/shop?prune=false", 200, held);

        for (var command : new String[] {"plan", "apply"}) {
            assertThat(run(command).out())
                    .contains("no changes")
                    .contains("stopped by hand", "olympus start", "shop/web, shop/api");
        }
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
        assertThat(server.requests())
                .filteredOn(request -> request.startsWith("PUT"))
                .singleElement()
                .asString()
                .contains("\"601\"");
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
    void plansAndAsksForEveryStackOfARealmBeforeAnyIsApplied() throws IOException {
        realmOfTwo();
        server.on("POST /stacks/attic/plan", 200, NOTHING.replace("shop", "attic"))
                .on("POST /stacks/shop/plan", 200, REMOVAL);

        var run = CommandRun.of(environment, folder, "apply", folder.toString(), "--yes");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.REFUSED);
        assertThat(run.err()).contains("nothing was applied").contains("shop/old");
        assertThat(server.requests()).noneMatch(request -> request.startsWith("PUT"));
    }

    @Test
    void saysWhichStacksOfARealmWereAppliedWhenOneCannotBe() throws IOException {
        realmOfTwo();
        server.on("POST /stacks/attic/plan", 200, NOTHING.replace("shop", "attic"))
                .on("POST /stacks/shop/plan", 200, NOTHING)
                .on("PUT /stacks/attic?prune=false", 200, NOTHING.replace("shop", "attic"))
                .on("PUT /stacks/shop?prune=false", 412, "{\"detail\":\"at revision 8\"}");

        var run = CommandRun.of(environment, folder, "apply", folder.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.err())
                .contains("stack shop: at revision 8")
                .contains("Applied before: attic; not applied: shop");
    }

    @Test
    void printsOneDocumentForARealmAndThePlanItselfForAStack() throws IOException {
        realmOfTwo();
        server.on("POST /stacks/attic/plan", 200, NOTHING.replace("shop", "attic"))
                .on("POST /stacks/shop/plan", 200, NOTHING)
                .on("PUT /stacks/attic?prune=false", 200, NOTHING.replace("shop", "attic"))
                .on("PUT /stacks/shop?prune=false", 200, NOTHING);

        for (var command : List.of("plan", "apply")) {
            var realm =
                    CommandRun.of(environment, folder, command, folder.toString(), "-o", "json");
            var plans = JSON.readTree(realm.out()).path("plans");
            assertThat(plans.size()).as(realm.out()).isEqualTo(2);
            assertThat(plans.path(1).path("stack").asString()).isEqualTo("shop");
            assertThat(JSON.readTree(run(command, "-o", "json").out()).path("stack").asString())
                    .isEqualTo("shop");
        }
    }

    @Test
    void printsTheProblemsOfAFolderAsOneDocumentAndCountsWhatItDoesNotList() throws IOException {
        var yaml = new StringBuilder("services:\n");
        for (var i = 0; i < 700; i++) {
            yaml.append("  s%d: { proces: { command: [sleep] } }\n".formatted(i));
        }
        write(yaml.toString());
        var people = run("validate");
        var problems = people.err().lines().filter(line -> line.contains("olympus.yaml:")).count();
        var more = Pattern.compile("… and (\\d+) more").matcher(people.err());
        assertThat(more.find()).as(people.err().substring(0, 500)).isTrue();
        var all = problems + Integer.parseInt(more.group(1));
        assertThat(all).isGreaterThanOrEqualTo(700);
        assertThat(people.err()).contains("has %d problem(s)".formatted(all));

        write("services:\n  web:\n    process: { comand: [sleep] }\n");
        var run = run("validate", "-o", "json");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        var document = JSON.readTree(run.out());
        assertThat(document.path("more").asInt(-1)).isZero();
        var first = document.path("problems").path(0);
        assertThat(first.path("file").asString()).isEqualTo("olympus.yaml");
        assertThat(first.path("line").asInt()).isEqualTo(3);
        assertThat(document.path("problems").toString()).contains("comand").contains("command");
        assertThat(run("validate", "-o", "yaml").out()).contains("problems:").contains("more: 0");
    }

    private void realmOfTwo() throws IOException {
        Files.writeString(folder.resolve("realm.yaml"), "name: home\n");
        Files.writeString(
                Files.createDirectory(folder.resolve("attic")).resolve("olympus.yaml"),
                "services: { lamp: { process: { command: [sleep, \"600\"] } } }");
    }

    @Test
    void namesAFolderThatDoesNotExist() {
        var run = CommandRun.of(environment, folder, "plan", folder.resolve("nowhere").toString());

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.err()).contains("nowhere").contains("olympus.yaml");
    }
}
