package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.server.store.HaltedStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The committed OpenAPI page is what the controllers and records are. To write it anew after a
 * change: run this test with {@code OLYMPUS_GOLDEN=write} in the environment; the next build packs
 * it.
 */
class OpenApiTest {

    private static final Path PAGE =
            Path.of(Objects.requireNonNull(System.getProperty("olympus.root")))
                    .resolve("docs/reference/openapi.json");

    private static final Pattern BRACES = Pattern.compile("\\{([a-z]+)}");

    private static JsonNode page() {
        return JsonMapper.shared().readTree(AnswerContract.generated());
    }

    @Test
    void theCommittedPageIsWhatTheControllersAreAndWhatIsServed(@TempDir Path folder)
            throws Exception {
        var text = AnswerContract.generated();
        if ("write".equals(System.getenv("OLYMPUS_GOLDEN"))) {
            Files.writeString(PAGE, text);
        }
        assertThat(Files.readString(PAGE))
                .as("OLYMPUS_GOLDEN=write writes it anew")
                .isEqualTo(text);
        var reason = new OlympusException(ErrorCode.UNAVAILABLE, "no store");
        try (var api =
                new RunningApi(
                        folder, new HaltedStore("island", reason), new ScriptedCommands(), 10)) {
            assertThat(api.send(api.request("/api/v1/openapi.json")).body()).isEqualTo(text);
        }
    }

    @Test
    void everyOperationOfAControllerIsDescribedAndNothingElse() {
        var handled = new TreeSet<String>();
        OpenApiPage.handlers().forEach(handler -> handled.add(handler.key()));
        assertThat(ApiOperation.all())
                .extracting(ApiOperation::key)
                .containsExactlyInAnyOrderElementsOf(handled);
        assertThat(ApiOperation.all())
                .extracting(operation -> operation.words().id())
                .doesNotHaveDuplicates();
        for (var handler : OpenApiPage.handlers()) {
            assertThat(handler.mapping().path()).as(handler.key()).hasSize(1);
            assertThat(handler.mapping().method()).as(handler.key()).hasSize(1);
        }
    }

    @Test
    void everyParameterInAPathIsDeclaredAndEveryDescribedOneIsUsed() {
        var used = new TreeSet<String>();
        page().path("paths")
                .properties()
                .forEach(path ->
                        path.getValue()
                                .properties()
                                .forEach(operation -> {
                                    var inPath = new TreeSet<String>();
                                    for (var parameter : operation.getValue().path("parameters")) {
                                        var name = parameter.path("name").asString();
                                        used.add(name);
                                        if (parameter.path("in").asString().equals("path")) {
                                            inPath.add(name);
                                        }
                                    }
                                    assertThat(
                                                    BRACES.matcher(path.getKey())
                                                            .results()
                                                            .map(match -> match.group(1)))
                                            .as(path.getKey())
                                            .containsExactlyInAnyOrderElementsOf(inPath);
                                }));
        assertThat(used).containsExactlyInAnyOrderElementsOf(ApiWords.parameters().keySet());
    }

    @Test
    void everyReferenceIsDefinedAndEveryDefinitionIsReferredTo() {
        var page = page();
        var references = new HashSet<String>();
        references(page, references);
        assertThat(references)
                .isNotEmpty()
                .allSatisfy(reference ->
                        assertThat(page.at(reference.substring(1)).isObject())
                                .as(reference)
                                .isTrue());
        for (var kind : List.of("schemas", "responses")) {
            for (var name : page.path("components").path(kind).propertyNames()) {
                assertThat(references).contains("#/components/" + kind + "/" + name);
            }
        }
    }

    private static void references(JsonNode node, Set<String> all) {
        if (node.has("$ref")) {
            all.add(node.path("$ref").asString());
        }
        node.forEach(inner -> references(inner, all));
    }

    /** Those of a stack's definition have the words of olympus.yaml's reference. */
    @Test
    void everyMemberOfABodyIsDescribed() {
        var page = page();
        var definition = new HashSet<String>();
        reach(page, "ApplyRequest", definition);
        reach(page, "StackDefinitionDocument", definition);
        var missing = new ArrayList<String>();
        for (var schema : page.at("/components/schemas").properties()) {
            for (var member : schema.getValue().path("properties").properties()) {
                if (!definition.contains(schema.getKey())
                        && !member.getValue().has("description")) {
                    missing.add(schema.getKey() + "." + member.getKey());
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private static void reach(JsonNode page, String schema, Set<String> reached) {
        if (reached.add(schema)) {
            var inside = new HashSet<String>();
            references(page.at("/components/schemas").path(schema), inside);
            inside.forEach(ref -> reach(page, ref.substring(ApiSchemas.PREFIX.length()), reached));
        }
    }

    @Test
    void theContractSeesWhatDiffersFromThePage() {
        var contract = new AnswerContract(AnswerContract.generated());
        var good = "{\"service\":\"a/b\",\"action\":\"stop\"}";

        assertThat(exchange(contract, "", 202, good)).isEmpty();
        assertThat(exchange(contract, "", 200, good)).anyMatch(f -> f.contains("200"));
        assertThat(exchange(contract, "", 202, good.replace("stop", "halt"))).isNotEmpty();
        assertThat(exchange(contract, "", 202, good.replace("}", ",\"more\":1}"))).isNotEmpty();
        assertThat(exchange(contract, "", 202, "{\"service\":\"a/b\"}")).isNotEmpty();
        assertThat(exchange(contract, "?now=true", 202, good)).anyMatch(f -> f.contains("now"));
        assertThat(exchange(contract, "", 404, good)).isNotEmpty();
        assertThat(contract.notMet())
                .doesNotContain(STOP + " 202 application/json")
                .contains(FOLLOW);
    }

    private static final String FOLLOW = "GET /api/v1/decisions 200 text/event-stream";
    private static final String STOP = "POST /api/v1/services/{stack}/{service}/stop";

    private static List<String> exchange(
            AnswerContract contract, String query, int status, String body) {
        return contract.faults(
                "POST",
                java.net.URI.create("https://h/api/v1/services/a/b/stop" + query),
                "",
                new AnswerContract.Answer(
                        status, Map.of("content-type", "application/json"), body));
    }
}
