package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import olympus.model.json.DurationText;
import olympus.model.state.ExternalNode;
import olympus.model.state.NodeSpec;
import olympus.server.nodes.EnrolmentAnswer;
import olympus.server.nodes.EnrolmentRequest;
import olympus.server.nodes.NodeAdmission;
import olympus.zeus.ClusterView.NodeView;
import olympus.zeus.NodeCommands;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Machines that run only the agent: the tokens that let them in, letting in, having one go. */
@RestController
final class EnrolmentsController {

    /** Needs no token of the API: the agent token in the body says who may. */
    static final String ENROL = Api.V1 + "/enrolments";

    private final Backend backend;
    private final BroughtTokens brought;

    EnrolmentsController(Backend backend, BroughtTokens brought) {
        this.backend = backend;
        this.brought = brought;
    }

    record AgentTokenRequest(Optional<String> ttl, Optional<Integer> uses) {}

    /** Shows no token as text. */
    record AgentTokenMade(String token, String id, Instant ends, int uses) {
        @Override
        public String toString() {
            return "AgentTokenMade[" + id + "]";
        }
    }

    record AgentTokens(List<AgentToken> tokens) {}

    record AgentToken(
            String id, String madeBy, Instant madeAt, Instant ends, int uses, List<String> usedBy) {

        static AgentToken of(NodeAdmission.Shown token) {
            return new AgentToken(
                    token.id(),
                    token.madeBy(),
                    token.madeAt(),
                    token.ends(),
                    token.uses(),
                    token.usedBy().stream().map(NodeId::toString).toList());
        }
    }

    record NodeRemoved(String node, String id, int instances) {}

    private NodeAdmission admission() {
        return backend.island().admission();
    }

    @PostMapping(path = Api.V1 + "/agent-tokens", consumes = Api.JSON, produces = Api.JSON)
    @ResponseStatus(HttpStatus.CREATED)
    AgentTokenMade make(@RequestBody AgentTokenRequest body, HttpServletRequest request) {
        var life =
                body.ttl()
                        .map(text ->
                                DurationText.parse(text)
                                        .orElseThrow(() ->
                                                new OlympusException(
                                                        ErrorCode.INVALID,
                                                        "ttl: \"%s\" is not %s"
                                                                .formatted(
                                                                        text,
                                                                        DurationText.EXPECTED))))
                        .orElse(NodeAdmission.TOKEN_LIFE);
        var made = admission().token(life, body.uses().orElse(1), Caller.of(request).name());
        return new AgentTokenMade(made.token(), made.id(), made.ends(), made.uses());
    }

    @GetMapping(path = Api.V1 + "/agent-tokens", produces = Api.JSON)
    AgentTokens tokens() {
        return new AgentTokens(admission().tokens().stream().map(AgentToken::of).toList());
    }

    @DeleteMapping(path = Api.V1 + "/agent-tokens/{token}", produces = Api.JSON)
    AgentToken revoke(@PathVariable String token) {
        return AgentToken.of(admission().revoke(token));
    }

    @PostMapping(path = ENROL, consumes = Api.JSON, produces = Api.JSON)
    EnrolmentAnswer enrol(
            @RequestBody EnrolmentRequest body,
            HttpServletRequest request,
            HttpServletResponse response) {
        return brought.guarded(
                request,
                response,
                () -> {
                    var answer = admission().enrol(body);
                    new Caller("node:" + answer.name(), request.getRemoteAddr()).attachTo(request);
                    request.setAttribute(AuditTrail.DETAIL, "node " + answer.node());
                    return answer;
                });
    }

    /**
     * One that still has instances goes only when that is said; one that is managed elsewhere is
     * listed no more.
     */
    @DeleteMapping(path = Api.V1 + "/nodes/{node}", produces = Api.JSON)
    NodeRemoved remove(
            @PathVariable String node,
            @RequestParam(defaultValue = "false") boolean force,
            HttpServletRequest request) {
        var external = NodesController.external(backend.view(), node);
        if (external.isPresent()) {
            return removeExternal(external.get().node(), Caller.of(request));
        }
        var known = named(node);
        var instances = known.map(EnrolmentsController::running).orElse(0);
        if (instances > 0 && !force) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%d instances are assigned to node %s; have them run elsewhere (olympus node drain) or remove their stacks first, or say --force: then what runs there goes on by itself until its agent is ended with --stop-services"
                            .formatted(instances, node));
        }
        var id =
                known.map(NodeView::id)
                        .orElseGet(() -> parsed(node).orElseThrow(() -> notFound(node)));
        var removed = admission().remove(id, Caller.of(request).name());
        if (known.isPresent()) {
            backend.deadline()
                    .await(
                            backend.island()
                                    .nodes()
                                    .withdraw(
                                            id.toString(),
                                            NodeSpec.Kind.DRAIN,
                                            NodeCommands.REMOVED,
                                            true,
                                            Caller.of(request).actor()),
                            "taking node %s out of use".formatted(removed.name()));
        }
        return new NodeRemoved(removed.name(), id.toString(), instances);
    }

    private NodeRemoved removeExternal(ExternalNode node, Caller caller) {
        var id = node.id().toString();
        var removal = backend.island().nodes().removeExternal(id, caller.actor());
        backend.deadline().await(removal, "removing " + node.name());
        return new NodeRemoved(node.name(), id, 0);
    }

    /** The instances that a node would take along: of one that was emptied, those that stayed. */
    static int running(NodeView node) {
        return node.wanted().withdrawal().filter(NodeSpec.Withdrawal::isEmptying).isPresent()
                ? node.wanted().staying().size()
                : node.instances();
    }

    private Optional<NodeView> named(String node) {
        var all = backend.view().nodes();
        var byId = all.stream().filter(each -> each.id().toString().equals(node)).findFirst();
        if (byId.isPresent()) {
            return byId;
        }
        var byName = all.stream().filter(each -> each.name().equals(node)).toList();
        if (byName.size() > 1) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%d nodes are called %s; say which by its id: %s"
                            .formatted(
                                    byName.size(),
                                    node,
                                    byName.stream().map(each -> each.id().toString()).toList()));
        }
        return byName.stream().findFirst();
    }

    private static Optional<NodeId> parsed(String text) {
        try {
            return Optional.of(NodeId.parse(text));
        } catch (IllegalArgumentException noId) {
            return Optional.empty();
        }
    }

    private OlympusException notFound(String node) {
        return new OlympusException(
                ErrorCode.NOT_FOUND,
                "there is no node \"%s\"; there are: %s"
                        .formatted(
                                node,
                                String.join(
                                        ", ",
                                        backend.view().nodes().stream()
                                                .map(NodeView::name)
                                                .toList())));
    }
}
