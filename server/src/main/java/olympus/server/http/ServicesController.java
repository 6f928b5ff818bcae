package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.zeus.ClusterView;
import olympus.zeus.ClusterView.PauseView;
import olympus.zeus.ClusterView.ServiceView;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Services: how they are, and orders to single ones. */
@RestController
final class ServicesController {

    private static final Part.Order<ServiceView, ServiceId> ORDER =
            new Part.Order<>(
                    ServiceView::service, ServiceId::parse, service -> service.instances().size());

    /** Pauses told beside services; `/pauses` tells all. */
    private static final int MAX_PAUSES = 100;

    private final Backend backend;

    ServicesController(Backend backend) {
        this.backend = backend;
    }

    @GetMapping(path = Api.V1 + "/services", produces = Api.JSON)
    Answers.Services all(
            @RequestParam(defaultValue = Part.LIMIT) int limit,
            @RequestParam Optional<String> cursor) {
        var view = backend.view();
        return answer(Part.of(view.services(), ORDER, limit, cursor), view, _ -> true);
    }

    @GetMapping(path = Api.V1 + "/services/{stack}", produces = Api.JSON)
    Answers.Services ofStack(
            @PathVariable String stack,
            @RequestParam(defaultValue = Part.LIMIT) int limit,
            @RequestParam Optional<String> cursor) {
        var name = new StackName(stack);
        var view = backend.view();
        var services =
                view.services().stream().filter(s -> s.service().stack().equals(name)).toList();
        if (services.isEmpty() && view.stacks().stream().noneMatch(s -> s.name().equals(name))) {
            throw new OlympusException(
                    ErrorCode.NOT_FOUND,
                    "there is no stack \"%s\"; there are: %s"
                            .formatted(
                                    name,
                                    names(
                                            view.stacks().stream()
                                                    .map(s -> s.name().value())
                                                    .toList())));
        }
        return answer(Part.of(services, ORDER, limit, cursor), view, concerning(name));
    }

    @GetMapping(path = Api.V1 + "/services/{stack}/{service}", produces = Api.JSON)
    Answers.Services one(@PathVariable String stack, @PathVariable String service) {
        var view = backend.view();
        var found = find(view, id(stack, service));
        return answer(
                new Part<>(List.of(found), Optional.empty()),
                view,
                concerning(found.service().stack()));
    }

    @PostMapping(path = Api.V1 + "/services/{stack}/{service}/start", produces = Api.JSON)
    @ResponseStatus(HttpStatus.ACCEPTED)
    Answers.Ordered start(
            @PathVariable String stack,
            @PathVariable String service,
            @RequestHeader(name = IfMatch.HEADER, required = false) Optional<String> match,
            HttpServletRequest request) {
        var id = id(stack, service);
        return ordered(
                id,
                "start",
                backend.stacks().start(id, IfMatch.revision(match), Caller.of(request).actor()));
    }

    @PostMapping(path = Api.V1 + "/services/{stack}/{service}/stop", produces = Api.JSON)
    @ResponseStatus(HttpStatus.ACCEPTED)
    Answers.Ordered stop(
            @PathVariable String stack,
            @PathVariable String service,
            @RequestHeader(name = IfMatch.HEADER, required = false) Optional<String> match,
            HttpServletRequest request) {
        var id = id(stack, service);
        return ordered(
                id,
                "stop",
                backend.stacks().stop(id, IfMatch.revision(match), Caller.of(request).actor()));
    }

    @PostMapping(path = Api.V1 + "/services/{stack}/{service}/restart", produces = Api.JSON)
    @ResponseStatus(HttpStatus.ACCEPTED)
    Answers.Ordered restart(
            @PathVariable String stack,
            @PathVariable String service,
            @RequestHeader(name = IfMatch.HEADER, required = false) Optional<String> match,
            HttpServletRequest request) {
        var id = id(stack, service);
        return ordered(
                id,
                "restart",
                backend.stacks().restart(id, IfMatch.revision(match), Caller.of(request).actor()));
    }

    @PostMapping(path = Api.V1 + "/services/{stack}/{service}/rollback", produces = Api.JSON)
    Answers.Plan rollback(
            @PathVariable String stack,
            @PathVariable String service,
            @RequestHeader(name = IfMatch.HEADER, required = false) Optional<String> match,
            @RequestBody(required = false) Optional<RollbackRequest> body,
            HttpServletRequest request) {
        var id = id(stack, service);
        var to = body.flatMap(RollbackRequest::to);
        var plan =
                backend.stacks()
                        .rollbackService(
                                id, to, IfMatch.revision(match), Caller.of(request).actor());
        return Answers.Plan.of(
                backend.deadline().await(plan, "rolling back " + id), backend.view());
    }

    /**
     * @param to the revision to return to; the one before when absent
     */
    record RollbackRequest(Optional<Long> to) {}

    private Answers.Services answer(
            Part<ServiceView> services, ClusterView view, Predicate<PauseView> shown) {
        var pauses = view.pauses().stream().filter(shown).limit(MAX_PAUSES).toList();
        return Answers.Services.of(services, pauses, backend.troubles());
    }

    private static Predicate<PauseView> concerning(StackName stack) {
        return pause ->
                !pause.scope().startsWith("stack:") || pause.scope().equals("stack:" + stack);
    }

    private Answers.Ordered ordered(ServiceId id, String action, CompletionStage<Void> done) {
        backend.deadline().await(done, "to " + action + " " + id);
        return new Answers.Ordered(id.toString(), action);
    }

    static ServiceId id(String stack, String service) {
        return new ServiceId(new StackName(stack), service);
    }

    static ServiceView find(ClusterView view, ServiceId id) {
        return view.services().stream()
                .filter(service -> service.service().equals(id))
                .findFirst()
                .orElseThrow(() -> absent(view, id));
    }

    private static OlympusException absent(ClusterView view, ServiceId id) {
        var ids = view.services().stream().map(ServiceView::service).toList();
        var beside =
                ids.stream()
                        .filter(one -> one.stack().equals(id.stack()))
                        .map(one -> one.service().toString())
                        .toList();
        var stacks = ids.stream().map(one -> one.stack().toString()).distinct().toList();
        return new OlympusException(
                ErrorCode.NOT_FOUND,
                beside.isEmpty()
                        ? "there is no service \"%s\", nor a stack \"%s\"; stacks: %s"
                                .formatted(id, id.stack(), names(stacks))
                        : "there is no service \"%s\"; stack \"%s\" has: %s"
                                .formatted(id, id.stack(), names(beside)));
    }

    private static String names(List<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names);
    }
}
