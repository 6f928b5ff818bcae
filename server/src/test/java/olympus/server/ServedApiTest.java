package olympus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import olympus.foundation.Clock;
import olympus.foundation.DurationHistogram;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.foundation.ThreadEventLoop;
import olympus.foundation.simulation.SimulatedClock;
import olympus.foundation.simulation.SimulatedLoop;
import olympus.hermes.Hermes;
import olympus.link.AgentLinkServer;
import olympus.link.keys.Authorities;
import olympus.link.keys.Authorities.Purpose;
import olympus.link.keys.Certificates;
import olympus.link.keys.Installation;
import olympus.link.keys.SecretVault;
import olympus.server.deadline.Deadline;
import olympus.server.group.KnownServers;
import olympus.server.group.Servers;
import olympus.server.group.StoreWrites;
import olympus.server.http.Backend;
import olympus.server.http.HttpSettings;
import olympus.server.nodes.IslandNodes;
import olympus.server.nodes.KnownNodes;
import olympus.server.nodes.NodeAdmission;
import olympus.server.problems.Problems;
import olympus.server.secrets.SecretStore;
import olympus.server.store.HaltedStore;
import olympus.server.tokens.Tokens;
import olympus.zeus.ClusterView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ServedApiTest {

    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final SimulatedClock clock = new SimulatedClock(Clock.system().wall());
    private final SimulatedLoop keeper = new SimulatedLoop(clock);
    private final AtomicReference<InetSocketAddress> address = new AtomicReference<>(ANY_PORT);
    private final List<String> failures = new ArrayList<>();
    private final ThreadEventLoop loop = new ThreadEventLoop("link", (_, _) -> {});

    @SuppressWarnings("NullAway.Init")
    private Path keys;

    @SuppressWarnings("NullAway.Init")
    private Certificates certificates;

    @SuppressWarnings("NullAway.Init")
    private AgentLinkServer agents;

    @SuppressWarnings("NullAway.Init")
    private Backend backend;

    private static OlympusException noStore() {
        return new OlympusException(ErrorCode.UNAVAILABLE, "no store");
    }

    @BeforeEach
    void prepare() throws Exception {
        var random = new SecureRandom();
        var self = Installation.openOrCreate(folder, "mars", random);
        keys = folder.resolve("keys");
        var authorities = Authorities.openOrCreate(keys, self, clock.wall(), random);
        certificates =
                Certificates.openOrIssue(
                        keys, self, authorities, Set.of("127.0.0.1"), clock.wall());
        var island = island(new HaltedStore("island", noStore()));
        agents = new AgentLinkServer(self, new ReportRelay(), island, loop);
        backend = backend(self, keys, clock, agents);
    }

    @AfterEach
    void end() {
        agents.close();
        loop.close();
    }

    private ServedApi served(InetSocketAddress listen) {
        return ServedApi.start(
                new HttpSettings(listen, folder.resolve("http"), 1 << 20, 10),
                backend,
                certificates,
                clock,
                keeper,
                address::set,
                failures::add);
    }

    @Test
    @Timeout(60)
    void aTakenPortIsOneSentenceWithItsHolderAndIsServedOnceItIsFree() throws Exception {
        try (var holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var taken = new InetSocketAddress(holder.getInetAddress(), holder.getLocalPort());
            try (var api = served(taken)) {
                keeper.runFor(Duration.ofSeconds(20));
                assertThat(api).isNotNull();
                assertThat(failures)
                        .singleElement()
                        .asString()
                        .startsWith("the API cannot listen on ")
                        .contains(
                                "127.0.0.1:" + taken.getPort(),
                                "process " + ProcessHandle.current().pid() + " (",
                                "--listen HOST:PORT",
                                "tried again every 5 s")
                        .hasLineCount(1)
                        .doesNotContain("Exception");
                assertThat(address).hasValue(ANY_PORT);

                holder.close();
                keeper.runFor(Duration.ofSeconds(6));
                assertThat(address).hasValue(taken);
            }
        }
    }

    @Test
    void anAddressThatTheMachineDoesNotHaveIsNamedWithoutAHolder() throws Exception {
        var foreign = new InetSocketAddress(InetAddress.getByName("192.0.2.1"), 7400);

        assertThat(new ListenAddress(foreign).obstacle())
                .hasValueSatisfying(
                        why -> assertThat(why).contains("192.0.2.1:7400", "--listen HOST:PORT"));
    }

    @Test
    @Timeout(60)
    void aRenewedCertificateIsServedWithoutARestart() throws Exception {
        try (var api = served(ANY_PORT)) {
            assertThat(api).isNotNull();
            assertThat(failures).isEmpty();
            var first = certificate();

            keeper.runFor(Duration.ofDays(59));
            assertThat(certificate()).isEqualTo(first);

            keeper.runFor(Duration.ofDays(2));
            assertThat(certificate().getNotAfter()).isAfter(first.getNotAfter());
        }
    }

    @Test
    @Timeout(60)
    void aRenewalThatFailsIsAProblemAndTheCertificateInForceIsServedUntilItSucceeds()
            throws Exception {
        try (var api = served(ANY_PORT)) {
            assertThat(api).isNotNull();
            var first = certificate();
            var obstacle = keys.resolve("https.crt.new");
            Files.createDirectories(obstacle.resolve("taken"));

            keeper.runFor(Duration.ofDays(61));
            assertThat(certificate()).isEqualTo(first);
            assertThat(backend.outside().problems().all())
                    .singleElement()
                    .asString()
                    .contains("certificate https could not be renewed");

            // Not valid any more: even then the process goes on.
            clock.advance(Duration.ofDays(30));
            keeper.runFor(Duration.ofHours(2));
            assertThat(backend.outside().problems().all()).hasSize(1);

            Files.delete(obstacle.resolve("taken"));
            Files.delete(obstacle);
            keeper.runFor(Duration.ofHours(2));
            assertThat(certificate().getNotAfter()).isAfter(first.getNotAfter());
            assertThat(backend.outside().problems().all()).isEmpty();
        }
    }

    private Backend backend(Installation self, Path keys, Clock clock, AgentLinkServer agents)
            throws Exception {
        var hermes = new HaltedStore("island", noStore());
        var deadline = new Deadline(Duration.ofSeconds(2));
        var vault = SecretVault.openOrCreate(keys.resolve("island.key"), new SecureRandom());
        return new Backend(
                new Backend.Island(
                        hermes,
                        new AbsentController(noStore()),
                        new AbsentController(noStore()),
                        new AbsentController(noStore()),
                        () -> new ClusterView(0, List.of(), List.of(), List.of(), List.of()),
                        () -> new DurationHistogram().read(),
                        agents,
                        Servers.none(hermes, deadline),
                        new NodeAdmission(
                                new NodeAdmission.Ground(
                                        new StoreWrites(hermes, clock, deadline),
                                        island(hermes),
                                        self,
                                        certificates
                                                .trust(Purpose.PEOPLE)
                                                .getFirst()
                                                .getPublicKey(),
                                        certificates.nodeSigner()))),
                new Backend.Outside(
                        new SecretStore(hermes, vault, clock, deadline),
                        Tokens.open(folder, clock),
                        List::of,
                        List::of,
                        () -> new Backend.Readiness(false, "no store"),
                        new Problems(),
                        new Backend.Self(self.nodeName(), "0.1.0", clock.wall())),
                new Backend.Others(vault, List.of()),
                clock,
                deadline);
    }

    private IslandNodes island(Hermes hermes) {
        return new IslandNodes(
                hermes,
                new KnownNodes(hermes),
                new KnownServers(hermes),
                certificates.nodeSigner(),
                clock);
    }

    /** The certificate that a new connection is shown; whether it is trusted is not asked here. */
    private X509Certificate certificate() throws Exception {
        var served = java.util.Objects.requireNonNull(address.get());
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        try (var socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(served.getAddress(), served.getPort())) {
            socket.setSoTimeout(20_000);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
