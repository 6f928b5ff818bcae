package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** A person's yes or no to the new version of a service that is being tried. */
@RestController
final class RolloutsController {

    private static final String ONE = Api.V1 + "/services/{stack}/{service}/rollout";

    private final Backend backend;

    RolloutsController(Backend backend) {
        this.backend = backend;
    }

    @PostMapping(path = ONE + "/approve", produces = Api.JSON)
    @ResponseStatus(HttpStatus.ACCEPTED)
    Answers.Ordered approve(
            @PathVariable String stack,
            @PathVariable String service,
            @RequestHeader(name = IfMatch.HEADER, required = false) Optional<String> match,
            HttpServletRequest request) {
        var id = ServicesController.id(stack, service);
        var done =
                backend.stacks()
                        .approveRollout(id, IfMatch.revision(match), Caller.of(request).actor());
        backend.deadline().await(done, "approving the rollout of " + id);
        return new Answers.Ordered(id.toString(), "approve");
    }

    @PostMapping(path = ONE + "/reject", produces = Api.JSON)
    Answers.Plan reject(
            @PathVariable String stack,
            @PathVariable String service,
            @RequestHeader(name = IfMatch.HEADER, required = false) Optional<String> match,
            @RequestBody(required = false) Optional<RejectRequest> body,
            HttpServletRequest request) {
        var id = ServicesController.id(stack, service);
        var reason = body.flatMap(RejectRequest::reason).orElse("");
        var plan =
                backend.stacks()
                        .rejectRollout(
                                id, reason, IfMatch.revision(match), Caller.of(request).actor());
        return Answers.Plan.of(
                backend.deadline().await(plan, "rejecting the rollout of " + id), backend.view());
    }

    /**
     * @param reason is kept with the revision that it makes
     */
    record RejectRequest(Optional<String> reason) {}
}
