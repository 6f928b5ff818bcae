package olympus.link;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import olympus.link.keys.Authorities.Purpose;
import olympus.link.keys.Certificates;
import olympus.link.keys.Certificates.Kind;
import olympus.link.keys.Credential;
import org.jspecify.annotations.Nullable;

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
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var index = 0; index < trusted.size(); index++) {
                store.setCertificateEntry("trusted-" + index, trusted.get(index));
            }
            var factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this JDK cannot trust a list of certificates", e);
        }
    }

    /** Presents the credential that is in force when a handshake begins. */
    private static final class CurrentCredential extends X509ExtendedKeyManager {

        private final Supplier<Credential> own;
        // One entry for each renewal during the life of the process: a handshake may still use the
        // one before.
        private final Map<String, Credential> byAlias = new ConcurrentHashMap<>();

        CurrentCredential(Supplier<Credential> own) {
            this.own = own;
        }

        private String alias() {
            var credential = own.get();
            var alias = credential.certificate().getSerialNumber().toString(16);
            byAlias.put(alias, credential);
            return alias;
        }

        @Override
        public String chooseEngineClientAlias(
                String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
            return alias();
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String type, Principal @Nullable [] issuers, SSLEngine engine) {
            return type.startsWith("EC") ? alias() : null;
        }

        @Override
        public String chooseClientAlias(
                String[] types, Principal @Nullable [] issuers, Socket socket) {
            return alias();
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, Socket socket) {
            return type.startsWith("EC") ? alias() : null;
        }

        @Override
        public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
            return new String[] {alias()};
        }

        @Override
        public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
            return new String[] {alias()};
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            var credential = byAlias.get(alias);
            return credential == null ? null : credential.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            var credential = byAlias.get(alias);
            return credential == null ? null : credential.key();
        }
    }
}
