package olympus.link;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import olympus.link.keys.Authorities.Purpose;
import olympus.link.keys.Certificates;
import olympus.link.keys.Certificates.Kind;
import olympus.link.keys.Credential;

/**
 * What one side of the link proves itself with, and whom it believes. A server believes only the
 * agents' authority, an agent only the replicas': no agent can pose as a server.
 *
 * @param own asked at each handshake, so that a renewed certificate is used at once
 * @param trusted the authorities that the other side's certificate must come from
 */
public record LinkTls(Supplier<Credential> own, List<X509Certificate> trusted) {

    public LinkTls {
        trusted = List.copyOf(trusted);
    }

    /** For a server that holds a replica. */
    public static LinkTls ofServer(Certificates certificates) {
        return new LinkTls(
                () -> certificates.current(Kind.REPLICA), certificates.trust(Purpose.AGENTS));
    }

    /** For an agent. */
    public static LinkTls ofAgent(Certificates certificates) {
        return new LinkTls(
                () -> certificates.current(Kind.AGENT), certificates.trust(Purpose.REPLICAS));
    }

    ServerCredentials serverCredentials() {
        return TlsServerCredentials.newBuilder()
                .keyManager(new CurrentCredential(own))
                .trustManager(trustManagers())
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build();
    }

    ChannelCredentials channelCredentials() {
        return TlsChannelCredentials.newBuilder()
                .keyManager(new CurrentCredential(own))
                .trustManager(trustManagers())
                .build();
    }

    private TrustManager[] trustManagers() {
        return new TrustManager[] {trusting(trusted)};
    }

    /** Whoever shows a certificate that one of {@code authorities} issued. */
    static X509ExtendedTrustManager trusting(List<X509Certificate> authorities) {
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var index = 0; index < authorities.size(); index++) {
                store.setCertificateEntry("trusted-" + index, authorities.get(index));
            }
            var factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return Arrays.stream(factory.getTrustManagers())
                    .filter(X509ExtendedTrustManager.class::isInstance)
                    .map(X509ExtendedTrustManager.class::cast)
                    .findFirst()
                    .orElseThrow();
        } catch (GeneralSecurityException | IOException | NoSuchElementException e) {
            throw new IllegalStateException("this JDK cannot trust a list of certificates", e);
        }
    }
}
