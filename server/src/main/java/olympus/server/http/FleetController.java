package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import olympus.foundation.ErrorCode;
import olympus.foundation.Mask;
import olympus.foundation.OlympusException;
import olympus.link.LinkLimits;
import olympus.model.NodeId;
import olympus.model.json.DurationText;
import olympus.model.json.EnumWords;
import olympus.server.http.FleetAnswers.FleetNodes;
import olympus.server.http.FleetAnswers.FleetResult;
import olympus.server.http.FleetAnswers.FleetSummary;
import olympus.server.http.FleetAnswers.Outcome;
import olympus.zeus.ClusterView.NodeView;
import olympus.zeus.NodeNames;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Commands on the machines themselves, on many at a time. Whether a machine runs one is for it to
 * say; who asked for what on which nodes, and who refused, stands in the audit: before it begins,
 * and once more with what came of it.
 */
@RestController
final class FleetController {

    /** Calls at a time by way of this server. */
    static final int MAX_CALLS = 4;

    /** Nodes that run one call's command at a time, unless the request says otherwise. */
    static final int PARALLEL = 32;

    static final int MAX_PARALLEL = 128;

    static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** Names of nodes that the audit keeps of a call; of more than these it keeps how many. */
    private static final int AUDITED_NODES = 50;

    private static final int AUDITED_CHARACTERS = 1_000;

    /** Whoever has gone away is noticed by writing to them. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);

    private final Backend backend;
    private final EventStreams streams;
    private final Semaphore calls = new Semaphore(MAX_CALLS);

    FleetController(Backend backend, EventStreams streams) {
        this.backend = backend;
        this.streams = streams;
    }

    /**
     * A command, and where it shall run: on the nodes with these names that have all of these
     * labels; on every node only where that is said.
     */
    record FleetOrder(
            List<String> command,
            Optional<List<String>> nodes,
            Optional<List<String>> labels,
            Optional<Boolean> all,
            Optional<String> timeout,
            Optional<Integer> parallel) {
        FleetOrder {
            // Absent in the body it is null, whatever its type says.
            command = Objects.requireNonNullElse(command, List.of());
        }
    }

