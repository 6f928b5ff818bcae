package olympus.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import olympus.foundation.OlympusException;
import olympus.foundation.ThreadEventLoop;
import olympus.link.AgentLinks.ServerLink;
import olympus.link.AgentLinks.Target;
import olympus.link.RecordingAgent.Told;
import olympus.link.RecordingServer.Heard;
import olympus.link.keys.Certificates;
import olympus.link.keys.Certificates.Kind;
import olympus.link.keys.Installation;
import olympus.model.state.Assignment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One agent and the servers of its island, over the network with TLS. */
final class AgentLinksTest {

    @TempDir Path folder;

    private final Samples samples = new Samples(new Random(7));
    private final RecordingAgent agent = new RecordingAgent();
    private final List<Server> servers = new ArrayList<>();
    private Realm realm;
    private Installation node;
    private Certificates certificates;
    private ThreadEventLoop loop;
    private AgentLinks links;

    /** A server with a certificate of its own. */
    private final class Server implements AutoCloseable {
        final String name;
        final RecordingServer heard = new RecordingServer();
        final Installation self;
        final Certificates certificates;
        AgentLinkServer link;
        int port;

        Server(String name) {
            this.name = name;
            this.self = realm.node(name);
            // Due for renewal, and still good.
            this.certificates = realm.certificates(self, Instant.now().minus(Duration.ofDays(70)));
            this.link = new AgentLinkServer(self, heard, new EveryNode(), loop);
            listen();
        }

        private void listen() {
            port =
                    link.listenTls(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                            LinkTls.ofServer(certificates));
        }

        void restart(int at) {
            close();
            link = new AgentLinkServer(self, heard, new EveryNode(), loop);
            port = at;
            listen();
        }

        Target target() {
            return new Target(
                    name,
                    new Dial.Tls(
                            "127.0.0.1",
                            port,
                            realm.server.island(),
                            LinkTls.ofAgent(AgentLinksTest.this.certificates)));
        }

        long connections() {
            return heard.journal.entries().stream()
                    .filter(Heard.Connected.class::isInstance)
                    .count();
        }

        void awaitConnections(int count) {
            heard.journal.awaitCount(count, Heard.Connected.class::isInstance);
        }

        @Override
        public void close() {
            link.close();
        }
    }

    @BeforeEach
    void prepare() {
        realm = new Realm(folder);
        node = realm.node("mars");
        certificates = realm.certificates(node, Instant.now().minus(Duration.ofDays(70)));
        loop = new ThreadEventLoop("links-test", (name, failure) -> failure.printStackTrace());
        links = new AgentLinks(Realm.identity(node.node()), agent, loop, new Random(1));
        for (var name : List.of("one", "two", "three")) {
            servers.add(new Server(name));
        }
    }

    @AfterEach
    void close() {
        links.close();
        servers.forEach(Server::close);
        loop.close();
    }

    @Test
    void allServersAreToldEverythingAndWhenOneIsKilledItsSuccessorOrders() {
        dialAll();
        var report = samples.report(node.node(), 2);
        var events = List.of(samples.event(1));
        links.report(report);
        links.events(events);
        for (var server : servers) {
            server.heard.journal.await(new Heard.Reported(report)::equals);
            server.heard.journal.await(new Heard.Happened(node.node(), events)::equals);
        }
        order(server("one"), 1);

        server("one").close();
        awaitStatus("one", false);
        order(server("two"), 2);
        server("two").link.eventsRecorded(node.node(), 1);
        agent.journal.await(new Told.Recorded(1)::equals);
    }

    @Test
    void aRefusalGoesBackToTheServerThatGaveTheOrder() {
        dialAll();
        order(server("one"), 1);
        order(server("two"), 2);
        links.refused(stamp(1), stamp(2), "older");
        assertThat(server("one").heard.await(Heard.Refused.class).refused()).isEqualTo(stamp(1));

        // What nobody gave concerns all.
        links.refused(stamp(9), stamp(2), "from the future");
        var second = server("two").heard.await(Heard.Refused.class);
        assertThat(second.refused()).isEqualTo(stamp(9));
    }

