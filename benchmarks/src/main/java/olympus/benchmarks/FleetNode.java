package olympus.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import olympus.agent.internal.AgentWithFakeRuns;
import olympus.agent.internal.FakeRuns;
import olympus.foundation.Clock;
import olympus.foundation.EventLoop;
import olympus.link.AgentLinks;
import olympus.link.AgentSide;
import olympus.link.Dial;
import olympus.link.LinkTls;
import olympus.link.keys.Installation;
import olympus.link.keys.NodeKeys;
import olympus.model.NodeId;
import olympus.model.state.NodeFacts;
import olympus.server.nodes.Enrolling;
import olympus.server.nodes.ServersFile;

/**
 * A machine of a {@link Fleet}: it was let in as {@code olympus agent} is, with a key and a
 * certificate of its own, and is linked by the agent's own code; only what it runs is made up.
 */
final class FleetNode implements AutoCloseable {

    private static final String VERSION = "benchmark";
    private static final NodeFacts FACTS =
            new NodeFacts(
                    new NodeFacts.Platform("linux", "amd64", "none", "none"),
                    new NodeFacts.Processors(16, "none", Optional.empty()),
                    64L << 30,
                    List.of(new NodeFacts.Disk("/", "ext4", 1L << 40, 1L << 39)),
                    List.of(new NodeFacts.Network("eth0", List.of("192.0.2.1"))),
                    List.of());

    private final Path data;
    private final Installation self;
    private final SecureRandom random = new SecureRandom();
    private Optional<Relay> relay = Optional.empty();
    private Optional<AgentWithFakeRuns> agent = Optional.empty();
    private Optional<AgentLinks> links = Optional.empty();

    private FleetNode(Path data, Installation self) {
        this.data = data;
        this.self = self;
    }

    /** Makes its key and is let in by the server whose API is at {@code address}. */
    static FleetNode enrol(Path data, URI address, String token, String name) {
        return new FleetNode(data, new Enrolling(data).enrol(address, token, name, VERSION));
    }

    NodeId id() {
        return self.node();
    }

    /** Its links go through a relay of its own from the next {@link #connect} on. */
    void relayed() throws IOException {
        var server = new ServersFile(data).read().servers().getFirst();
        relay = Optional.of(new Relay(new InetSocketAddress(server.host(), server.port())));
    }

    /** Supervises from now on, and dials the servers that it was told of when it was let in. */
    void connect(EventLoop loop, EventLoop linkLoop, FakeRuns runs) {
        var identity = new AgentSide.Identity(self.node(), self.nodeName(), VERSION);
        var supervising =
                new AgentWithFakeRuns(
                        data.resolve("agent"), identity, Clock.system(), random, loop, FACTS, runs);
        var linked = new AgentLinks(identity, supervising, linkLoop, random);
        agent = Optional.of(supervising);
        links = Optional.of(linked);
        supervising.start(linked);
        linked.wanted(targets());
    }

    /** As an agent keeps them; the one server of this island does not move. */
    private Set<AgentLinks.Target> targets() {
        var keys = NodeKeys.open(data.resolve("keys"));
        var tls = new LinkTls(keys::current, keys.trust());
        return new ServersFile(data)
                .read().servers().stream()
                        .map(server ->
                                new AgentLinks.Target(
                                        server.member(),
                                        new Dial.Tls(
                                                server.host(),
                                                relay.map(Relay::port).orElse(server.port()),
                                                keys.island(),
                                                tls)))
                        .collect(Collectors.toUnmodifiableSet());
    }

    boolean isConnected() {
        return links.stream()
                .flatMap(all -> all.status().stream())
                .anyMatch(AgentLinks.ServerLink::connected);
    }

    /** From now on nothing comes from it or reaches it; it runs on what it runs. */
    void cut() {
        relay.orElseThrow(() -> new IllegalStateException("its links are not relayed")).cut();
    }

    @Override
    public void close() throws IOException {
        if (relay.isPresent()) {
            relay.get().close();
        }
        links.ifPresent(AgentLinks::close);
        agent.ifPresent(AgentWithFakeRuns::close);
    }
}
