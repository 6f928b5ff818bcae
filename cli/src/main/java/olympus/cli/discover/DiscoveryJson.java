package olympus.cli.discover;

import java.util.LinkedHashMap;
import java.util.TreeMap;
import olympus.model.json.EnumWords;
import olympus.model.json.RecordCodec;
import olympus.model.json.RecordSchemas;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * The JSON of a {@link Discovery}: every member is always there, what is not known is null, words
 * are in lower case, times RFC 3339.
 */
public final class DiscoveryJson {

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .addModule(new SimpleModule().addSerializer(Enum.class, new Words()))
                    .build();

    private DiscoveryJson() {}

    public static JsonNode tree(Discovery discovery) {
        return JSON.valueToTree(discovery);
    }

    /** The JSON Schema that describes it, derived from the records. */
    public static String schema() {
        var schemas = new RecordSchemas("#/$defs/", Class::getSimpleName);
        var root = schemas.of(Discovery.class, RecordSchemas.Style.ANSWER);
        var document = new LinkedHashMap<String, Object>();
        document.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        document.put("title", "olympus discover --json, format " + Discovery.FORMAT);
        document.putAll(root);
        document.put("$defs", new TreeMap<>(schemas.definitions()));
        return RecordCodec.indented(document) + "\n";
    }

    @SuppressWarnings("rawtypes")
    private static final class Words extends ValueSerializer<Enum> {
        @Override
        public void serialize(Enum word, JsonGenerator out, SerializationContext context) {
            out.writeString(EnumWords.of(word));
        }
    }
}
