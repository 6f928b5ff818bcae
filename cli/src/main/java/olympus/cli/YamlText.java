package olympus.cli;

import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON written as YAML. */
public final class YamlText {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private YamlText() {}

    /** The document, with a line break at its end. */
    public static String of(JsonNode body) {
        var settings =
                DumpSettings.builder()
                        .setDefaultFlowStyle(FlowStyle.BLOCK)
                        .setMultiLineFlow(true)
                        .build();
        return new Dump(settings).dumpToString(JSON.convertValue(body, Object.class));
    }
}
