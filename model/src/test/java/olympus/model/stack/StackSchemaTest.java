package olympus.model.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import olympus.model.json.RecordCodec;
import org.junit.jupiter.api.Test;

/** Holds that parser, schema, reference page and fixtures agree. */
final class StackSchemaTest {

    private static final Path REFERENCE = Path.of("../docs/reference");

    /**
     * What is wrong with these cannot be seen in one file's structure: only the parser finds it.
     */
    private static final List<String> BEYOND_A_SCHEMA =
            List.of(
                    "alias-bomb",
                    "control-character",
                    "dependency-cycle",
                    "depth-bomb",
                    "duplicate-key",
                    "duplicate-name",
                    "empty",
                    "files",
                    "include-cycle",
                    "include-depth",
                    "missing-command",
                    "not-utf8",
                    "port-used-twice",
                    "recursive-alias",
                    "syntax",
                    "tabs",
                    "tag",
                    "too-few-ports",
                    "two-documents",
                    "unknown-alias",
                    "unknown-dependency");

    @Test
    void theCommittedSchemasAreThoseOfTheParser() throws IOException {
        committed(REFERENCE.resolve("schema/olympus.schema.json"), StackSchema.stack());
        committed(REFERENCE.resolve("schema/realm.schema.json"), StackSchema.realm());
    }

    @Test
    void theReferencePageIsThatOfTheParser() throws IOException {
        committed(REFERENCE.resolve("olympus-yaml.md"), StackReference.page());
    }

    static void committed(Path file, String text) throws IOException {
        if (Boolean.getBoolean("docs.write")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        }
        assertThat(file).as("mvn test -Ddocs.write=true writes it anew").hasContent(text);
    }

    @Test
    void everyValidFolderPassesTheSchema() throws IOException {
        var schema = schema(StackSchema.stack());
        for (var folder : StackFolderTest.folders("valid").toList()) {
            assertThat(schema.validate(json(folder.resolve("olympus.yaml")), InputFormat.JSON))
                    .as(folder.toString())
                    .isEmpty();
        }
        assertThat(
                        schema.validate(
                                json(Path.of("../examples/first-stack/olympus.yaml")),
                                InputFormat.JSON))
                .isEmpty();
        assertThat(
                        schema(StackSchema.realm())
                                .validate(
                                        json(Path.of("src/test/resources/realms/home/realm.yaml")),
                                        InputFormat.JSON))
                .isEmpty();
    }

    @Test
    void everyInvalidFolderWhoseStructureIsWrongFailsTheSchema() throws IOException {
        var schema = schema(StackSchema.stack());
        for (var folder : StackFolderTest.folders("invalid").toList()) {
            if (!BEYOND_A_SCHEMA.contains(folder.getFileName().toString())) {
                assertThat(schema.validate(json(folder.resolve("olympus.yaml")), InputFormat.JSON))
                        .as(folder.toString())
                        .isNotEmpty();
            }
        }
        assertThat(
                        schema(StackSchema.realm())
                                .validate(
                                        json(Path.of("src/test/resources/realms/bad/realm.yaml")),
                                        InputFormat.JSON))
                .isNotEmpty();
    }

    @Test
    void theExampleOfEveryKeyIsReadWithoutProblems() {
        var tables = new LinkedHashSet<>(KeyTables.STACK);
        tables.addAll(KeyTables.REALM);
        for (var table : tables) {
            for (var key : table.keys()) {
                var problems = new ProblemLog();
                var value = YamlReader.read("example", key.example(), scalar -> scalar, problems);
                assertThat(value)
                        .as(key.example())
                        .hasValueSatisfying(
                                v -> assertThat(v).isInstanceOf(YamlValue.Mapping.class));
                value.map(v -> ((YamlValue.Mapping) v).entries().get(key.name()))
                        .ifPresentOrElse(
                                entry -> key.shape().read(entry.value(), problems),
                                () -> problems.error(Place.startOf("example"), "another key"));
                assertThat(problems.errors()).as("%s: %s", table.name(), key.example()).isEmpty();
            }
        }
    }

    @Test
    void everyTableThatIsReferredToIsDefined() {
        for (var schema : List.of(StackSchema.stack(), StackSchema.realm())) {
            var refs =
                    java.util.regex.Pattern.compile("\"#/\\$defs/([^\"]*)\"")
                            .matcher(schema)
                            .results()
                            .map(match -> match.group(1))
                            .distinct()
                            .toList();
            assertThat(refs)
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(schema).contains("\"" + name + "\" : {"));
        }
    }

    private static Schema schema(String text) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(text, InputFormat.JSON);
    }

    /** The file as an editor sees it: variables are not replaced. */
    private static String json(Path file) throws IOException {
        var problems = new ProblemLog();
        var value =
                YamlReader.read(file.toString(), Files.readString(file), scalar -> scalar, problems)
                        .orElseThrow(() -> new AssertionError(problems.errors()));
        return RecordCodec.indented(tree(value)).replace("\"@nothing@\"", "null");
    }

    private static Object tree(YamlValue value) {
        return switch (value) {
            case YamlValue.Scalar scalar ->
                    switch (scalar.kind()) {
                        case TEXT -> scalar.text();
                        case WHOLE -> Long.parseLong(scalar.text());
                        case DECIMAL -> Double.parseDouble(scalar.text());
                        case TRUTH -> scalar.text().equalsIgnoreCase("true");
                        case NOTHING -> "@nothing@";
                    };
            case YamlValue.Sequence list ->
                    list.items().stream().map(StackSchemaTest::tree).toList();
            case YamlValue.Mapping mapping -> {
                var map = new LinkedHashMap<String, Object>();
                mapping.entries().forEach((name, entry) -> map.put(name, tree(entry.value())));
                yield (Map<String, Object>) map;
            }
        };
    }
}
