package olympus.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * An HTTPS server that gives recorded answers and remembers what it was asked: the other end of the
 * wire for tests of the command's own part. That the real server answers so is shown by the system
 * tests.
 */
final class RecordedServer implements AutoCloseable {

    static final String TOKEN = "right-token";

    private static final String BREAKS_OFF = "X-Breaks-Off";

    private final HttpsServer server;
    private final Path caFile;
    private final Map<String, Recorded> answers = new LinkedHashMap<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    private final List<String> conditions = Collections.synchronizedList(new ArrayList<>());

    private record Recorded(int status, String body, Map<String, String> headers) {}

    private RecordedServer(HttpsServer server, Path caFile) {
        this.server = server;
        this.caFile = caFile;
    }

    static RecordedServer start(Path folder) throws Exception {
        var store = folder.resolve("server.p12");
        if (Files.notExists(store)) {
            makeKey(store);
        }
        var keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        var ca = folder.resolve("ca.pem");
        var encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        Files.writeString(
                ca,
                "-----BEGIN CERTIFICATE-----\n"
                        + encoder.encodeToString(keys.getCertificate("server").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        var http =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        http.setHttpsConfigurator(new HttpsConfigurator(context));
        var recorded = new RecordedServer(http, ca);
        http.createContext("/", recorded::handle);
        http.start();
        return recorded;
    }

    /** The variables by which a command finds it. */
    Map<String, String> environment() {
        return Map.of(
                "OLYMPUS_ADDRESS", address(),
                "OLYMPUS_TOKEN", TOKEN,
                "OLYMPUS_CACERT", caFile().toString());
    }

    /** Answers {@code METHOD path?query} (below /api/v1) with a body. */
    RecordedServer on(String request, int status, String body) {
        answers.put(request, new Recorded(status, body, Map.of()));
        return this;
    }

    RecordedServer on(String request, int status, String body, Map<String, String> headers) {
        answers.put(request, new Recorded(status, body, headers));
        return this;
    }

    /** Answers with a body that breaks off before its end, as when the server dies. */
    RecordedServer breaksOff(String request, String body) {
        answers.put(request, new Recorded(200, body, Map.of(BREAKS_OFF, "yes")));
        return this;
    }

    String address() {
        return "https://127.0.0.1:" + server.getAddress().getPort();
    }

    Path caFile() {
        return caFile;
    }

    /** What was asked so far: {@code METHOD path body}. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** Of what was asked, that which was conditional: {@code METHOD path If-Match TAG}. */
    List<String> conditions() {
        return List.copyOf(conditions);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var path = exchange.getRequestURI().toString().replaceFirst("^/api/v1", "");
            var request = exchange.getRequestMethod() + " " + path;
            requests.add(body.isEmpty() ? request : request + " " + body);
            var match = exchange.getRequestHeaders().getFirst("If-Match");
            if (match != null) {
                conditions.add(request + " If-Match " + match);
            }
            var authorized =
                    ("Bearer " + TOKEN)
                            .equals(exchange.getRequestHeaders().getFirst("Authorization"));
            var answer =
                    authorized
                            ? answers.getOrDefault(
                                    request,
                                    new Recorded(
                                            404, "{\"detail\":\"no recorded answer\"}", Map.of()))
                            : new Recorded(
                                    401, "{\"detail\":\"the token is not known\"}", Map.of());
            answer.headers()
                    .forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            var bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            var more = answer.headers().containsKey(BREAKS_OFF) ? 1 : 0;
            exchange.sendResponseHeaders(
                    answer.status(), bytes.length == 0 ? -1 : bytes.length + more);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static void makeKey(Path store) throws IOException, InterruptedException {
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        var process =
                new ProcessBuilder(
                                keytool.toString(),
                                "-genkeypair",
                                "-alias",
                                "server",
                                "-keyalg",
                                "EC",
                                "-groupname",
                                "secp256r1",
                                "-dname",
                                "CN=127.0.0.1",
                                "-ext",
                                "SAN=ip:127.0.0.1",
                                "-validity",
                                "2",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                "changeit")
                        .redirectErrorStream(true)
                        .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("keytool failed: " + output);
        }
    }
}
