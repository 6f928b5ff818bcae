package olympus.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import olympus.engine.EngineAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registries that want a token, as the large public ones do; played by a server of the test's. */
class RegistryTokensTest {

    private static final String LOGIN =
            Base64.getEncoder().encodeToString("me:right".getBytes(StandardCharsets.UTF_8));

    @TempDir Path home;

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.createContext("/token", this::token);
        server.createContext("/v2/", this::registry);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private void token(HttpExchange exchange) throws IOException {
        var given = exchange.getRequestHeaders().getFirst("Authorization");
        var query = exchange.getRequestURI().getQuery();
        var allowed =
                ("Basic " + LOGIN).equals(given)
                        && query.equals("service=the registry&scope=repository:team/web:pull");
        answer(exchange, allowed ? 200 : 401, "{\"token\":\"for-a-while\"}");
    }

    private void registry(HttpExchange exchange) throws IOException {
        if (!"Bearer for-a-while".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            exchange.getResponseHeaders()
                    .set(
                            "WWW-Authenticate",
                            "Bearer realm=\"http://%s/token\",service=\"the registry\",scope=\"repository:team/web:pull\""
                                    .formatted(host()));
            answer(exchange, 401, "{}");
            return;
        }
        switch (exchange.getRequestURI().toString()) {
            case "/v2/team/web/tags/list?n=1000" -> {
                exchange.getResponseHeaders()
                        .set("Link", "</v2/team/web/tags/list?n=1000&last=1.1>; rel=\"next\"");
                answer(exchange, 200, "{\"tags\":[\"1.0\",\"1.1\"]}");
            }
            case "/v2/team/web/tags/list?n=1000&last=1.1" ->
                    answer(exchange, 200, "{\"tags\":[\"1.2\"]}");
            case "/v2/team/web/manifests/1.0" -> {
                exchange.getResponseHeaders().set("Docker-Content-Digest", "sha256:0a");
                answer(exchange, 200, "");
            }
            case "/v2/team/web/manifests/1.1" -> answer(exchange, 200, "{}");
            case "/v2/team/web/manifests/1.2" -> answer(exchange, 429, "");
            default -> answer(exchange, 404, "{}");
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            var isHead = exchange.getRequestMethod().equals("HEAD");
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, isHead || bytes.length == 0 ? -1 : bytes.length);
            if (!isHead) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    private HttpRegistries registries(String auth) throws IOException {
        Files.writeString(
                home.resolve("config.json"),
                "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(host(), auth));
        var nobody = new EngineCalls(EngineAddress.ofSocket(home.resolve("absent")));
        return new HttpRegistries(
                new Credentials(Map.of("DOCKER_CONFIG", home.toString())),
                new RegistryTrust(nobody));
    }

    @Test
    void getsATokenAndReadsEveryPage() throws Exception {
        var registries = registries(LOGIN);
        assertThat(registries.tags(host() + "/team/web:1.0"))
                .isEqualTo(List.of("1.0", "1.1", "1.2"));
        assertThat(registries.digest(host() + "/team/web:1.0")).contains("sha256:0a");
        assertThat(registries.digest(host() + "/team/web:1.1"))
                .contains(
                        "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
        assertThat(registries.digest(host() + "/team/web:7")).isEmpty();
        assertThatThrownBy(() -> registries.digest(host() + "/team/web:1.2"))
                .hasMessageContaining("says that it is asked too often");
    }

    @Test
    void saysWhoseCredentialsAreRefused() throws Exception {
        var wrong = Base64.getEncoder().encodeToString("me:wrong".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> registries(wrong).tags(host() + "/team/web:1.0"))
                .hasMessage(
                        "cannot list the tags of %1$s/team/web: registry %1$s does not allow it: the credentials for it in %2$s/config.json are refused; `docker login %1$s` on this node renews them"
                                .formatted(host(), home));
    }

    @Test
    void knowsWhereDockersOwnImagesAre() {
        assertThat(RegistryPlace.of("nginx:1.27"))
                .isEqualTo(
                        new RegistryPlace(
                                "registry-1.docker.io",
                                "library/nginx",
                                "nginx",
                                "1.27",
                                "https://index.docker.io/v1/"));
        assertThat(RegistryPlace.of("ghcr.io/o/r@sha256:0a").path()).isEqualTo("o/r");
        assertThat(RegistryPlace.of("docker.io/grafana/loki").path()).isEqualTo("grafana/loki");
    }
}
