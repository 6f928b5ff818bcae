package olympus.server.http;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import olympus.model.json.RecordCodec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares requests and answers with the OpenAPI page. Stricter than a client: members that the
 * page does not name are faults, so that nothing is answered that is not described.
 */
final class AnswerContract {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String SCHEMAS = "/components/schemas";

    /** Where the page's schemas stand in the documents that the validator gets. */
    private static final String DEFINITIONS = "#/$defs/";

    /** What an answer says; the headers by their names in lower case. */
    record Answer(int status, Map<String, String> headers, String body) {
        private Optional<String> media() {
            return Optional.ofNullable(headers.get("content-type"))
                    .map(type -> type.split(";")[0].strip());
        }
    }

    private record Operation(String key, Pattern path, JsonNode description) {}

    private final ObjectNode page;
    private final List<Operation> operations = new ArrayList<>();
    private final SchemaRegistry registry =
            SchemaRegistry.withDefaultDialect(
                    SpecificationVersion.DRAFT_2020_12,
                    builder ->
                            builder.schemaRegistryConfig(
                                    SchemaRegistryConfig.builder()
                                            .formatAssertionsEnabled(true)
                                            .build()));
    private final Map<String, Schema> compiled = new TreeMap<>();
    private final Set<String> met = new TreeSet<>();

    AnswerContract(String text) {
        page = JSON.readValue(text.replace(ApiSchemas.PREFIX, DEFINITIONS), ObjectNode.class);
        close(page.at(SCHEMAS));
        page.path("paths")
                .properties()
                .forEach(path ->
                        path.getValue()
                                .properties()
                                .forEach(operation ->
                                        operations.add(
                                                operation(
                                                        operation.getKey(),
                                                        path.getKey(),
                                                        operation.getValue()))));
        operations.sort(
                Comparator.comparingLong(o -> o.key().chars().filter(c -> c == '{').count()));
    }

    private static void close(JsonNode schemas) {
        for (var schema : schemas) {
            if (schema instanceof ObjectNode object
                    && object.has("properties")
                    && !object.has("additionalProperties")) {
                object.put("additionalProperties", false);
            }
        }
    }

    private static Operation operation(String method, String path, JsonNode description) {
        var upper = method.toUpperCase(java.util.Locale.ROOT);
        var pattern = path.replace(".", "\\.").replaceAll("\\{[a-z]+}", "[^/]+");
        return new Operation(
                upper + " " + path, Pattern.compile(upper + " " + pattern), description);
    }

    /** Everything in which this exchange differs from the page; empty when nothing. */
    synchronized List<String> faults(String method, URI uri, String sent, Answer answer) {
        var found =
                operations.stream()
                        .filter(o -> o.path().matcher(method + " " + uri.getRawPath()).matches())
                        .findFirst();
        if (found.isEmpty()) {
            return answer.status() < 400
                    ? List.of(method + " " + uri + " is no operation of the page")
                    : body("an error", DEFINITIONS + "Problem", answer.body());
        }
        var operation = found.get();
        var response = resolved(operation.description().at("/responses/" + answer.status()));
        if (response.isMissingNode()) {
            return List.of(
                    "%s answers %d, which the page does not know: %s"
                            .formatted(operation.key(), answer.status(), answer.body()));
        }
        met.add(operation.key() + " " + answer.status() + " " + answer.media().orElse("-"));
        return Stream.of(
                        content(operation, response, answer),
                        headers(operation, response, answer),
                        request(operation, uri, sent, answer.status()))
                .flatMap(List::stream)
                .toList();
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? page.at(node.path("$ref").asString().substring(1)) : node;
    }

