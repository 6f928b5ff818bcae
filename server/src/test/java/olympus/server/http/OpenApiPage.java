package olympus.server.http;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.ValueConstants;

/**
 * The OpenAPI 3.1 page: paths, parameters, bodies and statuses from the controllers' declarations,
 * schemas from the records, words from {@link ApiOperation} and {@link ApiWords}.
 */
final class OpenApiPage {

    /** Answered without a token; a wrong one is refused there too. */
    private static final List<String> OPEN =
            List.of("/healthz", "/readyz", Api.V1 + "/openapi.json");

    /** Of handlers that choose their media type themselves. */
    private static final String TEXT = "text/plain";

    private final ApiSchemas schemas = new ApiSchemas();
    private final Map<String, ApiOperation> words =
            ApiOperation.all().stream()
                    .collect(
                            Collectors.toMap(
                                    ApiOperation::key, o -> o, (a, b) -> b, LinkedHashMap::new));
    private final Map<String, ApiWords.Parameter> parameters = ApiWords.parameters();

    /** A handler method and what its mapping says. */
    record Handler(String key, Method method, RequestMapping mapping) {}

    /** Every handler of every controller that {@link HttpConfiguration} makes. */
    static List<Handler> handlers() {
        return Arrays.stream(HttpConfiguration.class.getDeclaredMethods())
                .map(Method::getReturnType)
                .filter(type -> type.isAnnotationPresent(RestController.class))
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .flatMap(method ->
                        Optional.ofNullable(
                                AnnotatedElementUtils.findMergedAnnotation(
                                        method, RequestMapping.class))
                                .map(mapping -> new Handler(key(mapping), method, mapping))
                                .stream())
                .sorted((a, b) -> media(a).compareTo(media(b)))
                .toList();
    }

    private static String key(RequestMapping mapping) {
        return mapping.method()[0] + " " + mapping.path()[0];
    }

    private static String media(Handler handler) {
        return handler.mapping().produces().length == 0 ? TEXT : handler.mapping().produces()[0];
    }

    static Map<String, Object> tree() {
        return new OpenApiPage().page();
    }

    private Map<String, Object> page() {
        var paths = new TreeMap<String, Object>();
        var byKey =
                handlers().stream()
                        .collect(
                                Collectors.groupingBy(
                                        Handler::key, TreeMap::new, Collectors.toList()));
        byKey.forEach((key, handlers) -> {
            var parts = key.split(" ");
            ApiSchemas.member(paths, parts[1])
                    .put(
                            parts[0].toLowerCase(java.util.Locale.ROOT),
                            operation(word(key), parts[1], handlers));
        });
        var page = new LinkedHashMap<String, Object>();
        page.put("openapi", "3.1.0");
        page.put(
                "info",
                ApiSchemas.object(
                        "title",
                        "Olympus",
                        "version",
                        "1",
                        "description",
                        "The API of an Olympus server. Instants are RFC 3339. New members may be added to answers; who reads them ignores what he does not know. Any server of the island may be asked: what only the leader may answer is sent on to it, and the header `Olympus-Known-Leader` says whether one is known. `x-olympus-role` is the role that a token needs for an operation, or one above it: viewer, operator, admin.",
                        "license",
                        ApiSchemas.object("name", "Apache-2.0", "identifier", "Apache-2.0")));
        page.put("servers", List.of(ApiSchemas.object("url", "/")));
        page.put("security", List.of(ApiSchemas.object("token", List.of())));
        page.put("tags", tags());
        page.put("paths", paths);
        page.put("components", schemas.components());
        return page;
    }

    private static List<Object> tags() {
        return List.of(
                tag(ApiOperation.SERVICES, "Services: how they are, and orders to single ones."),
                tag(ApiOperation.STACKS, "Stacks: what is declared, and changes of it."),
                tag(ApiOperation.ISLAND, "Nodes, pauses, and why things are as they are."),
                tag(ApiOperation.RECORDS, "What was decided, and who changed what."),
                tag(ApiOperation.SERVER, "How the server itself is."));
    }

