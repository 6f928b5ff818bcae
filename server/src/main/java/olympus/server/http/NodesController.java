package olympus.server.http;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Nodes, and why things are as they are. */
@RestController
final class NodesController {

    private final Backend backend;

    NodesController(Backend backend) {
        this.backend = backend;
    }

    @GetMapping(path = Api.V1 + "/nodes", produces = Api.JSON)
    Answers.Nodes nodes() {
        return new Answers.Nodes(backend.view().nodes().stream().map(Answers.Node::of).toList());
    }

    @GetMapping(path = Api.V1 + "/why", produces = Api.JSON)
    Answers.Why why(@RequestParam String thing) {
        return new Answers.Why(
                thing,
                backend.deadline().await(backend.stacks().why(thing), "asking why " + thing));
    }
}
