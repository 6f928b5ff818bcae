package olympus.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import olympus.foundation.ThreadEventLoop;
import olympus.link.RecordingServer.Heard;
import olympus.link.keys.IssuedCertificate;
import olympus.link.keys.KeyFingerprint;
import olympus.link.keys.NodeKeys;
import olympus.link.keys.NodeUri;
import olympus.link.proto.AgentMessage;
import olympus.link.proto.CertificateRequest;
import olympus.link.proto.Hello;
import olympus.link.proto.ServerMessage.MessageCase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who belongs to the island, where its servers are, and the certificate that follows, over TLS. */
final class BelongingTest {

    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    @TempDir Path folder;

    private final RecordingServer listener = new RecordingServer();
    private final RecordingAgent orders = new RecordingAgent();
    private final EveryNode island = new EveryNode();
    private final Journal<ServerList> lists = new Journal<>();
    private Realm realm;
    private NodeKeys keys;
    private ThreadEventLoop loop;
    private AgentLinkServer server;
    private AgentLinks links;
    private Dial dial;

    @BeforeEach
    void connect() throws Exception {
        realm = new Realm(Files.createDirectory(folder.resolve("realm")));
        keys = enrolled(Instant.now());
        loop = new ThreadEventLoop("belonging", (name, failure) -> failure.printStackTrace());
        server = new AgentLinkServer(realm.server, listener, island, loop);
        var port =
                server.listenTls(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        LinkTls.ofServer(realm.serverCertificates));
        dial =
                new Dial.Tls(
                        "127.0.0.1",
                        port,
                        realm.server.island(),
                        new LinkTls(keys::current, keys.trust()));
        links =
                new AgentLinks(
                        Realm.identity(keys.owner().node()),
                        orders,
                        lists::add,
                        loop,
                        new Random(1));
    }

    @AfterEach
    void close() {
        links.close();
        server.close();
        loop.close();
    }

    @Test
    void aMachineThatWasLetInConnectsWithItsOwnKey() {
        links.wanted(Set.of(new AgentLinks.Target("one", dial)));
        assertThat(listener.await(Heard.Connected.class).node()).isEqualTo(keys.owner().node());
    }

    @Test
    void whoDoesNotBelongToTheIslandIsTurnedAwayWithTheReason() throws Exception {
        island.removed.put(keys.owner().node(), "it was removed by ana; make a token");
        try (var agent = new RawAgent(dial)) {
            agent.hello(1, keys.owner().node().toString());
            assertThat(agent.awaitEnd())
                    .contains("it was removed by ana; make a token")
                    .contains("PERMISSION_DENIED");
            assertThat(agent.received.entries()).isEmpty();
        }
        assertThat(listener.journal.entries()).isEmpty();
    }

    @Test
    void aRemovedNodesLinkEndsAtOnceAndItComesBackWhenItIsLetInAgain() {
        links.wanted(Set.of(new AgentLinks.Target("one", dial)));
        orders.awaitConnections(1);
        island.removed.put(keys.owner().node(), "it was removed");
        server.islandChanged();
        var gone =
                (Heard.Disconnected)
                        listener.journal.await(Heard.Disconnected.class::isInstance, AT_ONCE);
        assertThat(gone.reason()).isEqualTo("it was removed");
        assertThat(server.connected()).isEmpty();
        island.removed.clear();
        orders.awaitConnections(2);
    }

    @Test
    void aNodeIsCalledWhatItsRecordSaysWhateverItsAgentSays() throws Exception {
        var node = keys.owner().node();
        island.names.put(node, "pluto");
        try (var agent = new RawAgent(dial)) {
            agent.hello(1, node.toString());
            assertThat(listener.await(Heard.Connected.class).name()).isEqualTo("pluto");
        }
    }

    @Test
    void aNodeWhoseRecordWasReadAfterItCameIsCalledByItOnceItCameAgain() throws Exception {
        var node = keys.owner().node();
        try (var agent = new RawAgent(dial)) {
            agent.hello(1, node.toString());
            assertThat(listener.await(Heard.Connected.class).name()).isEqualTo("raw");
            island.names.put(node, "raw");
            server.islandChanged();
            server.eventsRecorded(node, 3);
            agent.received.await(
                    message -> message.getMessageCase() == MessageCase.EVENTS_RECORDED);
            island.names.put(node, "pluto");
            server.islandChanged();
            assertThat(agent.awaitEnd()).contains("this node is called pluto, not raw");
        }
        links.wanted(Set.of(new AgentLinks.Target("one", dial)));
        listener.journal.await(new Heard.Connected(node, "pluto")::equals);
    }

    @Test
    void anAgentIsToldWhereTheServersAreAndEachChange() {
        island.list = list(7, new ServerList.Entry("one", "10.0.0.1", 7401));
        links.wanted(Set.of(new AgentLinks.Target("one", dial)));
        lists.await(island.list::equals);
        island.list =
                list(
                        8,
                        new ServerList.Entry("one", "10.0.0.1", 7401),
                        new ServerList.Entry("two-0a", "fe80::2", 7401));
        server.islandChanged();
        assertThat(lists.await(island.list::equals).isLaterThan(list(7))).isTrue();
    }