    private static Map<String, Object> tag(String name, String description) {
        return ApiSchemas.object("name", name, "description", description);
    }

    private ApiOperation word(String key) {
        var word = words.get(key);
        if (word == null) {
            throw new IllegalStateException(key + " is not described in ApiOperation");
        }
        return word;
    }

    private Map<String, Object> operation(ApiOperation words, String path, List<Handler> handlers) {
        var operation =
                ApiSchemas.object(
                        "operationId", words.words().id(), "tags", List.of(words.words().tag()));
        operation.put("summary", words.words().summary());
        if (!words.words().description().isEmpty()) {
            operation.put("description", words.words().description());
        }
        var parts = words.key().split(" ");
        OperationRoles.of(parts[0], parts[1])
                .ifPresent(role -> operation.put("x-olympus-role", role.word()));
        if (OPEN.contains(path)) {
            operation.put("security", List.of(Map.of(), ApiSchemas.object("token", List.of())));
        }
        var parameters = new LinkedHashMap<String, Object>();
        handlers.forEach(handler -> parameters(handler.method(), parameters));
        if (isSentOn(words.key()) && words.key().startsWith("GET ")) {
            parameters.put(AnsweredHere.STALE, stale());
        }
        if (!parameters.isEmpty()) {
            operation.put("parameters", List.copyOf(parameters.values()));
        }
        handlers.forEach(handler ->
                body(words, handler.method()).ifPresent(b -> operation.put("requestBody", b)));
        operation.put("responses", responses(words, path, handlers));
        return operation;
    }

    /** Whether a server that does not lead sends it on to the one that does. */
    private static boolean isSentOn(String key) {
        return key.contains(Api.V1)
                && !key.matches(
                        "GET .*/(openapi\\.json|doctor|logs|servers|snapshot)|POST .*/exec");
    }

    private Map<String, Object> stale() {
        var words = Objects.requireNonNull(parameters.get(AnsweredHere.STALE));
        var schema = schemas.plain(boolean.class);
        schema.putAll(words.bounds());
        return ApiSchemas.object(
                "name",
                AnsweredHere.STALE,
                "in",
                "query",
                "required",
                false,
                "allowEmptyValue",
                true,
                "description",
                words.description(),
                "schema",
                schema);
    }

    // -- what is sent ------------------------------------------------------------------------

    private void parameters(Method method, Map<String, Object> all) {
        for (var parameter : method.getParameters()) {
            var path = parameter.getAnnotation(PathVariable.class);
            var query = parameter.getAnnotation(RequestParam.class);
            var header = parameter.getAnnotation(RequestHeader.class);
            if (path != null) {
                put(all, "path", parameter.getName(), parameter, ValueConstants.DEFAULT_NONE);
            } else if (query != null) {
                put(all, "query", parameter.getName(), parameter, query.defaultValue());
            } else if (header != null) {
                put(all, "header", header.name(), parameter, header.defaultValue());
            }
        }
    }

    private void put(
            Map<String, Object> all,
            String in,
            String name,
            Parameter parameter,
            String byDefault) {
        var words = parameters.get(name);
        if (words == null) {
            throw new IllegalStateException(
                    "parameter %s of %s is not described in ApiWords"
                            .formatted(name, parameter.getDeclaringExecutable()));
        }
        var optional = parameter.getType() == Optional.class;
        var given = !byDefault.equals(ValueConstants.DEFAULT_NONE);
        var schema = schemas.plain(content(parameter.getParameterizedType()));
        schema.putAll(words.bounds());
        if (given) {
            schema.put("default", value(parameter.getType(), byDefault));
        }
        all.put(
                name,
                ApiSchemas.object(
                        "name",
                        name,
                        "in",
                        in,
                        "required",
                        !optional && !given,
                        "description",
                        words.description(),
                        "schema",
                        schema));
    }

