package olympus.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * What Olympus says that runs, asked through the HTTP API because a command per look would be a
 * load of its own.
 */
final class Inventory {

    private static final Duration LOOK_EVERY = Duration.ofMillis(250);
    private static final Duration REQUEST_DEADLINE = Duration.ofSeconds(30);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Product product;

    Inventory(Product product) {
        this.product = product;
    }

    /**
     * Waits until so many instances are running, by the word of Olympus and by that of the kernel;
     * their processes.
     */
    List<Long> awaitRunning(int instances, Duration deadline)
            throws IOException, InterruptedException, GeneralSecurityException, TimeoutException {
        var end = System.nanoTime() + deadline.toNanos();
        try (var client = client()) {
            while (true) {
                var running = running(client);
                if (running.size() == instances && running.stream().allMatch(Processes::isAlive)) {
                    return running;
                }
                if (System.nanoTime() > end) {
                    throw new TimeoutException(
                            "%d of %d instances run after %s"
                                    .formatted(running.size(), instances, deadline));
                }
                Waiting.letPass(LOOK_EVERY);
            }
        }
    }

    private List<Long> running(HttpClient client) throws IOException, InterruptedException {
        var endpoint = JSON.readTree(Files.readString(product.data().resolve("endpoint.json")));
        var request =
                HttpRequest.newBuilder(
                                URI.create(
                                        endpoint.path("address").asString()
                                                + "/api/v1/services?limit=1000"))
                        .header(
                                "Authorization",
                                "Bearer "
                                        + Files.readString(product.data().resolve("admin.token"))
                                                .strip())
                        .timeout(REQUEST_DEADLINE)
                        .build();
        var answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(
                    "GET %s answered %d: %s"
                            .formatted(request.uri(), answer.statusCode(), answer.body()));
        }
        var pids = new ArrayList<Long>();
        for (var service : JSON.readTree(answer.body()).path("services")) {
            for (var instance : service.path("instances")) {
                if (instance.path("state").asString("").equals("running")) {
                    pids.add(instance.path("pid").asLong(0));
                }
            }
        }
        return pids;
    }

    private HttpClient client() throws IOException, GeneralSecurityException {
        var endpoint = JSON.readTree(Files.readString(product.data().resolve("endpoint.json")));
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (var bundle =
                Files.newInputStream(
                        product.data().resolve(endpoint.path("caCertificate").asString()))) {
            for (var certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(bundle)) {
                trusted.setCertificateEntry("ca" + trusted.size(), certificate);
            }
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder()
                .sslContext(tls)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }
}
