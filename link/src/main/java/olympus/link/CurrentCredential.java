package olympus.link;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import olympus.link.keys.Credential;
import org.jspecify.annotations.Nullable;

/** Presents the credential that is in force when a handshake begins. */
final class CurrentCredential extends X509ExtendedKeyManager {

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
    public String chooseClientAlias(String[] types, Principal @Nullable [] issuers, Socket socket) {
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
