package olympus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
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
import olympus.link.AgentLinkServer;
import olympus.link.keys.Authorities;
import olympus.link.keys.Certificates;
import olympus.link.keys.Installation;
import olympus.link.keys.SecretVault;
import olympus.server.deadline.Deadline;
import olympus.server.http.Backend;
import olympus.server.http.HttpSettings;
import olympus.server.problems.Problems;
import olympus.server.secrets.SecretStore;
import olympus.server.store.HaltedStore;
import olympus.server.tokens.Tokens;
import olympus.zeus.ClusterView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ServedApiTest {

    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    @Timeout(60)
    void aRenewedCertificateIsServedWithoutARestart() throws Exception {
        var clock = new SimulatedClock(Clock.system().wall());
        var keeper = new SimulatedLoop(clock);
        var random = new SecureRandom();
        var self = Installation.openOrCreate(folder, "mars", random);
        var keys = folder.resolve("keys");
        var authorities = Authorities.openOrCreate(keys, self, clock.wall(), random);
        var certificates =
                Certificates.openOrIssue(
                        keys, self, authorities, Set.of("127.0.0.1"), clock.wall());
        var address = new InetSocketAddress[] {ANY_PORT};
        var failures = new AtomicReference<>("");
        try (var loop = new ThreadEventLoop("link", (_, _) -> {});
                var agents = new AgentLinkServer(self, new ReportRelay(), loop);
                var api =
                        ServedApi.start(
                                new HttpSettings(ANY_PORT, folder.resolve("http"), 1 << 20, 10),
                                backend(self, keys, clock, agents),
                                certificates,
                                clock,
                                keeper,
                                served -> address[0] = served,
                                failures::set)) {
            assertThat(api).isNotNull();
            assertThat(failures).hasValue("");
            var first = served(address[0]);

            keeper.runFor(Duration.ofDays(59));
            assertThat(served(address[0])).isEqualTo(first);

            keeper.runFor(Duration.ofDays(2));
            assertThat(served(address[0]).getNotAfter()).isAfter(first.getNotAfter());
        }
    }

    @Test
    @Timeout(60)
    void aRenewalThatFailsIsAProblemAndTheCertificateInForceIsServedUntilItSucceeds()
            throws Exception {
        var clock = new SimulatedClock(Clock.system().wall());
        var keeper = new SimulatedLoop(clock);
        var random = new SecureRandom();
        var self = Installation.openOrCreate(folder, "mars", random);
        var keys = folder.resolve("keys");
        var authorities = Authorities.openOrCreate(keys, self, clock.wall(), random);
        var certificates =
                Certificates.openOrIssue(
                        keys, self, authorities, Set.of("127.0.0.1"), clock.wall());
        var address = new InetSocketAddress[] {ANY_PORT};
        try (var loop = new ThreadEventLoop("link", (_, _) -> {});
                var agents = new AgentLinkServer(self, new ReportRelay(), loop)) {
            var backend = backend(self, keys, clock, agents);
            try (var api =
                    ServedApi.start(
                            new HttpSettings(ANY_PORT, folder.resolve("http"), 1 << 20, 10),
                            backend,
                            certificates,
                            clock,
                            keeper,
                            served -> address[0] = served,
                            _ -> {})) {
                assertThat(api).isNotNull();
                var first = served(address[0]);
                var obstacle = keys.resolve("https.crt.new");
                Files.createDirectories(obstacle.resolve("taken"));

                keeper.runFor(Duration.ofDays(61));
                assertThat(served(address[0])).isEqualTo(first);
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
                assertThat(served(address[0]).getNotAfter()).isAfter(first.getNotAfter());
                assertThat(backend.outside().problems().all()).isEmpty();
            }
        }
    }

    private Backend backend(Installation self, Path keys, Clock clock, AgentLinkServer agents)
            throws Exception {
        var reason = new OlympusException(ErrorCode.UNAVAILABLE, "no store");
        var hermes = new HaltedStore("island", reason);
        var deadline = new Deadline(Duration.ofSeconds(2));
        var vault = SecretVault.openOrCreate(keys.resolve("island.key"), new SecureRandom());
        return new Backend(
                new Backend.Island(
                        hermes,
                        new AbsentController(reason),
                        () -> new ClusterView(0, List.of(), List.of(), List.of(), List.of()),
                        () -> new DurationHistogram().read(),
                        agents),
                new Backend.Outside(
                        new SecretStore(hermes, vault, clock, deadline),
                        Tokens.open(folder, clock),
                        List::of,
                        () -> new Backend.Readiness(false, "no store"),
                        new Problems(),
                        new Backend.Self(self.nodeName(), "0.1.0", clock.wall())),
                clock,
                deadline);
    }

    /** The certificate that a new connection is shown; whether it is trusted is not asked here. */
    private static X509Certificate served(InetSocketAddress address) throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        try (var socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(address.getAddress(), address.getPort())) {
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
