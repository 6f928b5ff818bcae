package olympus.server.group;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import olympus.foundation.Durable;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.json.InvalidRecordException;
import olympus.model.json.RecordCodec;

/**
 * Which member of the island's servers a data folder is: {@code D/server.json}, beside the store's
 * folder, so that a store whose disk was emptied is known for what it is. A folder without it is an
 * island's first server that has opened no port for others yet.
 *
 * @param member its name in the log's group
 * @param peers {@code host:port} under which other servers reach its store
 * @param joined whether others let it in; else it is the first
 * @param opened whether its store was in use: an empty one is a loss from then on
 * @param since when it became a member
 */
public record ServerFile(
        String member, String peers, boolean joined, boolean opened, Instant since) {

    public static final String NAME = "server.json";

    /** The name of an island's first server. */
    public static final String FIRST = "one";

    private static final RecordCodec<ServerFile> CODEC =
            RecordCodec.of("server file", 1, ServerFile.class);

    /** That of a data folder, where there is one. */
    public static Optional<ServerFile> read(Path dataFolder) {
        var file = dataFolder.resolve(NAME);
        try {
            return Files.exists(file)
                    ? Optional.of(CODEC.decode(Files.readAllBytes(file)))
                    : Optional.empty();
        } catch (IOException | InvalidRecordException e) {
            throw new OlympusException(
                    ErrorCode.CORRUPT,
                    "cannot read %s (%s); it says which server this is: restore it from a backup, or remove this server on another one and join anew"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /** Whether others reach it on this machine only: a trial of several servers on one. */
    public boolean isOnLoopback() {
        return peers.startsWith("127.")
                || peers.startsWith("[::1]")
                || peers.startsWith("localhost:");
    }

    /** The same, of a store that is in use. */
    public ServerFile inUse() {
        return new ServerFile(member, peers, joined, true, since);
    }

    public void keepIn(Path dataFolder) {
        var file = dataFolder.resolve(NAME);
        try {
            var text = CODEC.encodeIndented(this);
            Durable.replace(file, text.getBytes(StandardCharsets.UTF_8), Durable.PRIVATE);
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "cannot write %s (%s); the data folder must be writable and its disk must have room"
                            .formatted(file, e),
                    e);
        }
    }
}
