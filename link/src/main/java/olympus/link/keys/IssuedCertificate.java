package olympus.link.keys;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a node is given when its key is signed.
 *
 * @param chain its certificate first, then the issuers without the root; PEM
 * @param trust the authorities that the island's servers are known by; PEM
 */
public record IssuedCertificate(String chain, String trust) {

    /** Of one of both texts; an honest one has two or three kilobytes. */
    public static final int MAX_CHARACTERS = 32 * 1024;

    public IssuedCertificate {
        if (chain.length() > MAX_CHARACTERS || trust.length() > MAX_CHARACTERS) {
            throw new IllegalArgumentException(
                    "a certificate chain of more than %d characters".formatted(MAX_CHARACTERS));
        }
    }

    static IssuedCertificate of(List<X509Certificate> chain, List<X509Certificate> trust) {
        return new IssuedCertificate(ascii(chain), ascii(trust));
    }

    private static String ascii(List<X509Certificate> certificates) {
        return new String(KeyFiles.pem(certificates), java.nio.charset.StandardCharsets.US_ASCII);
    }
}
