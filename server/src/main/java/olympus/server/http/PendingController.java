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

    private static final Part.Order<PendingView, Place> ORDER =
            new Part.Order<>(one -> new Place(one.instance(), one.action()), Place::parse, _ -> 1);

    /** Of one question among all: an instance may have more than one. */
    private record Place(InstanceId instance, String action) implements Comparable<Place> {

        static Place parse(String text) {
            var space = text.indexOf(' ');
            return new Place(
                    InstanceId.parse(text.substring(0, Math.max(0, space))),
                    text.substring(space + 1));
        }

        @Override
        public int compareTo(Place other) {
            var byInstance = instance.compareTo(other.instance);
            return byInstance != 0 ? byInstance : action.compareTo(other.action);
        }

        @Override
        public String toString() {
            return instance + " " + action;
        }
    }

    private final Backend backend;

    PendingController(Backend backend) {
        this.backend = backend;
    }

    @GetMapping(path = Api.V1 + "/decisions/pending", produces = Api.JSON)
    Answers.Pending pending(
            @RequestParam(defaultValue = "false") boolean denied,
            @RequestParam(defaultValue = Part.LIMIT) int limit,
            @RequestParam Optional<String> cursor) {
        var view = backend.view();
        var part = Part.of(denied ? view.pending() : view.open(), ORDER, limit, cursor);
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
