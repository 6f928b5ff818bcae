package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.zeus.ClusterView.PendingView;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What would be done about stacks that are only watched, and a person's yes or no to it. */
@RestController
final class PendingController {

    private static final Part.Order<PendingView, InstanceId> ORDER =
            new Part.Order<>(PendingView::instance, InstanceId::parse, _ -> 1);

    private final Backend backend;

    PendingController(Backend backend) {
        this.backend = backend;
    }

    @GetMapping(path = Api.V1 + "/decisions/pending", produces = Api.JSON)
    Answers.Pending pending(
            @RequestParam(defaultValue = Part.LIMIT) int limit,
            @RequestParam Optional<String> cursor) {
        var part = Part.of(backend.view().pending(), ORDER, limit, cursor);
        return new Answers.Pending(
                part.elements().stream().map(Answers.PendingEntry::of).toList(), part.next());
    }

    @PostMapping(path = Api.V1 + "/decisions/pending/{decision}/approve", produces = Api.JSON)
    @ResponseStatus(HttpStatus.ACCEPTED)
    Answers.Answered approve(@PathVariable String decision, HttpServletRequest request) {
        var ordered = backend.stacks().approve(decision, Caller.of(request).actor());
        backend.deadline().await(ordered, "approving " + decision);
        return new Answers.Answered(decision, "approve");
    }

    @PostMapping(path = Api.V1 + "/decisions/pending/{decision}/deny", produces = Api.JSON)
    @ResponseStatus(HttpStatus.ACCEPTED)
    Answers.Answered deny(@PathVariable String decision, HttpServletRequest request) {
        var ordered = backend.stacks().deny(decision, Caller.of(request).actor());
        backend.deadline().await(ordered, "denying " + decision);
        return new Answers.Answered(decision, "deny");
    }
}
