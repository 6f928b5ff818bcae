package olympus.link.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import olympus.foundation.Durable;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a machine that runs only the agent, in {@code keys/}: {@code agent.pem} (mode 0600)
 * holds its certificate with the issuers, and its private key; {@code replicas-trust.pem} the
 * authorities by which it knows its servers. The key is made here and never leaves the machine.
 *
 * <p>While it asks to be let in, {@code enrolment.pem} holds its id and the key that it asks with,
 * so that it asks with the same after a crash.
 *
 * <p>Threading: {@link #take} by one thread at a time; everything else by any.
 */
public final class NodeKeys {

    private static final String OWN = "agent.pem";
    private static final String TRUST = "replicas-trust.pem";
    private static final String ASKING = "enrolment.pem";
    private static final String ID = "node: ";
    private static final String REQUEST = "request: ";
    private static final String REMEDY =
            "restore the folder keys from a backup, or move the whole data folder away and let this machine in as a new node, with a token of `olympus token create --agent`";

    private final Path folder;
    private final List<X509Certificate> trust;
    private volatile Credential current;

    private NodeKeys(Path folder, Credential current, List<X509Certificate> trust) {
        this.folder = folder;
        this.current = current;
        this.trust = trust;
    }

    /**
     * A machine that asks to be let in.
     *
     * @param node its id: made here, and the same at each attempt
     */
    public record Asking(NodeId node, CertificateRequest request, PrivateKey key) {
        /** Shows no key. */
        @Override
        public String toString() {
            return "Asking[" + node + "]";
        }
    }

    /** A key that was made for a certificate to come. */
    public record Following(CertificateRequest request, PrivateKey key) {
        /** Shows no key. */
        @Override
        public String toString() {
            return "Following[" + request + "]";
        }
    }

    /** Whether a machine that only runs the agent was let in with this folder. */
    public static boolean isEnrolled(Path keysFolder) {
        return Files.exists(keysFolder.resolve(OWN));
    }

    /** Whether a machine has begun to ask with this folder, and has not been let in. */
    public static boolean isAsking(Path keysFolder) {
        return Files.exists(keysFolder.resolve(ASKING)) && !isEnrolled(keysFolder);
    }

    /** With what the machine asks to be let in: as at the attempt before, where there was one. */
    public static Asking ask(Path keysFolder, SecureRandom random) {
        var file = keysFolder.resolve(ASKING);
        if (!Files.exists(file)) {
            KeyFiles.privateFolder(keysFolder);
            var node = new NodeId(Installation.uuid(random));
            var made = follow(random);
            var text =
                    ID
                            + node
                            + "\n"
                            + REQUEST
                            + made.request().text()
                            + "\n"
                            + new String(KeyFiles.pem(made.key()), StandardCharsets.US_ASCII);
            KeyFiles.writePrivate(file, text.getBytes(StandardCharsets.US_ASCII));
        }
        var remedy = "delete it: another is made";
        var key = KeyFiles.readPrivateKey(file, remedy);
        var text = new String(KeyFiles.readPrivate(file, remedy), StandardCharsets.US_ASCII);
        try {
            return new Asking(
                    NodeId.parse(line(text, ID)),
                    CertificateRequest.parse(line(text, REQUEST)),
                    key);
        } catch (IllegalArgumentException | OlympusException e) {
            throw KeyFiles.damaged(file, String.valueOf(e.getMessage()), remedy, e);
        }
    }

    private static String line(String text, String begin) {
        return text.lines()
                .filter(line -> line.startsWith(begin))
                .findFirst()
                .map(line -> line.substring(begin.length()))
                .orElseThrow(() -> new IllegalArgumentException("no line \"" + begin + "…\""));
    }

    private static Following follow(SecureRandom random) {
        var key = new CertificateIssue(Instant.EPOCH, random).newKey();
        return new Following(CertificateRequest.of(key), key.getPrivate());
    }

    /** Keeps what the machine was given when it was let in. */
    public static NodeKeys enrolled(Path keysFolder, PrivateKey key, IssuedCertificate issued) {
        var credential = credential(key, issued);
        KeyFiles.writePublic(
                keysFolder.resolve(TRUST), issued.trust().getBytes(StandardCharsets.US_ASCII));
        KeyFiles.writePrivate(keysFolder.resolve(OWN), own(credential));
        try {
            Durable.delete(keysFolder.resolve(ASKING));
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "cannot delete %s (%s), which is of no more use"
                            .formatted(keysFolder.resolve(ASKING), e),
                    e);
        }
        return open(keysFolder);
    }

    private static byte[] own(Credential credential) {
        return (new String(KeyFiles.pem(credential.chain()), StandardCharsets.US_ASCII)
                        + new String(KeyFiles.pem(credential.key()), StandardCharsets.US_ASCII))
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static Credential credential(PrivateKey key, IssuedCertificate issued) {
        try {
            var chain = KeyFiles.certificates(issued.chain().getBytes(StandardCharsets.US_ASCII));
            var trust = KeyFiles.certificates(issued.trust().getBytes(StandardCharsets.US_ASCII));
            if (!chain.isEmpty() && !trust.isEmpty()) {
                var credential = new Credential(chain, key);
                if (KeyMatch.matches(credential)) {
                    return credential;
                }
            }
        } catch (CertificateException e) {
            throw notMine(String.valueOf(e.getMessage()), e);
        }
        throw notMine("it is not of the key that was asked with", null);
    }

    private static OlympusException notMine(String why, @Nullable Throwable cause) {
        var message = "the certificate that the server gave cannot be used: " + why;
        return cause == null
                ? new OlympusException(ErrorCode.INVALID, message)
                : new OlympusException(ErrorCode.INVALID, message, cause);
    }

    /** Those of a machine that was let in. */
    public static NodeKeys open(Path keysFolder) {
        var own = keysFolder.resolve(OWN);
        var credential =
                new Credential(
                        KeyFiles.readCertificates(own, REMEDY),
                        KeyFiles.readPrivateKey(own, REMEDY));
        if (!KeyMatch.matches(credential)) {
            throw KeyFiles.damaged(own, "certificate and key do not belong together", REMEDY, null);
        }
        var trust = KeyFiles.readCertificates(keysFolder.resolve(TRUST), REMEDY);
        return new NodeKeys(keysFolder, credential, trust);
    }

    /** What the machine proves itself with at present. */
    public Credential current() {
        return current;
    }

    /** By which the machine knows its servers, as of the start. */
    public List<X509Certificate> trust() {
        return trust;
    }

    /** Whose certificate this is. */
    public NodeUri owner() {
        return NodeUri.of(current.certificate())
                .orElseThrow(() ->
                        KeyFiles.damaged(
                                folder.resolve(OWN),
                                "its certificate names no node",
                                REMEDY,
                                null));
    }

    /** The island whose node this is. */
    public UUID island() {
        return owner().island();
    }

    /** Another request with the key that is in use, for a machine that is let in anew. */
    public Following again() {
        var key = current.key();
        var pair = new KeyPair(current.certificate().getPublicKey(), key);
        return new Following(CertificateRequest.of(pair), key);
    }

    /** Makes the next key. It is in use once its certificate was taken. */
    public Following next(SecureRandom random) {
        return follow(random);
    }

    /** Whether it is time for another certificate. */
    public boolean isDue(Instant now) {
        return !now.plus(Certificates.RENEW_BEFORE).isBefore(current.expires());
    }

    /**
     * From now on uses this certificate, at the next handshake; the trust at the next start.
     *
     * @throws OlympusException when it does not fit or cannot be written; then nothing changes
     */
    public synchronized void take(PrivateKey key, IssuedCertificate issued) {
        var credential = credential(key, issued);
        KeyFiles.writePublicIfChanged(
                folder.resolve(TRUST), issued.trust().getBytes(StandardCharsets.US_ASCII));
        KeyFiles.writePrivate(folder.resolve(OWN), own(credential));
        current = credential;
    }
}
