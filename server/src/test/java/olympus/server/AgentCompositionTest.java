package olympus.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import olympus.cli.ServerProgram.AgentStart;
import olympus.cli.ServerProgram.Join;
import olympus.foundation.Clock;
import olympus.link.ServerList;
import olympus.server.config.ServerConfiguration;
import olympus.server.nodes.ServersFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A process of only the agent beside one of server and agent, over mutual TLS. */
@Timeout(180)
final class AgentCompositionTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final ConcurrentLinkedQueue<Throwable> bugs = new ConcurrentLinkedQueue<>();

    @SuppressWarnings("NullAway.Init")
    private ServerConfiguration configuration;

    @SuppressWarnings("NullAway.Init")
    private UpComposition up;

    @SuppressWarnings("NullAway.Init")
    private HttpClient client;

    @BeforeEach
    void startServer() throws Exception {
        configuration =
                ServerConfiguration.read(
                        Optional.empty(),
                        Map.of(),
                        Map.of("http.listen", "127.0.0.1:0", "agents.listen", free()));
        up =
                UpComposition.start(
                        new UpOptions(
                                "up --stack",
                                folder.resolve("server"),
                                configuration,
                                List.of(),
                                true,
                                terminal()),
                        (_, cause) -> bugs.add(cause));
        client = HttpClient.newBuilder().sslContext(trusting()).build();
    }

    @AfterEach
    void stopServer() {
        up.close();
        assertThat(bugs).isEmpty();
    }

    @Test
    void aMachineIsLetInComesBackByItselfAndIsTurnedAwayOnceItWasRemoved() throws Exception {
        var node = folder.resolve("node");
        order(node, Optional.empty()).carryOut();
        try (var agent = agent(node, Optional.empty())) {
            awaitPluto(pluto -> pluto.path("connected").asBoolean());
            assertThat(out.toString(UTF_8)).contains("agent ready in").contains("node pluto");
        }
        awaitPluto(pluto -> !pluto.path("connected").asBoolean());

        // Later starts need neither address nor token.
        var plain =
                new AgentOrder(
                        node,
                        new AgentStart(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                false),
                        terminal());
        assertThat(plain.carryOut()).isEmpty();
        try (var agent = agent(node, Optional.empty())) {
            var pluto = awaitPluto(found -> found.path("connected").asBoolean());
            var id = pluto.path("id").asString();
            assertThat(request("DELETE", "/api/v1/nodes/pluto", "").path("id").asString())
                    .isEqualTo(id);
            awaitNodes(nodes -> nodes.size() == 1);
            assertThat(request("GET", "/api/v1/nodes", "").toString()).doesNotContain("pluto");
        }
    }

    @Test
    void aMachineThatBelongsLinksAtOnceAndUsesNoTokenThatWasLeftInItsUnitFile() throws Exception {
        var node = folder.resolve("node");
        order(node, Optional.empty()).carryOut();
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var at = "https://127.0.0.1:" + silent.getLocalPort();
            try (var agent = agent(node, order(node, at, wrong()).carryOut())) {
                awaitPluto(pluto -> pluto.path("connected").asBoolean());
            }
            silent.setSoTimeout(1);
            assertThatThrownBy(silent::accept).isInstanceOf(SocketTimeoutException.class);
        }
        assertThat(err.toString(UTF_8)).doesNotContain("of no use");
    }

    @Test
    void aMachineThatWasRemovedUsesTheTokenThatItIsStartedWith() throws Exception {
        var node = folder.resolve("node");
        order(node, Optional.empty()).carryOut();
        try (var agent = agent(node, Optional.empty())) {
            awaitPluto(pluto -> pluto.path("connected").asBoolean());
        }
        request("DELETE", "/api/v1/nodes/pluto", "");
        awaitNodes(nodes -> nodes.size() == 1);
        try (var agent = agent(node, order(node, Optional.of(wrong())).carryOut())) {
            awaitErr("not of the island that made this agent token");
        }
        assertThat(err.toString(UTF_8)).contains("was let in before and goes on as it is");
        try (var agent = agent(node, order(node, Optional.empty()).carryOut())) {
            awaitPluto(pluto -> pluto.path("connected").asBoolean());
        }
    }

    @Test
    void aMachineWhoseServersHaveAllMovedAsksTheOneThatItIsStartedWith() throws Exception {
        var node = folder.resolve("node");
        order(node, Optional.empty()).carryOut();
        var file = new ServersFile(node);
        var known = file.read();
        file.write(
                new ServerList(
                        known.incarnation(),
                        known.revision() + 1_000,
                        List.of(
                                new ServerList.Entry(
                                        "one",
                                        "127.0.0.1",
                                        Integer.parseInt(free().substring(10))))));
        try (var agent = agent(node, order(node, Optional.empty()).carryOut())) {
            awaitPluto(pluto -> pluto.path("connected").asBoolean());
        }
    }

    /** As a token is written, of no island. */
    private static String wrong() {
        return "olympus-agent." + "A".repeat(43) + "." + "A".repeat(43);
    }

    private void awaitErr(String text) {
        var end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!err.toString(UTF_8).contains(text)) {
            assertThat(System.nanoTime()).as(err.toString(UTF_8)).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    @Test
    void aDamagedListOfServersEndsNoSupervisionAndANewTokenMendsIt() throws Exception {
        var node = folder.resolve("node");
        order(node, Optional.empty()).carryOut();
        Files.writeString(node.resolve(ServersFile.NAME), "{");
        try (var agent = agent(node, Optional.empty())) {
            assertThat(err.toString(UTF_8))
                    .contains("services are still supervised")
                    .contains(ServersFile.NAME)
                    .contains("olympus token create --agent");
        }
        try (var agent = agent(node, order(node, Optional.empty()).carryOut())) {
            awaitPluto(pluto -> pluto.path("connected").asBoolean());
        }
    }

    @Test
    void aFolderOfTheOtherKindIsRefused() throws Exception {
        assertThatThrownBy(() -> order(folder.resolve("server"), Optional.empty()).carryOut())
                .hasMessageContaining("is the data folder of a server");
        var empty =
                new AgentOrder(
                        folder.resolve("empty"),
                        new AgentStart(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                false),
                        terminal());
        assertThatThrownBy(empty::carryOut)
                .hasMessageContaining("not the data folder of a machine that was let in")
                .hasMessageContaining("olympus agent --server ADDRESS --token T");
    }

    private AgentOrder order(Path node, Optional<String> token) throws Exception {
        var given =
                token.isPresent()
                        ? token.get()
                        : request("POST", "/api/v1/agent-tokens", "{}").path("token").asString();
        return order(node, address(), given);
    }

    private AgentOrder order(Path node, String address, String token) {
        return new AgentOrder(
                node,
                new AgentStart(
                        Optional.of(node),
                        Optional.of(new Join(address, token)),
                        Optional.of("pluto"),
                        Optional.empty(),
                        false),
                terminal());
    }

    private AgentComposition agent(Path node, Optional<AgentOptions.Again> again) {
        return AgentComposition.start(
                new AgentOptions(node, configuration, again, Optional.empty(), false, terminal()),
                (_, cause) -> bugs.add(cause));
    }

    private UpOptions.Terminal terminal() {
        var clock = Clock.system();
        return new UpOptions.Terminal(
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                clock,
                clock.monotonicNanos());
    }

    private String address() throws IOException {
        return JSON.readTree(Files.readString(folder.resolve("server/endpoint.json")))
                .path("address")
                .asString();
    }

    private JsonNode request(String method, String path, String body) throws Exception {
        var token = Files.readString(folder.resolve("server/admin.token")).strip();
        var request =
                HttpRequest.newBuilder(URI.create(address() + path))
                        .timeout(Duration.ofSeconds(30))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body))
                        .build();
        var answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
        return JSON.readTree(answer.body());
    }

    private JsonNode awaitPluto(Predicate<JsonNode> wanted) throws Exception {
        var nodes =
                awaitNodes(all ->
                        all.valueStream()
                                .anyMatch(node ->
                                        node.path("node").asString().equals("pluto")
                                                && wanted.test(node)));
        return nodes.valueStream()
                .filter(node -> node.path("node").asString().equals("pluto"))
                .findFirst()
                .orElseThrow();
    }

    private JsonNode awaitNodes(Predicate<JsonNode> wanted) throws Exception {
        var end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            var nodes = request("GET", "/api/v1/nodes", "").path("nodes");
            if (wanted.test(nodes)) {
                return nodes;
            }
            assertThat(System.nanoTime()).as("%s; %s", nodes, err.toString(UTF_8)).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    private SSLContext trusting() throws Exception {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var pem = Files.newInputStream(folder.resolve("server/keys/https-ca.pem"))) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    /** Below the ports that the kernel gives to clients. */
    private static String free() {
        var random = new Random();
        while (true) {
            var port = random.nextInt(10_000, 30_000);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return "127.0.0.1:" + socket.getLocalPort();
            } catch (IOException taken) {
                assertThat(taken).isInstanceOf(java.net.BindException.class);
            }
        }
    }
}
