package olympus.server.http;

import java.util.Optional;
import olympus.model.NodeId;
import olympus.zeus.ClusterView.NodeView;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Nodes, and why things are as they are. */
@RestController
final class NodesController {

    private static final Part.Order<NodeView, NodeKey> ORDER =
            new Part.Order<>(node -> new NodeKey(node.name(), node.id()), NodeKey::parse, _ -> 1);

    private final Backend backend;

    NodesController(Backend backend) {
        this.backend = backend;
    }

    /** Names are only labels: two nodes may have the same. */
    private record NodeKey(String name, NodeId id) implements Comparable<NodeKey> {

        static NodeKey parse(String text) {
            var slash = text.lastIndexOf('/');
            return new NodeKey(
                    text.substring(0, Math.max(0, slash)), NodeId.parse(text.substring(slash + 1)));
        }

        @Override
        public int compareTo(NodeKey other) {
            var byName = name.compareTo(other.name);
            return byName != 0 ? byName : id.compareTo(other.id);
        }

        @Override
        public String toString() {
            return name + "/" + id;
        }
    }

    @GetMapping(path = Api.V1 + "/nodes", produces = Api.JSON)
    Answers.Nodes nodes(
            @RequestParam(defaultValue = Part.LIMIT) int limit,
            @RequestParam Optional<String> cursor) {
        var part = Part.of(backend.view().nodes(), ORDER, limit, cursor);
        return new Answers.Nodes(
                part.elements().stream().map(Answers.Node::of).toList(), part.next());
    }

    @GetMapping(path = Api.V1 + "/why", produces = Api.JSON)
    Answers.Why why(@RequestParam String thing) {
        return new Answers.Why(
                thing,
                backend.deadline().await(backend.stacks().why(thing), "asking why " + thing));
    }
}
