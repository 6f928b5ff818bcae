package olympus.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.FileTree;
import olympus.foundation.OlympusException;
import olympus.hermes.files.StoreGroup;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.PeerAccess;
import olympus.link.ReplicaTls;
import olympus.link.keys.Certificates;
import olympus.link.keys.Hosts;
import olympus.link.keys.Installation;
import olympus.server.config.ServerConfiguration;
import olympus.server.group.AdvertisedHost;
import olympus.server.group.HostAndPort;
import olympus.server.group.ServerFile;

/**
 * Which of the island's servers this one is, and where others reach it.
 *
 * @param island whose server it is
 * @param file empty for a first server that has opened no port for others yet
 * @param host under which other machines reach it; empty while it opens no port for them
 */
record Membership(
        Path dataFolder,
        UUID island,
        Optional<ServerFile> file,
        Optional<String> host,
        ServerConfiguration.Island ports) {

    /** That of a data folder. A first server that opens a port for others from now on is kept. */
    static Membership of(
            Path dataFolder, Installation self, ServerConfiguration.Island ports, Clock clock) {
        var kept = ServerFile.read(dataFolder);
        if (ports.peers().isEmpty()) {
            kept.filter(ServerFile::joined).ifPresent(Membership::needsPeers);
            var host =
                    ports.agents()
                            .map(listen ->
                                    AdvertisedHost.of(ports.advertise(), listen, Optional.empty()));
            return new Membership(dataFolder, self.island(), Optional.empty(), host, ports);
        }
        var listen = ports.peers().get();
        var host =
                ports.advertise()
                        .or(() -> kept.map(file -> hostOf(file.peers())))
                        .orElseGet(() ->
                                AdvertisedHost.of(Optional.empty(), listen, Optional.empty()));
        var peers = new HostAndPort(host, listen.getPort()).toString();
        var file = kept.orElseGet(() -> first(dataFolder, peers, clock));
        if (!file.peers().equals(peers)) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "the other servers know this one (%s) as %s, but now it would be reached at %s; start it with the old address, or remove it on another server (`olympus servers remove %s`) and join anew with a new data folder"
                            .formatted(file.member(), file.peers(), peers, file.member()));
        }
        return new Membership(
                dataFolder, self.island(), Optional.of(file), Optional.of(host), ports);
    }

    private static String hostOf(String peers) {
        return HostAndPort.parse(peers).map(HostAndPort::host).orElse(peers);
    }

    private static ServerFile first(Path dataFolder, String peers, Clock clock) {
        var file =
                new ServerFile(
                        ServerFile.FIRST,
                        peers,
                        false,
                        Files.exists(dataFolder.resolve("hermes")),
                        clock.wall());
        file.keepIn(dataFolder);
        return file;
    }

    private static void needsPeers(ServerFile file) {
        throw new OlympusException(
                ErrorCode.CONFLICT,
                "this is server %s of several, which the others reach at %s; start it with `olympus server`, or with --peers-listen HOST:PORT"
                        .formatted(file.member(), file.peers()));
    }

    /**
     * Of the replicated log: the island's own, unless the store was brought back after a loss.
     * Finishes an exchange of the store's folder that was interrupted.
     */
    UUID group() {
        var folder = dataFolder.resolve("hermes");
        try {
            return StoreGroup.of(folder, island);
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE, "cannot read %s: %s".formatted(folder, e), e);
        }
    }

    String member() {
        return file.map(ServerFile::member).orElse(ServerFile.FIRST);
    }

    /** The names that certificates of this server must list. */
    Set<String> hosts(InetSocketAddress api) {
        var hosts = new HashSet<>(Hosts.ofThisMachine(api.getHostString()));
        host.ifPresent(hosts::add);
        return Set.copyOf(hosts);
    }

    /** Where other servers reach its store. */
    Optional<String> peers() {
        return file.map(ServerFile::peers);
    }

    /** Where agents of other machines reach it. */
    Optional<String> agents() {
        return ports.agents()
                .flatMap(listen ->
                        host.map(name -> new HostAndPort(name, listen.getPort()).toString()));
    }

    /** The address of an API that listens at {@code listen}. */
    String api(InetSocketAddress listen) {
        var address = listen.getAddress();
        var name =
                address.isAnyLocalAddress() ? host.orElse("localhost") : address.getHostAddress();
        return "https://" + new HostAndPort(name, listen.getPort());
    }

    /**
     * Refuses a store that was in use and is empty: a member that has forgotten what it voted for
     * must not vote again.
     */
    private void requireStore(Path folder) {
        if (file.isPresent() && file.get().opened() && isEmpty(folder)) {
            throw new OlympusException(
                    ErrorCode.CORRUPT,
                    "the store in %s is empty, although server %s had one (emptied or replaced disk?). If other servers of the island run: `olympus servers remove %s` there, delete %s, and start this one with --join as `olympus servers add` prints it. If there is none: `olympus snapshot restore FILE`; or delete %s to begin with an empty store"
                            .formatted(
                                    folder,
                                    member(),
                                    member(),
                                    dataFolder.resolve(ServerFile.NAME),
                                    dataFolder.resolve(ServerFile.NAME)));
        }
    }

    private static boolean isEmpty(Path folder) {
        try {
            return !FileTree.hasFiles(folder);
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE, "cannot look into %s: %s".formatted(folder, e), e);
        }
    }

    /** Remembers that the store is in use. */
    void storeOpened() {
        file.filter(kept -> !kept.opened()).ifPresent(kept -> kept.inUse().keepIn(dataFolder));
    }

    /** How the store in {@code folder} is opened, once it has been looked at. */
    LogConfig log(Path folder, Certificates certificates) {
        requireStore(folder);
        var alone = LogConfig.alone(folder, group());
        return file.map(kept -> alone.as(kept.member(), access(kept, certificates))).orElse(alone);
    }

    private PeerAccess access(ServerFile kept, Certificates certificates) {
        var address =
                HostAndPort.parse(kept.peers())
                        .orElseThrow(() ->
                                new OlympusException(
                                        ErrorCode.CORRUPT,
                                        "%s: peers: \"%s\" is not HOST:PORT"
                                                .formatted(
                                                        dataFolder.resolve(ServerFile.NAME),
                                                        kept.peers())));
        var tls = ReplicaTls.of(certificates);
        return new PeerAccess(
                ports.peers().orElseThrow(),
                address.host(),
                address.port(),
                kept.joined(),
                Optional.of(new PeerAccess.Tls(tls.keys(), tls.trust())));
    }
}
