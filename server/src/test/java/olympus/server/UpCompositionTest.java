package olympus.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import olympus.foundation.Clock;
import olympus.hermes.HermesNode;
import olympus.hermes.HermesOptions;
import olympus.hermes.log.LogConfig;
import olympus.link.keys.Installation;
import olympus.server.config.ServerConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All parts in one process, as {@code olympus up} starts them, with a real agent and store. */
@Timeout(180)
class UpCompositionTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration SOON = Duration.ofSeconds(60);

    /** More than the server keeps for a reader, and more than sockets hold. */
    private static final int LINES = 40_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final ConcurrentLinkedQueue<Throwable> bugs = new ConcurrentLinkedQueue<>();

    @SuppressWarnings("NullAway.Init")
    private Path realm;

    @SuppressWarnings("NullAway.Init")
    private UpComposition up;

    @SuppressWarnings("NullAway.Init")
    private HttpClient client;

    @BeforeEach
    void start() throws Exception {
        realm = Files.createDirectories(folder.resolve("realm"));
        Files.writeString(realm.resolve("realm.yaml"), "name: home\n");
        stack(
                "chat",
                """
                services:
                  talker:
                    process:
                      command:
                        - bash
                        - -c
                        - |
                          for i in $$(seq 1 %d); do echo "line $$i of a service that says more than its reader takes in"; done
                          until [ -e %s ]; do sleep 0.1; done
                          echo later; exec sleep 600
                """
                        .formatted(LINES, folder.resolve("go")));
        stack(
                "vault",
                """
                secrets: { password: { file: ./password } }
                services:
                  keeper:
                    process:
                      command: [sleep, "600"]
                      environment: { PASSWORD: { secret: password } }
                """);
        Files.writeString(realm.resolve("vault/password"), "correct horse battery staple");
        up = start(List.of(realm));
    }

    @AfterEach
    void stop() {
        up.stopServicesIfWanted();
        up.close();
        assertThat(bugs).isEmpty();
    }

    private void stack(String name, String yaml) throws IOException {
        Files.writeString(
                Files.createDirectories(realm.resolve(name)).resolve("olympus.yaml"), yaml);
    }

    private UpComposition start(List<Path> stacks) throws Exception {
        var clock = Clock.system();
        var terminal =
                new UpOptions.Terminal(
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8),
                        clock,
                        clock.monotonicNanos());
        var configuration =
                ServerConfiguration.read(
                        Optional.empty(), Map.of(), Map.of("http.listen", "127.0.0.1:0"));
        var started =
                UpComposition.start(
                        new UpOptions(
                                "up --stack",
                                folder.resolve("data"),
                                configuration,
                                stacks,
                                true,
                                terminal),
                        (_, cause) -> bugs.add(cause));
        client =
                HttpClient.newBuilder()
                        .sslContext(trusting())
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
        return started;
    }

    private SSLContext trusting() throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var pem = Files.newInputStream(folder.resolve("data/keys/https-ca.pem"))) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private HttpRequest.Builder request(String path) throws IOException {
        var endpoint = JSON.readTree(Files.readString(folder.resolve("data/endpoint.json")));
        var token = Files.readString(folder.resolve("data/admin.token")).strip();
        return HttpRequest.newBuilder(URI.create(endpoint.path("address").asString() + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + token);
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(client.send(request(path).build(), BodyHandlers.ofString()).body());
    }

    private int status(String method, String path) throws IOException, InterruptedException {
        var request = request(path).method(method, HttpRequest.BodyPublishers.noBody()).build();
        return client.send(request, BodyHandlers.discarding()).statusCode();
    }

    private static void eventually(String what, Callable<Boolean> condition) throws Exception {
        var end = System.nanoTime() + SOON.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("in time: " + what).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private boolean lastLineIs(String text) throws Exception {
        var lines = get("/api/v1/services/chat/talker/logs?tail=1").path("lines");
        return lines.path(0).path("text").asString("").startsWith(text);
    }

    @Test
    void aSlowReaderGetsEveryLineInOrderAndThenFollows() throws Exception {
        eventually("the service talks", () -> lastLineIs("line "));
        var events =
                request("/api/v1/services/chat/talker/logs?follow=true")
                        .header("Accept", "text/event-stream")
                        .build();
        HttpResponse<java.io.InputStream> response =
                client.send(events, BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        try (var reader =
                new java.io.BufferedReader(new java.io.InputStreamReader(response.body(), UTF_8))) {
            assertThat(texts(reader, 10)).hasSize(10).last().asString().startsWith("line 10 ");

            // Nothing is read while the service goes on to its end, which others can see.
            eventually("all is said", () -> lastLineIs("line " + LINES + " "));

            var rest = texts(reader, LINES - 10);
            for (var i = 0; i < rest.size(); i++) {
                assertThat(rest.get(i)).startsWith("line " + (i + 11) + " ");
            }
            Files.createFile(folder.resolve("go"));
            assertThat(texts(reader, 1)).containsExactly("later");
        }
    }

    private static List<String> texts(java.io.BufferedReader events, int wanted)
            throws IOException {
        var texts = new ArrayList<String>();
        while (texts.size() < wanted) {
            var line = events.readLine();
            assertThat(line).as("after %d of %d lines", texts.size(), wanted).isNotNull();
            if (line != null && line.startsWith("data: ")) {
                texts.add(JSON.readTree(line.substring(6)).path("text").asString());
            }
        }
        return texts;
    }

    @Test
    void aRealmIsAppliedWholeAndPausingWhatIsNotThereIsNotFound() throws Exception {
        assertThat(out.toString(UTF_8)).contains("ready in ").doesNotContain("degraded");
        assertThat(err.toString(UTF_8)).isEmpty();
        assertThat(get("/api/v1/services").path("services"))
                .extracting(service -> service.path("service").asString())
                .containsExactlyInAnyOrder("chat/talker", "vault/keeper");

        assertThat(status("PUT", "/api/v1/pauses/stack:nowhere")).isEqualTo(404);
        assertThat(status("DELETE", "/api/v1/pauses/stack:nowhere")).isEqualTo(404);
        assertThat(status("PUT", "/api/v1/pauses/node:nowhere")).isEqualTo(404);
        assertThat(status("PUT", "/api/v1/pauses/stack:chat")).isEqualTo(200);
        assertThat(status("DELETE", "/api/v1/pauses/stack:chat")).isEqualTo(200);
    }

    @Test
    void whatTheStartAppliesStandsInTheAuditAndWhatAnotherRevisionWasMeantForIsRefused()
            throws Exception {
        var audit = get("/api/v1/audit").path("audit");
        assertThat(audit)
                .extracting(
                        entry -> entry.path("actor").asString(),
                        entry -> entry.path("from").asString(),
                        entry -> entry.path("subject").asString(),
                        entry -> entry.path("status").asInt())
                .containsExactlyInAnyOrder(
                        tuple("olympus up --stack", realm.toString(), "chat", 200),
                        tuple("olympus up --stack", realm.toString(), "vault", 200));
        assertThat(get("/api/v1/stacks").path("stacks").path(0).path("actor").asString())
                .isEqualTo("olympus up --stack");

        for (var change :
                List.of(
                        "DELETE /api/v1/stacks/vault",
                        "POST /api/v1/stacks/vault/rollback",
                        "POST /api/v1/services/vault/keeper/rollback",
                        "POST /api/v1/services/vault/keeper/start",
                        "POST /api/v1/services/vault/keeper/stop",
                        "POST /api/v1/services/vault/keeper/restart")) {
            var words = change.split(" ");
            var request =
                    request(words[1])
                            .header("If-Match", "\"999\"")
                            .method(words[0], HttpRequest.BodyPublishers.noBody())
                            .build();
            var answer = client.send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(change + answer.body()).isEqualTo(412);
            assertThat(JSON.readTree(answer.body()).path("detail").asString())
                    .contains("revision 999 of stack vault")
                    .contains("at revision 1");
        }
    }

    @Test
    void aDamagedStoreIsDegradedNotReady() throws Exception {
        eventually("the service runs", () -> lastLineIs("line "));
        up.stopServicesIfWanted();
        up.close();
        out.reset();
        deleteSnapshots(); // with them the log would not be needed
        var log = largestLogFile();
        try (var raw = new RandomAccessFile(log.toFile(), "rw")) {
            raw.seek(1_000);
            var old = raw.read();
            raw.seek(1_000);
            raw.write(old ^ 4);
        }

        assertThat(offline("verify", "-o", "json")).isEqualTo(1);
        var report = JSON.readTree(out.toString(UTF_8));
        assertThat(report.path("good").asBoolean(true)).isFalse();
        assertThat(report.path("problems").path(0).path("file").asString())
                .endsWith(log.getFileName().toString());
        assertThat(report.path("problems").path(0).path("remedy").asString())
                .contains("olympus store repair");
        out.reset();
        assertThat(offline("log", "--limit", "2", "-o", "json")).isZero();
        assertThat(JSON.readTree(out.toString(UTF_8)).path("entries")).hasSize(2);
        out.reset();

        up = start(List.of());

        assertThat(out.toString(UTF_8))
                .doesNotContain("ready in")
                .contains("degraded: ", log.getFileName().toString(), "olympus store ");
        assertThat(status("GET", "/readyz")).isEqualTo(503);
        assertThat(status("GET", "/api/v1/services")).isEqualTo(200);
        assertThat(get("/api/v1/doctor").toString()).contains(log.getFileName().toString());
        assertThat(status("PUT", "/api/v1/pauses/all")).isEqualTo(200);
        assertThat(status("PUT", "/api/v1/pauses/stack:chat")).isEqualTo(200);
    }

    private void deleteSnapshots() throws Exception {
        try (var snapshots = Files.list(folder.resolve("data/hermes/snapshots"))) {
            for (var snapshot : snapshots.toList()) {
                Files.delete(snapshot);
            }
        }
    }

    @Test
    void aStoreThatOpensButHaltsIsDegradedAndServicesAreSupervised() throws Exception {
        eventually("the service runs", () -> lastLineIs("line "));
        up.stopServicesIfWanted();
        up.close();
        out.reset();
        replaceStoreByOneOfAnotherIsland();

        up = start(List.of());

        assertThat(out.toString(UTF_8))
                .doesNotContain("ready in")
                .contains("degraded: ", "belongs to island somewhere-else");
        assertThat(status("GET", "/readyz")).isEqualTo(503);
        assertThat(get("/api/v1/doctor").toString()).contains("somewhere-else");
        assertThat(status("PUT", "/api/v1/pauses/all")).isEqualTo(200);
    }

    private void replaceStoreByOneOfAnotherIsland() throws Exception {
        var data = folder.resolve("data");
        var store = data.resolve("hermes");
        try (var files = Files.walk(store)) {
            for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        var self = Installation.openOrCreate(data, "mars", new SecureRandom());
        var other =
                HermesNode.open(
                        HermesOptions.of("somewhere-else", store),
                        LogConfig.alone(store, self.island()),
                        Clock.system());
        other.ready().toCompletableFuture().get(30, TimeUnit.SECONDS);
        other.close().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void aDamagedKeyFileIsDegradedAndAllComesUpOnceItIsRemoved() throws Exception {
        eventually("the service runs", () -> lastLineIs("line "));
        up.close();
        out.reset();
        Files.writeString(folder.resolve("data/keys/https.key"), "rust");

        up = start(List.of());

        assertThat(err.toString(UTF_8))
                .contains("services are still supervised", "https.key", "delete", "tried again");
        assertThat(out.toString(UTF_8)).doesNotContain("ready in");
        Files.delete(folder.resolve("data/keys/https.key"));
        Files.delete(folder.resolve("data/keys/https.crt"));
        eventually("all came up", () -> out.toString(UTF_8).contains("ready in"));
        eventually(
                "the agent reports again",
                () ->
                        get("/api/v1/services/chat/talker")
                                .toString()
                                .toLowerCase(java.util.Locale.ROOT)
                                .contains("running"));
    }

    /** Runs {@code olympus store …} on the data folder; its exit code. */
    private int offline(String... arguments) {
        var clock = Clock.system();
        var terminal =
                new UpOptions.Terminal(
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8),
                        clock,
                        clock.monotonicNanos());
        var process = new OlympusProcess(Map.of(), terminal);
        var command = new ArrayList<>(List.of("store"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--data-dir", folder.resolve("data").toString()));
        return OlympusServerMain.line(process).execute(command.toArray(String[]::new));
    }

    private Path largestLogFile() throws IOException {
        try (var files = Files.walk(folder.resolve("data/hermes"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("log_"))
                    .max(java.util.Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
    }
}
