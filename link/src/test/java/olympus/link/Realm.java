package olympus.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Set;
import olympus.link.keys.Authorities;
import olympus.link.keys.Certificates;
import olympus.link.keys.Installation;
import olympus.model.NodeId;

/** A realm with a server and as many agents as a test wants, each with a folder of its own. */
final class Realm {

    static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1", "::1");

    final Installation server;
    final Authorities authorities;
    final Certificates serverCertificates;
    private final Path folder;
    private final SecureRandom random = new SecureRandom();

    Realm(Path folder) {
        this.folder = folder;
        this.server = Installation.openOrCreate(folder, "server", random);
        this.authorities =
                Authorities.openOrCreate(folder.resolve("keys"), server, Instant.now(), random);
        this.serverCertificates =
                Certificates.openOrIssue(
                        folder.resolve("keys"), server, authorities, HOSTS, Instant.now());
    }

    /** Another node of the same island. */
    Installation node(String name) {
        var ids = Installation.openOrCreate(newFolder(), name, random);
        return new Installation(server.realm(), server.island(), ids.node(), name);
    }

    /** What {@code node} was given when it enrolled at {@code at}. */
    Certificates certificates(Installation node, Instant at) {
        return Certificates.openOrIssue(newFolder(), node, authorities, HOSTS, at);
    }

    static AgentSide.Identity identity(NodeId node) {
        return new AgentSide.Identity(node, "mars", "0.1.0");
    }

    private Path newFolder() {
        try {
            return Files.createTempDirectory(folder, "node");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
