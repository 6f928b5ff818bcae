package olympus.model.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import olympus.model.Problem;
import olympus.model.SecretRef;
import olympus.model.state.Codecs;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reads stack folders as users write them, and compares what comes of it with the files beside
 * them.
 */
final class StackFolderTest {

    static final Path STACKS = Path.of("src/test/resources/stacks");

    @TestFactory
    List<DynamicTest> readsEveryValidFolderAsExpected() throws IOException {
        return folders("valid")
                .map(folder ->
                        DynamicTest.dynamicTest(
                                folder.getFileName().toString(), () -> valid(folder)))
                .toList();
    }

    private static void valid(Path folder) throws IOException {
        var outcome = StackFolder.load(folder, Map.of());
        assertThat(outcome).isInstanceOf(StackFolder.Outcome.Loaded.class);
        var loaded = (StackFolder.Outcome.Loaded) outcome;
        var json = Codecs.STACK_DEFINITION.encodeIndented(loaded.definition());
        var text = json.replace(folder.toAbsolutePath().toString(), "/FOLDER");
        golden(folder.resolveSibling(folder.getFileName() + ".expected.json"), text);
        golden(
                folder.resolveSibling(folder.getFileName() + ".warnings.txt"),
                lines(loaded.warnings()));
        assertThat(DefinitionRules.problems(loaded.definition())).isEmpty();
        assertThat(Codecs.STACK_DEFINITION.decode(json)).isEqualTo(loaded.definition());
        assertThat(loaded.secrets().texts().keySet()).isEqualTo(SecretRefs.in(loaded.definition()));
        assertThat(json).as("no clear text in the definition").doesNotContain("clear-text");
        assertThat(loaded.toString())
                .as("no clear text in what is printed")
                .doesNotContain("clear-text");
    }

    @TestFactory
    List<DynamicTest> reportsAllProblemsOfEveryInvalidFolder() throws IOException {
        return folders("invalid")
                .map(folder ->
                        DynamicTest.dynamicTest(
                                folder.getFileName().toString(), () -> invalid(folder)))
                .toList();
    }

    private static void invalid(Path folder) throws IOException {
        var outcome = StackFolder.load(folder, Map.of());
        assertThat(outcome).isInstanceOf(StackFolder.Outcome.Invalid.class);
        var problems = ((StackFolder.Outcome.Invalid) outcome).text();
        golden(
                folder.resolveSibling(folder.getFileName() + ".problems.txt"),
                problems.replace(folder.toAbsolutePath().toString(), "/FOLDER") + "\n");
    }

