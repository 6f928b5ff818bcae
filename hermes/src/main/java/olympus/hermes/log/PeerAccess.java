package olympus.hermes.log;

import java.net.InetSocketAddress;
import java.util.Optional;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * How a member talks with others of its group.
 *
 * @param listen where it listens
 * @param host under which others reach it
 * @param port under which others reach it
 * @param joins whether it waits to be added to a group; else it founds one on an empty folder
 * @param tls how members know each other; empty only on a loopback address, in tests
 */
public record PeerAccess(
        InetSocketAddress listen, String host, int port, boolean joins, Optional<Tls> tls) {

    public PeerAccess {
        if (tls.isEmpty() && !listen.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "members of a group that listen on %s need certificates: whoever reaches that port could write anything"
                            .formatted(listen));
        }
    }

    /**
     * Both sides show a certificate.
     *
     * @param keys may change what they answer, so that a certificate is rotated without a restart
     * @param trust must vouch for replicas and nobody else: whom it trusts is a full member
     */
    public record Tls(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {}
}
