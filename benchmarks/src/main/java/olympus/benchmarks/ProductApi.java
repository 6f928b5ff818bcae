package olympus.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The HTTP API of a server that runs, with its administrator's token. Threading: any. Limits:
 * {@link #DEADLINE} for each request.
 */
final class ProductApi implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient client;
    private final URI address;
    private final String token;

    private ProductApi(HttpClient client, URI address, String token) {
        this.client = client;
        this.address = address;
        this.token = token;
    }

    static ProductApi of(Product product) throws IOException {
        var endpoint = JSON.readTree(Files.readString(product.data().resolve("endpoint.json")));
        try {
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
            return new ProductApi(
                    HttpClient.newBuilder()
                            .sslContext(tls)
                            .connectTimeout(Duration.ofSeconds(10))
                            .build(),
                    URI.create(endpoint.path("address").asString()),
                    Files.readString(product.data().resolve("admin.token")).strip());
        } catch (GeneralSecurityException e) {
            throw new IOException("the server's certificate cannot be used", e);
        }
    }

    URI address() {
        return address;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(send("GET", path, ""));
    }

    /**
     * @param body JSON; empty for none
     */
    JsonNode order(String method, String path, String body)
            throws IOException, InterruptedException {
        return JSON.readTree(send(method, path, body));
    }

    /** A token with which so many machines may join with their agents. */
    String agentToken(int machines) throws IOException, InterruptedException {
        return order(
                        "POST",
                        "/api/v1/agent-tokens",
                        "{\"ttl\":\"1h\",\"uses\":%d}".formatted(machines))
                .path("token")
                .asString();
    }

    /** Nothing is placed on a node from now on. */
    void cordon(String node) throws IOException, InterruptedException {
        order(
                "PUT",
                "/api/v1/nodes/" + node + "/withdrawal",
                "{\"kind\":\"cordon\",\"reason\":\"it measures\"}");
    }

    /** The sum of a metric over its series whose labels contain {@code label}. */
    double metric(String name, String label) throws IOException, InterruptedException {
        var lines =
                Pattern.compile("(?m)^%s(\\{[^}]*})? (\\S+)$".formatted(Pattern.quote(name)))
                        .matcher(send("GET", "/metrics", ""));
        var sum = Double.NaN;
        while (lines.find()) {
            var labels = lines.group(1);
            if ((labels == null ? "" : labels).contains(label)) {
                sum = (Double.isNaN(sum) ? 0 : sum) + Double.parseDouble(lines.group(2));
            }
        }
        if (Double.isNaN(sum)) {
            throw new IOException("no metric %s{%s}".formatted(name, label));
        }
        return sum;
    }

    private String send(String method, String path, String body)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(address.resolve(path))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .timeout(DEADLINE)
                        .method(
                                method,
                                body.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body))
                        .build();
        var answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(
                    "%s %s answered %d: %s"
                            .formatted(method, request.uri(), answer.statusCode(), answer.body()));
        }
        return answer.body();
    }

    @Override
    public void close() {
        client.close();
    }
}
