package olympus.model.json;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import olympus.model.Problem;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * JSON text to a tree of plain values and back. A tree consists of {@code Map<String, Object>} (in
 * order), {@code List<Object>}, String, Long, Double and Boolean; null becomes {@link #NULL}. Names
 * given twice are refused.
 */
final class JsonText {

    /** Far above the largest stack (a few MiB), far below what would hurt a server. */
    static final int MAX_BYTES = 32 << 20;

    static final int MAX_NESTING = 64;

    /** JSON's null, which no record accepts. */
    static final Object NULL = new Object();

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_NESTING)
                                    .maxDocumentLength(MAX_BYTES)
                                    .maxStringLength(MAX_BYTES)
                                    .build())
                    .build();

    private JsonText() {}

    /** Throws {@link InvalidRecordException} when the text is not JSON. */
    static Object parse(String what, byte[] text) {
        try (var parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            var first = parser.nextToken();
            if (first == null) {
                throw unreadable(what, "the text is empty");
            }
            var tree = read(parser, first);
            if (parser.nextToken() != null) {
                throw unreadable(what, "more text follows the end of the value");
            }
            return tree;
        } catch (JacksonException e) {
            var place = e.getLocation();
            var where =
                    place == null
                            ? ""
                            : " (line %d, column %d)"
                                    .formatted(place.getLineNr(), place.getColumnNr());
            throw unreadable(what, "not JSON: " + withoutContent(e.getOriginalMessage()) + where);
        }
    }

    /** The parser quotes what it cannot read, which may be a clear text. */
    private static String withoutContent(String message) {
        return message.replaceAll("(?s)[\"'(].*[\"')]", "…");
    }

    private static InvalidRecordException unreadable(String what, String message) {
        return new InvalidRecordException(what, List.of(Problem.atPath("$", message, "", "")));
    }

    private static Object read(JsonParser parser, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> readObject(parser);
            case START_ARRAY -> readArray(parser);
            case VALUE_STRING -> parser.getString();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> NULL;
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
                    throw new IllegalStateException("unexpected JSON token " + token);
        };
    }

    private static Map<String, Object> readObject(JsonParser parser) {
        var object = new LinkedHashMap<String, Object>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var name = parser.currentName();
            object.put(name, read(parser, parser.nextToken()));
        }
        return object;
    }

    private static List<Object> readArray(JsonParser parser) {
        var array = new ArrayList<Object>();
        for (var token = parser.nextToken();
                token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            array.add(read(parser, token));
        }
        return array;
    }

    /** One line, no spaces. */
    static String compact(Object tree) {
        return write(tree, ObjectWriteContext.empty());
    }

    /** Indented by two spaces, one value per line, ending with a line end. */
    static String indented(Object tree) {
        return write(tree, new Indented()) + "\n";
    }

    private static String write(Object tree, ObjectWriteContext context) {
        var text = new StringWriter();
        try (var generator = FACTORY.createGenerator(context, text)) {
            write(generator, tree);
        }
        return text.toString();
    }

    private static void write(JsonGenerator generator, Object tree) {
        switch (tree) {
            case Map<?, ?> object -> {
                generator.writeStartObject();
                object.forEach((name, value) -> {
                    generator.writeName((String) name);
                    write(generator, value);
                });
                generator.writeEndObject();
            }
            case List<?> array -> {
                generator.writeStartArray();
                array.forEach(element -> write(generator, element));
                generator.writeEndArray();
            }
            case String text -> generator.writeString(text);
            case Long number -> generator.writeNumber(number);
            case Integer number -> generator.writeNumber(number);
            case Double number -> generator.writeNumber(number);
            case Boolean truth -> generator.writeBoolean(truth);
            default -> throw new IllegalArgumentException("not a JSON value: " + tree.getClass());
        }
    }

    /** A write context whose only wish is indentation. */
    private static final class Indented extends ObjectWriteContext.Base {
        @Override
        public PrettyPrinter getPrettyPrinter() {
            var indenter = new DefaultIndenter("  ", "\n");
            return new DefaultPrettyPrinter()
                    .withArrayIndenter(indenter)
                    .withObjectIndenter(indenter);
        }

        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }
    }
}
