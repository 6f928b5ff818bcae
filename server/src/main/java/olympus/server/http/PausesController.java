package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.Pause;
import olympus.model.NodeId;
import olympus.model.StackName;
import olympus.server.deadline.Deadline;
import olympus.zeus.ClusterView;
import olympus.zeus.ClusterView.NodeView;
import olympus.zeus.ClusterView.PauseView;
import olympus.zeus.StackCommands;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Halting all automatic action: the agents are told first, then it is recorded, so that it works
 * without a store.
 */
@RestController
final class PausesController {

    private static final Logger LOG = LoggerFactory.getLogger(PausesController.class);

    /**
     * Recording is second: who pauses in an emergency does not wait long for a store that does not
     * answer.
     */
    private static final Deadline RECORDING = new Deadline(Duration.ofSeconds(5));

    /** What a store says that cannot record: pausing works all the same. */
    private static final Set<ErrorCode> STORE_CANNOT =
            Set.of(
                    ErrorCode.UNAVAILABLE,
                    ErrorCode.DISK_FULL,
                    ErrorCode.CORRUPT,
                    ErrorCode.INTERNAL);

    private static final Part.Order<PauseView, String> ORDER =
            new Part.Order<>(PauseView::scope, scope -> scope, _ -> 1);

    private final Backend backend;

    PausesController(Backend backend) {
        this.backend = backend;
    }

    /**
     * @param reason why, for status and history; empty when not given
     */
    record PauseRequest(Optional<String> reason) {}

    @GetMapping(path = Api.V1 + "/pauses", produces = Api.JSON)
    Answers.Pauses all(
            @RequestParam(defaultValue = Part.LIMIT) int limit,
            @RequestParam Optional<String> cursor) {
        var part = Part.of(backend.view().pauses(), ORDER, limit, cursor);
        return new Answers.Pauses(
                part.elements().stream().map(Answers.PauseEntry::of).toList(), part.next());
    }

    @PutMapping(path = Api.V1 + "/pauses/{scope}", produces = Api.JSON)
    Answers.PauseOrdered pause(
            @PathVariable String scope,
            @RequestBody(required = false) Optional<PauseRequest> body,
            HttpServletRequest request) {
        var reason = body.flatMap(PauseRequest::reason).orElse("");
        StackCommands.checkPauseReason(reason); // before any agent is told
        var told = tell(scope, true, reason);
        var actor = Caller.of(request).actor();
        return new Answers.PauseOrdered(
                scope, told, recorded(scope, () -> backend.stacks().pause(scope, reason, actor)));
    }

    @DeleteMapping(path = Api.V1 + "/pauses/{scope}", produces = Api.JSON)
    Answers.PauseOrdered resume(@PathVariable String scope, HttpServletRequest request) {
        var told = tell(scope, false, "");
        var actor = Caller.of(request).actor();
        return new Answers.PauseOrdered(
                scope, told, recorded(scope, () -> backend.stacks().resume(scope, actor)));
    }

    private boolean recorded(
            String scope,
            java.util.function.Supplier<java.util.concurrent.CompletionStage<Void>> record) {
        try {
            RECORDING.await(record.get(), "recording the pause of " + scope);
            return true;
        } catch (OlympusException e) {
            if (!STORE_CANNOT.contains(e.code())) {
                throw e;
            }
            LOG.atWarn()
                    .addKeyValue("scope", scope)
                    .addKeyValue("cause", e.getMessage())
                    .log("the agents were told, but the store did not record it");
            return false;
        }
    }

    /** Tells the connected agents concerned; returns their nodes' names. */
    private List<String> tell(String scope, boolean paused, String reason) {
        var target = Target.parse(scope);
        var view = backend.view();
        var agents = backend.island().agents();
        var nodes =
                agents.connected().stream().filter(node -> target.concerns(node, view)).toList();
        requireKnown(scope, target, view, nodes);
        nodes.forEach(node -> agents.pause(node, new Pause(paused, target.stack(), reason)));
        return nodes.stream().map(node -> nameOf(node, view)).toList();
    }

    /**
     * Refuses a node or stack that does not exist. Without a working store nobody knows which
     * stacks there are, and pausing must work all the same.
     */
    private void requireKnown(
            String scope, Target target, ClusterView view, List<NodeId> concerned) {
        target.node()
                .flatMap(node -> NodesController.external(view, node))
                .ifPresent(external -> {
                    throw new OlympusException(ErrorCode.CONFLICT, external.node().refusal());
                });
        if (target.node().isPresent() && concerned.isEmpty() && !target.isKnown(view)) {
            throw notFound("node", target.node().get(), view.nodes().stream().map(NodeView::name));
        }
        var paused = view.pauses().stream().anyMatch(pause -> pause.scope().equals(scope));
        if (target.stack().isPresent()
                && !paused
                && !target.isKnown(view)
                && backend.outside().readiness().get().ready()) {
            throw notFound(
                    "stack",
                    target.stack().get().toString(),
                    view.stacks().stream().map(stack -> stack.name().toString()));
        }
    }

    private static OlympusException notFound(String kind, String name, Stream<String> known) {
        return new OlympusException(
                ErrorCode.NOT_FOUND,
                "there is no %s \"%s\"; there are: %s"
                        .formatted(kind, name, known.collect(Collectors.joining(", "))));
    }

    private static String nameOf(NodeId node, ClusterView view) {
        return view.nodes().stream()
                .filter(n -> n.id().equals(node))
                .map(ClusterView.NodeView::name)
                .findFirst()
                .orElseGet(node::toString);
    }

    /** What a scope names; both empty for {@code all}. */
    private record Target(Optional<StackName> stack, Optional<String> node) {

        static Target parse(String scope) {
            if (scope.equals("all")) {
                return new Target(Optional.empty(), Optional.empty());
            }
            if (scope.startsWith("stack:")) {
                return new Target(
                        Optional.of(new StackName(scope.substring("stack:".length()))),
                        Optional.empty());
            }
            if (scope.startsWith("node:") && scope.length() > "node:".length()) {
                return new Target(Optional.empty(), Optional.of(scope.substring("node:".length())));
            }
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "not a scope: \"%s\"; expected all, stack:NAME or node:NAME".formatted(scope));
        }

        boolean concerns(NodeId id, ClusterView view) {
            return node.isEmpty()
                    || node.get().equals(id.toString())
                    || node.get().equals(nameOf(id, view));
        }

        boolean isKnown(ClusterView view) {
            return stack.isPresent()
                    ? view.stacks().stream().anyMatch(s -> s.name().equals(stack.get()))
                    : view.nodes().stream().anyMatch(n -> concerns(n.id(), view));
        }
    }
}
