package olympus.server.http;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import olympus.model.state.Codecs;

/**
 * What the OpenAPI page says of an operation in words, and what its handler's declaration does not
 * show: the rest is read from the controllers.
 *
 * @param key method and path, e.g. {@code GET /api/v1/services}
 * @param errors statuses beyond those that every operation may answer with
 */
record ApiOperation(String key, Words words, Set<Integer> errors, Bodies bodies) {

    /**
     * For people.
     *
     * @param answer what a successful answer holds
     */
    record Words(String id, String tag, String summary, String description, String answer) {}

    /**
     * What a handler's types do not show.
     *
     * @param tagged whether the answer has an ETag
     * @param request definition of the body where the handler takes bytes
     * @param response definition of the answer where the handler writes it itself
     * @param events definitions of the server-sent events, where the answer may be a stream of them
     */
    record Bodies(
            boolean tagged,
            Optional<String> request,
            Optional<String> response,
            List<String> events) {}

    static final String SERVICES = "services";
    static final String STACKS = "stacks";
    static final String ISLAND = "island";
    static final String RECORDS = "records";
    static final String SERVER = "server";

    static final String APPLY_REQUEST = "ApplyRequest";
    static final String DEFINITION = "StackDefinitionDocument";

    /** Statuses that any request may be answered with. */
    static final Set<Integer> ALWAYS = Set.of(401, 406, 429, 500);

    /** What an order to the controller may be answered with. */
    static final int[] ORDER = {400, 404, 409, 412, 503, 507};

    static final int[] BODY = {413, 415};

    static ApiOperation of(String key, String id, String tag, String summary, String answer) {
        return new ApiOperation(
                key,
                new Words(id, tag, summary, "", answer),
                Set.of(),
                new Bodies(false, Optional.empty(), Optional.empty(), List.of()));
    }

    ApiOperation saying(String text) {
        var said = new Words(words.id, words.tag, words.summary, text, words.answer);
        return new ApiOperation(key, said, errors, bodies);
    }

    ApiOperation failing(int... more) {
        var all = new TreeSet<>(errors);
        for (var status : more) {
            all.add(status);
        }
        return new ApiOperation(key, words, all, bodies);
    }

    private ApiOperation with(Bodies other) {
        return new ApiOperation(key, words, errors, other);
    }

    private ApiOperation tagged() {
        return with(new Bodies(true, bodies.request, bodies.response, bodies.events));
    }

    private ApiOperation reading(String definition) {
        return with(
                new Bodies(bodies.tagged, Optional.of(definition), bodies.response, bodies.events));
    }

    ApiOperation answering(String definition) {
        return with(
                new Bodies(bodies.tagged, bodies.request, Optional.of(definition), bodies.events));
    }

    ApiOperation streaming(String... definitions) {
        return with(
                new Bodies(bodies.tagged, bodies.request, bodies.response, List.of(definitions)));
    }

    static List<ApiOperation> all() {
        return java.util.stream.Stream.of(
                        services(),
                        orders(),
                        stacks(),
                        changes(),
                        seen(),
                        ends(),
                        secrets(),
                        volumes(),
                        island(),
                        NodeOperations.all(),
                        PlanningOperations.all(),
                        ApiMembershipOperations.all(),
                        records(),
                        server())
                .flatMap(List::stream)
                .toList();
    }

    private static List<ApiOperation> services() {
        var one = "/api/v1/services/{stack}/{service}";
        return List.of(
                of(
                                "GET /api/v1/services",
                                "listServices",
                                SERVICES,
                                "Lists services with their instances.",
                                "Services by stack and name.")
                        .saying(
                                "A page ends after `limit` services, or before it would hold more than %d instances."
                                        .formatted(Part.MAX_WEIGHT))
                        .failing(400),
                of(
                                "GET /api/v1/services/{stack}",
                                "listServicesOfStack",
                                SERVICES,
                                "Lists the services of a stack with their instances.",
                                "Services by name.")
                        .saying(
                                "A page ends after `limit` services, or before it would hold more than %d instances."
                                        .formatted(Part.MAX_WEIGHT))
                        .failing(400, 404),
                of(
                                "GET " + one,
                                "getService",
                                SERVICES,
                                "Shows a service with its instances.",
                                "A list with this one service.")
                        .failing(400, 404),
                of(
                                "GET " + one + "/logs",
                                "readLogs",
                                SERVICES,
                                "Reads what the instances of a service print.",
                                "Lines by time; as a stream, lines as they come.")
                        .saying(
                                "With `Accept: text/event-stream` each line is an event, and with `follow` also coming ones, of new instances too; a client that was cut off sends the id of the last one as `Last-Event-ID` and gets exactly what follows. A `gap` event stands where lines are missing. Where nothing can be read from an instance a `problem` event says so while following; otherwise the stream ends with an `error` event. Otherwise the newest %d lines at most, or the last `tail`."
                                        .formatted(LogsController.STANDARD_LINES))
                        .failing(400, 404, 503)
                        .streaming("LineEvent", "GapEvent", "ProblemEvent", "ErrorEvent"));
    }

