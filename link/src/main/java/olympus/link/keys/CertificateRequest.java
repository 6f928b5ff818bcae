package olympus.link.keys;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;
import javax.security.auth.x500.X500Principal;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A request for a certificate (PKCS #10, RFC 2986): a public key, and the proof that whoever asks
 * has the private one. What the certificate will say is the signer's business, so that the name in
 * the request counts for nothing.
 *
 * @param key elliptic curve P-256
 * @param text the request in base64, as JSON carries it
 */
public record CertificateRequest(PublicKey key, String text) {

    /** Of one request; an honest one has half a kilobyte. */
    public static final int MAX_CHARACTERS = 4 * 1024;

    private static final String SIGNATURE = "SHA256withECDSA";
    private static final int FIELD_BITS = 256;
    private static final X500Principal NOBODY = new X500Principal("CN=Olympus node");

    /** Asks for a certificate of {@code key}. */
    public static CertificateRequest of(KeyPair key) {
        try {
            var signer = new JcaContentSignerBuilder(SIGNATURE).build(key.getPrivate());
            var built =
                    new JcaPKCS10CertificationRequestBuilder(NOBODY, key.getPublic()).build(signer);
            return new CertificateRequest(
                    key.getPublic(), Base64.getEncoder().encodeToString(built.getEncoded()));
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException("cannot sign with " + SIGNATURE, e);
        }
    }

    /**
     * Reads a request and checks its proof.
     *
     * @throws OlympusException INVALID when it is none, or of another kind of key
     */
    public static CertificateRequest parse(String text) {
        if (text.length() > MAX_CHARACTERS) {
            throw invalid(
                    "it has %d characters; at most %d are right"
                            .formatted(text.length(), MAX_CHARACTERS));
        }
        try {
            var der = Base64.getDecoder().decode(text);
            var request = new JcaPKCS10CertificationRequest(der);
            var key = request.getPublicKey();
            if (!(key instanceof ECPublicKey curve)
                    || curve.getParams().getCurve().getField().getFieldSize() != FIELD_BITS) {
                throw invalid("its key is no elliptic curve P-256");
            }
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw invalid("it is not signed with the key that it asks for");
            }
            return new CertificateRequest(key, Base64.getEncoder().encodeToString(der));
        } catch (IOException
                | GeneralSecurityException
                | OperatorCreationException
                | PKCSException
                | IllegalArgumentException e) {
            throw invalid("it is no PKCS #10 request in base64 (" + e.getMessage() + ")");
        }
    }

    /** Of the key. */
    public String fingerprint() {
        return KeyFingerprint.of(key);
    }

    private static OlympusException invalid(String why) {
        return new OlympusException(
                ErrorCode.INVALID, "the certificate request cannot be used: " + why);
    }

    @Override
    public String toString() {
        return "CertificateRequest[" + fingerprint() + "]";
    }
}
