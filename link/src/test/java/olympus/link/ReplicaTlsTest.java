package olympus.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.netty.shaded.io.netty.buffer.UnpooledByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import olympus.link.keys.Certificates;
import olympus.link.keys.Certificates.Kind;
import olympus.link.keys.Installation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Handshakes between replicas, in memory, with the JDK's TLS and with what gRPC brings. */
final class ReplicaTlsTest {

    private static final int MAX_ROUNDS = 100;
    private static final int BUFFER_BYTES = 64 << 10;

    enum Provider {
        JDK(SslProvider.JDK),
        OPENSSL(SslProvider.OPENSSL);

        private final SslProvider netty;

        Provider(SslProvider netty) {
            this.netty = netty;
        }
    }

    @TempDir Path folder;
    private Realm realm;
    private ReplicaTls first;

    @BeforeEach
    void makeRealm() throws Exception {
        realm = new Realm(Files.createDirectory(folder.resolve("realm")));
        first = ReplicaTls.of(realm.serverCertificates);
    }

    @ParameterizedTest
    @EnumSource
    void replicasOfOneIslandBelieveEachOtherWhateverTheAddress(Provider provider) throws Exception {
        var second = realm.certificates(realm.node("venus"), Instant.now());

        assertThat(handshake(provider, first, ReplicaTls.of(second)))
                .isEqualTo(second.current(Kind.REPLICA).certificate());
        assertThat(handshake(provider, ReplicaTls.of(second), first))
                .isEqualTo(realm.serverCertificates.current(Kind.REPLICA).certificate());
    }

    @ParameterizedTest
    @EnumSource
    void aRenewedCertificateIsShownAtTheNextHandshake(Provider provider) throws Exception {
        var second =
                realm.certificates(realm.node("venus"), Instant.now().minus(Duration.ofDays(70)));
        var before = second.current(Kind.REPLICA).certificate();
        var tls = ReplicaTls.of(second);
        assertThat(handshake(provider, first, tls)).isEqualTo(before);

        second.renewIfDue(Instant.now());
        var renewed = second.current(Kind.REPLICA).certificate();
        assertThat(renewed).isNotEqualTo(before);
        assertThat(handshake(provider, first, tls)).isEqualTo(renewed);
    }

    @ParameterizedTest
    @EnumSource
    void anAgentIsNoReplica(Provider provider) {
        var agents = realm.certificates(realm.node("mars"), Instant.now());
        assertRefused(provider, posing(agents, Kind.AGENT), "certification path");
    }

    @ParameterizedTest
    @EnumSource
    void theServerOfPeopleIsNoReplica(Provider provider) {
        assertRefused(provider, posing(realm.serverCertificates, Kind.HTTPS), "certification path");
    }

    @ParameterizedTest
    @EnumSource
    void aReplicaOfAnotherIslandOfTheRealmIsRefused(Provider provider) {
        var own = realm.node("pluto");
        var island = UUID.fromString("00000000-0000-4000-8000-000000000001");
        var elsewhere = new Installation(own.realm(), island, own.node(), own.nodeName());
        var theirs = realm.certificates(elsewhere, Instant.now());
        assertRefused(
                provider,
                posing(theirs, Kind.REPLICA),
                "is no replica of island " + realm.server.island());
    }

    @ParameterizedTest
    @EnumSource
    void aReplicaOfAnotherRealmIsRefused(Provider provider) throws Exception {
        var foreign = new Realm(Files.createDirectory(folder.resolve("foreign")));
        assertRefused(
                provider, posing(foreign.serverCertificates, Kind.REPLICA), "certification path");
    }

    /** Shows another certificate, and believes whom we believe. */
    private ReplicaTls posing(Certificates certificates, Kind kind) {
        return new ReplicaTls(
                new CurrentCredential(() -> certificates.current(kind)), first.trust());
    }

    private void assertRefused(Provider provider, ReplicaTls posing, String why) {
        assertThatThrownBy(() -> handshake(provider, first, posing))
                .isInstanceOf(SSLException.class)
                .hasStackTraceContaining(why);
        assertThatThrownBy(() -> handshake(provider, posing, first))
                .isInstanceOf(SSLException.class)
                .hasStackTraceContaining(why);
    }

    /** What the client was shown. */
    private static Certificate handshake(Provider provider, ReplicaTls client, ReplicaTls server)
            throws SSLException {
        return new Handshake(provider, client, server).run();
    }

    private static final class Handshake {

        private final SSLEngine client;
        private final SSLEngine server;
        private final ByteBuffer toServer = ByteBuffer.allocate(BUFFER_BYTES);
        private final ByteBuffer toClient = ByteBuffer.allocate(BUFFER_BYTES);

        Handshake(Provider provider, ReplicaTls client, ReplicaTls server) throws SSLException {
            this.client = clientEngine(provider, client.keys(), client.trust());
            this.server = serverEngine(provider, server.keys(), server.trust());
        }

        private static SSLEngine clientEngine(
                Provider provider, X509ExtendedKeyManager keys, X509ExtendedTrustManager trust)
                throws SSLException {
            var engine =
                    SslContextBuilder.forClient()
                            .sslProvider(provider.netty)
                            .keyManager(keys)
                            .trustManager(trust)
                            .build()
                            .newEngine(UnpooledByteBufAllocator.DEFAULT, "10.1.2.3", 7402);
            var parameters = engine.getSSLParameters();
            // As gRPC does: no certificate here names that address.
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            engine.setSSLParameters(parameters);
            return engine;
        }

        private static SSLEngine serverEngine(
                Provider provider, X509ExtendedKeyManager keys, X509ExtendedTrustManager trust)
                throws SSLException {
            return SslContextBuilder.forServer(keys)
                    .sslProvider(provider.netty)
                    .trustManager(trust)
                    .clientAuth(ClientAuth.REQUIRE)
                    .build()
                    .newEngine(UnpooledByteBufAllocator.DEFAULT);
        }

        Certificate run() throws SSLException {
            client.beginHandshake();
            server.beginHandshake();
            for (var round = 0; round < MAX_ROUNDS && !isDone(); round++) {
                step(client, toServer, toClient);
                step(server, toClient, toServer);
            }
            assertThat(isDone()).as("handshake done").isTrue();
            var shown = client.getSession().getPeerCertificates()[0];
            client.closeOutbound();
            server.closeOutbound();
            return shown;
        }

        private boolean isDone() {
            return toServer.position() == 0
                    && toClient.position() == 0
                    && idle(client)
                    && idle(server);
        }

        private static boolean idle(SSLEngine engine) {
            return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
                    && !engine.getSession().getProtocol().equals("NONE")
                    && !engine.getSession().getCipherSuite().equals("SSL_NULL_WITH_NULL_NULL");
        }

        private static void step(SSLEngine engine, ByteBuffer out, ByteBuffer in)
                throws SSLException {
            var plain = ByteBuffer.allocate(BUFFER_BYTES);
            in.flip();
            var consumed = 1;
            while (in.hasRemaining() && consumed > 0) {
                consumed = engine.unwrap(in, plain).bytesConsumed();
                runTasks(engine);
            }
            in.compact();
            var produced = 1;
            while (produced > 0) {
                produced = engine.wrap(ByteBuffer.allocate(0), out).bytesProduced();
                runTasks(engine);
            }
        }

        private static void runTasks(SSLEngine engine) {
            for (var task = engine.getDelegatedTask();
                    task != null;
                    task = engine.getDelegatedTask()) {
                task.run();
            }
        }
    }
}
