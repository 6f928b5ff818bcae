package olympus.engine.internal;

import static java.util.concurrent.TimeUnit.SECONDS;
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
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import olympus.engine.EngineAddress;
import olympus.engine.EngineException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the login of a registry goes, and where it does not. */
class RegistrySecretsTest {

    private static final String LOGIN =
            Base64.getEncoder().encodeToString("me:right".getBytes(StandardCharsets.UTF_8));

    @TempDir Path home;

    private final ConcurrentLinkedQueue<String> secretsInClear = new ConcurrentLinkedQueue<>();
    private final AtomicInteger port = new AtomicInteger();

    /** Says that it speaks TLS, and notes what it hears of a secret. */
    private void inClear(HttpExchange exchange) throws IOException {
        note(exchange);
        answer(exchange, 400, "");
    }

    private void note(HttpExchange exchange) throws IOException {
        var given = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
        given.ifPresent(secretsInClear::add);
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (body.contains("refresh_token")) {
            secretsInClear.add(body);
        }
    }

    private static boolean isKnown(HttpExchange exchange) {
        return exchange.getRequestHeaders().containsKey("Authorization");
    }

    private static void challenge(HttpExchange exchange, String challenge) throws IOException {
        exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
        answer(exchange, 401, "{}");
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private String host() {
        return "127.0.0.1:" + port.get();
    }

    private HttpRegistries registries() throws IOException {
        return registries(host(), "{\"auth\":\"%s\"}".formatted(LOGIN), "");
    }

    private HttpRegistries registries(String host, String auth, String engine) throws IOException {
        Files.writeString(
                home.resolve("config.json"), "{\"auths\":{\"%s\":%s}}".formatted(host, auth));
        var address =
                engine.isEmpty()
                        ? EngineAddress.ofSocket(home.resolve("absent"))
                        : EngineAddress.parse(engine);
        return new HttpRegistries(
                new Credentials(Map.of("DOCKER_CONFIG", home.toString())),
                new RegistryTrust(new EngineCalls(address)));
    }

    @Test
    void repeatsNothingInClearThatHoldsASecret() throws Exception {
        try (var server =
                new EitherServer(
                        home,
                        this::inClear,
                        exchange -> {
                            if (isKnown(exchange)) {
                                exchange.close();
                            } else {
                                challenge(exchange, "Basic realm=\"it\"");
                            }
                        })) {
            port.set(server.port());
            var registries = registries();
            assertThatThrownBy(() -> registries.tags(host() + "/team/web:1"))
                    .hasMessageContaining("cannot be reached");
            assertThat(secretsInClear).isEmpty();
        }
    }

    @Test
    void followsNobodyFromHttpsToHttp() throws Exception {
        try (var server =
                new EitherServer(
                        home,
                        this::inClear,
                        exchange -> {
                            if (isKnown(exchange)) {
                                exchange.getResponseHeaders()
                                        .set("Location", "http://%s/v2/".formatted(host()));
                                answer(exchange, 307, "");
                            } else {
                                challenge(exchange, "Basic realm=\"it\"");
                            }
                        })) {
            port.set(server.port());
            var registries = registries();
            assertThatThrownBy(() -> registries.tags(host() + "/team/web:1"))
                    .hasMessage(
                            "cannot list the tags of %1$s/team/web: registry %1$s sends from https to http://%1$s/v2/, which is not followed"
                                    .formatted(host()));
            assertThat(secretsInClear).isEmpty();
        }
    }

    @Test
    void givesNoRefreshTokenToAnotherMachineInClear() throws Exception {
        var server = server();
        server.createContext(
                "/token",
                exchange -> {
                    note(exchange);
                    answer(exchange, 200, "{\"token\":\"t\"}");
                });
        server.createContext(
                "/v2/",
                exchange ->
                        challenge(
                                exchange,
                                "Bearer realm=\"http://localhost:%d/token\",service=\"s\""
                                        .formatted(port.get())));
        try {
            var registries = registries(host(), "{\"identitytoken\":\"secret\"}", "");
            assertThatThrownBy(() -> registries.tags(host() + "/team/web:1"))
                    .hasMessageContaining("names no server of tokens that can be trusted");
            assertThat(secretsInClear).isEmpty();
        } finally {
            server.stop(0);
        }
    }

    /** Not at a loopback address, as the engine and Olympus see it, though it is one. */
    @Test
    void speaksInClearWithWhatTheEngineIsToldToTrust() throws Exception {
        var info =
                "{\"ApiVersion\":\"1.44\",\"RegistryConfig\":{\"InsecureRegistryCIDRs\":[\"0.0.0.0/32\"]}}";
        try (var server =
                new EitherServer(
                        home,
                        exchange -> {
                            var isTags = exchange.getRequestURI().getPath().startsWith("/v2/");
                            answer(exchange, 200, isTags ? "{\"tags\":[\"1\"]}" : info);
                        },
                        exchange -> answer(exchange, 500, ""))) {
            server.hangUpOnTls();
            port.set(server.port());
            var host = "0.0.0.0:" + port.get();
            var registries = registries(host, "{}", "tcp://" + host());
            assertThat(registries.tags(host + "/team/web:1")).isEqualTo(List.of("1"));
        }
    }

    @Test
    void saysThatThereAreMoreTagsThanItReads() throws Exception {
        var server = server();
        server.createContext(
                "/v2/",
                exchange -> {
                    exchange.getResponseHeaders()
                            .set("Link", "</v2/team/web/tags/list?last=x>; rel=\"next\"");
                    answer(exchange, 200, "{\"tags\":[\"1\"]}");
                });
        try {
            var registries = registries();
            assertThatThrownBy(() -> registries.tags(host() + "/team/web:1"))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("more than 50 pages, which is the limit: 50 tags");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void namesTheFileWithCredentialsThatCannotBeRead() throws Exception {
        Files.writeString(
                home.resolve("config.json"),
                "{\"auths\":{\"reg.example\":{\"auth\":\"s3cret!\"}}}");
        var credentials = new Credentials(Map.of("DOCKER_CONFIG", home.toString()));
        assertThatThrownBy(() -> credentials.login("reg.example"))
                .isInstanceOf(EngineException.class)
                .hasMessage(
                        "cannot read the credentials for reg.example in %s/config.json: auth is not base64 of name:password"
                                .formatted(home));
    }

    @Test
    void endsAProgramThatKeepsItsOutputOpen() throws Exception {
        Files.writeString(home.resolve("config.json"), "{\"credsStore\":\"slow\"}");
        var program = home.resolve("helper-slow");
        Files.writeString(program, "#!/bin/sh\necho $$ >\"$DOCKER_CONFIG/pid\"\nsleep 300\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        var credentials =
                new Credentials(
                        Map.of("DOCKER_CONFIG", home.toString(), "PATH", "/usr/bin:/bin"),
                        home + "/helper-",
                        Duration.ofSeconds(3));
        assertThatThrownBy(() -> credentials.login("reg.example"))
                .isInstanceOf(EngineException.class)
                .hasRootCauseInstanceOf(TimeoutException.class);
        var pid = Long.parseLong(Files.readString(home.resolve("pid")).strip());
        ProcessHandle.of(pid).ifPresent(left -> left.onExit().orTimeout(10, SECONDS).join());
    }

    private HttpServer server() throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        port.set(server.getAddress().getPort());
        server.start();
        return server;
    }
}