    private static Object value(Class<?> type, String text) {
        if (type == boolean.class) {
            return Boolean.valueOf(text);
        }
        return type == int.class ? (Object) Integer.valueOf(text) : text;
    }

    private Optional<Map<String, Object>> body(ApiOperation words, Method method) {
        for (var parameter : method.getParameters()) {
            var body = parameter.getAnnotation(RequestBody.class);
            if (body != null) {
                var schema =
                        words.bodies()
                                .request()
                                .map(schemas::document)
                                .orElseGet(() ->
                                        schemas.request(content(parameter.getParameterizedType())));
                return Optional.of(
                        ApiSchemas.object(
                                "required", body.required(), "content", content(Api.JSON, schema)));
            }
        }
        return Optional.empty();
    }

    // -- what is answered --------------------------------------------------------------------

    private Map<String, Object> responses(ApiOperation words, String path, List<Handler> handlers) {
        var all = new TreeMap<String, Object>();
        var success = ApiSchemas.object("description", words.words().answer());
        if (words.bodies().tagged()) {
            success.put("headers", etag());
        }
        handlers.forEach(
                handler -> ApiSchemas.member(success, "content").putAll(answer(words, handler)));
        all.put(Integer.toString(status(handlers.getFirst().method())), success);
        if (path.equals("/readyz")) {
            all.put(
                    "503",
                    ApiSchemas.object(
                            "description",
                            "It cannot; the text says why.",
                            "content",
                            answer(words, handlers.getFirst())));
        }
        if (words.bodies().tagged() && words.key().startsWith("GET ")) {
            all.put(
                    "304",
                    ApiSchemas.object(
                            "description",
                            "The definition is the one that the request names.",
                            "headers",
                            etag()));
        }
        var errors = new ArrayList<>(ApiOperation.ALWAYS);
        errors.addAll(words.errors());
        if (!OPEN.contains(path)) {
            errors.add(403);
        }
        if (isSentOn(words.key())) {
            errors.addAll(words.key().startsWith("GET ") ? List.of(503) : List.of(503, 504));
        }
        errors.forEach(status -> all.put(Integer.toString(status), schemas.error(status)));
        return all;
    }

    private static Map<String, Object> etag() {
        return ApiSchemas.object(
                "ETag",
                ApiSchemas.object(
                        "description",
                        "A revision of the stack, in quotes.",
                        "required",
                        true,
                        "schema",
                        ApiSchemas.object("type", "string", "pattern", "^\"[0-9]+\"$")));
    }

    private static int status(Method method) {
        var status = AnnotatedElementUtils.findMergedAnnotation(method, ResponseStatus.class);
        return status == null ? 200 : status.code().value();
    }

    private Map<String, Object> answer(ApiOperation words, Handler handler) {
        var media = media(handler);
        if (media.equals(Api.SSE)) {
            return content(media, schemas.events(words.bodies().events()));
        }
        if (media.equals(Api.BYTES)) {
            return content(media, ApiSchemas.object());
        }
        if (!media.equals(Api.JSON)) {
            return content(media, ApiSchemas.object("type", "string"));
        }
        return content(
                media,
                words.bodies()
                        .response()
                        .map(schemas::document)
                        .orElseGet(() ->
                                schemas.answer(content(handler.method().getGenericReturnType()))));
    }

    private static Map<String, Object> content(String media, Map<String, Object> schema) {
        return ApiSchemas.object(media, ApiSchemas.object("schema", schema));
    }

    /** What stands inside an option or an answer with headers; the type itself otherwise. */
    private static Class<?> content(Type type) {
        if (type instanceof ParameterizedType generic
                && (generic.getRawType() == Optional.class
                        || generic.getRawType() == ResponseEntity.class)) {
            return content(generic.getActualTypeArguments()[0]);
        }
        if (type instanceof Class<?> plain) {
            return plain;
        }
        throw new IllegalStateException("a handler takes or answers " + type);
    }
}