    private static List<ApiOperation> orders() {
        var one = "/api/v1/services/{stack}/{service}";
        return List.of(
                order(
                        one,
                        "start",
                        "Ends a hold, and gives a service that was given up a new chance."),
                order(
                        one,
                        "stop",
                        "Stops a service and holds it stopped, also over the next apply, until it is started."),
                order(one, "restart", "Replaces every instance of a service, as an update would."),
                of(
                                "POST " + one + "/rollback",
                                "rollbackService",
                                SERVICES,
                                "Returns one service to an earlier revision.",
                                "What is carried out.")
                        .saying(
                                "Its declaration is taken from that revision, the rest of the stack stays as it is; the result is a new revision.")
                        .failing(ORDER)
                        .failing(BODY),
                of(
                                "POST " + one + "/rollout/approve",
                                "approveRollout",
                                SERVICES,
                                "Lets the rollout of a new version go on that has proved itself on trial.",
                                "It goes on.")
                        .saying(
                                "Only while `rollout.stage` of the service is `approval`; otherwise 409.")
                        .failing(ORDER),
                of(
                                "POST " + one + "/rollout/reject",
                                "rejectRollout",
                                SERVICES,
                                "Ends the trial of a new version; the version before goes on.",
                                "What is carried out.")
                        .saying(
                                "The result is a new revision, which keeps the reason; what still runs the version before is not restarted.")
                        .failing(ORDER)
                        .failing(BODY),
                of(
                                "POST " + one + "/exec",
                                "startCommand",
                                SERVICES,
                                "Starts a command within an instance of a service.",
                                "The command runs; its input and output are at the WebSocket `/api/v1/exec/ID`.")
                        .saying(
                                "Whoever started it connects within %d s with the same token; see http-api.md for the messages. It ends with the connection. Allowed in every mode; the audit keeps the words without what looks like a secret."
                                        .formatted(ExecSessions.CONNECTED_WITHIN.toSeconds()))
                        .failing(400, 404, 409, 503)
                        .failing(BODY));
    }

    private static ApiOperation order(String service, String action, String summary) {
        return of(
                        "POST " + service + "/" + action,
                        action + "Service",
                        SERVICES,
                        summary,
                        "The order is recorded; the services list shows when it is carried out.")
                .failing(ORDER);
    }

    private static List<ApiOperation> volumes() {
        return List.of(
                of(
                                "GET /api/v1/catalogue",
                                "listCatalogue",
                                SERVICES,
                                "Lists the services as their users know them: name, link, version.",
                                "Services by stack and name.")
                        .failing(400, 404, 503),
                of(
                                "GET /api/v1/stats",
                                "measureInstances",
                                SERVICES,
                                "Measures what running instances use at this moment.",
                                "Instances by id; those that could not be measured apart, with the reason.")
                        .saying(
                                "The nodes are asked, all at the same time, and look twice within about a second. Without `stack` and `service`, all instances.")
                        .failing(400, 404, 503),
                of(
                                "GET /api/v1/volumes",
                                "listVolumes",
                                ISLAND,
                                "Lists the volumes of the nodes' container engines and who uses them.",
                                "Volumes by node.")
                        .failing(400, 503),
                of(
                                "DELETE /api/v1/volumes/{node}/{volume}",
                                "removeVolume",
                                ISLAND,
                                "Removes a volume and all that is in it.",
                                "It is gone.")
                        .saying(
                                "Only with its exact name as `confirm`, and only while no container has it and no applied stack declares it. Nothing else in Olympus removes a volume.")
                        .failing(400, 404, 409, 428, 503));
    }

    private static List<ApiOperation> stacks() {
        var one = "/api/v1/stacks/{stack}";
        return List.of(
                of(
                                "GET /api/v1/stacks",
                                "listStacks",
                                STACKS,
                                "Lists the stacks that were applied.",
                                "Stacks by name.")
                        .failing(400),
                of(
                                "GET " + one,
                                "getStack",
                                STACKS,
                                "Shows the current definition of a stack.",
                                "The definition, with references in place of secrets.")
                        .failing(400, 404, 503)
                        .tagged()
                        .answering(DEFINITION));
    }

