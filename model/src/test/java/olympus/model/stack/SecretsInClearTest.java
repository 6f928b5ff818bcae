package olympus.model.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretsInClearTest {

    @TempDir Path folder;

    @Test
    void warnsOfSecretsThatWouldStandInPlainText() throws IOException {
        Files.writeString(
                folder.resolve(".env"), "DB_PASSWORD=hunter2\nAPI_TOKEN=hunter2\nLEVEL=info\n");
        Files.writeString(
                folder.resolve("compose.yaml"),
                """
                services:
                  db:
                    image: a
                    build: { context: ., args: [API_TOKEN, LEVEL] }
                    command: ["serve", "--level=$LEVEL", "--password=${DB_PASSWORD:-none}"]
                    labels:
                      hook: "https://x/?t=${API_TOKEN}"
                    healthcheck: { test: "check $DB_PASSWORD" }
                    environment: { PASSWORD: "$DB_PASSWORD" }
                """);
        var loaded =
                switch (StackFolder.load(folder, Map.of())) {
                    case StackFolder.Outcome.Invalid invalid ->
                            throw new AssertionError(invalid.text());
                    case StackFolder.Outcome.Loaded good -> good;
                };
        assertThat(loaded.warnings())
                .extracting(w -> "%d:%d %s".formatted(w.line(), w.column(), w.message()))
                .containsExactly(
                        "4:33 " + plain("API_TOKEN", "build arguments"),
                        "5:42 " + plain("DB_PASSWORD", "command"),
                        "7:13 " + plain("API_TOKEN", "labels"),
                        "8:26 " + plain("DB_PASSWORD", "healthcheck"));
        assertThat(loaded.warnings().toString()).doesNotContain("hunter2");
    }

    private static String plain(String variable, String where) {
        return "the variable %s looks like a secret, and in %s its value is plain text, shown in plans and kept in the history; give it by environment, env_file or secrets instead"
                .formatted(variable, where);
    }
}
