package olympus.zeus.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import olympus.model.NodeId;
import olympus.model.stack.PlacementPolicy;
import olympus.model.stack.PlacementPolicy.Constraint;

/** Whether a node is one that services may be placed on by what they say of nodes. Pure. */
final class PlacementRules {

    private PlacementRules() {}

    /**
     * What constraints look at.
     *
     * @param labels the node's own and those that people gave it
     */
    record Node(NodeId id, String name, Map<String, String> labels) {

        static Node of(Desired desired, NodeId id) {
            return new Node(id, desired.nodeName(id), desired.labels(id));
        }

        Optional<String> label(String key) {
            return Optional.ofNullable(labels.get(key));
        }
    }

    /** The first constraint that a node does not meet, in words; empty when it meets all. */
    static Optional<String> refusal(List<PlacementPolicy> policies, Node node) {
        for (var policy : policies) {
            for (var constraint : policy.constraints()) {
                var value = value(constraint, node);
                if (value.equals(Optional.of(constraint.value())) != constraint.equal()) {
                    return Optional.of(
                            " does not meet %s: %s"
                                    .formatted(
                                            constraint.text(),
                                            value.map(is -> "it is " + is)
                                                    .orElse("it has no such label")));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> value(Constraint constraint, Node node) {
        return switch (constraint.attribute()) {
            case ID -> Optional.of(node.id().toString());
            case NAME -> Optional.of(node.name());
            case LABEL -> node.label(constraint.label());
        };
    }

    /** As in "rack b2". */
    static String values(PlacementPolicy policy, Node node) {
        return policy.spread().stream()
                .map(key -> key + " " + node.label(key).orElse("(none)"))
                .collect(Collectors.joining(", "));
    }
}
