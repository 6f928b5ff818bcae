package olympus.server.nodes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import olympus.foundation.Durable;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.ServerList;
import olympus.model.json.InvalidRecordException;
import olympus.model.json.RecordCodec;
import org.jspecify.annotations.Nullable;

/**
 * {@code D/servers.json} of a machine that runs only the agent: where the servers of its island
 * are, as it last heard.
 *
 * <p>Threading: one thread at a time.
 */
public final class ServersFile {

    public static final String NAME = "servers.json";

    private static final RecordCodec<ServerList> CODEC =
            RecordCodec.of("servers", 1, ServerList.class);
    private static final int MAX_BYTES = 64 * 1024;

    private final Path file;

    public ServersFile(Path dataFolder) {
        this.file = dataFolder.resolve(NAME);
    }

    /** Whether there is one that says where servers are. */
    public boolean isReadable() {
        try {
            return !read().servers().isEmpty();
        } catch (OlympusException noneOrDamaged) {
            return false;
        }
    }

    /**
     * @throws OlympusException when there is none, or it is damaged
     */
    public ServerList read() {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw damaged("it has more than %d bytes".formatted(MAX_BYTES), null);
            }
            return CODEC.decode(Files.readAllBytes(file));
        } catch (IOException | InvalidRecordException e) {
            throw damaged(String.valueOf(e.getMessage()), e);
        }
    }

    private OlympusException damaged(String why, @Nullable Exception cause) {
        var message =
                "cannot read %s, which says where the servers are (%s); make a token with `olympus token create --agent` on a server and start the agent once with --server ADDRESS --token T, which writes it anew"
                        .formatted(file, why);
        return cause == null
                ? new OlympusException(ErrorCode.CORRUPT, message)
                : new OlympusException(ErrorCode.CORRUPT, message, cause);
    }

    /** Replaces it whole. */
    public void write(ServerList servers) {
        try {
            Durable.replace(file, (CODEC.encode(servers) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE, "cannot write %s: %s".formatted(file, e), e);
        }
    }
}