    private static List<ApiOperation> changes() {
        var one = "/api/v1/stacks/{stack}";
        return List.of(
                of(
                                "POST " + one + "/plan",
                                "planStack",
                                STACKS,
                                "Tells what applying a definition would change, and why.",
                                "The plan; its ETag is the revision that it was made against.")
                        .saying(
                                "Changes nothing. The ETag, sent as If-Match of the apply, makes sure that what is applied is what was planned.")
                        .failing(400, 409, 503)
                        .failing(BODY)
                        .tagged()
                        .reading(APPLY_REQUEST),
                of(
                                "PUT " + one,
                                "applyStack",
                                STACKS,
                                "Makes a definition the current one of its stack.",
                                "The plan that was carried out; its ETag is the revision now in force.")
                        .saying(
                                "A definition equal to the current one changes nothing. One that no longer declares a service is answered with 428, naming what would be removed, unless `prune` is true.")
                        .failing(ORDER)
                        .failing(BODY)
                        .failing(428)
                        .tagged()
                        .reading(APPLY_REQUEST),
                of(
                                "GET " + one + "/revisions",
                                "listRevisions",
                                STACKS,
                                "Lists the revisions of a stack.",
                                "Revisions, newest first.")
                        .failing(400, 404, 503),
                of(
                                "POST " + one + "/rollback",
                                "rollbackStack",
                                STACKS,
                                "Returns a stack to an earlier revision, as a new revision.",
                                "What is carried out.")
                        .failing(ORDER)
                        .failing(BODY));
    }

    private static List<ApiOperation> seen() {
        var one = "/api/v1/stacks/{stack}";
        return List.of(
                of(
                                "GET " + one + "/differences",
                                "listDifferences",
                                STACKS,
                                "Compares what really runs with what is declared.",
                                "Each setting that differs, by instance; what could not be compared, and why.")
                        .saying(
                                "The nodes are asked: takes up to half a minute. What is declared is the revision in force, also where the stack is only watched or an update is under way. What the engine or the image fills in is no difference. What looks like a password is not shown.")
                        .failing(400, 404, 503),
                of(
                                "GET " + one + "/images",
                                "listImages",
                                STACKS,
                                "Asks the registries which newer images there are for a stack.",
                                "The image of each service, what it runs, and what it could run.")
                        .saying(
                                "The nodes ask the registries, with their credentials: takes up to two minutes.")
                        .failing(400, 404, 503),
                of(
                                "POST " + one + "/images",
                                "updateImages",
                                STACKS,
                                "Gives services other images, as a new revision.",
                                "What is carried out.")
                        .saying(
                                "A service that is not well with its new image goes back to the revision before by itself, as another revision that says why.")
                        .failing(ORDER)
                        .failing(BODY));
    }

    private static List<ApiOperation> ends() {
        var one = "/api/v1/stacks/{stack}";
        return List.of(
                of(
                                "PUT " + one + "/mode",
                                "setMode",
                                STACKS,
                                "Orders what Olympus may do with a stack, until its files declare another mode.",
                                "The mode that is in force.")
                        .saying(
                                "`manage` at once does what `GET /stacks/{stack}/handover` tells; nothing is restarted by the others.")
                        .failing(ORDER)
                        .failing(BODY),
                of(
                                "GET " + one + "/handover",
                                "planHandover",
                                STACKS,
                                "Tells what coming under mode manage would do to each instance; changes nothing.",
                                "What would be done; nothing where the stack is managed already.")
                        .saying(
                                "What was denied, or not approved yet, is done then: ask a person before. The ETag is the revision that it was worked out for: send it as `If-Match` with the order.")
                        .failing(400, 404, 503)
                        .tagged(),
                of(
                                "POST " + one + "/release",
                                "releaseStack",
                                STACKS,
                                "Forgets a stack and leaves its containers and units as they are.",
                                "The services that are left to whoever manages them next.")
                        .saying(
                                "What is under way is finished or taken back first: until then the stack is listed as `releasing`, and its services as such.")
                        .failing(ORDER),
                of(
                                "DELETE " + one,
                                "removeStack",
                                STACKS,
                                "Stops the services of a stack in reverse dependency order and forgets the stack.",
                                "The services that are being removed.")
                        .saying("Data of the services is kept.")
                        .failing(ORDER));
    }

    private static List<ApiOperation> secrets() {
        var one = "/api/v1/stacks/{stack}/secrets/{name}";
        return List.of(
                of(
                                "GET /api/v1/secrets",
                                "listSecrets",
                                STACKS,
                                "Lists the secrets that people set by name, of one stack or of all.",
                                "Secrets by stack and name; never their values.")
                        .failing(400, 503),
                of(
                                "PUT " + one,
                                "setSecret",
                                STACKS,
                                "Keeps a value as a secret, for definitions that call it external.",
                                "The secret, and who uses a value before it.")
                        .saying(
                                "The stack need not exist yet. Services get the value with the next apply, or at once with `rotate`. No answer, plan, log or audit ever holds it; it is stored encrypted.")
                        .failing(ORDER)
                        .failing(BODY),
                of(
                                "DELETE " + one,
                                "removeSecret",
                                STACKS,
                                "Forgets a secret that no service of the current revision uses.",
                                "What was removed.")
                        .saying("Earlier revisions that are kept can still be returned to.")
                        .failing(400, 404, 409, 503, 507));
    }

