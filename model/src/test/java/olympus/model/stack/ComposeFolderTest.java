package olympus.model.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import olympus.model.SecretRef;
import olympus.model.state.Codecs;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Reads Compose projects as people publish them, and compares what comes of it with the files
 * beside.
 */
final class ComposeFolderTest {

    private static final Map<String, String> ENVIRONMENT = Map.of("HOME", "/home/ana");

    @TestFactory
    List<DynamicTest> readsEveryProjectAsExpected() throws IOException {
        return StackFolderTest.folders("compose")
                .map(folder ->
                        DynamicTest.dynamicTest(
                                folder.getFileName().toString(), () -> project(folder)))
                .toList();
    }

    private static void project(Path folder) throws IOException {
        var outcome = StackFolder.load(folder, ENVIRONMENT);
        if (outcome instanceof StackFolder.Outcome.Invalid invalid) {
            throw new AssertionError(invalid.text());
        }
        var loaded = (StackFolder.Outcome.Loaded) outcome;
        var json = Codecs.STACK_DEFINITION.encodeIndented(loaded.definition());
        var text = json.replace(folder.toAbsolutePath().normalize().toString(), "/FOLDER");
        StackFolderTest.golden(
                folder.resolveSibling(folder.getFileName() + ".expected.json"), text);
        StackFolderTest.golden(
                folder.resolveSibling(folder.getFileName() + ".warnings.txt"),
                StackFolderTest.lines(loaded.warnings()));
        assertThat(DefinitionRules.problems(loaded.definition())).isEmpty();
        assertThat(Codecs.STACK_DEFINITION.decode(json)).isEqualTo(loaded.definition());
        assertThat(SecretRefs.in(loaded.definition()))
                .containsAll(loaded.secrets().texts().keySet());
        assertThat(SecretRefs.in(loaded.definition()))
                .filteredOn(ref -> !loaded.secrets().texts().containsKey(ref))
                .extracting(SecretRef::name)
                .allSatisfy(name -> assertThat(name).startsWith("stored-"));
        assertThat(json).as("no clear text in the definition").doesNotContain("clear-text");
    }

    @TestFactory
    List<DynamicTest> reportsAllProblemsOfEveryInvalidProject() throws IOException {
        return StackFolderTest.folders("invalid-compose")
                .map(folder ->
                        DynamicTest.dynamicTest(
                                folder.getFileName().toString(), () -> invalid(folder)))
                .toList();
    }

    private static void invalid(Path folder) throws IOException {
        var outcome = StackFolder.load(folder, ENVIRONMENT);
        assertThat(outcome).isInstanceOf(StackFolder.Outcome.Invalid.class);
        var invalid = (StackFolder.Outcome.Invalid) outcome;
        var text =
                "%s\n\nwarnings:\n%s\nwithout what is refused: %s\n"
                        .formatted(
                                invalid.text(),
                                StackFolderTest.lines(invalid.warnings()),
                                invalid.rest()
                                        .map(rest ->
                                                rest.definition().services().keySet().toString())
                                        .orElse("nothing"));
        StackFolderTest.golden(
                folder.resolveSibling(folder.getFileName() + ".problems.txt"),
                text.replace(folder.toAbsolutePath().toString(), "/FOLDER"));
    }
}
