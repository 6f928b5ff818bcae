package olympus.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import olympus.foundation.ThreadEventLoop;
import olympus.link.RecordingServer.Heard;
import olympus.link.keys.Authorities.Purpose;
import olympus.link.keys.Certificates.Kind;
import olympus.link.keys.Installation;
import olympus.link.proto.AgentMessage;
import olympus.link.proto.LogLine;
import olympus.link.proto.LogLines;
import olympus.link.proto.Report;
import olympus.link.proto.ServerMessage.MessageCase;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who is not let in, and what is not taken, over TLS, with the reason that the other side is given.
 */
final class RefusalsTest {

    @TempDir Path folder;

    private final RecordingServer listener = new RecordingServer();
    private Realm realm;
    private Installation node;
    private ThreadEventLoop loop;
    private AgentLinkServer server;
    private int port;

    @BeforeEach
    void listen() throws Exception {
        realm = new Realm(Files.createDirectory(folder.resolve("realm")));
        node = realm.node("mars");
        loop = new ThreadEventLoop("refusals-test", (name, failure) -> failure.printStackTrace());
        server = new AgentLinkServer(realm.server, listener, new EveryNode(), loop);
        port =
                server.listenTls(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        LinkTls.ofServer(realm.serverCertificates));
    }

    @AfterEach
    void close() {
        server.close();
        loop.close();
    }

    @Test
    void anAgentOfAnotherRealmIsRefused() throws Exception {
        var foreign = new Realm(Files.createDirectory(folder.resolve("foreign")));
        var theirs = foreign.certificates(foreign.node("intruder"), Instant.now());
        var tls =
                new LinkTls(
                        () -> theirs.current(Kind.AGENT),
                        realm.authorities.trust(Purpose.REPLICAS));
        assertRefusedInHandshake(tls, "ALERT");
    }

    @Test
    void anAgentRefusesAServerOfAnotherRealm() throws Exception {
        var foreign = new Realm(Files.createDirectory(folder.resolve("foreign")));
        var ours = realm.certificates(node, Instant.now());
        var tls =
                new LinkTls(
                        () -> ours.current(Kind.AGENT),
                        foreign.authorities.trust(Purpose.REPLICAS));
        try (var agent = new RawAgent(dial(tls))) {
            assertThat(agent.awaitEnd()).containsIgnoringCase("certification path");
        }
    }

