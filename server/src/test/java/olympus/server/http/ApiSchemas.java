package olympus.server.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import olympus.foundation.ErrorCode;
import olympus.model.json.RecordSchemas;
import olympus.model.json.RecordSchemas.Style;
import olympus.server.discovery.PrometheusTargets;

/** The components of the OpenAPI page: schemas from the records, errors from the error codes. */
final class ApiSchemas {

    static final String PREFIX = "#/components/schemas/";
    private static final String RESPONSES = "#/components/responses/";

    /** Answers that the web framework decides on; all others have an {@link ErrorCode}. */
    private static final Map<Integer, String> FRAMEWORK =
            Map.of(
                    406, "The answer cannot be had in a media type that the request accepts.",
                    415, "The body's media type is not application/json.");

    private static final Map<Integer, String> ERRORS = errors();

    /** Events after which no stream goes on. */
    private static final Set<String> WITHOUT_ID =
            Set.of("gap", "problem", "error", "nodes", "output", "result", "summary");

    private final RecordSchemas records = new RecordSchemas(PREFIX, ApiSchemas::name);
    private final Map<String, Object> more = new TreeMap<>();
    private final Set<Integer> statuses = new TreeSet<>();

    private static Map<Integer, String> errors() {
        var all = new TreeMap<>(FRAMEWORK);
        all.put(400, "The request is malformed or breaks a rule; `problems` says where, if known.");
        all.put(401, "No or a wrong token.");
        all.put(403, "The token does not allow this.");
        all.put(404, "The named thing does not exist.");
        all.put(409, "The thing has changed, or its present state does not allow this.");
        all.put(412, "If-Match did not hold.");
        all.put(413, "The body is larger than `http.max_body`.");
        all.put(428, "Services would be removed: `prune` must say so.");
        all.put(429, "Too many wrong tokens from this address.");
        all.put(500, "A bug in Olympus, or a damaged file (`code` is `corrupt`).");
        all.put(503, "Not now: no leader, store halted, deadline passed. Later may help.");
        all.put(
                504,
                "The leader went away after it was asked; whether the request was carried out is not known. Look before trying again.");
        all.put(507, "The disk is full.");
        return all;
    }

    /**
     * {@code Answers.Plan} is called {@code Plan}, {@code DeployPolicy.Resources} by both names.
     */
    private static String name(Class<?> type) {
        if (type == olympus.model.Problem.class) {
            return "FileProblem";
        }
        if (type == Problem.Body.class) {
            return "Problem";
        }
        return type.getPackageName().startsWith("olympus.model")
                ? RecordSchemas.nestedName(type)
                : type.getSimpleName();
    }

    Map<String, Object> answer(Class<?> type) {
        return records.of(type.asSubclass(Record.class), Style.ANSWER);
    }

    Map<String, Object> request(Class<?> type) {
        return records.of(type.asSubclass(Record.class), Style.REQUEST);
    }

    /** A body that a codec reads or writes; anything else is an object. */
    Map<String, Object> document(String name) {
        if (name.equals(PlanningOperations.TARGETS)) {
            return object("type", "array", "items", answer(PrometheusTargets.Group.class));
        }
        var codec = ApiOperation.documents().get(name);
        if (codec == null) {
            return object("type", "object");
        }
        return records.definitions().containsKey(name)
                ? object("$ref", PREFIX + name)
                : records.of(codec, name);
    }

    /** The type of a parameter. */
    Map<String, Object> plain(Class<?> type) {
        if (type == int.class || type == Integer.class) {
            return object("type", "integer", "format", "int32");
        }
        return object("type", type == boolean.class ? "boolean" : "string");
    }

    /** A sequence of server-sent events. */
    Map<String, Object> events(List<String> definitions) {
        more.put("DecisionEvent", event("decision", answer(Answers.Decided.class)));
        more.put("DiscoveryEvent", event("discovery", answer(DiscoveryAnswers.Discovery.class)));
        more.put("LineEvent", event("line", answer(Answers.Line.class)));
        more.put("GapEvent", event("gap", answer(Answers.LogGap.class)));
        more.put("ProblemEvent", event("problem", answer(Answers.LogProblem.class)));
        more.put("FleetNodesEvent", event("nodes", answer(FleetAnswers.FleetNodes.class)));
        more.put("FleetOutputEvent", event("output", answer(FleetAnswers.FleetOutput.class)));
        more.put("FleetResultEvent", event("result", answer(FleetAnswers.FleetResult.class)));
        more.put("FleetSummaryEvent", event("summary", answer(FleetAnswers.FleetSummary.class)));
        more.put("ErrorEvent", event("error", problem()));
        var one =
                definitions.size() == 1
                        ? object("$ref", PREFIX + definitions.getFirst())
                        : object(
                                "oneOf",
                                definitions.stream()
                                        .map(name -> object("$ref", PREFIX + name))
                                        .toList());
        return object(
                "description",
                "Server-sent events, each an element; comments in between keep the connection alive.",
                "type",
                "array",
                "items",
                one);
    }

