package olympus.model.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The JSON Schemas (2020-12) of the records that one document speaks of, derived from the forms by
 * which {@link RecordCodec} reads and writes them, so that the two cannot disagree. What a record's
 * constructor checks beyond its types, a schema does not say.
 *
 * <p>Records and sealed interfaces become named definitions; everything else stands where it is
 * used. Two types of one name, or one type in two styles, are refused.
 *
 * <p>Threading: one thread fills it.
 */
public final class RecordSchemas {

    /** How a record's components stand in its object. */
    public enum Style {
        /**
         * As {@link RecordCodec} writes and reads: empty options, lists and maps are left out,
         * nothing is null, unknown names are refused.
         */
        CODEC,
        /**
         * Every component is there, an empty option as null; names that a reader does not know may
         * follow.
         */
        ANSWER,
        /** An empty option may be null or left out; unknown names are refused. */
        REQUEST
    }

    private record Defined(Class<?> type, Style style) {}

    private final String prefix;
    private final Function<Class<?>, String> names;
    private final Map<String, Object> definitions = new TreeMap<>();
    private final Map<String, Defined> defined = new LinkedHashMap<>();

    /**
     * @param prefix where definitions stand in the document, e.g. {@code #/components/schemas/}
     * @param names what the definition of a record or sealed interface is called
     */
    public RecordSchemas(String prefix, Function<Class<?>, String> names) {
        this.prefix = prefix;
        this.names = names;
    }

    /** The name of a nested type with those of the types around it: {@code WorkloadProcess}. */
    public static String nestedName(Class<?> type) {
        var outer = type.getEnclosingClass();
        return (outer == null ? "" : nestedName(outer)) + type.getSimpleName();
    }

    /** Defines a record, and what it consists of; answers the reference to it. */
    public Map<String, Object> of(Class<? extends Record> type, Style style) {
        return schema(Forms.of(type), style);
    }

    /**
     * Defines, under a name of its own, what a codec reads and writes: the record with its format
     * number in front.
     */
    public Map<String, Object> of(RecordCodec<?> codec, String name) {
        var present = defined.putIfAbsent(name, new Defined(codec.type(), Style.CODEC));
        if (present != null || !(codec.form() instanceof Form.Fields fields)) {
            throw new IllegalArgumentException("there is a definition \"" + name + "\" already");
        }
        definitions.put(
                name,
                led(
                        RecordCodec.FORMAT,
                        Map.of("const", codec.format()),
                        fields(fields, Style.CODEC)));
        return object("$ref", prefix + name);
    }

    /** Every definition made so far, by name: trees that may be added to. */
    public Map<String, Object> definitions() {
        return Collections.unmodifiableMap(definitions);
    }

    /** The record or sealed interface behind a definition. */
    public Class<?> type(String definition) {
        return Forms.present(defined.get(definition)).type();
    }

    private Map<String, Object> schema(Form form, Style style) {
        return switch (form) {
            case Form.Text text -> text(text);
            case Form.Word word ->
                    object("type", "string", "enum", List.copyOf(word.words().keySet()));
            case Form.Primitive primitive -> new LinkedHashMap<>(primitive.schema());
            case Form.Maybe maybe ->
                    style == Style.CODEC
                            ? schema(maybe.of(), style)
                            : orNull(schema(maybe.of(), style));
            case Form.Elements list -> object("type", "array", "items", schema(list.of(), style));
            case Form.Entries map -> map(map, style);
            case Form.Fields fields ->
                    reference(recordOf(fields), style, () -> fields(fields, style));
            case Form.Variants variants ->
                    reference(variants.type(), style, () -> variants(variants, style));
        };
    }

    private static Map<String, Object> text(Form.Text text) {
        var schema = object("type", "string");
        schema.putAll(text.restrictions());
        return schema;
    }

    private Map<String, Object> map(Form.Entries map, Style style) {
        var schema = object("type", "object");
        if (map.key() instanceof Form.Text key && !key.restrictions().isEmpty()) {
            schema.put("propertyNames", key.restrictions());
        }
        schema.put("additionalProperties", schema(map.of(), style));
        return schema;
    }

    private static Map<String, Object> orNull(Map<String, Object> schema) {
        if (schema.get("type") instanceof String type && !schema.containsKey("enum")) {
            schema.put("type", List.of(type, "null"));
            return schema;
        }
        return object("anyOf", List.of(schema, object("type", "null")));
    }

    private Map<String, Object> reference(
            Class<?> type, Style style, Supplier<Map<String, Object>> define) {
        var name = names.apply(type);
        var wanted = new Defined(type, style);
        var present = defined.putIfAbsent(name, wanted);
        if (present == null) {
            definitions.put(name, define.get());
        } else if (!present.equals(wanted)) {
            throw new IllegalArgumentException(
                    "two definitions \"%s\": %s and %s; give one another name"
                            .formatted(name, present, wanted));
        }
        return object("$ref", prefix + name);
    }

    private Map<String, Object> fields(Form.Fields fields, Style style) {
        var properties = new LinkedHashMap<String, Object>();
        var required = new ArrayList<String>();
        fields.components()
                .forEach((name, component) -> {
                    properties.put(name, schema(component.form(), style));
                    if (isRequired(component.form(), style)) {
                        required.add(name);
                    }
                });
        var schema = object("type", "object", "properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", List.copyOf(required));
        }
        if (style != Style.ANSWER) {
            schema.put("additionalProperties", false);
        }
        return schema;
    }

    private static boolean isRequired(Form form, Style style) {
        return switch (style) {
            case CODEC -> form.whenMissing().isEmpty();
            case ANSWER -> true;
            case REQUEST -> !(form instanceof Form.Maybe);
        };
    }

    private Map<String, Object> variants(Form.Variants variants, Style style) {
        var choices = new ArrayList<Object>();
        variants.byWord()
                .forEach((word, fields) ->
                        choices.add(
                                reference(
                                        recordOf(fields),
                                        style,
                                        () ->
                                                led(
                                                        Form.Variants.KIND,
                                                        Map.of("const", word),
                                                        fields(fields, style)))));
        return object("oneOf", List.copyOf(choices));
    }

    private static Class<?> recordOf(Form.Fields fields) {
        return fields.constructor().getDeclaringClass();
    }

    /** A record's schema with one more property in front, which must be there. */
    private static Map<String, Object> led(
            String name, Map<String, Object> property, Map<String, Object> schema) {
        var properties = new LinkedHashMap<String, Object>();
        properties.put(name, property);
        properties.putAll(asObject(Forms.present(schema.get("properties"))));
        schema.put("properties", properties);
        var required = new ArrayList<Object>();
        required.add(name);
        if (schema.get("required") instanceof List<?> others) {
            required.addAll(others);
        }
        schema.put("required", List.copyOf(required));
        return schema;
    }

    private static Map<String, Object> object(Object... namesAndValues) {
        var object = new LinkedHashMap<String, Object>();
        for (var i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asObject(Object tree) {
        return (Map<String, Object>) tree;
    }
}
