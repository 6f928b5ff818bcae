package olympus.server.http;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import olympus.hermes.StoreStatus;
import olympus.model.SecretRef;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.json.EnumWords;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceObservation;
import olympus.model.state.ServiceState;
import olympus.server.discovery.HostsFile;
import olympus.server.foresight.Scope;
import olympus.server.foresight.SinglePoint;
import olympus.server.tokens.ApiTokens;
import olympus.server.tokens.Role;
import olympus.zeus.Foresight;
import olympus.zeus.StackPlan;

/** What the parameters of the API and the members of its bodies mean. */
final class ApiWords {

    private ApiWords() {}

    private static Map<String, Object> schema(Object... namesAndValues) {
        var object = new LinkedHashMap<String, Object>();
        for (var i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }

    /**
     * A parameter: the same wherever it has this name.
     *
     * @param bounds what its schema says beyond the type
     */
    record Parameter(String description, Map<String, Object> bounds) {}

    static Map<String, Parameter> parameters() {
        var all = new LinkedHashMap<String, Parameter>();
        var stack = StackName.PATTERN.pattern();
        all.put("stack", new Parameter("Name of a stack.", schema("pattern", "^" + stack + "$")));
        all.put(
                "service",
                new Parameter(
                        "Name of a service within the stack.",
                        schema("pattern", "^" + ServiceId.SERVICE_PATTERN.pattern() + "$")));
        ofImages(all);
        all.put(
                "scope",
                new Parameter(
                        "`all`, `stack:NAME` or `node:NAME` (or the node's id).",
                        schema("pattern", "^(all|stack:" + stack + "|node:.+)$")));
        all.put(
                "limit",
                new Parameter(
                        "How many elements a page holds at most.",
                        schema("minimum", 1, "maximum", Page.MAX_LIMIT)));
        all.put(
                "cursor",
                new Parameter(
                        "The `next` of the page before, for the page after it; not given for the first.",
                        schema()));
        all.put(
                "thing",
                new Parameter("`stack/service`, `stack/service.1`, a stack, or a node.", schema()));
        ofLogs(all);
        ofVolumes(all);
        all.put(
                "prune",
                new Parameter(
                        "Whether services that are no longer declared may be removed.", schema()));
        all.put(
                "mode",
                new Parameter(
                        "What Olympus may do with the stack from now on; not given: as ordered before, unless the declared mode has changed.",
                        schema("enum", List.of("observe", "ask", "manage"))));
        all.put(
                "name",
                new Parameter(
                        "Name of a secret within the stack.",
                        schema("pattern", "^" + SecretRef.NAME.pattern() + "$")));
        all.put(
                "rotate",
                new Parameter(
                        "Whether the services of the current revision that use a value set before get this one at once, by the usual update; the secret must be there then.",
                        schema()));
        all.put(
                "decision",
                new Parameter("Id of a pending decision.", schema("pattern", "^[0-9a-f]{8}$")));
        ofMachines(all);
        ofForesight(all);
        ofHeaders(all);
        return all;
    }

    private static void ofMachines(Map<String, Parameter> all) {
        all.put(
                "token",
                new Parameter(
                        "Id of an agent token, or the beginning of it.",
                        schema("pattern", "^[0-9a-f]{6,64}$")));
        all.put(
                "holder",
                new Parameter(
                        "Name of a token of this API.",
                        schema("pattern", "^" + ApiTokens.NAME.pattern() + "$")));
        all.put(
                "force",
                new Parameter(
                        "Whether the node, or the server with its node, is removed even while instances are assigned to it.",
                        schema()));
    }

    private static void ofForesight(Map<String, Parameter> all) {
        all.put(
                "suffix",
                new Parameter(
                        "The domain below which the names are.",
                        schema(
                                "pattern",
                                "^" + HostsFile.SUFFIX.pattern() + "$",
                                "maxLength",
                                100)));
        all.put(
                "lost",
                new Parameter(
                        "Nodes that are supposed to be away for the loss delay, all at once: names or ids, separated by commas.",
                        schema()));
        all.put(
                "drained",
                new Parameter(
                        "Nodes that are supposed to be drained: names or ids, separated by commas.",
                        schema()));
        all.put(
                "stopped",
                new Parameter(
                        "Servers whose process is supposed not to run: names in the group, separated by commas.",
                        schema()));
        all.put(
                "kinds",
                new Parameter(
                        "What is taken away, separated by commas: %s. Not given: node, server."
                                .formatted(String.join(", ", words(SinglePoint.Kind.class))),
                        schema()));
        all.put(
                "by",
                new Parameter(
                        "Keys of labels by whose values nodes fail together, separated by commas, %d at most. Not given: those of %s that a node has."
                                .formatted(
                                        Scope.MOST_LABELS, String.join(", ", Scope.USUAL_LABELS)),
                        schema()));
    }

    private static void ofImages(Map<String, Parameter> all) {
        all.put(
                "only",
                new Parameter(
                        "Names of services, separated by commas; not given: all of the stack.",
                        schema()));
        all.put(
                "to",
                new Parameter(
                        "Tags to look for as `SERVICE=TAG`, separated by commas, whatever their version.",
                        schema()));
    }

    private static void ofLogs(Map<String, Parameter> all) {
        all.put(
                "since",
                new Parameter(
                        "Only lines that are younger: a duration such as `5m`, or an RFC 3339 instant.",
                        schema()));
        all.put(
                "tail",
                new Parameter(
                        "Only so many of the last lines, as a stream of each instance; 0 for all, or as many as one answer may have.",
                        schema("minimum", 0, "maximum", LogsController.MAX_TAIL)));
        all.put(
                "until",
                new Parameter(
                        "Only lines that are not younger, as `since`; not with `follow`.",
                        schema()));
        all.put(
                "follow",
                new Parameter("Whether the stream goes on with lines to come.", schema()));
    }

    private static void ofVolumes(Map<String, Parameter> all) {
        all.put("member", new Parameter("Name of a server in the group.", schema()));
        all.put("node", new Parameter("Name or id of a node.", schema()));
        all.put(
                "label",
                new Parameter(
                        "Only nodes with this label, `KEY=VALUE` or `KEY`; several with commas between them.",
                        schema()));
        all.put("volume", new Parameter("Name of a volume.", schema()));
        all.put(
                "confirm",
                new Parameter("The name of the volume once more, typed by a person.", schema()));
        all.put(
                "denied",
                new Parameter(
                        "Whether decisions that were denied and still apply are listed too.",
                        schema()));
        all.put(
                "hidden",
                new Parameter("Whether services that ask not to be shown are listed.", schema()));
    }

    private static void ofHeaders(Map<String, Parameter> all) {
        all.put(
                AnsweredHere.STALE,
                new Parameter(
                        "Whether the server that is asked shall answer from what it knows itself, even if it does not lead.",
                        schema("default", false)));
        all.put(
                "If-Match",
                new Parameter(
                        "The revision of the stack that the request is made for: the ETag of a plan or of the stack; `*` for whatever is there. Where the stack is at another revision nothing happens and the answer is 412.",
                        schema("pattern", "^(\\*|\"[0-9]+\")$")));
        all.put(
                "If-None-Match",
                new Parameter(
                        "The ETag of a definition that is known already: answered with 304 while it is the current one.",
                        schema()));
        all.put(
                EventStreams.LAST_ID,
                new Parameter(
                        "Of a stream only: the id of the last event that arrived before the connection broke.",
                        schema()));
    }

    /** Descriptions of members, as {@code Definition.member}. */
    static Map<String, String> meanings() {
        var all = new Properties();
        try (var file = ApiWords.class.getResourceAsStream("api-members.properties")) {
            all.load(
                    new InputStreamReader(
                            Objects.requireNonNull(file, "api-members.properties"),
                            StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var sorted = new TreeMap<String, String>();
        all.stringPropertyNames().forEach(name -> sorted.put(name, all.getProperty(name)));
        return sorted;
    }

    /** The words that a text member may be, where the list of them is closed. */
    static Map<String, List<String>> words() {
        var modes = words(StackDefinition.Mode.class);
        return Map.ofEntries(
                Map.entry("Instance.state", words(InstanceObservation.State.class)),
                Map.entry("Instance.health", words(InstanceObservation.Health.class)),
                Map.entry("Service.mode", modes),
                Map.entry("Stack.mode", modes),
                Map.entry("CatalogueEntry.mode", modes),
                Map.entry("Mode.mode", modes),
                Map.entry("ModeRequest.mode", modes),
                Map.entry("PendingEntry.mode", List.of("observe", "ask")),
                Map.entry("PendingEntry.action", List.of("start", "restart", "update")),
                Map.entry("Answered.answer", List.of("approve", "deny")),
                Map.entry("PlannedChange.kind", words(StackPlan.Kind.class)),
                Map.entry("Fate.outcome", words(Foresight.Outcome.class)),
                Map.entry("Loss.gravity", words(Foresight.Gravity.class)),
                Map.entry("Point.kind", words(SinglePoint.Kind.class)),
                Map.entry("Point.gravity", words(SinglePoint.Gravity.class)),
                Map.entry("Hit.gravity", words(SinglePoint.Gravity.class)),
                Map.entry("ApiTokenRequest.role", words(Role.class)),
                Map.entry("ApiTokenMade.role", words(Role.class)),
                Map.entry("ApiToken.role", words(Role.class)),
                Map.entry("Check.status", words(DoctorCheck.Status.class)),
                Map.entry("Status.role", words(StoreStatus.Role.class)),
                Map.entry("Line.stream", List.of("stdout", "stderr")),
                Map.entry("Ordered.action", List.of("start", "stop", "restart", "approve")),
                Map.entry("Rollout.cause", words(ServiceState.Cause.class)),
                Map.entry(
                        "Rollout.stage",
                        List.of("trial", "approval", "switched", "replacing", "halted")));
    }

    private static <E extends Enum<E>> List<String> words(Class<E> type) {
        return new ArrayList<>(EnumWords.of(type).keySet());
    }
}
