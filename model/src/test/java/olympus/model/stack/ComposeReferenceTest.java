package olympus.model.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds that the tables, the page and the specification's list of keys agree. */
final class ComposeReferenceTest {

    private static final Path SPECIFICATION = Path.of("src/test/resources/compose-spec-keys.txt");

    private static List<String> specification() throws IOException {
        return Files.readAllLines(SPECIFICATION).stream()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .toList();
    }

    @Test
    void everyKeyOfTheSpecificationHasAClassAndNoOtherKeyIsKnown() throws IOException {
        assertThat(ComposeTables.rows().stream().map(ComposeTables.Row::path).toList())
                .containsExactlyInAnyOrderElementsOf(specification());
    }

    @Test
    void theReferencePageIsThatOfTheParser() throws IOException {
        StackSchemaTest.committed(Path.of("../docs/reference/compose.md"), ComposeReference.page());
    }

    @Test
    void everyKeyThatIsMergedInAWayOfItsOwnIsAKeyOfTheSpecification() throws IOException {
        var names = new ArrayList<>(specification());
        names.add("services.*.ulimits.*");
        assertThat(names).containsAll(ComposeMerge.paths());
    }

    @Test
    void theExampleOfEveryKeyIsReadWithoutProblems() {
        ComposeTables.BY_PATH.forEach((path, table) -> {
            for (var key : table.keys()) {
                var problems = new ProblemLog();
                YamlReader.read("example", key.example(), scalar -> scalar, problems)
                        .map(value -> ((YamlValue.Mapping) value).entries().get(key.name()))
                        .ifPresentOrElse(
                                entry -> key.shape().read(entry.value(), problems),
                                () -> problems.error(Place.startOf("example"), "another key"));
                assertThat(
                                problems.errors().stream()
                                        .map(Object::toString)
                                        .collect(Collectors.joining("\n")))
                        .as("%s: %s", path, key.example())
                        .isEmpty();
            }
        });
    }
}
