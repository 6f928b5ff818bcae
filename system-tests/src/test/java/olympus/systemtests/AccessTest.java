package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what, and what stays secret. */
final class AccessTest {

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Installation olympus;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Installation.Ready ready;

    @BeforeEach
    void start() {
        olympus = Installation.in(folder);
        ready = olympus.up();
    }

    @AfterEach
    void end() {
        olympus.close();
    }

    private Installation.Run withToken(String token, String... arguments) {
        return olympus.run(
                Stream.concat(Stream.of(Installation.launcher()), Stream.of(arguments)).toList(),
                Map.of(
                        "OLYMPUS_ADDRESS", ready.address(),
                        "OLYMPUS_TOKEN", token,
                        "OLYMPUS_CACERT", caFile()));
    }

    private String caFile() {
        try {
            var endpoint =
                    new tools.jackson.databind.json.JsonMapper()
                            .readTree(Files.readString(olympus.data().resolve("endpoint.json")));
            return olympus.data().resolve(endpoint.path("caCertificate").asString()).toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aWrongTokenIsRefusedWithExitCodeFourLoggedAndRateLimited() throws IOException {
        var right = Files.readString(ready.tokenFile()).strip();
        assertThat(withToken(right, "status").exitCode()).isZero();

        var wrong = withToken("wrong-token", "status");
        assertThat(wrong.exitCode()).isEqualTo(4);
        assertThat(wrong.err()).doesNotContain(right);

        var limited =
                Stream.generate(() -> withToken("wrong-token", "status"))
                        .limit(40)
                        .filter(run -> run.err().contains("too many"))
                        .findFirst();
        assertThat(limited).as("a run that was told to slow down").isPresent();
        assertThat(limited.orElseThrow().exitCode()).isEqualTo(4);
        assertThat(logs().lines().filter(line -> line.contains("wrong token")))
                .as("lines about the wrong token")
                .isNotEmpty()
                .allMatch(line -> line.contains("127.0.0.1"));
        assertThat(logs()).doesNotContain("wrong-token").doesNotContain(right);
    }

    @Test
    void theTokenFileIsForItsOwnerOnlyAndTheTokenIsHashedAtRest() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ready.tokenFile())))
                .isEqualTo("rw-------");
        var token = Files.readString(ready.tokenFile()).strip();
        assertThat(filesContaining(olympus.data(), token)).containsExactly(ready.tokenFile());
    }

    @Test
    void theClearTextOfASecretStandsNowhere() throws IOException {
        var clear = "hunter2-" + System.nanoTime();
        var fromFile = "file-secret-" + System.nanoTime();
        var stack =
                olympus.stack(
                        "shop",
                        """
                        secrets:
                          db_password: { file: ./db_password.txt }
                        services:
                          web:
                            process:
                              command: [bash, -c, "echo \\"length $${#PASSWORD} $${#API_KEY}\\"; sleep 600"]
                              environment: { PASSWORD: { secret: db_password } }
                            env_file: web.env
                        """);
        Files.writeString(stack.resolve("db_password.txt"), clear);
        Files.writeString(stack.resolve("web.env"), "API_KEY=" + fromFile + "\n");

        var plan = olympus.olympus("plan", stack.toString());
        olympus.apply(stack);
        olympus.awaitRunning("shop/web.1");
        Eventually.becomes(
                Duration.ofSeconds(20),
                () -> "the instance got both: " + olympus.olympus("logs", "web").out(),
                () ->
                        olympus.olympus("logs", "web")
                                .out()
                                .contains(
                                        "length %d %d"
                                                .formatted(clear.length(), fromFile.length())));

        Files.writeString(stack.resolve("db_password.txt"), clear + "-changed");
        var changed = olympus.olympus("plan", stack.toString());
        assertThat(changed.out()).as("a changed secret shows without showing it").contains("~ web");
        olympus.apply(stack);
        olympus.awaitRunning("shop/web.1");
        olympus.terminate();
        olympus.up();
        olympus.awaitRunning("shop/web.1");

        var shown =
                plan.out()
                        + changed.out()
                        + olympus.olympus("status", "-o", "json").out()
                        + olympus.olympus("history", "shop", "-o", "json").out()
                        + olympus.olympus("why", "shop/web").out()
                        + olympus.olympus("decisions", "-o", "json").out()
                        + olympus.olympus("audit", "-o", "json").out();
        assertThat(shown).doesNotContain(clear).doesNotContain(fromFile);
        assertThat(filesContaining(olympus.data(), clear)).isEmpty();
        assertThat(filesContaining(olympus.data(), fromFile)).isEmpty();
        assertThat(filesContaining(folder.resolve("out"), clear)).isEmpty();
    }

    @Test
    void everyChangeOfDeclaredStateIsInTheAuditStream() {
        var stack =
                olympus.stack(
                        "shop", "services: { web: { process: { command: [sleep, \"600\"] } } }");
        olympus.apply(stack);
        olympus.olympus("stop", "shop/web");
        olympus.olympus("remove", "shop", "--yes");

        var audit = olympus.json("audit").path("audit");
        for (var method : List.of("PUT", "POST", "DELETE")) {
            assertThat(
                            audit.valueStream()
                                    .anyMatch(entry ->
                                            entry.path("method").asString().equals(method)
                                                    && entry.path("from")
                                                            .asString()
                                                            .contains("127.0.0.1")
                                                    && !entry.path("actor").asString().isBlank()))
                    .as(method + " in " + audit)
                    .isTrue();
        }
    }

    private String logs() throws IOException {
        var text = new StringBuilder();
        try (var files = Files.walk(olympus.data().resolve("logs"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                text.append(Files.readString(file));
            }
        }
        return text.toString();
    }

    private static List<Path> filesContaining(Path root, String text) throws IOException {
        var wanted = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        try (var files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> contains(file, wanted))
                    .toList();
        }
    }

    private static boolean contains(Path file, byte[] wanted) {
        try {
            var content =
                    new String(
                            Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
            return content.contains(
                    new String(wanted, java.nio.charset.StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
