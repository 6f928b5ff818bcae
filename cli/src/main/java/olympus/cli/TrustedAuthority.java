package olympus.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Makes TLS sockets that trust the authorities of a PEM file and nobody else. */
final class TrustedAuthority {

    private TrustedAuthority() {}

    static SSLSocketFactory socketFactory(Path pemFile) {
        return context(pemFile).getSocketFactory();
    }

    static SSLContext context(Path pemFile) {
        try (var in = Files.newInputStream(pemFile)) {
            var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            var number = 0;
            for (var certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("ca" + number++, certificate);
            }
            var managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCodes.CANNOT_CONNECT,
                    "cannot read the CA certificate %s: %s; give the right one with --cacert or OLYMPUS_CACERT"
                            .formatted(pemFile, e.getMessage()),
                    e);
        } catch (GeneralSecurityException e) {
            throw new CommandFailure(
                    ExitCodes.USAGE,
                    "%s holds no usable PEM certificate: %s".formatted(pemFile, e.getMessage()),
                    e);
        }
    }
}