    private static Map<String, Object> event(String name, Map<String, Object> data) {
        var properties = object("event", object("const", name));
        var required = new ArrayList<>(List.of("event"));
        if (!WITHOUT_ID.contains(name)) {
            properties.put("id", object("type", "string"));
            required.add("id");
        }
        required.add("data");
        properties.put(
                "data",
                object("type", "string", "contentMediaType", Api.JSON, "contentSchema", data));
        return object("type", "object", "properties", properties, "required", required);
    }

    private Map<String, Object> problem() {
        var reference = records.of(Problem.Body.class, Style.CODEC);
        // RFC 9457: who reads it ignores members that he does not know.
        member(records.definitions(), "Problem").remove("additionalProperties");
        member(records.definitions(), "FileProblem").remove("additionalProperties");
        return reference;
    }

    /** The answer with this status, the same wherever it is given. */
    Map<String, Object> error(int status) {
        statuses.add(status);
        return object("$ref", RESPONSES + responseName(status));
    }

    private static String responseName(int status) {
        return "Error" + status;
    }

    Map<String, Object> components() {
        var all = new LinkedHashMap<String, Object>();
        var responses = new TreeMap<String, Object>();
        statuses.forEach(status -> responses.put(responseName(status), response(status)));
        var schemas = new TreeMap<>(records.definitions());
        schemas.putAll(more);
        describe(schemas);
        all.put("schemas", schemas);
        all.put("responses", responses);
        all.put(
                "securitySchemes",
                object(
                        "token",
                        object(
                                "type",
                                "http",
                                "scheme",
                                "bearer",
                                "description",
                                "A token of this server; the first stands in its data folder, in `admin.token`.")));
        return all;
    }

    private Map<String, Object> response(int status) {
        var description = ERRORS.get(status);
        if (description == null) {
            throw new IllegalStateException("status " + status + " is not described");
        }
        var response = object("description", description);
        if (status == 401) {
            response.put(
                    "headers", header("WWW-Authenticate", "How to authenticate.", true, "string"));
        }
        if (status == 429 || status == 503) {
            response.put(
                    "headers", header("Retry-After", "Seconds to wait.", status == 429, "integer"));
        }
        response.put("content", object(Problem.MEDIA_TYPE, object("schema", problem())));
        return response;
    }

    private static Map<String, Object> header(
            String name, String description, boolean required, String type) {
        return object(
                name,
                object(
                        "description",
                        description,
                        "required",
                        required,
                        "schema",
                        object("type", type)));
    }

    private static void describe(Map<String, Object> schemas) {
        ApiWords.meanings()
                .forEach((name, meaning) -> property(schemas, name).put("description", meaning));
        ApiWords.words().forEach((name, words) -> property(schemas, name).put("enum", words));
        var slugs = new TreeSet<String>();
        for (var code : ErrorCode.values()) {
            slugs.add(code.slug());
        }
        property(schemas, "Problem.code").put("examples", List.copyOf(slugs));
        member(schemas, "StackDefinition")
                .put(
                        "description",
                        "A stack folder in its canonical form. What each member means is that of the key of the same name in olympus.yaml.");
    }

    private static Map<String, Object> property(Map<String, Object> schemas, String name) {
        var parts = name.split("\\.");
        if (!schemas.containsKey(parts[0])
                || !member(member(schemas, parts[0]), "properties").containsKey(parts[1])) {
            throw new IllegalStateException("ApiWords describes " + name + ", which is no member");
        }
        return member(member(member(schemas, parts[0]), "properties"), parts[1]);
    }

    static Map<String, Object> object(Object... namesAndValues) {
        var object = new LinkedHashMap<String, Object>();
        for (var i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }

    /** An object's member that is an object itself; made when there is none. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> member(Map<String, Object> object, String name) {
        if (!object.containsKey(name)) {
            object.put(name, new LinkedHashMap<String, Object>());
        }
        return (Map<String, Object>) object.get(name);
    }
}
