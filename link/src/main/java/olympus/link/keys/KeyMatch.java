package olympus.link.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;

/** Whether keys and certificates belong together, found out by using them. */
final class KeyMatch {

    private static final byte[] PROBE = "olympus".getBytes(StandardCharsets.US_ASCII);

    private KeyMatch() {}

    /** Whether the private key is the one that the certificate vouches for. */
    static boolean matches(Credential credential) {
        try {
            var signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(credential.key());
            signer.update(PROBE);
            var signature = signer.sign();
            signer.initVerify(credential.certificate().getPublicKey());
            signer.update(PROBE);
            return signer.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    static boolean signedBy(X509Certificate certificate, X509Certificate issuer) {
        try {
            certificate.verify(issuer.getPublicKey());
            return certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
