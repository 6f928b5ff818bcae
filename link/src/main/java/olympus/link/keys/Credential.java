package olympus.link.keys;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A certificate with what belongs to it. Its text never shows the key.
 *
 * @param chain the certificate itself first, then its issuers up to, but without, the root
 */
public record Credential(List<X509Certificate> chain, PrivateKey key) {

    public Credential {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a credential needs a certificate");
        }
    }

    public X509Certificate certificate() {
        return chain.getFirst();
    }

    public Instant expires() {
        return certificate().getNotAfter().toInstant();
    }

    /** Whole days until it expires; negative once it has. */
    public long daysLeft(Instant now) {
        return Math.floorDiv(
                Duration.between(now, expires()).toSeconds(), Duration.ofDays(1).toSeconds());
    }

    @Override
    public String toString() {
        return "Credential[%s, expires %s]"
                .formatted(certificate().getSubjectX500Principal(), expires());
    }
}