    @Test
    void anAgentOfTheLevelBeforeIsToldNothingThatItDoesNotKnow() throws Exception {
        island.list = list(7, new ServerList.Entry("one", "10.0.0.1", 7401));
        try (var agent = new RawAgent(dial)) {
            agent.send(
                    AgentMessage.newBuilder()
                            .setHello(
                                    Hello.newBuilder()
                                            .setProtocol(1)
                                            .setNodeId(keys.owner().node().toString())
                                            .setNodeName("raw")
                                            .setLevel(2))
                            .build());
            listener.await(Heard.Connected.class);
            server.islandChanged();
            server.eventsRecorded(keys.owner().node(), 3);
            agent.received.await(
                    message -> message.getMessageCase() == MessageCase.EVENTS_RECORDED);
            assertThat(agent.received.entries())
                    .extracting(message -> message.getMessageCase())
                    .containsExactly(MessageCase.WELCOME, MessageCase.EVENTS_RECORDED);
        }
    }

    @Test
    void theCertificateThatFollowsComesThroughTheLink() throws Exception {
        island.signer = this::sign;
        links.wanted(Set.of(new AgentLinks.Target("one", dial)));
        orders.awaitConnections(1);
        var next = keys.next(new SecureRandom());
        var issued = renewed(next);
        keys.take(next.key(), issued);

        try (var again = new RawAgent(dial)) {
            again.hello(1, keys.owner().node().toString());
            again.received.await(message -> message.getMessageCase() == MessageCase.WELCOME);
        }
        assertThat(KeyFingerprint.of(keys.current().certificate().getPublicKey()))
                .isEqualTo(next.request().fingerprint());
    }

    @Test
    void dialledAnewALinkShowsTheCertificateThatIsInForceByThen() throws Exception {
        island.signer = this::sign;
        links.wanted(Set.of(new AgentLinks.Target("one", dial)));
        orders.awaitConnections(1);
        var next = keys.next(new SecureRandom());
        keys.take(next.key(), renewed(next));
        assertThat(island.keys.get(keys.owner().node())).isNotEqualTo(next.request().fingerprint());

        links.dialAnew();

        listener.journal.awaitCount(2, Heard.Connected.class::isInstance);
        assertThat(island.keys.get(keys.owner().node())).isEqualTo(next.request().fingerprint());
    }

    @Test
    void whatOneServerRefusesIsAskedOfTheNext() throws Exception {
        var other = new EveryNode();
        other.signer = this::sign;
        try (var second = new AgentLinkServer(realm.server, new RecordingServer(), other, loop)) {
            var port =
                    second.listenTls(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            LinkTls.ofServer(realm.serverCertificates));
            var there =
                    new Dial.Tls(
                            "127.0.0.1",
                            port,
                            realm.server.island(),
                            new LinkTls(keys::current, keys.trust()));
            links.wanted(
                    Set.of(
                            new AgentLinks.Target("one", dial),
                            new AgentLinks.Target("two", there)));
            orders.awaitConnections(2);
            var next = keys.next(new SecureRandom());
            assertThatThrownBy(() -> links.renew(next.request()).toCompletableFuture().join())
                    .hasMessageContaining("nobody signs for");
            assertThat(renewed(next).chain()).startsWith("-----BEGIN CERTIFICATE-----");
            assertThatThrownBy(() -> links.renew(next.request()).toCompletableFuture().join())
                    .as("the turn of the first again")
                    .hasMessageContaining("nobody signs for");
        }
    }

    private CompletionStage<IssuedCertificate> sign(
            NodeUri node, olympus.link.keys.CertificateRequest request) {
        return CompletableFuture.completedStage(
                realm.serverCertificates
                        .nodeSigner()
                        .sign(request, node.node(), "mars", Instant.now()));
    }

    @Test
    void aRefusedCertificateIsToldWithTheServersWords() throws Exception {
        links.wanted(Set.of(new AgentLinks.Target("one", dial)));
        orders.awaitConnections(1);
        var next = keys.next(new SecureRandom());
        for (var attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> links.renew(next.request()).toCompletableFuture().join())
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining("nobody signs for olympus://realm/");
        }
    }

    @Test
    void aRequestThatIsNoneIsRefusedAndTheLinkGoesOn() throws Exception {
        try (var agent = new RawAgent(dial)) {
            agent.hello(1, keys.owner().node().toString());
            agent.send(
                    AgentMessage.newBuilder()
                            .setCertificateRequest(
                                    CertificateRequest.newBuilder().setPkcs10("none"))
                            .build());
            var answer =
                    agent.received.await(
                            message -> message.getMessageCase() == MessageCase.CERTIFICATE);
            assertThat(answer.getCertificate().getFailure().getMessage())
                    .contains("certificate request cannot be used");
            server.eventsRecorded(keys.owner().node(), 3);
            agent.received.await(
                    message -> message.getMessageCase() == MessageCase.EVENTS_RECORDED);
        }
    }

    @Test
    void withoutAServerThatSignsARenewalFailsAtOnce() {
        var next = keys.next(new SecureRandom());
        assertThatThrownBy(() -> links.renew(next.request()).toCompletableFuture().join())
                .hasMessageContaining("no server that can sign");
    }

    private IssuedCertificate renewed(NodeKeys.Following next) throws Exception {
        return links.renew(next.request()).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private NodeKeys enrolled(Instant at) {
        var own = folder.resolve("node").resolve("keys");
        var asking = NodeKeys.ask(own, new SecureRandom());
        return NodeKeys.enrolled(
                own,
                asking.key(),
                realm.serverCertificates
                        .nodeSigner()
                        .sign(asking.request(), asking.node(), "mars", at));
    }

    private static ServerList list(long revision, ServerList.Entry... servers) {
        return new ServerList(1, revision, List.of(servers));
    }
}
