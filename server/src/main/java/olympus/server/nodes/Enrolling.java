package olympus.server.nodes;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.UUID;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
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
     * Asks the server whose API is at {@code address}; a machine that was let in before asks as the
     * one that it is, with the key that it has.
     *
     * @param name what people shall call the machine; one that was let in before keeps its name
     */
    public Installation enrol(URI address, String token, String name, String version) {
        var parsed = JoinToken.parse(JoinToken.Kind.AGENT, token);
        var post = new PinnedPost(address, parsed, "join with its agent");
        return NodeKeys.isEnrolled(keys) ? again(post, version) : first(post, name, version);
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

    /** Under the name that it has. */
    private Installation again(PinnedPost post, String version) {
        var own = NodeKeys.open(keys);
        var self = Installation.openOrCreate(dataFolder, Installation.hostName(), random);
        var request = own.again();
        var answer =
                ask(post, own.owner().node(), self.nodeName(), request.request().text(), version);
        if (!installation(answer).island().equals(own.island())) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%s is the data folder of a node of island %s, but that server is of island %s; give a new one with --data-dir"
                            .formatted(dataFolder, own.island(), answer.island()));
        }
        new ServersFile(dataFolder).write(answer.list());
        own.take(request.key(), issued(answer));
        return self;
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
