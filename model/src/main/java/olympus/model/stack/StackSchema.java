package olympus.model.stack;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import olympus.model.json.RecordCodec;

/**
 * The JSON Schemas (2020-12) of {@code olympus.yaml} and {@code realm.yaml}, made from the key
 * tables that the parser reads by. What a schema cannot say (dependencies, ports used twice, files
 * that exist) only {@link StackFolder} finds.
 */
public final class StackSchema {

    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

    private StackSchema() {}

    /** The schema of {@code olympus.yaml}, as text. */
    public static String stack() {
        return text(
                "urn:olympus:schema:stack",
                "A stack of Olympus (olympus.yaml)",
                KeyTables.STACK.getFirst(),
                KeyTables.STACK);
    }

    /** The schema of {@code realm.yaml}, as text. */
    public static String realm() {
        return text(
                "urn:olympus:schema:realm",
                "A realm of Olympus (realm.yaml)",
                KeyTables.REALM.getFirst(),
                KeyTables.REALM);
    }

    private static String text(String id, String title, KeyTable root, List<KeyTable> tables) {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("$schema", DIALECT);
        schema.put("$id", id);
        schema.put("title", title);
        schema.put("$ref", "#/$defs/" + defName(root));
        var definitions = new TreeMap<String, Object>();
        tables.forEach(table -> definitions.put(defName(table), table(table)));
        var variable = new LinkedHashMap<String, Object>();
        variable.put("description", "A text that holds a variable: ${NAME}.");
        variable.put("type", "string");
        variable.put("pattern", "\\$");
        definitions.put("variable", variable);
        schema.put("$defs", definitions);
        return RecordCodec.indented(sorted(schema));
    }

    private static Map<String, Object> table(KeyTable table) {
        var properties = new LinkedHashMap<String, Object>();
        var required = new ArrayList<String>();
        for (var key : table.keys()) {
            var property = new LinkedHashMap<String, Object>();
            property.put(
                    "description",
                    key.meaning() + (key.required() ? "" : " Default: " + key.byDefault() + "."));
            property.putAll(new TreeMap<>(key.shape().schema()));
            properties.put(key.name(), property);
            if (key.required()) {
                required.add(key.name());
            }
        }
        new TreeMap<>(table.ignored())
                .forEach((word, why) ->
                        properties.put(
                                word,
                                Map.of(
                                        "description",
                                        "No effect: " + why + ".",
                                        "deprecated",
                                        true)));
        var schema = new LinkedHashMap<String, Object>();
        schema.put("description", table.intro());
        schema.put("type", "object");
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("patternProperties", Map.of("^" + KeyTable.EXTENSION_PREFIX, true));
        schema.put("additionalProperties", false);
        return schema;
    }

    static String defName(KeyTable table) {
        return table.name().replaceFirst("^(?:a|an|the) ", "").replace(' ', '_');
    }

    /**
     * Maps that have no order of their own are put in the order of names: the text must not differ
     * between runs.
     */
    private static Object sorted(Object tree) {
        return switch (tree) {
            case LinkedHashMap<?, ?> ordered -> {
                var copy = new LinkedHashMap<String, Object>();
                ordered.forEach((name, value) -> copy.put((String) name, sorted(value)));
                yield copy;
            }
            case Map<?, ?> map -> {
                var copy = new TreeMap<String, Object>();
                map.forEach((name, value) -> copy.put((String) name, sorted(value)));
                yield copy;
            }
            case List<?> list -> list.stream().map(StackSchema::sorted).toList();
            default -> tree;
        };
    }
}