    private List<String> content(Operation operation, JsonNode response, Answer answer) {
        var where = operation.key() + " " + answer.status();
        if (!response.has("content")) {
            return answer.body().isEmpty() ? List.of() : List.of(where + " has a body");
        }
        var content = response.path("content").path(answer.media().orElse("none"));
        if (content.isMissingNode()) {
            return List.of(where + " is " + answer.media() + ": " + answer.body());
        }
        var json = answer.media().filter(media -> media.endsWith("json")).isPresent();
        return json ? inline(where, content.path("schema"), answer.body()) : List.of();
    }

    private static List<String> headers(Operation operation, JsonNode response, Answer answer) {
        var faults = new ArrayList<String>();
        for (var name : List.of("ETag", "WWW-Authenticate", "Retry-After")) {
            var given = answer.headers().containsKey(name.toLowerCase(java.util.Locale.ROOT));
            var described = response.path("headers").path(name);
            var required = described.path("required").asBoolean(false);
            if (given ? described.isMissingNode() : required) {
                faults.add(
                        "%s %d: header %s given %s, described %s"
                                .formatted(
                                        operation.key(), answer.status(), name, given, described));
            }
        }
        return faults;
    }

    /** What was taken must be as the page says; what was refused may be anything. */
    private List<String> request(Operation operation, URI uri, String sent, int status) {
        if (status >= 300) {
            return List.of();
        }
        var faults = new ArrayList<String>();
        var known = operation.description().path("parameters");
        for (var pair : Optional.ofNullable(uri.getQuery()).orElse("").split("&")) {
            var name = pair.split("=")[0];
            if (!name.isEmpty() && !named(known, name)) {
                faults.add(operation.key() + " takes " + name);
            }
        }
        var schema = operation.description().at("/requestBody/content/application~1json/schema");
        if (!sent.isEmpty() && schema.isMissingNode()) {
            faults.add(operation.key() + " takes a body");
        } else if (!sent.isEmpty()) {
            faults.addAll(inline(operation.key() + " takes", schema, sent));
        }
        return faults;
    }

    private static boolean named(JsonNode parameters, String name) {
        for (var parameter : parameters) {
            if (parameter.path("name").asString().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private List<String> inline(String where, JsonNode schema, String json) {
        return schema.has("$ref") ? body(where, schema.path("$ref").asString(), json) : List.of();
    }

    /** How a JSON text differs from a definition. */
    List<String> body(String where, String reference, String json) {
        var schema =
                compiled.computeIfAbsent(
                        reference,
                        any -> {
                            var document = JSON.createObjectNode().put("$ref", reference);
                            document.set("$defs", page.at(SCHEMAS));
                            return registry.getSchema(document);
                        });
        return schema.validate(json, InputFormat.JSON).stream()
                .map(fault -> where + ": " + fault + " in " + json)
                .toList();
    }

    /** How an event of a stream differs from its definition, and its data from theirs. */
    List<String> event(String definition, String event, Optional<String> id, String data) {
        var object = JSON.createObjectNode().put("event", event);
        id.ifPresent(text -> object.put("id", text));
        object.put("data", data);
        var faults = new ArrayList<>(body(definition, DEFINITIONS + definition, object.toString()));
        var inside = page.at(SCHEMAS + "/" + definition + "/properties/data/contentSchema/$ref");
        faults.addAll(body(definition + " data", inside.asString(), data));
        return faults;
    }

    /** Successful answers that the page describes and that no exchange has shown so far. */
    synchronized Set<String> notMet() {
        var missing = new TreeSet<String>();
        for (var operation : operations) {
            operation.description().path("responses").properties().stream()
                    .filter(response -> response.getKey().compareTo("400") < 0)
                    .forEach(response -> {
                        var start = operation.key() + " " + response.getKey() + " ";
                        var media = response.getValue().path("content").propertyNames();
                        (media.isEmpty() ? List.of("-") : media)
                                .forEach(type -> missing.add(start + type));
                    });
        }
        missing.removeAll(met);
        return missing;
    }

    /** The page that is generated from this build's controllers. */
    static String generated() {
        return RecordCodec.indented(OpenApiPage.tree());
    }
}