    @PostMapping(path = Api.V1 + "/fleet/exec", consumes = Api.JSON, produces = Api.SSE)
    void exec(
            @RequestBody FleetOrder order,
            HttpServletRequest request,
            HttpServletResponse response) {
        check(order.command());
        request.setAttribute(AuditTrail.DETAIL, "fleet exec: " + shown(order.command()));
        checkWhere(order);
        var caller = Caller.of(request);
        var nodes = nodes(order);
        var wanted =
                new FleetCall.Wanted(
                        order.command(),
                        nodes,
                        caller.name() + " from " + caller.from(),
                        timeout(order),
                        parallel(order));
        var detail = "fleet exec on %s: %s".formatted(names(nodes), shown(order.command()));
        request.setAttribute(AuditTrail.DETAIL, detail);
        if (!calls.tryAcquire()) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "%d commands run on machines by way of this server already; try again once one has ended"
                            .formatted(MAX_CALLS));
        }
        try (var events = streams.open(response)) {
            begins(request, caller, detail);
            var results = new ArrayList<FleetResult>();
            try {
                run(wanted, events, results);
            } finally {
                request.setAttribute(AuditTrail.DETAIL, outcome(detail, nodes.size(), results));
            }
        } catch (IOException gone) {
            // Nobody is there to be told any more: the audit says so, with what had ended by then.
            return;
        } finally {
            calls.release();
        }
    }

    /** In the audit before anything runs: what a server that fails meanwhile could not say. */
    private void begins(HttpServletRequest request, Caller caller, String detail) {
        backend.audit()
                .appendFirst(
                        new AuditEntry(
                                backend.clock().wall(),
                                caller.name(),
                                caller.from(),
                                request.getMethod(),
                                request.getRequestURI(),
                                "",
                                HttpStatus.ACCEPTED.value(),
                                Optional.of(detail + " (begins)")));
    }

    private void run(FleetCall.Wanted wanted, EventStreams.Stream events, List<FleetResult> results)
            throws IOException {
        try (var call = FleetCall.start(backend.island().agents(), wanted)) {
            events.remark("nodes", FleetNodes.of(wanted.nodes()));
            events.flush();
            while (!call.ended()) {
                for (var next = call.next(HEARTBEAT);
                        next.isPresent();
                        next = call.next(Duration.ZERO)) {
                    switch (next.get()) {
                        case FleetCall.Event.Output(var line) -> events.remark("output", line);
                        case FleetCall.Event.Ended(var result) -> {
                            results.add(result);
                            events.remark("result", result);
                        }
                    }
                }
                events.flush();
                if (events.closing()) {
                    events.end(Optional.of("the server is stopping: what still ran is ended"));
                    return;
                }
            }
            events.remark("summary", FleetSummary.of(results));
            events.end(Optional.empty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            events.end(Optional.of("the server is stopping: what still ran is ended"));
        }
    }

    // -- what is asked for --------------------------------------------------------------------

    private static void check(List<String> command) {
        if (command.isEmpty() || "".equals(command.getFirst())) {
            throw invalid("command: there is none; expected a program and its words");
        }
        if (command.stream().anyMatch(Objects::isNull)) {
            throw invalid("command: a word is null; expected texts");
        }
        if (command.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
            throw invalid("command: a word holds a NUL byte, which no program can be given");
        }
        var length = command.stream().mapToInt(String::length).sum();
        if (length > ExecController.MAX_COMMAND_CHARACTERS) {
            throw new OlympusException(
                    ErrorCode.TOO_LARGE,
                    "command: %d characters; at most %d are taken"
                            .formatted(length, ExecController.MAX_COMMAND_CHARACTERS));
        }
    }

    /** A choice that came out empty is a mistake of whoever made it, and never every node. */
    private static void checkWhere(FleetOrder order) {
        checkNotEmpty("nodes", order.nodes(), "names or ids of nodes");
        checkNotEmpty("labels", order.labels(), "labels that a node must have");
        var chosen = order.nodes().isPresent() || order.labels().isPresent();
        var all = order.all().orElse(false);
        if (all && chosen) {
            throw invalid(
                    "all: it means every node, and nodes or labels are given as well; expected one or the other");
        }
        if (!all && !chosen) {
            throw invalid(
                    "nodes: it is not said on which; expected nodes or labels, or \"all\": true for every node");
        }
    }

    private static void checkNotEmpty(
            String member, Optional<List<String>> given, String expected) {
        if (given.isPresent() && given.get().isEmpty()) {
            throw invalid(
                    "%s: the list is empty; expected %s, or \"all\": true without it for every node"
                            .formatted(member, expected));
        }
        if (given.orElse(List.of()).stream().anyMatch(Objects::isNull)) {
            throw invalid("%s: one is null; expected %s".formatted(member, expected));
        }
    }

    private List<NodeView> nodes(FleetOrder order) {
        var view = backend.view();
        var all = view.nodes();
        var known = all.stream().collect(Collectors.toMap(NodeView::id, NodeView::name));
        var named =
                order.nodes().orElse(List.of()).stream()
                        .map(name -> NodeNames.find(name, known, view.external()))
                        .collect(Collectors.toSet());
        var labels = order.labels().orElse(List.of());
        var found =
                all.stream()
                        .filter(node -> named.isEmpty() || named.contains(node.id()))
                        .filter(node ->
                                labels.stream()
                                        .allMatch(label ->
                                                NodesController.has(node.wanted().labels(), label)))
                        .sorted(Comparator.comparing(NodeView::name).thenComparing(NodeView::id))
                        .toList();
        if (found.isEmpty()) {
            throw new OlympusException(ErrorCode.NOT_FOUND, nobody(named, labels));
        }
        return found;
    }

    private static String nobody(Set<NodeId> named, List<String> labels) {
        return labels.isEmpty()
                ? "there are no nodes yet"
                : "no node%s has the labels %s; olympus nodes lists nodes with their labels"
                        .formatted(
                                named.isEmpty() ? "" : " of those named", String.join(",", labels));
    }

    private static Duration timeout(FleetOrder order) {
        if (order.timeout().isEmpty()) {
            return TIMEOUT;
        }
        return DurationText.parse(order.timeout().get())
                .filter(time -> time.compareTo(Duration.ofSeconds(1)) >= 0)
                .filter(time -> time.compareTo(LinkLimits.MAX_MACHINE_COMMAND) <= 0)
                .orElseThrow(() ->
                        invalid(
                                "timeout: \"%s\"; expected %s, from 1s to %s"
                                        .formatted(
                                                order.timeout().get(),
                                                DurationText.EXPECTED,
                                                DurationText.format(
                                                        LinkLimits.MAX_MACHINE_COMMAND))));
    }

    private static int parallel(FleetOrder order) {
        var nodes = order.parallel().orElse(PARALLEL);
        if (nodes < 1 || nodes > MAX_PARALLEL) {
            throw invalid(
                    "parallel: %d; expected how many nodes run it at a time, 1 to %d"
                            .formatted(nodes, MAX_PARALLEL));
        }
        return nodes;
    }

    private static OlympusException invalid(String what) {
        return new OlympusException(ErrorCode.INVALID, what);
    }

    // -- what the audit keeps -----------------------------------------------------------------

    private static String shown(List<String> command) {
        return cut(Mask.ofWords(command).replaceAll("\\p{Cc}", " "));
    }

    private static String cut(String text) {
        return text.length() <= AUDITED_CHARACTERS
                ? text
                : text.substring(0, AUDITED_CHARACTERS - 1) + "…";
    }

    private static String names(List<NodeView> nodes) {
        return list(nodes.stream().map(NodeView::name).toList());
    }

    private static String list(List<String> names) {
        var shown = String.join(", ", names.subList(0, Math.min(names.size(), AUDITED_NODES)));
        return names.size() <= AUDITED_NODES
                ? shown
                : "%s and %d more".formatted(shown, names.size() - AUDITED_NODES);
    }

    /** How it ended where; also of a call that nobody has waited for. */
    private static String outcome(String detail, int nodes, List<FleetResult> results) {
        var text = new StringBuilder(detail).append(" (");
        text.append(FleetSummary.of(results).succeeded()).append(" succeeded");
        for (var outcome : Outcome.values()) {
            var word = EnumWords.of(outcome);
            var names =
                    results.stream()
                            .filter(one -> one.outcome().equals(word))
                            .map(FleetResult::node)
                            .sorted()
                            .toList();
            if (outcome != Outcome.SUCCEEDED && !names.isEmpty()) {
                text.append("; ").append(word.replace('_', ' ')).append(": ").append(list(names));
            }
        }
        if (results.size() < nodes) {
            text.append("; ended before ")
                    .append(nodes - results.size())
                    .append(" had answered: whoever asked, or the server, went away");
        }
        return text.append(')').toString();
    }
}
