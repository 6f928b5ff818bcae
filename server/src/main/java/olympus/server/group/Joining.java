package olympus.server.group;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.UUID;
import olympus.foundation.Clock;
import olympus.foundation.Durable;
import olympus.foundation.ErrorCode;
import olympus.foundation.FileTree;
import olympus.foundation.OlympusException;
import olympus.hermes.HermesNode;
import olympus.hermes.files.StoreGroup;
import olympus.link.keys.Installation;
import olympus.link.keys.IslandKeys;
import olympus.model.NodeId;

/**
 * The newcomer's side of joining: asks a server of the island, and keeps what it is given in its
 * data folder, so that the next start opens the store as a member.
 *
 * <p>A kill at any moment leaves a folder with which the same command can be given again: {@code
 * D/server.json} is written last.
 */
public final class Joining {

    private static final String NODE_FILE = "joining-node";

    private final Path dataFolder;
    private final Clock clock;

    public Joining(Path dataFolder, Clock clock) {
        this.dataFolder = dataFolder;
        this.clock = clock;
    }

    /**
     * What the newcomer is.
     *
     * @param name of its machine
     * @param peers where other servers reach it
     * @param agents where agents reach it; empty for nowhere
     */
    public record Newcomer(String name, HostAndPort peers, String agents, String version) {}

    /** Whether a join was begun in this folder and not finished. */
    public static boolean isUnfinishedIn(Path dataFolder) {
        return Files.exists(dataFolder.resolve(NODE_FILE))
                && !Files.exists(dataFolder.resolve(ServerFile.NAME));
    }

    /** Who this folder was before, when it was a server of an island already. */
    private Optional<Installation> former() {
        var known =
                Files.exists(dataFolder.resolve(Installation.FILE)) && !isUnfinishedIn(dataFolder);
        if (!known) {
            return Optional.empty();
        }
        var store = dataFolder.resolve("hermes");
        if (holdsStore(store)) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%s holds a store already; a server that joins begins without one. To join another island give a new data folder with --data-dir; to join this folder's island anew move %s away"
                            .formatted(dataFolder, store));
        }
        return Optional.of(
                Installation.openOrCreate(dataFolder, Installation.hostName(), new SecureRandom()));
    }

    private boolean holdsStore(Path folder) {
        try {
            return FileTree.hasFiles(folder);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Asks the server at {@code address} and keeps its answer. */
    public ServerFile join(URI address, String token, Newcomer newcomer) {
        var former = former();
        var node = former.map(Installation::node).orElseGet(this::node);
        var answer = ask(address, token, newcomer, node);
        if (former.isPresent()) {
            comeBack(answer, newcomer, former.get());
        } else {
            keep(answer, newcomer, node);
        }
        return ServerFile.read(dataFolder).orElseThrow();
    }

    /** The id under which this folder asks, the same at each attempt. */
    private NodeId node() {
        var file = dataFolder.resolve(NODE_FILE);
        try {
            if (!Files.exists(file)) {
                var made = new NodeId(Installation.uuid(new SecureRandom()));
                Durable.replace(file, made.toString().getBytes(StandardCharsets.US_ASCII));
            }
            return NodeId.parse(Files.readString(file).strip());
        } catch (IOException | IllegalArgumentException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "cannot keep %s (%s); the data folder must be writable, and new"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private JoinAnswer ask(URI address, String token, Newcomer newcomer, NodeId node) {
        var parsed = JoinToken.parse(JoinToken.Kind.SERVER, token);
        return new PinnedPost(address, parsed, "join")
                .send(
                        "/api/v1/servers/join",
                        new JoinRequest(
                                parsed.text(),
                                node.toString(),
                                newcomer.name(),
                                newcomer.peers().toString(),
                                newcomer.agents(),
                                newcomer.version(),
                                Optional.of(HermesNode.supportedLevel())),
                        JoinAnswer.class);
    }

    /**
     * A server of the island that has lost its store, or left, keeps who it is and what it runs.
     */
    private void comeBack(JoinAnswer answer, Newcomer newcomer, Installation former) {
        if (!former.island().toString().equals(answer.island())) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%s belongs to island %s, but that server is of island %s; a server that joins another island needs a new data folder: give one with --data-dir"
                            .formatted(dataFolder, former.island(), answer.island()));
        }
        try {
            begin(answer, newcomer);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** The group that its store will be of, and last, that it is a member. */
    private void begin(JoinAnswer answer, Newcomer newcomer) throws IOException {
        var group = UUID.fromString(answer.group());
        if (!answer.group().equals(answer.island())) {
            new StoreGroup(answer.island(), group, false).write(dataFolder.resolve("hermes"));
        }
        new ServerFile(answer.member(), newcomer.peers().toString(), true, false, clock.wall())
                .keepIn(dataFolder);
    }

    private OlympusException unwritable(IOException e) {
        return new OlympusException(
                ErrorCode.UNAVAILABLE,
                "cannot keep what the island gave in %s (%s)".formatted(dataFolder, e),
                e);
    }

    /** In such an order that {@code server.json} says when all is there. */
    private void keep(JoinAnswer answer, Newcomer newcomer, NodeId node) {
        try {
            var identity =
                    new Installation(
                            UUID.fromString(answer.realm()),
                            UUID.fromString(answer.island()),
                            node,
                            Installation.nameFrom(newcomer.name()));
            var keys = new IslandKeys(answer.authority(), answer.islandKey());
            // What an attempt that was cut off has left may be of another island.
            FileTree.delete(dataFolder.resolve("keys"));
            Files.deleteIfExists(dataFolder.resolve(Installation.FILE));
            keys.writeTo(dataFolder.resolve("keys"));
            Durable.replace(
                    dataFolder.resolve("admin.token"),
                    (answer.adminToken() + "\n").getBytes(StandardCharsets.US_ASCII),
                    Durable.PRIVATE);
            identity.keepIn(dataFolder);
            begin(answer, newcomer);
            Durable.delete(dataFolder.resolve(NODE_FILE));
        } catch (IllegalArgumentException e) {
            throw new OlympusException(
                    ErrorCode.INVALID, "the island's answer cannot be used: " + e.getMessage(), e);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }
}
