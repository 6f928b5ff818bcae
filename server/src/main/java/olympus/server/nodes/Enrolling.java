package olympus.server.nodes;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.UUID;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.ServerList;
import olympus.link.keys.Installation;
import olympus.link.keys.IssuedCertificate;
import olympus.link.keys.NodeKeys;
import olympus.model.NodeId;
import olympus.server.group.JoinToken;
import olympus.server.group.PinnedPost;

/**
 * The machine's side of being let in: makes its key and id, asks a server, and keeps what it is
 * given in its data folder, so that every later start needs neither address nor token.
 *
 * <p>A kill at any moment leaves a folder with which the same command can be given again: the
 * certificate is written last.
 */
public final class Enrolling {

    private final Path dataFolder;
    private final Path keys;
    private final SecureRandom random = new SecureRandom();

    public Enrolling(Path dataFolder) {
        this.dataFolder = dataFolder;
        this.keys = dataFolder.resolve("keys");
    }

    /** Whether the folder is that of a machine that was let in. */
    public static boolean isDone(Path dataFolder) {
        return NodeKeys.isEnrolled(dataFolder.resolve("keys"));
    }

    /** Whether the folder is that of a machine that asks, or has asked, to be let in. */
    public static boolean isBegun(Path dataFolder) {
        return isDone(dataFolder) || NodeKeys.isAsking(dataFolder.resolve("keys"));
    }

    /**
     * Asks the server whose API is at {@code address} to let in a machine that was not let in yet.
     *
     * @param name what people shall call the machine
     */
    public Installation enrol(URI address, String token, String name, String version) {
        return first(post(address, token), name, version);
    }

    private static PinnedPost post(URI address, String token) {
        var parsed = JoinToken.parse(JoinToken.Kind.AGENT, token);
        return new PinnedPost(address, parsed, "join with its agent");
    }

    /** Who the machine is that was let in. */
    public Installation self() {
        return Installation.openOrCreate(dataFolder, Installation.hostName(), random);
    }

    private Installation first(PinnedPost post, String name, String version) {
        var asking = NodeKeys.ask(keys, random);
        var answer = ask(post, asking.node(), name, asking.request().text(), version);
        try {
            // What an attempt that was cut off has left may be of another island.
            Files.deleteIfExists(dataFolder.resolve(Installation.FILE));
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "cannot keep what the island gave in %s (%s)".formatted(dataFolder, e),
                    e);
        }
        var self = installation(answer);
        new ServersFile(dataFolder).write(answer.list());
        self.keepIn(dataFolder);
        NodeKeys.enrolled(keys, asking.key(), issued(answer));
        return self;
    }

    /**
     * A machine that was let in before asks as the one that it is: with the key and the name that
     * it has.
     *
     * @return where its servers are, which is kept
     */
    public ServerList again(NodeKeys own, URI address, String token, String version) {
        var request = own.again();
        var answer =
                ask(
                        post(address, token),
                        own.owner().node(),
                        self().nodeName(),
                        request.request().text(),
                        version);
        if (!installation(answer).island().equals(own.island())) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%s is the data folder of a node of island %s, but that server is of island %s; give a new one with --data-dir"
                            .formatted(dataFolder, own.island(), answer.island()));
        }
        var servers = answer.list();
        new ServersFile(dataFolder).write(servers);
        own.take(request.key(), issued(answer));
        return servers;
    }

    private static EnrolmentAnswer ask(
            PinnedPost post, NodeId node, String name, String request, String version) {
        return post.send(
                "/api/v1/enrolments",
                new EnrolmentRequest(post.token().text(), node.toString(), name, request, version),
                EnrolmentAnswer.class);
    }

    private static Installation installation(EnrolmentAnswer answer) {
        try {
            return new Installation(
                    UUID.fromString(answer.realm()),
                    UUID.fromString(answer.island()),
                    NodeId.parse(answer.node()),
                    answer.name());
        } catch (IllegalArgumentException e) {
            throw unusable(e);
        }
    }

    private static IssuedCertificate issued(EnrolmentAnswer answer) {
        try {
            return new IssuedCertificate(answer.certificate(), answer.trust());
        } catch (IllegalArgumentException e) {
            throw unusable(e);
        }
    }

    private static OlympusException unusable(IllegalArgumentException cause) {
        return new OlympusException(
                ErrorCode.INVALID,
                "the island's answer cannot be used: " + cause.getMessage(),
                cause);
    }
}
