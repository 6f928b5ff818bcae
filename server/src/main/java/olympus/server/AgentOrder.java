package olympus.server;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import olympus.cli.ServerProgram.AgentStart;
import olympus.cli.ServerProgram.Join;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.ServerList;
import olympus.link.keys.Installation;
import olympus.link.keys.NodeKeys;
import olympus.server.nodes.Enrolling;

/**
 * What comes before the start of {@code olympus agent}: the machine is let in, where it was not.
 */
record AgentOrder(Path dataFolder, AgentStart order, UpOptions.Terminal terminal) {

    /**
     * Lets the machine in. One that was let in before goes on as it is, and asks again, with what
     * is returned, only when it is seen not to belong to the island any more.
     */
    Optional<AgentOptions.Again> carryOut() {
        if (Files.exists(dataFolder.resolve("keys").resolve("authority"))) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%s is the data folder of a server, whose agent runs within it: start it with `olympus up` or `olympus server`, or give the agent a folder of its own with --data-dir"
                            .formatted(dataFolder));
        }
        if (order.join().isEmpty()) {
            if (!Enrolling.isDone(dataFolder)) {
                throw new OlympusException(
                        ErrorCode.INVALID,
                        "%s is not the data folder of a machine that was let in; make a token with `olympus token create --agent` on a server, then: olympus agent --server ADDRESS --token T"
                                .formatted(dataFolder));
            }
            return Optional.empty();
        }
        var join = order.join().get();
        var address = ApiAddress.parse("--server", join.address());
        if (Enrolling.isDone(dataFolder)) {
            return Optional.of(keys -> again(keys, address, join));
        }
        try (var folder = DataFolder.open(dataFolder)) {
            enrol(folder.root(), address, join);
        }
        return Optional.empty();
    }

    private void enrol(Path root, URI address, Join join) {
        var name = order.name().orElseGet(Installation::hostName);
        said(new Enrolling(root).enrol(address, join.token(), name, Version.TEXT));
    }

    private ServerList again(NodeKeys keys, URI address, Join join) {
        var enrolling = new Enrolling(dataFolder);
        var servers = enrolling.again(keys, address, join.token(), Version.TEXT);
        said(enrolling.self());
        return servers;
    }

    private void said(Installation self) {
        terminal.out().println("joined as node %s (%s)".formatted(self.nodeName(), self.node()));
    }
}
