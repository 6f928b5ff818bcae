package olympus.engine.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import tools.jackson.databind.JsonNode;

/**
 * Which registries the engine trusts without a certificate, or with one of the machine's own in
 * {@code /etc/docker/certs.d/<registry>}: asked and read anew each time.
 */
final class RegistryTrust {

    private static final List<Path> CERTIFICATES =
            List.of(Path.of("/etc/docker/certs.d"), Path.of("/etc/containers/certs.d"));

    private final EngineCalls calls;

    RegistryTrust(EngineCalls calls) {
        this.calls = calls;
    }

    /** Whether the engine speaks to it without a certificate too, and in clear. */
    boolean isInsecure(String host) {
        return isLoopback(host) || isInsecureForEngine(host);
    }

    private boolean isInsecureForEngine(String host) {
        var info = calls.json(EngineCalls.Call.get("/info"), Attempt.other("ask what it trusts"));
        var known = Json.at(info, "RegistryConfig", "IndexConfigs").path(host);
        return (known.has("Secure") && !known.path("Secure").asBoolean(true))
                || Json.texts(Json.at(info, "RegistryConfig", "InsecureRegistryCIDRs")).stream()
                        .anyMatch(range -> isIn(host, range))
                || isInsecureForPodman(host);
    }

    private boolean isInsecureForPodman(String host) {
        try {
            var info =
                    calls.json(
                            EngineCalls.Call.get("/libpod/info"),
                            Attempt.other("ask what it trusts"));
            return insecure(info.path("registries"), host);
        } catch (EngineException notPodman) {
            if (notPodman.isUnanswered()) {
                throw notPodman;
            }
            return false;
        }
    }

    private static boolean insecure(JsonNode registries, String host) {
        return registries.path(host).path("Insecure").asBoolean(false);
    }

    static boolean isLoopback(String host) {
        var name = name(host);
        return name.equals("localhost") || name.startsWith("127.") || name.equals("::1");
    }

    private static String name(String host) {
        return host.startsWith("[")
                ? host.substring(1, host.indexOf(']'))
                : host.replaceFirst(":\\d+$", "");
    }

    private static boolean isIn(String host, String range) {
        var parts = range.split("/", 2);
        try {
            var address = InetAddress.getByName(name(host)).getAddress();
            var network = InetAddress.getByName(parts[0]).getAddress();
            var bits = parts.length > 1 ? Integer.parseInt(parts[1]) : network.length * 8;
            if (address.length != network.length) {
                return false;
            }
            for (var bit = 0; bit < bits; bit++) {
                var mask = 0x80 >> (bit % 8);
                if ((address[bit / 8] & mask) != (network[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException | NumberFormatException unknown) {
            return false;
        }
    }

    // ---- certificates

    /** Empty: as the JDK does it. */
    Optional<SSLContext> context(String host, boolean insecure) {
        try {
            if (insecure) {
                return Optional.of(context(new Anybody()));
            }
            var own = certificates(host);
            return own.isEmpty() ? Optional.empty() : Optional.of(context(own));
        } catch (GeneralSecurityException | IOException e) {
            throw new EngineException(
                    Kind.OTHER, "cannot use the certificates for registry " + host, e);
        }
    }

    private static List<Path> certificates(String host) throws IOException {
        for (var root : CERTIFICATES) {
            var folder = root.resolve(host);
            if (Files.isDirectory(folder)) {
                try (var files = Files.list(folder)) {
                    return files.filter(file -> file.toString().endsWith(".crt")).toList();
                }
            }
        }
        return List.of();
    }

    /** The machine's own beside those that everybody trusts. */
    private static SSLContext context(List<Path> own) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        var usual = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        usual.init((KeyStore) null);
        var number = 0;
        for (var manager : usual.getTrustManagers()) {
            if (manager instanceof X509TrustManager known) {
                for (var certificate : known.getAcceptedIssuers()) {
                    store.setCertificateEntry("usual" + number++, certificate);
                }
            }
        }
        var factory = CertificateFactory.getInstance("X.509");
        for (var file : own) {
            try (var input = Files.newInputStream(file)) {
                for (var certificate : factory.generateCertificates(input)) {
                    store.setCertificateEntry("own" + number++, certificate);
                }
            }
        }
        var both = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        both.init(store);
        return context(both.getTrustManagers());
    }

    private static SSLContext context(TrustManager... managers) throws GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers, null);
        return context;
    }

    /** Trusts whoever answers, as the engine was told to. */
    private static final class Anybody extends X509ExtendedTrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