    private static List<ApiOperation> island() {
        return List.of(
                of(
                                "GET /api/v1/why",
                                "why",
                                ISLAND,
                                "Says why a service, instance, node or stack is as it is.",
                                "Causes and decisions, newest first.")
                        .failing(400, 404, 503),
                of(
                                "GET /api/v1/pauses",
                                "listPauses",
                                ISLAND,
                                "Lists the pauses in force.",
                                "Pauses by scope.")
                        .failing(400),
                of(
                                "PUT /api/v1/pauses/{scope}",
                                "pause",
                                ISLAND,
                                "Halts all automatic action within a scope.",
                                "Who was told.")
                        .saying(
                                "The connected agents are told first; works also while the store takes no writes, which the answer then says.")
                        .failing(400, 404, 409)
                        .failing(BODY),
                of(
                                "DELETE /api/v1/pauses/{scope}",
                                "resume",
                                ISLAND,
                                "Ends a pause.",
                                "Who was told.")
                        .failing(400, 404, 409));
    }

    private static List<ApiOperation> records() {
        return List.of(
                of(
                                "GET /api/v1/decisions",
                                "listDecisions",
                                RECORDS,
                                "Reads what was decided, on which system, and why.",
                                "Decisions, newest first; as a stream, the newest 20 and then those that come.")
                        .saying(
                                "With `Accept: text/event-stream` each decision is an event; a client that was cut off sends the id of the last one as `Last-Event-ID` and misses none.")
                        .failing(400, 503)
                        .streaming("DecisionEvent"),
                of(
                                "GET /api/v1/decisions/pending",
                                "listPending",
                                RECORDS,
                                "Reads what would be done about stacks in mode ask, for a person to approve, and in mode observe, to look at.",
                                "Pending decisions by instance.")
                        .saying(
                                "With `denied=true` also those that were denied and still apply: they can be approved all the same.")
                        .failing(400),
                of(
                                "POST /api/v1/decisions/pending/{decision}/approve",
                                "approve",
                                RECORDS,
                                "Has a pending decision of a stack in mode ask carried out.",
                                "What was answered.")
                        .failing(400, 404, 409, 503, 507),
                of(
                                "POST /api/v1/decisions/pending/{decision}/deny",
                                "deny",
                                RECORDS,
                                "Says that a pending decision is not wanted; another cause asks anew.",
                                "What was answered.")
                        .failing(400, 404, 409, 503, 507),
                of(
                                "GET /api/v1/audit",
                                "listAudit",
                                RECORDS,
                                "Reads who changed, or tried to change, what is declared.",
                                "Requests, newest first.")
                        .failing(400, 503));
    }

    private static List<ApiOperation> server() {
        return List.of(
                of(
                        "GET /api/v1/status",
                        "getStatus",
                        SERVER,
                        "Shows the server and its store.",
                        "The status at this moment."),
                of(
                        "GET /api/v1/doctor",
                        "doctor",
                        SERVER,
                        "Checks the installation itself and what the machine lacks.",
                        "Findings, each with its remedy."),
                of(
                                "GET /api/v1/snapshot",
                                "saveSnapshot",
                                SERVER,
                                "Sends the store's whole content as a file.",
                                "The file, which olympus snapshot restore takes.")
                        .saying(
                                "It shows everything that was acknowledged before. The header `Repr-Digest` holds its SHA-256 (RFC 9530). One at a time.")
                        .failing(503, 507),
                of(
                                "GET /api/v1/openapi.json",
                                "getOpenApi",
                                SERVER,
                                "Shows this page.",
                                "An OpenAPI 3.1 document.")
                        .answering("OpenApi"),
                of(
                        "GET /healthz",
                        "isAlive",
                        SERVER,
                        "Tells whether the process answers.",
                        "It does."),
                of(
                        "GET /readyz",
                        "isReady",
                        SERVER,
                        "Tells whether the server can do its work.",
                        "It can."),
                of(
                        "GET /metrics",
                        "getMetrics",
                        SERVER,
                        "Shows metrics in the Prometheus text format.",
                        "Every metric, with its help text."));
    }

    /** The formats of {@link #APPLY_REQUEST} and {@link #DEFINITION}. */
    static java.util.Map<String, olympus.model.json.RecordCodec<?>> documents() {
        return java.util.Map.of(
                APPLY_REQUEST, Codecs.APPLY_REQUEST, DEFINITION, Codecs.STACK_DEFINITION);
    }
}
