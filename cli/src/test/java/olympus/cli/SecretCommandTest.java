package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** secret: what is sent to the server, and that a value is never told. */
final class SecretCommandTest {

    private static final String CLEAR = "hunter2-hunter3";
    private static final String PUT = "PUT /stacks/shop/secrets/db-password";
    private static final String SET =
            "{\"secret\":\"shop/db-password\",\"fingerprint\":\"0123456789abcdef\",\"setAt\":\"2026-11-21T03:00:00Z\",\"setBy\":\"admin\",\"outdated\":[%s],\"updating\":[%s]}";

    @TempDir static Path keys;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RecordedServer server;

    private Map<String, String> environment = Map.of();

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys);
        environment = new HashMap<>(server.environment());
        environment.put("OLYMPUS_DEBUG", "1");
        server.on(PUT, 200, SET.formatted("", ""));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandRun piped(String input, String... arguments) {
        return silent(CommandRun.answering(input, false, environment, folder, arguments));
    }

    /** With a person who types these lines unseen. */
    private CommandRun typed(List<String> lines, String... arguments) {
        var hidden = new ArrayDeque<>(lines);
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var console =
                new Console(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        new BufferedReader(new StringReader("")),
                        true,
                        _ -> Optional.ofNullable(hidden.poll()));
        var code =
                OlympusCommand.line(console, new ServerFinder(environment, folder))
                        .execute(arguments);
        return silent(
                new CommandRun(
                        code,
                        out.toString(StandardCharsets.UTF_8),
                        err.toString(StandardCharsets.UTF_8)));
    }

    private static CommandRun silent(CommandRun run) {
        assertThat(run.out() + run.err()).doesNotContain("hunter");
        return run;
    }

    private void sent(String value) {
        assertThat(server.requests()).containsExactly(PUT + " {\"value\":\"" + value + "\"}");
    }

    @Test
    void takesTheValueFromStandardInputWithoutTheLastLineEnd() {
        var run = piped(CLEAR + "\n", "secret", "set", "shop/db-password");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("shop/db-password is set (fingerprint 0123456789abcdef)");
        sent(CLEAR);
    }

    @Test
    void asksAPersonTwiceAndUnseen() {
        var run = typed(List.of(CLEAR, CLEAR), "secret", "set", "shop/db-password");
        assertThat(run.exitCode()).as(run.err()).isZero();
        sent(CLEAR);
    }

    @Test
    void sendsNothingWhenTheTwoDifferOrNothingIsTyped() {
        var differ = typed(List.of(CLEAR, "hunter4"), "secret", "set", "shop/db-password");
        assertThat(differ.exitCode()).isEqualTo(1);
        assertThat(differ.err()).contains("the two values differ");
        assertThat(typed(List.of(), "secret", "set", "shop/db-password").err())
                .contains("the value is empty");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void takesAFileAsItIs() throws Exception {
        var file = Files.writeString(folder.resolve("key.pem"), CLEAR + "\n");
        var run = piped("", "secret", "set", "shop/db-password", "--from-file", file.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        sent(CLEAR + "\\n");
    }

    @Test
    void refusesWhatIsNoTextOrTooLargeBeforeItIsSent() throws Exception {
        var binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, 1});
        var from = List.of("secret", "set", "shop/db-password", "--from-file");
        assertThat(piped("", with(from, binary.toString())).err()).contains("is not UTF-8");
        assertThat(piped("", with(from, folder.resolve("gone").toString())).err())
                .contains("cannot read the file");
        var large = "hunter2".repeat(10_000);
        var file = Files.writeString(folder.resolve("large"), large);
        assertThat(piped("", with(from, file.toString())).err()).contains("65536 bytes");
        assertThat(piped(large, "secret", "set", "shop/db-password").err()).contains("65536 bytes");
        assertThat(piped("hunter\0", "secret", "set", "shop/db-password").err())
                .contains("zero character");
        assertThat(piped("\n", "secret", "set", "shop/db-password").err()).contains("is empty");
        assertThat(server.requests()).isEmpty();
    }

    private static String[] with(List<String> arguments, String last) {
        var all = new java.util.ArrayList<>(arguments);
        all.add(last);
        return all.toArray(String[]::new);
    }

    @Test
    void aValueAmongTheArgumentsIsRefusedAndNotRepeated() {
        for (var arguments :
                List.of(
                        List.of("shop/db-password", CLEAR),
                        List.of("shop/db-password", "--value=" + CLEAR),
                        List.of("shop/db-password=" + CLEAR),
                        List.of("shop/db-password", "--value", CLEAR),
                        List.of("--" + CLEAR, "shop/db-password"),
                        List.of(CLEAR))) {
            for (var word : List.of("set", "rotate")) {
                var all = new java.util.ArrayList<>(List.of("secret", word));
                all.addAll(arguments);
                var run = piped("", all.toArray(String[]::new));
                assertThat(run.exitCode()).as(arguments.toString()).isEqualTo(2);
            }
        }
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void tellsWhoStillHasTheValueBefore() {
        server.on(PUT, 200, SET.formatted("\"web\",\"worker\"", ""));
        assertThat(piped(CLEAR, "secret", "set", "shop/db-password").out())
                .contains("still with the value before, until the next apply: web, worker");
    }

    @Test
    void rotatingTellsWhatIsUpdated() {
        server.on("GET /secrets", 200, "{\"secrets\":[{\"secret\":\"shop/db-password\"}]}");
        server.on(PUT + "?rotate=true", 200, SET.formatted("", "\"web\""));
        assertThat(piped(CLEAR, "secret", "rotate", "shop/db-password").out())
                .contains("being updated with it: web");
    }

    @Test
    void anUnknownSecretIsToldBeforeAValueIsAskedFor() {
        server.on("GET /secrets", 200, "{\"secrets\":[{\"secret\":\"shop/db-password\"}]}");
        var run = piped("", "secret", "rotate", "shop/passwort");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("olympus secret rotate: there is no secret shop/passwort to rotate;");
    }

    @Test
    void whatTheServerRefusesIsToldWithoutTheValue() {
        server.on(PUT, 409, "{\"detail\":\"stack shop has 1000 secrets already\"}");
        var run = piped(CLEAR, "secret", "set", "shop/db-password");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("1000 secrets already");
        server.close();
        assertThat(piped(CLEAR, "secret", "set", "shop/db-password").exitCode()).isEqualTo(3);
    }

    @Test
    void listsAllOrThoseOfOneStack() {
        server.on(
                "GET /secrets",
                200,
                """
                {"secrets":[
                  {"secret":"attic/key","fingerprint":"fedcba9876543210","setAt":"2026-11-21T03:00:00Z","setBy":"ana"},
                  {"secret":"shop/db-password","fingerprint":"0123456789abcdef","setAt":"2026-11-21T03:00:00Z","setBy":"admin"}],
                 "next":null}
                """);
        assertThat(piped("", "secret", "list").out())
                .contains("attic/key", "ana", "shop/db-password", "0123456789abcdef");
        assertThat(piped("", "secret", "list", "shop").out())
                .contains("shop/db-password")
                .doesNotContain("attic");
    }

    @Test
    void removesOne() {
        server.on(
                "DELETE /stacks/shop/secrets/db-password",
                200,
                "{\"removed\":\"shop/db-password\"}");
        assertThat(piped("", "secret", "remove", "shop/db-password").out())
                .contains("shop/db-password is removed");
        assertThat(piped("", "secret", "remove", "shop").exitCode()).isEqualTo(2);
    }
}
