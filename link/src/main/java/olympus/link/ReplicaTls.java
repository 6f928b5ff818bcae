package olympus.link;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.UUID;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import olympus.link.keys.Authorities.Purpose;
import olympus.link.keys.Certificates;
import olympus.link.keys.Certificates.Kind;
import olympus.link.keys.NodeUri;

/**
 * What the replicas of one island's store prove themselves with to each other, and whom they
 * believe: both ends show a certificate that the replicas' authority issued for this island. The
 * address at which one was dialled proves nothing and is not compared, so that a server may change
 * it.
 *
 * @param keys asks for the credential in force at each handshake, so that a renewed certificate is
 *     used at once
 * @param trust refuses agents, people and replicas of other islands
 */
public record ReplicaTls(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {

    public static ReplicaTls of(Certificates certificates) {
        return new ReplicaTls(
                new CurrentCredential(() -> certificates.current(Kind.REPLICA)),
                new OneIsland(
                        certificates.island(),
                        LinkTls.trusting(certificates.trust(Purpose.REPLICAS))));
    }

    /** Believes replicas of one island. */
    private static final class OneIsland extends X509ExtendedTrustManager {

        private final UUID island;
        private final X509ExtendedTrustManager authority;

        OneIsland(UUID island, X509ExtendedTrustManager authority) {
            this.island = island;
            this.authority = authority;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            authority.checkClientTrusted(chain, type);
            checkIsland(chain[0]);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            authority.checkServerTrusted(chain, type);
            checkIsland(chain[0]);
        }

        // With socket or engine the JDK would compare the address too.

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            checkServerTrusted(chain, type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(chain, type);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return authority.getAcceptedIssuers();
        }

        private void checkIsland(X509Certificate shown) throws CertificateException {
            var named = NodeUri.of(shown);
            if (named.isEmpty() || !named.get().island().equals(island)) {
                throw new CertificateException(
                        "%s is no replica of island %s: its certificate names %s"
                                .formatted(
                                        shown.getSubjectX500Principal(),
                                        island,
                                        named.map(NodeUri::toString).orElse("no node")));
            }
        }
    }
}