    @Test
    void linksFollowTheServersThatAreWanted() {
        links.wanted(Set.of(server("one").target(), server("two").target()));
        server("one").awaitConnections(1);
        server("two").awaitConnections(1);

        links.wanted(Set.of(server("two").target(), server("three").target()));
        server("three").awaitConnections(1);
        assertThat(server("one").heard.await(Heard.Disconnected.class).node())
                .isEqualTo(node.node());
        assertThat(links.status()).extracting(ServerLink::server).containsExactly("three", "two");
        assertThat(server("two").connections()).isEqualTo(1);
    }

    @Test
    void aServerWhoseAddressChangedIsDialledAnew() {
        dialAll();
        server("two").restart(0);
        links.wanted(targets());
        server("two").awaitConnections(2);
        awaitStatus("two", true);
        assertThat(server("one").connections()).isEqualTo(1);
        assertThat(server("three").connections()).isEqualTo(1);
    }

    @Test
    void aServerThatComesBackWhileItIsLetGoOfIsDialledOnce() {
        dialAll();
        for (var round = 2; round <= 6; round++) {
            links.wanted(Set.of(server("one").target()));
            links.wanted(targets());
            server("two").awaitConnections(round);
        }
        assertThat(server("one").connections()).isEqualTo(1);
        var replaced =
                server("two").heard.journal.entries().stream()
                        .filter(heard ->
                                heard instanceof Heard.Disconnected gone
                                        && gone.reason().contains("replaced"))
                        .toList();
        assertThat(replaced).isEmpty();
    }

    @Test
    void certificatesAreRenewedWhileAllAreConnected() {
        dialAll();
        var before = certificates.current(Kind.AGENT).certificate();
        assertThat(certificates.renewIfDue(Instant.now())).contains("agent");
        assertThat(certificates.current(Kind.AGENT).certificate()).isNotEqualTo(before);
        for (var server : servers) {
            assertThat(server.certificates.renewIfDue(Instant.now())).contains("replica");
        }
        // What is connected goes on, and what connects anew shows the new ones.
        order(server("three"), 1);
        server("one").restart(server("one").port);
        server("one").awaitConnections(2);
        order(server("one"), 2);
        assertThat(server("two").connections()).isEqualTo(1);
    }

    @Test
    void moreServersThanMayBeAreRefused() {
        dialAll();
        var many =
                IntStream.rangeClosed(1, 8)
                        .mapToObj(n -> new Target("server-" + n, new Dial.InProcess("n" + n)))
                        .collect(Collectors.toSet());
        assertThatThrownBy(() -> links.wanted(many))
                .isInstanceOf(OlympusException.class)
                .hasMessage(
                        "an agent keeps links to at most 7 servers, not to 8; the links stay as they are");
        var twice =
                Set.of(
                        new Target("one", new Dial.InProcess("here")),
                        new Target("one", new Dial.InProcess("there")));
        assertThatThrownBy(() -> links.wanted(twice)).hasMessageContaining("one address each");
        assertThat(links.status()).hasSize(3);
    }

    private void dialAll() {
        links.wanted(targets());
        servers.forEach(server -> server.awaitConnections(1));
        servers.forEach(server -> awaitStatus(server.name, true));
    }

    private Set<Target> targets() {
        return servers.stream().map(Server::target).collect(Collectors.toSet());
    }

    private Server server(String name) {
        return servers.stream().filter(s -> s.name.equals(name)).findFirst().orElseThrow();
    }

    private void order(Server server, long epoch) {
        var assignment = new Assignment(node.node(), stamp(epoch), List.of(), List.of());
        server.link.assign(assignment, Map.of());
        agent.awaitAssignment(stamp(epoch));
    }

    private static Assignment.Stamp stamp(long epoch) {
        return new Assignment.Stamp(1, epoch, 1);
    }

    private void awaitStatus(String server, boolean connected) {
        Supplier<Boolean> now =
                () ->
                        links.status().stream()
                                .filter(link -> link.server().equals(server))
                                .anyMatch(link -> link.connected() == connected);
        var end = System.nanoTime() + Journal.DEADLINE.toNanos();
        while (!now.get()) {
            assertThat(System.nanoTime() - end).as("%s", links.status()).isNegative();
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}
