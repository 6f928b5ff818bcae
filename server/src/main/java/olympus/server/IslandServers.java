package olympus.server;

import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import olympus.foundation.Clock;
import olympus.foundation.OlympusException;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.HermesNode;
import olympus.link.AgentLinks;
import olympus.link.Dial;
import olympus.link.LinkTls;
import olympus.link.keys.Authorities.Purpose;
import olympus.link.keys.Certificates;
import olympus.link.keys.Expiry;
import olympus.link.keys.Installation;
import olympus.server.deadline.Deadline;
import olympus.server.group.Admission;
import olympus.server.group.HostAndPort;
import olympus.server.group.KnownServers;
import olympus.server.group.ServerFile;
import olympus.server.group.ServerGroup;
import olympus.server.group.ServerRecord;
import olympus.server.group.Servers;
import olympus.server.problems.Problems;
import olympus.server.store.Projection;

/**
 * This server among those of its island: follows who they are, keeps its own record, and, while it
 * leads, has them come and go.
 */
final class IslandServers {

    private final Installation self;
    private final Membership membership;
    private final OpenStore store;
    private final Certificates certificates;
    private final Clock clock;
    private final KnownServers known;
    private volatile Optional<ServerRecord> own = Optional.empty();

    IslandServers(
            Installation self,
            Membership membership,
            OpenStore store,
            Certificates certificates,
            Clock clock) {
        this.self = self;
        this.membership = membership;
        this.store = store;
        this.certificates = certificates;
        this.clock = clock;
        this.known = new KnownServers(store.hermes());
    }

    Projection follow(Problems problems) {
        return known.follow(problems);
    }

    KnownServers known() {
        return known;
    }

    /**
     * The servers that the agent of this machine tells: all that open a port for agents, and this
     * one.
     *
     * @param own how the agent dials this one
     */
    Set<AgentLinks.Target> dialled(Dial own) {
        var targets = new HashSet<AgentLinks.Target>();
        targets.add(new AgentLinks.Target(membership.member(), own));
        var tls = LinkTls.ofAgent(certificates);
        for (var server : known.all()) {
            if (!server.member().equals(membership.member())) {
                server.agents()
                        .flatMap(HostAndPort::parse)
                        .map(at -> new Dial.Tls(at.host(), at.port(), self.island(), tls))
                        .ifPresent(
                                dial -> targets.add(new AgentLinks.Target(server.member(), dial)));
            }
        }
        return Set.copyOf(targets);
    }

    /** What people may see and order. */
    Servers servers(Deadline deadline) {
        var admission =
                store.node()
                        .map(node ->
                                new Admission(
                                        new Admission.Ground(
                                                node,
                                                known,
                                                self,
                                                membership.group(),
                                                membership.peers().isPresent(),
                                                certificates
                                                        .trust(Purpose.PEOPLE)
                                                        .getFirst()
                                                        .getPublicKey(),
                                                membership.dataFolder(),
                                                clock,
                                                deadline)));
        return new Servers(store.hermes(), known, store.node(), admission, deadline);
    }

    /** The API answers at {@code address}: from now on the own record can be written. */
    void serving(InetSocketAddress address) {
        own =
                Optional.of(
                        new ServerRecord(
                                membership.member(),
                                self.node(),
                                self.nodeName(),
                                membership.peers(),
                                membership.agents(),
                                membership.api(address),
                                Version.TEXT,
                                Optional.of(HermesNode.supportedLevel()),
                                clock.wall(),
                                ServerRecord.State.MEMBER,
                                Optional.empty()));
    }

    /** With the certificates as they are by now. */
    private Optional<ServerRecord> own() {
        var end =
                certificates.expiries(clock.wall()).stream()
                        .map(Expiry::expires)
                        .min(Comparator.naturalOrder());
        return own.map(record -> record.withCertificatesUntil(end));
    }

    /** Begins to keep the group; what is returned ends it. */
    AutoCloseable keep(Problems problems, BiConsumer<String, Throwable> onBug) {
        if (store.node().isEmpty()) {
            return () -> {};
        }
        var node = store.node().get();
        var loop = new ThreadEventLoop("servers", onBug);
        var group = new ServerGroup(node, node.group(), known, this::own, loop, clock);
        store.onceReady(() -> rememberOpened(problems));
        group.start();
        return () -> {
            group.close();
            loop.close();
        };
    }

    private void rememberOpened(Problems problems) {
        try {
            membership.storeOpened();
        } catch (OlympusException e) {
            problems.tell(
                    ServerFile.NAME,
                    "an emptied store would not be noticed at the next start, as this cannot be written down: "
                            + e.getMessage());
        }
    }
}