    @Test
    void anAgentsCertificateMakesNoServer() throws Exception {
        var agents = realm.certificates(node, Instant.now());
        var posing =
                new LinkTls(
                        () -> agents.current(Kind.AGENT), realm.authorities.trust(Purpose.AGENTS));
        try (var impostor = new AgentLinkServer(realm.server, listener, new EveryNode(), loop)) {
            var at =
                    impostor.listenTls(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), posing);
            try (var agent =
                    new RawAgent(
                            new Dial.Tls(
                                    "127.0.0.1",
                                    at,
                                    realm.server.island(),
                                    LinkTls.ofAgent(agents)))) {
                assertThat(agent.awaitEnd()).contains("UNAVAILABLE");
                assertThat(agent.received.entries()).isEmpty();
            }
        }
    }

    @Test
    void aServerOfAnotherIslandIsRefused() throws Exception {
        var ours = realm.certificates(node, Instant.now());
        var other = UUID.fromString("00000000-0000-4000-8000-000000000001");
        try (var agent =
                new RawAgent(new Dial.Tls("127.0.0.1", port, other, LinkTls.ofAgent(ours)))) {
            assertThat(agent.awaitEnd())
                    .contains("00000000-0000-4000-8000-000000000001.island.olympus.internal");
        }
    }

    @Test
    void anExpiredCertificateIsRefused() throws Exception {
        var expired = realm.certificates(node, Instant.now().minus(Duration.ofDays(100)));
        assertThat(expired.current(Kind.AGENT).daysLeft(Instant.now())).isNegative();
        assertRefusedInHandshake(LinkTls.ofAgent(expired), "CERTIFICATE_EXPIRED");
    }

    @Test
    void anAgentWithoutCertificateIsRefused() throws Exception {
        var trust = KeyStore.getInstance(KeyStore.getDefaultType());
        trust.load(null, null);
        trust.setCertificateEntry("replicas", realm.authorities.trust(Purpose.REPLICAS).getFirst());
        var managers = TrustManagerFactory.getInstance("PKIX");
        managers.init(trust);
        var context = SSLContext.getInstance("TLSv1.3");
        context.init(null, managers.getTrustManagers(), null);
        try (var socket =
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
            // Which of the two is seen first depends on how far the write had come.
            assertThatThrownBy(
                            () -> {
                                socket.getOutputStream()
                                        .write(
                                                "PRI * HTTP/2.0"
                                                        .getBytes(StandardCharsets.US_ASCII));
                                socket.getInputStream().readAllBytes();
                            })
                    .isInstanceOfAny(SSLException.class, SocketException.class);
        }
        assertNobodyCameIn();
    }

    @Test
    void aNodeIdOtherThanTheCertificatesIsRefused() throws Exception {
        var other = realm.node("venus");
        try (var agent =
                new RawAgent(dial(LinkTls.ofAgent(realm.certificates(node, Instant.now()))))) {
            agent.hello(1, other.node().toString());
            assertThat(agent.awaitEnd())
                    .contains("says it is node " + other.node())
                    .contains("certificate was issued to node " + node.node())
                    .contains("PERMISSION_DENIED");
        }
        assertNobodyCameIn();
    }

    @Test
    void anotherProtocolVersionIsRefused() throws Exception {
        try (var agent = new RawAgent(ours())) {
            agent.hello(2, node.node().toString());
            assertThat(agent.awaitEnd())
                    .contains(
                            "speaks protocol 2 of the link, this server speaks 1; run the same version of Olympus on both");
        }
        assertNobodyCameIn();
    }

    @Test
    void aFirstMessageOtherThanHelloIsRefused() throws Exception {
        try (var agent = new RawAgent(ours())) {
            agent.send(AgentMessage.newBuilder().setReport(Report.getDefaultInstance()).build());
            assertThat(agent.awaitEnd())
                    .contains("the first message carries REPORT; expected HELLO");
        }
        assertNobodyCameIn();
    }

    @Test
    void whatOthersWouldTakeForMoreThanAnAddressIsRefused() throws Exception {
        for (var wrong :
                List.of("mars:80", "a b", "mars\n10.0.0.1 bank.example.org", "-a", "a/b")) {
            try (var agent = new RawAgent(ours())) {
                agent.hello(1, node.node().toString(), wrong);
                assertThat(agent.awaitEnd()).contains("a host name or an IP address");
            }
            assertThatThrownBy(() ->
                            new AgentSide.Identity(
                                    node.node(), "mars", "0.1.0", Optional.of(wrong)))
                    .hasMessage(
                            "--advertise %s: expected a host name or an IP address, without a port"
                                    .formatted(wrong));
        }
        assertNobodyCameIn();
    }

    @Test
    void aNodeIdThatIsNoneIsRefused() throws Exception {
        try (var agent = new RawAgent(ours())) {
            agent.hello(1, "mars");
            assertThat(agent.awaitEnd()).contains("Hello: ").contains("INVALID_ARGUMENT");
        }
        assertNobodyCameIn();
    }

    @Test
    void aReportThatIsNoJsonEndsTheStream() throws Exception {
        try (var agent = new RawAgent(ours())) {
            agent.hello(1, node.node().toString());
            agent.received.await(message -> message.getMessageCase() == MessageCase.WELCOME);
            agent.send(
                    AgentMessage.newBuilder()
                            .setReport(
                                    Report.newBuilder()
                                            .setNodeReportJson(
                                                    ByteString.copyFromUtf8("{nonsense")))
                            .build());
            assertThat(agent.awaitEnd()).contains("node-report").contains("not JSON");
        }
        assertThat(listener.await(Heard.Disconnected.class).reason()).contains("not JSON");
    }

    @Test
    void aReportAboutAnotherNodeEndsTheStream() throws Exception {
        var report = new Samples(new Random(1)).report(realm.node("venus").node(), 1);
        try (var agent = new RawAgent(ours())) {
            agent.hello(1, node.node().toString());
            agent.received.await(message -> message.getMessageCase() == MessageCase.WELCOME);
            agent.send(AgentMessage.newBuilder().setReport(Wire.report(report)).build());
            assertThat(agent.awaitEnd()).contains("expected the stream's own, " + node.node());
        }
        assertThat(listener.journal.entries()).noneMatch(Heard.Reported.class::isInstance);
    }

    @Test
    void aLogLineThatCannotBeReadEndsItsStreamAndNothingElse() throws Exception {
        var request =
                new LogRequest(
                        new InstanceId(new ServiceId(new StackName("shop"), "web"), 1),
                        Optional.empty(),
                        0,
                        true);
        var end = new Journal<Optional<String>>();
        try (var agent = new RawAgent(ours())) {
            agent.hello(1, node.node().toString());
            agent.received.await(message -> message.getMessageCase() == MessageCase.WELCOME);
            var _ = server.streamLogs(node.node(), request, new EndOnly(end));
            var asked =
                    agent.received.await(
                            message -> message.getMessageCase() == MessageCase.LOG_REQUEST);
            agent.send(
                    AgentMessage.newBuilder()
                            .setLogLines(
                                    LogLines.newBuilder()
                                            .setRequestId(asked.getLogRequest().getRequestId())
                                            .addLines(LogLine.newBuilder().setInstance("nonsense")))
                            .build());
            assertThat(agent.awaitEnd()).contains("a log line").contains("nonsense");
        }
        assertThat(end.await(Optional::isPresent)).isPresent();
        try (var again = new RawAgent(ours())) {
            again.hello(1, node.node().toString());
            again.received.await(message -> message.getMessageCase() == MessageCase.WELCOME);
        }
    }

    private record EndOnly(Journal<Optional<String>> ended) implements LogSink {
        @Override
        public boolean lines(List<olympus.link.LogLine> lines) {
            return true;
        }

        @Override
        public void gap(LogGap gap) {}

        @Override
        public void ready(Runnable resume) {
            resume.run();
        }

        @Override
        public void end(Optional<String> error) {
            ended.add(error);
        }
    }

    @Test
    void aMessageBeyondTheLimitEndsTheStreamWithBothSizes() throws Exception {
        try (var agent = new RawAgent(ours())) {
            agent.hello(1, node.node().toString());
            agent.received.await(message -> message.getMessageCase() == MessageCase.WELCOME);
            var huge = ByteString.copyFrom(new byte[LinkLimits.MAX_MESSAGE_BYTES + 1]);
            agent.send(
                    AgentMessage.newBuilder()
                            .setReport(Report.newBuilder().setNodeReportJson(huge))
                            .build());
            assertThat(agent.awaitEnd())
                    .contains("a message of 16777227 bytes; one may have at most 16777216");
        }
        assertThat(listener.await(Heard.Disconnected.class).reason())
                .contains("a message of 16777227 bytes");
    }

    @Test
    void aSecondStreamOfANodeReplacesTheFirst() throws Exception {
        try (var first = new RawAgent(ours());
                var second = new RawAgent(ours())) {
            first.hello(1, node.node().toString());
            first.received.await(message -> message.getMessageCase() == MessageCase.WELCOME);
            second.hello(1, node.node().toString());
            assertThat(first.awaitEnd()).contains("replaced by a newer stream of the same node");
            second.received.await(message -> message.getMessageCase() == MessageCase.WELCOME);
            listener.journal.awaitCount(2, Heard.Connected.class::isInstance);

            server.assign(Samples.empty(node.node(), 1), Map.of());
            second.received.await(message -> message.getMessageCase() == MessageCase.ORDER);
        }
        listener.journal.awaitCount(2, Heard.Disconnected.class::isInstance);
        assertThat(
                        listener.journal.entries().stream()
                                .map(heard -> heard.getClass().getSimpleName()))
                .containsExactly("Connected", "Disconnected", "Connected", "Disconnected");
    }

    @Test
    void aRenewedCertificateIsUsedAtTheNextHandshake() throws Exception {
        var certificates = realm.certificates(node, Instant.now().minus(Duration.ofDays(100)));
        var tls = LinkTls.ofAgent(certificates);
        assertRefusedInHandshake(tls, "CERTIFICATE_EXPIRED");
        assertThat(certificates.renewIfDue(Instant.now())).contains("agent");
        try (var agent = new RawAgent(dial(tls))) {
            agent.hello(1, node.node().toString());
            agent.received.await(message -> message.getMessageCase() == MessageCase.WELCOME);
        }
    }

    @Test
    void aServerThatSaysNothingIsGivenUpAndTriedAgain() throws Exception {
        var orders = new RecordingAgent();
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var agent =
                        new AgentLinkClient(
                                Realm.identity(node.node()),
                                orders,
                                new Dial.Tls(
                                        "127.0.0.1",
                                        silent.getLocalPort(),
                                        realm.server.island(),
                                        LinkTls.ofAgent(realm.certificates(node, Instant.now()))),
                                _ -> {},
                                loop,
                                new Random(1))) {
            agent.start();
            silent.accept();
            silent.accept();
            awaitDetail(agent, "within 10 s");
            assertThat(agent.status().connected()).isFalse();
        }
    }

    /** The transport dials again by itself, so the second call may come before the first ends. */
    private static void awaitDetail(AgentLinkClient agent, String wanted) {
        var end = System.nanoTime() + Journal.DEADLINE.toNanos();
        while (!agent.status().detail().contains(wanted)) {
            assertThat(System.nanoTime() - end).as(agent.status().detail()).isNegative();
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private void assertRefusedInHandshake(LinkTls tls, String alert) throws InterruptedException {
        try (var agent = new RawAgent(dial(tls))) {
            agent.hello(1, node.node().toString());
            assertThat(agent.awaitEnd()).contains("UNAVAILABLE").contains(alert);
            assertThat(agent.received.entries()).isEmpty();
        }
        assertNobodyCameIn();
    }

    private void assertNobodyCameIn() {
        assertThat(listener.journal.entries()).isEmpty();
        assertThat(server.connected()).isEmpty();
    }

    private Dial ours() {
        return dial(LinkTls.ofAgent(realm.certificates(node, Instant.now())));
    }

    private Dial dial(LinkTls tls) {
        return new Dial.Tls("127.0.0.1", port, realm.server.island(), tls);
    }
}
