package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.server.store.HaltedStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springdoc.core.configuration.SpringDocConfiguration;
import org.springdoc.core.properties.SpringDocConfigProperties;
import org.springdoc.webmvc.core.configuration.SpringDocWebMvcConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The committed OpenAPI page is what the controllers are. To write it anew after a change: run this
 * test with {@code OLYMPUS_GOLDEN=write} in the environment.
 */
class OpenApiTest {

    private static final Path PAGE =
            Path.of(Objects.requireNonNull(System.getProperty("olympus.root")))
                    .resolve("docs/reference/openapi.json");

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(SpringDocConfigProperties.class)
    @Import({SpringDocConfiguration.class, SpringDocWebMvcConfiguration.class})
    static class Described {}

    private static void describe(AnnotationConfigServletWebServerApplicationContext context) {
        context.getEnvironment()
                .getPropertySources()
                .addFirst(
                        new MapPropertySource(
                                "springdoc",
                                Map.of(
                                        "springdoc.api-docs.version", "openapi_3_1",
                                        "springdoc.writer-with-order-by-keys", "true",
                                        "springdoc.paths-to-exclude", "/error")));
        context.register(Described.class);
    }

    @Test
    void theCommittedPageIsWhatTheControllersAre(@TempDir Path folder) throws Exception {
        var reason = new OlympusException(ErrorCode.UNAVAILABLE, "no store");
        try (var api =
                new RunningApi(
                        folder,
                        new HaltedStore("island", reason),
                        new ScriptedCommands(),
                        10,
                        OpenApiTest::describe)) {
            var json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
            var answer = api.get("/v3/api-docs");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            var page = json.readValue(answer.body(), ObjectNode.class);
            page.remove("servers");
            page.putObject("info").put("title", "Olympus").put("version", "1");
            var text = json.writeValueAsString(page) + "\n";
            if ("write".equals(System.getenv("OLYMPUS_GOLDEN"))) {
                Files.writeString(PAGE, text);
            }
            assertThat(page.path("openapi").asString()).startsWith("3.1");
            assertThat(Files.readString(PAGE)).isEqualTo(text);
            assertThat(api.send(api.request("/api/v1/openapi.json")).body()).isEqualTo(text);
        }
    }
}
