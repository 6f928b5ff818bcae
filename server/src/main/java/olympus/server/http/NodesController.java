package olympus.server.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import olympus.model.NodeId;
import olympus.zeus.ClusterView;
import olympus.zeus.ClusterView.ExternalView;
import olympus.zeus.ClusterView.NodeView;
import olympus.zeus.NodeNames;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Nodes, and why things are as they are. */
@RestController
final class NodesController {

    private static final Part.Order<Answers.Node, NodeKey> ORDER =
            new Part.Order<>(
                    node -> new NodeKey(node.node(), NodeId.parse(node.id())),
                    NodeKey::parse,
                    _ -> 1);

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
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> label) {
        var wanted = label.map(text -> List.of(text.split(","))).orElse(List.of());
        var view = backend.view();
        var nodes =
                Stream.concat(
                                view.nodes().stream().map(Answers.Node::of),
                                view.external().stream().map(Answers.Node::of))
                        .filter(node -> wanted.stream().allMatch(one -> has(node.labels(), one)))
                        .toList();
        var part = Part.of(nodes, ORDER, limit, cursor);
        return new Answers.Nodes(part.elements(), part.next());
    }

    /**
     * @param label {@code KEY=VALUE}, or {@code KEY} whatever its value
     */
    static boolean has(Map<String, String> labels, String label) {
        var equals = label.indexOf('=');
        return equals < 0
                ? labels.containsKey(label)
                : label.substring(equals + 1).equals(labels.get(label.substring(0, equals)));
    }

    @GetMapping(path = Api.V1 + "/nodes/{node}", produces = Api.JSON)
    Answers.NodeDetails node(@PathVariable String node) {
        var view = backend.view();
        var external = external(view, node);
        if (external.isPresent()) {
            return new Answers.NodeDetails(
                    Answers.Node.of(external.get()), List.of(), Optional.empty());
        }
        var id =
                NodeNames.find(
                        node,
                        view.nodes().stream()
                                .collect(Collectors.toMap(NodeView::id, NodeView::name)));
        var one =
                view.nodes().stream()
                        .filter(seen -> seen.id().equals(id))
                        .findFirst()
                        .orElseThrow();
        return new Answers.NodeDetails(
                Answers.Node.of(one),
                view.services().stream()
                        .flatMap(service -> service.instances().stream())
                        .filter(instance -> instance.node().equals(id))
                        .map(Answers.Instance::of)
                        .toList(),
                one.resources().map(Machine::of));
    }

    /** What is managed elsewhere, by name or id. */
    static Optional<ExternalView> external(ClusterView view, String node) {
        return view.external().stream()
                .filter(one ->
                        one.node().name().equals(node) || one.node().id().toString().equals(node))
                .findFirst();
    }

    @GetMapping(path = Api.V1 + "/why", produces = Api.JSON)
    Answers.Why why(@RequestParam String thing) {
        return new Answers.Why(
                thing,
                backend.deadline().await(backend.stacks().why(thing), "asking why " + thing));
    }
}
