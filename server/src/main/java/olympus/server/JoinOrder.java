package olympus.server;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
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

/** {@code --join} of one start: asks to be let in, unless this data folder's server was already. */
record JoinOrder(
        Path dataFolder, Up order, ServerConfiguration settings, UpOptions.Terminal terminal) {

    private static final int DEFAULT_PORT = 7400;

    void carryOut() {
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

    /** The first server must listen for others where it did, too. */
    private void keepPorts() {
        if (settings.island().peers().isPresent()
                && ServerFile.read(dataFolder).isEmpty()
                && !ServerSettingsFile.of(order.listen()).isEmpty()) {
            try (var folder = DataFolder.open(dataFolder)) {
                ServerSettingsFile.keep(folder.root(), order.listen());
            }
        }
    }

    private void join(DataFolder folder, Join join) {
        var address = address(join.address());
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

    /** {@code host}, {@code host:port} and {@code https://host:port} are all understood. */
    private static URI address(String text) {
        try {
            var uri = new URI(text.contains("://") ? text : "https://" + text);
            if (uri.getHost() != null && "https".equals(uri.getScheme())) {
                var port = uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort();
                return new URI("https", null, uri.getHost(), port, "/", null, null);
            }
        } catch (URISyntaxException e) {
            throw bad(text);
        }
        throw bad(text);
    }

    private static OlympusException bad(String text) {
        return new OlympusException(
                ErrorCode.INVALID,
                "--join %s: expected the address of a server's API, e.g. https://10.0.0.1:7400"
                        .formatted(text));
    }
}