    @Test
    void readsTheFirstStackOfTheExamples() {
        var outcome = StackFolder.load(Path.of("../examples/first-stack"), Map.of());
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        StackFolder.Outcome.Loaded.class,
                        loaded -> {
                            assertThat(loaded.warnings()).isEmpty();
                            assertThat(loaded.definition().services())
                                    .containsKeys("web", "worker", "crasher", "hanger", "broken");
                        });
    }

    @Test
    void theCommandsEnvironmentWinsOverDotEnv() {
        var loaded =
                (StackFolder.Outcome.Loaded)
                        StackFolder.load(STACKS.resolve("valid/variables"), Map.of("SET", "given"));
        var process =
                (Workload.Process)
                        loaded.definition().services().values().iterator().next().workload();
        assertThat(process.command().get(1)).isEqualTo("given");
    }

    @Test
    void saysThatAFolderWithoutTheFileHasNone(@TempDir Path folder) {
        var outcome = StackFolder.load(folder, Map.of());
        assertThat(((StackFolder.Outcome.Invalid) outcome).text())
                .contains("there is no olympus.yaml and no Compose file in " + folder);
    }

    @Test
    void refusesAFileThatIsTooLarge(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("olympus.yaml"), "#".repeat(SourceText.MAX_FILE_BYTES + 1));
        var outcome = StackFolder.load(folder, Map.of());
        assertThat(((StackFolder.Outcome.Invalid) outcome).text())
                .contains("is larger than 4194304 bytes");
    }

    private static StackFolder.Outcome chain(Path folder, int services) throws IOException {
        var text = new StringBuilder("name: big\nservices:\n");
        for (var i = 0; i < services; i++) {
            text.append(
                    "  s%d: { command: [/bin/sleep, infinity], ports: [%d], depends_on: [%s] }\n"
                            .formatted(i, 1000 + i, i == 0 ? "" : "s" + (i - 1)));
        }
        Files.writeString(folder.resolve("olympus.yaml"), text);
        return StackFolder.load(folder, Map.of());
    }

    @Test
    void readsAsManyServicesAsAStackMayHaveAndRefusesOneMore(@TempDir Path folder)
            throws IOException {
        assertThat(chain(folder, StackLimits.MAX_SERVICES))
                .isInstanceOfSatisfying(
                        StackFolder.Outcome.Loaded.class,
                        loaded ->
                                assertThat(loaded.definition().services())
                                        .hasSize(StackLimits.MAX_SERVICES));
        assertThat(chain(folder, StackLimits.MAX_SERVICES + 1))
                .isInstanceOfSatisfying(
                        StackFolder.Outcome.Invalid.class,
                        invalid ->
                                assertThat(invalid.text())
                                        .contains("the stack has 501 services")
                                        .contains("at most 500"));
    }

    @Test
    void tellsCyclesAndSharedPortsAlsoOfServicesWithOtherFaults(@TempDir Path folder)
            throws IOException {
        Files.writeString(
                folder.resolve("olympus.yaml"),
                """
                name: shop
                services:
                  api:
                    process: { comand: [sleep, "600"] }
                    ports: ["8080"]
                    depends_on: [worker]
                  worker:
                    process: { command: [sleep, "600"] }
                    ports: ["8080"]
                    depends_on: [api, nothing]
                    deploy: { replicas: many }
                """);
        assertThat(StackFolder.load(folder, Map.of()))
                .isInstanceOfSatisfying(
                        StackFolder.Outcome.Invalid.class,
                        invalid ->
                                assertThat(invalid.text())
                                        .contains("olympus.yaml:4:", "comand")
                                        .contains("olympus.yaml:11:", "many")
                                        .contains("dependency cycle: api → worker → api")
                                        .contains(
                                                "olympus.yaml:9:",
                                                "port 8080 of worker is used twice: also by api")
                                        .contains(
                                                "worker depends on the unknown service \"nothing\"")
                                        .doesNotContain("stand-in")
                                        .doesNotContain("olympus.yaml:2:"));
    }

    @Test
    void refusesAStackThatTheStoreCouldNotHold(@TempDir Path folder) throws IOException {
        var loaded = (StackFolder.Outcome.Loaded) padded(folder, 1_000);
        var room = StackLimits.MAX_DEFINITION_BYTES - StackLimits.bytes(loaded.definition());
        assertThat(padded(folder, 1_000 + (int) room))
                .isInstanceOf(StackFolder.Outcome.Loaded.class);
        assertThat(padded(folder, 1_000 + (int) room + 1))
                .isInstanceOfSatisfying(
                        StackFolder.Outcome.Invalid.class,
                        invalid ->
                                assertThat(invalid.text())
                                        .contains("takes 512001 bytes as JSON")
                                        .contains("at most 512000"));
    }

    @Test
    void anExternalSecretIsAReferenceWithoutClearText(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("olympus.yaml"),
                """
                name: shop
                secrets: { key: { external: true } }
                services: { web: { command: [/bin/web], environment: { KEY: { secret: key } } } }
                """);
        var loaded = (StackFolder.Outcome.Loaded) StackFolder.load(folder, Map.of());
        assertThat(loaded.secrets().texts()).isEmpty();
        assertThat(SecretRefs.in(loaded.definition()))
                .containsExactly(new SecretRef(loaded.definition().name(), "key", ""));
        Files.writeString(
                folder.resolve("olympus.yaml"),
                """
                secrets: { key: { external: true, file: key.txt }, none: { external: false } }
                services: { web: { command: [/bin/web] } }
                """);
        assertThat(((StackFolder.Outcome.Invalid) StackFolder.load(folder, Map.of())).text())
                .contains("the secret has two sources", "the secret has no source");
    }

    private static StackFolder.Outcome padded(Path folder, int length) throws IOException {
        Files.writeString(
                folder.resolve("olympus.yaml"),
                """
                name: big
                secrets: { key: { environment: KEY } }
                services:
                  web:
                    process:
                      command: [/bin/sleep, "%s"]
                      environment: { KEY: { secret: key } }
                """
                        .formatted("x".repeat(length)));
        return StackFolder.load(folder, Map.of("KEY", "value"));
    }

    static java.util.stream.Stream<Path> folders(String kind) throws IOException {
        try (var list = Files.list(STACKS.resolve(kind))) {
            return list.filter(Files::isDirectory).sorted().toList().stream();
        }
    }

    static String lines(List<Problem> problems) {
        return problems.stream().map(problem -> problem + "\n").collect(Collectors.joining());
    }

    static void golden(Path file, String actual) throws IOException {
        if (Boolean.getBoolean("golden.create") && Files.notExists(file)) {
            Files.writeString(file, actual);
        }
        assertThat(actual).isEqualTo(Files.readString(file));
    }
}
