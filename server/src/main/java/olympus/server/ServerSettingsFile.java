package olympus.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import olympus.cli.ServerProgram.Listen;
import olympus.foundation.Durable;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.server.config.Settings;

/** {@code olympus-server.yaml} in the data folder: the settings of the server that lives there. */
final class ServerSettingsFile {

    static final String NAME = "olympus-server.yaml";

    private ServerSettingsFile() {}

    /** Where to listen as settings, by key. */
    static Map<String, String> of(Listen listen) {
        var values = new LinkedHashMap<String, String>();
        listen.api().ifPresent(text -> values.put(Settings.HTTP_LISTEN.key(), text));
        listen.peers().ifPresent(text -> values.put(Settings.PEERS_LISTEN.key(), text));
        listen.agents().ifPresent(text -> values.put(Settings.AGENTS_LISTEN.key(), text));
        listen.advertise().ifPresent(text -> values.put(Settings.ADVERTISE.key(), text));
        return values;
    }

    /**
     * Keeps what was given on the command line of a server that others reach: it must listen there
     * ever after. A file that is there already is a person's, and left alone.
     */
    static void keep(Path dataFolder, Listen listen) {
        var file = dataFolder.resolve(NAME);
        var values = of(listen);
        if (Files.exists(file) || values.isEmpty()) {
            return;
        }
        var text =
                new StringBuilder("# As given when this server first opened a port for others.\n");
        values.forEach((key, value) ->
                text.append("%s: \"%s\"%n".formatted(key, value.replace("\"", ""))));
        try {
            Durable.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE, "cannot write %s: %s".formatted(file, e), e);
        }
    }
}
