package olympus.link.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.keys.Authorities.Purpose;
import olympus.link.keys.Certificates.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeysTest {

    private static final Instant NOW = Instant.parse("2026-11-21T02:00:00Z");
    private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1", "::1", "mars");

    @TempDir Path data;

    private final SecureRandom random = new SecureRandom();
    private Installation owner;
    private Path keys;

    @BeforeEach
    void prepare() {
        owner = Installation.openOrCreate(data, "mars", random);
        keys = data.resolve("keys");
    }

    @Test
    void anInstallationKeepsItsIdentity() throws IOException {
        assertThat(Installation.openOrCreate(data, "renamed", random)).isEqualTo(owner);
        assertThat(owner.nodeName()).isEqualTo("mars");
        assertThat(owner.node().value().version()).isEqualTo(4);
        assertThat(Files.readString(data.resolve("node.json"))).contains("\"nodeName\" : \"mars\"");
    }

    @Test
    void aHostNameThatIsNoNodeNameIsMadeOne() {
        assertThat(Installation.openOrCreate(data.resolve("a"), "-böse host!.", random).nodeName())
                .isEqualTo("b-se-host");
    }

    @Test
    void aDamagedNodeFileIsRefusedWithItsNameAndTheRemedy() throws IOException {
        Files.writeString(data.resolve("node.json"), "{\"format\":1,\"realm\":\"x\"");
        assertDamaged(
                () -> Installation.openOrCreate(data, "mars", random),
                "node.json",
                "restore it from a backup");
    }

    @Test
    void authoritiesAreMadeOnceAndOnlyReadLater() {
        var made = open();
        var again = Authorities.openOrCreate(keys, owner, NOW.plus(Duration.ofDays(1)), random);
        assertThat(again.root()).isEqualTo(made.root());
        for (var purpose : Purpose.values()) {
            assertThat(again.trust(purpose)).isEqualTo(made.trust(purpose));
        }
        assertThat(made.trust(Purpose.AGENTS)).isNotEqualTo(made.trust(Purpose.REPLICAS));
    }

    @Test
    void privateKeysAreForTheirOwnerOnly() throws IOException {
        certificates(NOW);
        assertThat(mode(keys)).isEqualTo("rwx------");
        assertThat(mode(keys.resolve("authority"))).isEqualTo("rwx------");
        try (var files = Files.walk(keys)) {
            var privateFiles = files.filter(file -> file.toString().endsWith(".key")).toList();
            assertThat(privateFiles).hasSize(7).allMatch(file -> mode(file).equals("rw-------"));
        }
    }

    @Test
    void aKeyFileThatOthersCanReadIsRefused() throws IOException {
        open();
        var key = keys.resolve("authority/agents.key");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertDamaged(this::open, "agents.key", "chmod 600");
    }

    @Test
    void aHalfMadeAuthorityFolderIsMadeAnew() throws IOException {
        Files.createDirectories(keys.resolve("authority.new"));
        Files.writeString(keys.resolve("authority.new/root.key"), "half");
        assertThat(open().root()).isNotNull();
        assertThat(keys.resolve("authority.new")).doesNotExist();
    }

    @Test
    void everyDamagedFileIsRefusedWithItsNameAndTheRemedy() throws IOException {
        certificates(NOW);
        List<Path> files;
        try (var all = Files.walk(keys)) {
            files = all.filter(file -> file.toString().matches(".*\\.(key|crt)")).toList();
        }
        for (var file : files) {
            var whole = Files.readAllBytes(file);
            for (var damage :
                    List.of(
                            "",
                            "no pem",
                            new String(
                                    whole,
                                    0,
                                    whole.length / 2,
                                    java.nio.charset.StandardCharsets.US_ASCII))) {
                Files.writeString(file, damage);
                assertDamaged(() -> certificates(NOW), file.toString(), "");
            }
            Files.write(file, whole);
        }
        certificates(NOW);
    }

    @Test
    void aKeyOfAnotherAuthorityIsRefused() throws IOException {
        open();
        Files.copy(
                keys.resolve("authority/people.key"),
                keys.resolve("authority/agents.key"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertDamaged(this::open, "agents.key", "it is not the key of");
    }

    @Test
    void anAuthorityOfAnotherRealmIsRefused() throws IOException {
        open();
        var other = Installation.openOrCreate(data.resolve("other"), "venus", random);
        Authorities.openOrCreate(data.resolve("other/keys"), other, NOW, random);
        for (var file : List.of("agents.key", "agents.crt")) {
            Files.copy(
                    data.resolve("other/keys/authority").resolve(file),
                    keys.resolve("authority").resolve(file),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        assertDamaged(this::open, "agents.crt", "it was not signed by");
    }

    @Test
    void certificatesSayWhoTheyAreForAndHowLong() throws Exception {
        var certificates = certificates(NOW);
        var agent = certificates.current(Kind.AGENT).certificate();
        assertThat(NodeUri.of(agent))
                .contains(new NodeUri(owner.realm(), owner.island(), owner.node()));
        assertThat(agent.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        assertThat(certificates.current(Kind.HTTPS).certificate().getExtendedKeyUsage())
                .containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(agent.getNotBefore().toInstant())
                .isEqualTo(NOW.minus(CertificateIssue.CLOCK_SKEW));
        assertThat(certificates.current(Kind.AGENT).daysLeft(NOW)).isEqualTo(90);
        assertThat(agent.getBasicConstraints()).isEqualTo(-1);
        var serials = certificates.expiries(NOW);
        assertThat(serials)
                .extracting(Expiry::name)
                .contains("https", "agent", "replica", "realm root", "agents authority");
        assertThat(names(certificates.current(Kind.REPLICA).certificate()))
                .contains(Certificates.replicaName(owner.island()), "localhost", "127.0.0.1");
    }

    @Test
    void certificatesAreKeptUntilTheyAreDue() {
        var first = certificates(NOW);
        var later = certificates(NOW.plus(Duration.ofDays(59)));
        for (var kind : Kind.values()) {
            assertThat(later.current(kind).chain()).isEqualTo(first.current(kind).chain());
        }
        assertThat(later.renewIfDue(NOW.plus(Duration.ofDays(59)))).isEmpty();
        assertThat(later.renewIfDue(NOW.plus(Duration.ofDays(60))))
                .containsExactly("https", "agent", "replica");
        assertThat(later.current(Kind.HTTPS).daysLeft(NOW.plus(Duration.ofDays(60)))).isEqualTo(90);
        assertThat(later.current(Kind.HTTPS).certificate().getSerialNumber())
                .isNotEqualTo(first.current(Kind.HTTPS).certificate().getSerialNumber());
    }

    @Test
    void aValidCertificateThatCannotBeRenewedStaysInForceIsToldAndTriedAgain() throws IOException {
        var certificates = certificates(NOW);
        var first = certificates.current(Kind.HTTPS);
        var obstacle = keys.resolve("https.crt.new");
        Files.createDirectories(obstacle.resolve("taken"));
        var due = NOW.plus(Duration.ofDays(60));

        assertThat(certificates.renewIfDue(due)).containsExactly("agent", "replica");

        assertThat(certificates.current(Kind.HTTPS)).isSameAs(first);
        assertThat(certificates.problems())
                .singleElement()
                .asString()
                .contains("certificate https could not be renewed, 30 days are left", "https.crt");
        assertThat(certificates(NOW).current(Kind.HTTPS).chain())
                .as("key and chain on disk still belong together")
                .isEqualTo(first.chain());

        Files.delete(obstacle.resolve("taken"));
        Files.delete(obstacle);
        assertThat(certificates.renewIfDue(due)).containsExactly("https");
        assertThat(certificates.problems()).isEmpty();
    }

    @Test
    void aCertificateThatHasExpiredAndCannotBeRenewedIsRefused() throws IOException {
        var certificates = certificates(NOW);
        Files.createDirectories(keys.resolve("https.crt.new").resolve("taken"));
        assertThatThrownBy(() -> certificates.renewIfDue(NOW.plus(Duration.ofDays(91))))
                .isInstanceOf(OlympusException.class)
                .hasMessageContaining("https.crt");
    }

    @Test
    void authoritiesAreSignedAgainWithTheSameKeyBeforeTheyExpire() {
        var certificates = certificates(NOW);
        var before = certificates.trust(Purpose.AGENTS).getFirst();
        var due = NOW.plus(Authorities.AUTHORITY_VALIDITY).minus(Authorities.RENEW_BEFORE);
        assertThat(certificates.renewIfDue(due))
                .contains("agents authority", "replicas authority", "people authority");
        var after = certificates.trust(Purpose.AGENTS).getFirst();
        assertThat(after.getPublicKey()).isEqualTo(before.getPublicKey());
        assertThat(after.getNotAfter()).isAfter(before.getNotAfter());
        assertThat(Authorities.openOrCreate(keys, owner, due, random).trust(Purpose.AGENTS))
                .containsExactly(after);
    }

    @Test
    void aNewHostNameGivesANewCertificate() {
        var first = certificates(NOW);
        var more =
                Certificates.openOrIssue(
                        keys,
                        owner,
                        open(),
                        Set.of("localhost", "127.0.0.1", "::1", "mars", "192.0.2.7"),
                        NOW);
        assertThat(more.current(Kind.HTTPS).chain())
                .isNotEqualTo(first.current(Kind.HTTPS).chain());
        assertThat(more.current(Kind.AGENT).chain()).isEqualTo(first.current(Kind.AGENT).chain());
    }

    @Test
    void halvesOfTwoCertificatesAreIssuedAnew() throws IOException {
        var first = certificates(NOW);
        Files.write(keys.resolve("https.key"), Files.readAllBytes(keys.resolve("agent.key")));
        var second = certificates(NOW);
        assertThat(second.current(Kind.HTTPS).chain())
                .isNotEqualTo(first.current(Kind.HTTPS).chain());
    }

    @Test
    void anHttpsClientThatTrustsTheRootReachesEveryName() throws Exception {
        var certificates = certificates(Instant.now());
        var store = emptyStore();
        var https = certificates.current(Kind.HTTPS);
        store.setKeyEntry(
                "https", https.key(), new char[0], https.chain().toArray(X509Certificate[]::new));
        var keyManagers = KeyManagerFactory.getInstance("PKIX");
        keyManagers.init(store, new char[0]);
        var serverTls = SSLContext.getInstance("TLS");
        serverTls.init(keyManagers.getKeyManagers(), null, null);
        var server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(serverTls));
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        server.start();
        try (var client =
                HttpClient.newBuilder()
                        .sslContext(trusting(keys.resolve(Certificates.HTTPS_CA)))
                        .build()) {
            for (var host : List.of("localhost", "127.0.0.1")) {
                var uri =
                        URI.create("https://%s:%d/".formatted(host, server.getAddress().getPort()));
                assertThat(
                                client.send(
                                                HttpRequest.newBuilder(uri).build(),
                                                BodyHandlers.discarding())
                                        .statusCode())
                        .isEqualTo(204);
            }
        } finally {
            server.stop(0);
        }
    }

    @Test
    void hostsOfThisMachineNameTheLoopbackAndWhereItListens() {
        assertThat(Hosts.ofThisMachine("192.0.2.1"))
                .contains("localhost", "127.0.0.1", "::1", "192.0.2.1");
        assertThat(Hosts.ofThisMachine("[2001:db8::1]")).contains("2001:db8::1");
        assertThat(Hosts.ofThisMachine("0.0.0.0")).contains("127.0.0.1").doesNotContain("0.0.0.0");
        assertThatThrownBy(() ->
                        Certificates.openOrIssue(keys, owner, open(), Set.of("no such/host"), NOW))
                .hasMessageContaining("not a host name or address: \"no such/host\"");
    }

    private Authorities open() {
        return Authorities.openOrCreate(keys, owner, NOW, random);
    }

    private Certificates certificates(Instant at) {
        return Certificates.openOrIssue(
                keys, owner, Authorities.openOrCreate(keys, owner, at, random), HOSTS, at);
    }

    private static List<String> names(X509Certificate certificate) throws Exception {
        return certificate.getSubjectAlternativeNames().stream()
                .map(name -> name.get(1).toString())
                .toList();
    }

    private static KeyStore emptyStore() throws Exception {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        return store;
    }

    private static SSLContext trusting(Path pem) throws Exception {
        var store = emptyStore();
        store.setCertificateEntry("root", KeyFiles.readCertificates(pem, "").getFirst());
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static String mode(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void assertDamaged(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable what, String... words) {
        assertThatThrownBy(what)
                .isInstanceOf(OlympusException.class)
                .hasMessageContainingAll(words)
                .extracting(failure -> ((OlympusException) failure).code())
                .isEqualTo(ErrorCode.CORRUPT);
    }
}
