package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.server.store.HaltedStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every metric stands in the reference page, and nothing else does. */
class MetricsPageTest {

    private static final Path PAGE =
            Path.of(Objects.requireNonNull(System.getProperty("olympus.root")))
                    .resolve("docs/reference/metrics.md");
    private static final Pattern HELP = Pattern.compile("(?m)^# HELP (olympus_\\w+) (.*)$");
    private static final Pattern ANY = Pattern.compile("(?m)^# HELP (\\w+)");

    /** To write the page anew: {@code OLYMPUS_GOLDEN=write} in the environment. */
    @Test
    void thePageNamesEveryMetric(@TempDir Path folder) throws Exception {
        var reason = new OlympusException(ErrorCode.UNAVAILABLE, "no store");
        try (var api =
                new RunningApi(
                        folder, new HaltedStore("island", reason), new ScriptedCommands(), 10)) {
            api.get("/api/v1/services");
            var scraped = api.get("/metrics").body();
            var all = new TreeSet<String>();
            ANY.matcher(scraped).results().forEach(match -> all.add(match.group(1)));
            assertThat(all).allSatisfy(name -> assertThat(name).startsWith("olympus_"));
            var metrics = new TreeMap<String, String>();
            HELP.matcher(scraped)
                    .results()
                    .forEach(match -> metrics.put(match.group(1), match.group(2)));
            var page = page(metrics);
            if ("write".equals(System.getenv("OLYMPUS_GOLDEN"))) {
                Files.writeString(PAGE, page);
            }
            assertThat(Files.readString(PAGE)).isEqualTo(page);
        }
    }

    @Test
    void inventedMethodsCountAsOne(@TempDir Path folder) throws Exception {
        var reason = new OlympusException(ErrorCode.UNAVAILABLE, "no store");
        try (var api =
                new RunningApi(
                        folder, new HaltedStore("island", reason), new ScriptedCommands(), 10)) {
            for (var i = 0; i < 1_000; i++) {
                api.send(api.request("/healthz").method("GET" + i, BodyPublishers.noBody()));
            }
            var methods = new TreeSet<String>();
            Pattern.compile("method=\"(\\w+)\"")
                    .matcher(api.get("/metrics").body())
                    .results()
                    .forEach(match -> methods.add(match.group(1)));
            assertThat(methods).contains("other").hasSizeLessThan(10);
        }
    }

    private static String page(Map<String, String> metrics) {
        var page =
                new StringBuilder(
                        """
                        # Metrics

                        `GET /metrics` at the root of the API, in the Prometheus text format; needs a token (`Authorization: Bearer TOKEN`).
                        (Generated from a running server; a test holds it current.)

                        | metric | what it is |
                        |---|---|
                        """);
        metrics.forEach((name, help) -> page.append("| `%s` | %s |%n".formatted(name, help)));
        return page.toString();
    }
}
