package olympus.engine.internal;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON of the engine's API, read leniently: what is missing is empty. */
final class Json {

    static final JsonMapper MAPPER = new JsonMapper();

    private Json() {}

    static JsonNode parse(byte[] text) {
        return MAPPER.readTree(text);
    }

    static byte[] bytes(Object tree) {
        return MAPPER.writeValueAsBytes(tree);
    }

    static String text(JsonNode node, String... path) {
        return at(node, path).asString("");
    }

    static long number(JsonNode node, String... path) {
        return at(node, path).asLong(0);
    }

    static boolean flag(JsonNode node, String... path) {
        return at(node, path).asBoolean(false);
    }

    static JsonNode at(JsonNode node, String... path) {
        var found = node;
        for (var name : path) {
            found = found.path(name);
        }
        return found;
    }

    static List<String> texts(JsonNode node) {
        var texts = new ArrayList<String>();
        node.values().forEach(value -> texts.add(value.asString("")));
        return texts;
    }

    static Map<String, String> map(JsonNode node) {
        var map = new LinkedHashMap<String, String>();
        node.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asString("")));
        return map;
    }

    /** {@link Instant#EPOCH} for what the engine calls the year one, and for what is no time. */
    static Instant time(String text) {
        if (text.isEmpty() || text.startsWith("0001-")) {
            return Instant.EPOCH;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException notATime) {
            return Instant.EPOCH;
        }
    }
}
