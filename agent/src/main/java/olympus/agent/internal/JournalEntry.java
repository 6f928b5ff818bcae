package olympus.agent.internal;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One entry of the journal, as {@code journalctl --output=json} writes it.
 *
 * @param invocation the run of the unit that it is of, whether the unit wrote it or systemd about
 *     it; empty where the journal does not say
 */
record JournalEntry(String cursor, String invocation, String message, boolean isError) {

    /** The fields that are needed, besides those that are always there. */
    static final String FIELDS = "MESSAGE,PRIORITY,_SYSTEMD_INVOCATION_ID,INVOCATION_ID";

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int ERROR = 3;
    private static final int INFO = 6;

    /** Empty for what is no entry. */
    static Optional<JournalEntry> parse(String line) {
        try {
            var tree = MAPPER.readTree(line);
            var cursor = tree.path("__CURSOR").asString("");
            return cursor.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new JournalEntry(
                                    cursor,
                                    tree.path("_SYSTEMD_INVOCATION_ID")
                                            .asString(tree.path("INVOCATION_ID").asString("")),
                                    text(tree.path("MESSAGE")),
                                    tree.path("PRIORITY").asInt(INFO) <= ERROR));
        } catch (JacksonException notJson) {
            return Optional.empty();
        }
    }

    /**
     * What is not text is an array of its bytes; a field that is there twice is an array of both.
     */
    private static String text(JsonNode message) {
        if (!message.isArray()) {
            return message.asString("");
        }
        if (message.isEmpty() || !message.get(0).isNumber()) {
            return message.isEmpty() ? "" : text(message.get(0));
        }
        var bytes = new byte[message.size()];
        for (var i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) message.get(i).asInt(0);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
