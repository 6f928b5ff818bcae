package olympus.server.http;

import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;

/** The running HTTP API. */
public final class HttpFrontEnd implements AutoCloseable {

    private final AnnotationConfigServletWebServerApplicationContext context;
    private final DefaultSslBundleRegistry bundles;
    private final InetSocketAddress address;

    private HttpFrontEnd(
            AnnotationConfigServletWebServerApplicationContext context,
            DefaultSslBundleRegistry bundles,
            InetSocketAddress address) {
        this.context = context;
        this.bundles = bundles;
        this.address = address;
    }

    /** PEM texts: the certificate with its issuers, and its key. */
    public record Pem(String certificates, String privateKey) {
        @Override
        public String toString() {
            return "Pem[" + certificates.length() + " characters of certificates]";
        }
    }

    /**
     * Starts to serve; returns when the port answers. Throws what Spring throws, e.g. when the port
     * is taken.
     */
    public static HttpFrontEnd start(HttpSettings settings, Backend backend, Pem pem) {
        var bundles = new DefaultSslBundleRegistry(HttpConfiguration.SSL_BUNDLE, bundle(pem));
        var context = new AnnotationConfigServletWebServerApplicationContext();
        bean(context, HttpSettings.class, () -> settings);
        bean(context, Backend.class, () -> backend);
        bean(context, SslBundles.class, () -> bundles);
        context.register(HttpConfiguration.class);
        try {
            context.refresh();
            var server = context.getWebServer();
            if (server == null) {
                throw new IllegalStateException("the web server did not start");
            }
            var address = new InetSocketAddress(settings.listen().getAddress(), server.getPort());
            return new HttpFrontEnd(context, bundles, address);
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    private static <T> void bean(
            AnnotationConfigServletWebServerApplicationContext context,
            Class<T> type,
            Supplier<T> value) {
        context.registerBean(type, value, definition -> definition.setDestroyMethodName(""));
    }

    private static SslBundle bundle(Pem pem) {
        var details =
                PemSslStoreDetails.forCertificates(pem.certificates())
                        .withPrivateKey(pem.privateKey());
        return SslBundle.of(new PemSslStoreBundle(details, null));
    }

    /** Serves new connections with another certificate. */
    public void renew(Pem pem) {
        bundles.updateBundle(HttpConfiguration.SSL_BUNDLE, bundle(pem));
    }

    /** Where it listens: the address asked for, with the real port. */
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        if (!context.isActive()) {
            return;
        }
        context.getBean(EventStreams.class).close();
        context.getBean(LeaderClient.class).close();
        context.close();
    }
}
