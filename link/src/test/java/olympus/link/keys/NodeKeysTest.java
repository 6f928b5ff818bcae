package olympus.link.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeKeysTest {

    private static final Instant NOW = Instant.parse("2026-11-21T02:00:00Z");

    @TempDir Path folder;

    private final SecureRandom random = new SecureRandom();
    private Installation server;
    private NodeSigner signer;
    private Path keys;

    @BeforeEach
    void prepare() {
        server = Installation.openOrCreate(folder.resolve("server"), "one", random);
        var of = folder.resolve("server").resolve("keys");
        var authorities = Authorities.openOrCreate(of, server, NOW, random);
        signer = Certificates.openOrIssue(of, server, authorities, Set.of(), NOW).nodeSigner();
        keys = folder.resolve("node").resolve("keys");
    }

    @Test
    void asksWithTheSameIdAndKeyAtEachAttempt() throws IOException {
        assertThat(NodeKeys.isAsking(keys)).isFalse();
        var first = NodeKeys.ask(keys, random);
        var again = NodeKeys.ask(keys, random);
        assertThat(again.node()).isEqualTo(first.node());
        assertThat(again.request().fingerprint()).isEqualTo(first.request().fingerprint());
        assertThat(NodeKeys.isAsking(keys)).isTrue();
        assertThat(NodeKeys.isEnrolled(keys)).isFalse();
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(keys.resolve("enrolment.pem"))))
                .isEqualTo("rw-------");
    }

    @Test
    void keepsWhatItIsGivenAndIsKnownByItLater() throws Exception {
        var asking = NodeKeys.ask(keys, random);
        var issued = signer.sign(asking.request(), asking.node(), "mars", NOW);
        NodeKeys.enrolled(keys, asking.key(), issued);
        assertThat(Files.exists(keys.resolve("enrolment.pem"))).isFalse();
        assertThat(NodeKeys.isEnrolled(keys)).isTrue();

        var opened = NodeKeys.open(keys);
        assertThat(opened.owner())
                .isEqualTo(new NodeUri(server.realm(), server.island(), asking.node()));
        assertThat(KeyFingerprint.of(opened.current().certificate().getPublicKey()))
                .isEqualTo(asking.request().fingerprint());
        assertThat(opened.current().expires()).isEqualTo(NOW.plus(Certificates.VALIDITY));
        assertThat(opened.current().certificate().getExtendedKeyUsage())
                .as("good for a client only")
                .containsExactly("1.3.6.1.5.5.7.3.2");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(keys.resolve("agent.pem"))))
                .isEqualTo("rw-------");
    }

    @Test
    void isDueThirtyDaysBeforeTheEndAndThenUsesTheNextKey() {
        var own = enrolled();
        assertThat(own.isDue(NOW.plus(Duration.ofDays(59)))).isFalse();
        var later = NOW.plus(Duration.ofDays(60));
        assertThat(own.isDue(later)).isTrue();

        var next = own.next(random);
        own.take(next.key(), signer.sign(next.request(), own.owner().node(), "mars", later));
        assertThat(own.isDue(later)).isFalse();
        var reopened = NodeKeys.open(keys).current();
        assertThat(KeyFingerprint.of(reopened.certificate().getPublicKey()))
                .isEqualTo(next.request().fingerprint());
        assertThat(reopened.expires()).isEqualTo(later.plus(Certificates.VALIDITY));
    }

    @Test
    void aCertificateOfAnotherKeyIsNotTaken() {
        var own = enrolled();
        var before = own.current();
        var other = own.next(random);
        var wrong = signer.sign(own.next(random).request(), own.owner().node(), "mars", NOW);
        assertThatThrownBy(() -> own.take(other.key(), wrong))
                .hasMessageContaining("not of the key that was asked with");
        assertThat(own.current()).isEqualTo(before);
        assertThat(NodeKeys.open(keys).current().certificate()).isEqualTo(before.certificate());
    }

    @Test
    void aRequestWithoutProofOrOfAnotherKindOfKeyIsRefused() throws Exception {
        var honest = NodeKeys.ask(keys, random).request().text();
        var bytes = Base64.getDecoder().decode(honest);
        bytes[bytes.length - 1] ^= 1;
        var longer = KeyPairGenerator.getInstance("EC");
        longer.initialize(384);
        for (var text :
                new String[] {
                    "",
                    "?",
                    Base64.getEncoder().encodeToString("none".getBytes(StandardCharsets.US_ASCII)),
                    Base64.getEncoder().encodeToString(bytes),
                    "A".repeat(CertificateRequest.MAX_CHARACTERS + 1),
                    CertificateRequest.of(longer.generateKeyPair()).text(),
                }) {
            assertThatThrownBy(() -> CertificateRequest.parse(text))
                    .isInstanceOfSatisfying(
                            OlympusException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID))
                    .hasMessageContaining("certificate request cannot be used");
        }
        assertThat(CertificateRequest.parse(honest).text()).isEqualTo(honest);
    }

    @Test
    void aDamagedFileIsRefusedWithItsNameAndTheRemedy() throws IOException {
        enrolled();
        Files.writeString(keys.resolve("agent.pem"), "nothing");
        assertThatThrownBy(() -> NodeKeys.open(keys))
                .hasMessageContaining("agent.pem")
                .hasMessageContaining("olympus token create --agent");
    }

    private NodeKeys enrolled() {
        var asking = NodeKeys.ask(keys, random);
        NodeId node = asking.node();
        return NodeKeys.enrolled(
                keys, asking.key(), signer.sign(asking.request(), node, "mars", NOW));
    }
}
