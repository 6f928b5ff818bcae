package olympus.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Reads server-sent events as the WHATWG HTML standard defines them (fields event, data, id;
 * comments skipped).
 */
final class EventReader {

    private EventReader() {}

    /** Takes one event; returns false to stop reading. */
    @FunctionalInterface
    interface Receiver {
        boolean event(String name, String data, String id);
    }

    static void read(InputStream body, Receiver receiver) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        var name = "message";
        var id = "";
        var data = new StringBuilder();
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty()) {
                if (!data.isEmpty()
                        && !receiver.event(name, data.substring(0, data.length() - 1), id)) {
                    return;
                }
                name = "message";
                data.setLength(0);
                continue;
            }
            var colon = line.indexOf(':');
            var field = colon < 0 ? line : line.substring(0, colon);
            var value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (field) {
                case "event" -> name = value;
                case "data" -> data.append(value).append('\n');
                case "id" -> id = value;
                default -> {
                    // A comment (empty field name), retry, or a field this version does not know.
                }
            }
        }
    }
}
