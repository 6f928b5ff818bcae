package olympus.server.group;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import olympus.link.keys.KeyFingerprint;

/**
 * Trusts a server whose certificate was signed by the authority that a token names, and nobody
 * else; under whatever address it was reached, because the token is what says who is meant.
 */
final class PinnedAuthority extends X509ExtendedTrustManager {

    private static final String SERVER = "1.3.6.1.5.5.7.3.1";

    private final JoinToken token;

    PinnedAuthority(JoinToken token) {
        this.token = token;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        if (chain.length < 2
                || !KeyFingerprint.of(chain[1].getPublicKey()).equals(token.authority())) {
            throw new CertificateException(
                    "the server there is not of the island that made this " + token.kind().words());
        }
        try {
            chain[0].verify(chain[1].getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new CertificateException(
                    "the certificate of the server was not signed by the island's authority", e);
        }
        chain[0].checkValidity();
        var uses = chain[0].getExtendedKeyUsage();
        if (uses == null || !uses.contains(SERVER)) {
            throw new CertificateException("the certificate there is not a server's");
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        throw new CertificateException("a newcomer serves nobody");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("a newcomer serves nobody");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        throw new CertificateException("a newcomer serves nobody");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
