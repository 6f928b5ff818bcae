package olympus.model.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.state.Codecs;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds that what a codec reads passes its schema, and that what it refuses fails it. */
final class RecordSchemasTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    /** What a record's constructor says; its form is right. */
    private static final String BEYOND_A_SCHEMA = "a process needs a command";

    record Answer(String name, Optional<Instant> seen, List<Integer> ports) {}

    record Other(Optional<Long> to) {}

    private static Schema schema(RecordSchemas schemas, Map<String, Object> reference) {
        var document = new LinkedHashMap<String, Object>(reference);
        document.put("$defs", schemas.definitions());
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(RecordCodec.indented(document), InputFormat.JSON);
    }

    private static RecordSchemas empty() {
        return new RecordSchemas("#/$defs/", RecordSchemas::nestedName);
    }

    private static List<?> faults(Schema schema, String json) {
        return schema.validate(json, InputFormat.JSON);
    }

    @TestFactory
    List<DynamicTest> everyGoldenFilePassesTheSchemaOfItsCodec() {
        return Codecs.ALL.stream()
                .map(codec -> DynamicTest.dynamicTest(codec.name(), () -> passes(codec)))
                .toList();
    }

    private static void passes(RecordCodec<?> codec) throws IOException {
        var schemas = empty();
        var schema = schema(schemas, schemas.of(codec, "document"));
        var golden =
                Files.readString(GOLDEN.resolve(codec.name() + "." + codec.format() + ".json"));
        assertThat(faults(schema, golden)).isEmpty();
    }

    /** Every name of every object in turn is left out, renamed and made null. */
    @TestFactory
    List<DynamicTest> whatACodecRefusesForItsFormFailsItsSchema() {
        return Codecs.ALL.stream()
                .map(codec -> DynamicTest.dynamicTest(codec.name(), () -> agrees(codec)))
                .toList();
    }

    private static void agrees(RecordCodec<?> codec) throws IOException {
        var schemas = empty();
        var schema = schema(schemas, schemas.of(codec, "document"));
        var golden =
                Files.readAllBytes(GOLDEN.resolve(codec.name() + "." + codec.format() + ".json"));
        var changed = new ArrayList<Object>();
        variants(JsonText.parse("golden", golden), changed);
        assertThat(changed).hasSizeGreaterThan(3);
        for (var tree : changed) {
            var json = JsonText.compact(tree);
            assertThat(faults(schema, json).isEmpty()).as(json).isEqualTo(isRead(codec, json));
        }
    }

    private static boolean isRead(RecordCodec<?> codec, String json) {
        try {
            codec.decode(json);
            return true;
        } catch (InvalidRecordException e) {
            return e.problems().stream()
                    .allMatch(problem -> problem.message().equals(BEYOND_A_SCHEMA));
        }
    }

    private static void variants(Object tree, List<Object> changed) {
        switch (tree) {
            case Map<?, ?> object -> {
                for (var name : object.keySet()) {
                    var without = new LinkedHashMap<Object, Object>(object);
                    var value = without.remove(name);
                    changed.add(without);
                    var renamed = new LinkedHashMap<Object, Object>(without);
                    renamed.put(name + "?", value);
                    changed.add(renamed);
                    var retyped = new LinkedHashMap<Object, Object>(object);
                    retyped.put(name, value instanceof Boolean ? "true" : true);
                    changed.add(retyped);
                    inside(
                            value,
                            changed,
                            inner -> {
                                var copy = new LinkedHashMap<Object, Object>(object);
                                copy.put(name, inner);
                                return copy;
                            });
                }
            }
            case List<?> list -> {
                for (var i = 0; i < list.size(); i++) {
                    var at = i;
                    inside(
                            list.get(i),
                            changed,
                            inner -> {
                                var copy = new ArrayList<Object>(list);
                                copy.set(at, inner);
                                return copy;
                            });
                }
            }
            default -> {}
        }
    }

    private static void inside(
            @org.jspecify.annotations.Nullable Object value,
            List<Object> changed,
            java.util.function.UnaryOperator<Object> around) {
        if (value != null) {
            var inner = new ArrayList<Object>();
            variants(value, inner);
            inner.forEach(tree -> changed.add(around.apply(tree)));
        }
    }

    @Test
    void anAnswerHasEveryComponentAndNullForWhatIsNot() {
        var schemas = empty();
        var schema = schema(schemas, schemas.of(Answer.class, RecordSchemas.Style.ANSWER));

        assertThat(faults(schema, "{\"name\":\"a\",\"seen\":null,\"ports\":[],\"more\":1}"))
                .isEmpty();
        assertThat(faults(schema, "{\"name\":\"a\",\"ports\":[]}")).isNotEmpty();
        assertThat(faults(schema, "{\"name\":null,\"seen\":null,\"ports\":[]}")).isNotEmpty();
        assertThat(faults(schema, "{\"name\":\"a\",\"seen\":null,\"ports\":[\"1\"]}")).isNotEmpty();
    }

    @Test
    void aRequestMayLeaveOutWhatIsOptionalAndNothingElseIsKnown() {
        var schemas = empty();
        var schema = schema(schemas, schemas.of(Other.class, RecordSchemas.Style.REQUEST));

        assertThat(faults(schema, "{}")).isEmpty();
        assertThat(faults(schema, "{\"to\":null}")).isEmpty();
        assertThat(faults(schema, "{\"to\":3}")).isEmpty();
        assertThat(faults(schema, "{\"to\":\"3\"}")).isNotEmpty();
        assertThat(faults(schema, "{\"too\":3}")).isNotEmpty();
    }

    @Test
    void refusesTwoTypesOfOneName() {
        var schemas = new RecordSchemas("#/$defs/", _ -> "Same");
        schemas.of(Answer.class, RecordSchemas.Style.ANSWER);

        assertThatThrownBy(() -> schemas.of(Other.class, RecordSchemas.Style.ANSWER))
                .hasMessageContaining("Same")
                .hasMessageContaining("Other");
        assertThatThrownBy(() -> schemas.of(Answer.class, RecordSchemas.Style.REQUEST))
                .hasMessageContaining("REQUEST");
    }
}
