package olympus.server;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import olympus.cli.ServerProgram.Join;
import olympus.cli.ServerProgram.Up;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.keys.Installation;
import olympus.server.config.ServerConfiguration;
import olympus.server.group.AdvertisedHost;
import olympus.server.group.HostAndPort;
import olympus.server.group.Joining;
import olympus.server.group.ServerFile;
import olympus.server.nodes.Enrolling;

/** {@code --join} of one start: asks to be let in, unless this data folder's server was already. */
record JoinOrder(
        Path dataFolder, Up order, ServerConfiguration settings, UpOptions.Terminal terminal) {

    void carryOut() {
        if (Enrolling.isBegun(dataFolder)) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%s is the data folder of a machine that runs only the agent; start it with `olympus agent`, or give a server a folder of its own with --data-dir"
                            .formatted(dataFolder));
        }
        if (order.join().isEmpty()) {
            if (Joining.isUnfinishedIn(dataFolder)) {
                throw new OlympusException(
                        ErrorCode.CONFLICT,
                        "in %s a join was begun and not finished; give --join ADDRESS --token T again, or remove the folder"
                                .formatted(dataFolder));
            }
            keepPorts();
            return;
        }
        try (var folder = DataFolder.open(dataFolder)) {
            var joined = ServerFile.read(folder.root());
            if (joined.isPresent()) {
                terminal.err()
                        .println(
                                "olympus: %s is server %s already; --join is not needed any more"
                                        .formatted(dataFolder, joined.get().member()));
                return;
            }
            join(folder, order.join().get());
        }
    }

    /** The first server must listen for others, and for agents, where it did, too. */
    private void keepPorts() {
        var ports = settings.island();
        if ((ports.peers().isPresent() || ports.agents().isPresent())
                && ServerFile.read(dataFolder).isEmpty()
                && !ServerSettingsFile.of(order.listen()).isEmpty()) {
            try (var folder = DataFolder.open(dataFolder)) {
                ServerSettingsFile.keep(folder.root(), order.listen());
            }
        }
    }

    private void join(DataFolder folder, Join join) {
        var address = ApiAddress.parse("--join", join.address());
        var ports = settings.island();
        var listen =
                ports.peers()
                        .orElseThrow(() ->
                                new OlympusException(
                                        ErrorCode.INVALID,
                                        "a server that joins needs a port for the others; give --peers-listen HOST:PORT"));
        var host =
                AdvertisedHost.of(
                        ports.advertise(),
                        listen,
                        Optional.of(new InetSocketAddress(address.getHost(), address.getPort())));
        var newcomer =
                new Joining.Newcomer(
                        Installation.hostName(),
                        new HostAndPort(host, listen.getPort()),
                        ports.agents()
                                .map(at -> new HostAndPort(host, at.getPort()).toString())
                                .orElse(""),
                        Version.TEXT);
        var member =
                new Joining(folder.root(), terminal.clock()).join(address, join.token(), newcomer);
        ServerSettingsFile.keep(folder.root(), order.listen());
        terminal.out().println("joined as %s".formatted(member.member()));
    }
}
