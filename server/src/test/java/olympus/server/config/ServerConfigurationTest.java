package olympus.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerConfigurationTest {

    private static final Path PAGE =
            Path.of(Objects.requireNonNull(System.getProperty("olympus.root")))
                    .resolve("docs/reference/configuration.md");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private ServerConfiguration read(
            String yaml, Map<String, String> environment, Map<String, String> flags)
            throws Exception {
        var file = folder.resolve("olympus-server.yaml");
        Files.writeString(file, yaml);
        return ServerConfiguration.read(Optional.of(file), environment, flags);
    }

    @Test
    void everySettingHasItsFallback() {
        var settings = ServerConfiguration.read(Optional.empty(), Map.of(), Map.of());
        assertThat(settings.http().listen().getPort()).isEqualTo(7400);
        assertThat(settings.http().maxBodyBytes()).isEqualTo(8L << 20);
        assertThat(settings.http().deadline()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.logging().level()).isEqualTo("info");
    }

    @Test
    void flagsWinOverEnvironmentOverFileOverFallback() throws Exception {
        var yaml = "http: { listen: '127.0.0.1:1', max_body: 1MiB, deadline: 5s }";
        var environment =
                Map.of("OLYMPUS_HTTP_LISTEN", "127.0.0.1:2", "OLYMPUS_HTTP_MAX_BODY", "2MiB");
        var settings = read(yaml, environment, Map.of("http.listen", "127.0.0.1:3"));
        assertThat(settings.http().listen().getPort()).isEqualTo(3);
        assertThat(settings.http().maxBodyBytes()).isEqualTo(2L << 20);
        assertThat(settings.http().deadline()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.http().failedLoginsPerMinute()).isEqualTo(10);
    }

    @Test
    void anUnknownKeyIsNamedWithItsWholePathAndASuggestion() {
        assertThatThrownBy(() -> read("http: { listn: '127.0.0.1:1' }", Map.of(), Map.of()))
                .isInstanceOfSatisfying(
                        OlympusException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID))
                .hasMessageContaining("\"http.listn\"")
                .hasMessageContaining("did you mean \"http.listen\"?");
    }

    @Test
    void allFaultsAreReportedAtOnce() {
        assertThatThrownBy(() ->
                        read(
                                "http: { listen: nowhere, max_body: huge }\nlogging: { files: 0 }",
                                Map.of("OLYMPUS_HTTP_DEADLINE", "soon"),
                                Map.of()))
                .hasMessageContaining("http.listen: \"nowhere\"")
                .hasMessageContaining("http.max_body: \"huge\" is not a size")
                .hasMessageContaining("logging.files: \"0\" is not a number from 1 to 100")
                .hasMessageContaining("OLYMPUS_HTTP_DEADLINE: \"soon\"");
    }

    @Test
    void aFileThatIsNotYamlIsNamed() {
        assertThatThrownBy(() -> read("http: [", Map.of(), Map.of()))
                .hasMessageContaining("olympus-server.yaml is not YAML");
    }

    /** To write the page anew: {@code OLYMPUS_GOLDEN=write} in the environment. */
    @Test
    void theReferencePageIsCurrent() throws Exception {
        var page =
                new StringBuilder(
                        """
                        # Configuration of the server

                        In `olympus-server.yaml` in the data folder, or the file given with `--config`; sections are mappings. Every key can also be set by its
                        environment variable. Flags win over environment, environment over file. Unknown keys and wrong values fail the start, all at once.
                        A change needs a restart. (Generated from `olympus.server.config.Settings`; a test holds it current.)

                        | key | variable | default | value | what for |
                        |---|---|---|---|---|
                        """);
        for (var setting : Settings.ALL) {
            page.append(
                    "| `%s` | `%s` | `%s` | %s | %s |%n"
                            .formatted(
                                    setting.key(),
                                    setting.variable(),
                                    setting.fallback(),
                                    setting.expected(),
                                    setting.about()));
        }
        if ("write".equals(System.getenv("OLYMPUS_GOLDEN"))) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page.toString());
    }
}
