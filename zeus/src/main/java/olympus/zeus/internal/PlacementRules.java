package olympus.zeus.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import olympus.model.NodeId;
import olympus.model.stack.PlacementPolicy;
import olympus.model.stack.PlacementPolicy.Constraint;
import olympus.model.state.NodeFacts;

/** Whether a node is one that services may be placed on by what they say of nodes. Pure. */
final class PlacementRules {

    private PlacementRules() {}

    /**
     * What constraints look at.
     *
     * @param labels the node's own and those that people gave it
     * @param facts what it has, as far as it has told
     */
    record Node(NodeId id, String name, Map<String, String> labels, Optional<NodeFacts> facts) {

        static Node of(Desired desired, Observed observed, NodeId id) {
            return new Node(id, desired.nodeName(id), desired.labels(id), observed.facts(id));
        }

        Optional<String> label(String key) {
            return Optional.ofNullable(labels.get(key));
        }
    }

    /** The first constraint that a node does not meet, in words; empty when it meets all. */
    static Optional<String> refusal(List<PlacementPolicy> policies, Node node) {
        return policies.stream()
                .flatMap(policy -> policy.constraints().stream())
                .flatMap(constraint -> refusal(constraint, node).stream())
                .findFirst()
                .map(" does not meet "::concat);
    }

    private static Optional<String> refusal(Constraint constraint, Node node) {
        return switch (constraint.attribute()) {
            case ID -> unequal(constraint, Optional.of(node.id().toString()));
            case NAME -> unequal(constraint, Optional.of(node.name()));
            case LABEL -> unequal(constraint, node.label(constraint.label()));
            case OS -> told(constraint, node, facts -> facts.platform().os(), String::toString);
            case ARCHITECTURE ->
                    told(
                            constraint,
                            node,
                            facts -> facts.platform().architecture(),
                            PlacementRules::architecture);
            case CPUS ->
                    amount(
                            constraint,
                            node,
                            facts -> (long) facts.processors().count(),
                            n -> "it has " + n);
            case MEMORY ->
                    amount(
                            constraint,
                            node,
                            NodeFacts::memoryBytes,
                            n -> "it has " + Amounts.bytes(n));
        };
    }

    private static Optional<String> unequal(Constraint constraint, Optional<String> value) {
        return value.equals(Optional.of(constraint.value())) == constraint.equal()
                ? Optional.empty()
                : Optional.of(
                        "%s: %s"
                                .formatted(
                                        constraint.text(),
                                        value.map(is -> "it is " + is)
                                                .orElse("it has no such label")));
    }

    /** Of what a node has not told nothing is known, so that neither == nor != is met. */
    private static Optional<String> told(
            Constraint constraint,
            Node node,
            Function<NodeFacts, String> fact,
            UnaryOperator<String> spelling) {
        if (node.facts().isEmpty()) {
            return untold(constraint);
        }
        var is = fact.apply(node.facts().get());
        return spelling.apply(is).equals(spelling.apply(constraint.value())) == constraint.equal()
                ? Optional.empty()
                : Optional.of("%s: it is %s".formatted(constraint.text(), is));
    }

    private static Optional<String> amount(
            Constraint constraint,
            Node node,
            ToLongFunction<NodeFacts> fact,
            LongFunction<String> words) {
        if (node.facts().isEmpty()) {
            return untold(constraint);
        }
        var asked = constraint.amount();
        if (asked.isEmpty()) {
            return Optional.of(constraint.text() + ": that is no amount");
        }
        var has = fact.applyAsLong(node.facts().get());
        return has >= asked.get() == constraint.equal()
                ? Optional.empty()
                : Optional.of("%s: %s".formatted(constraint.text(), words.apply(has)));
    }

    private static Optional<String> untold(Constraint constraint) {
        return Optional.of(constraint.text() + ": it has not told yet what it has");
    }

    /** In the spelling of OCI, whether it is written so or as the kernel has it. */
    private static String architecture(String written) {
        return switch (written) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> written;
        };
    }

    /** As in "rack b2". */
    static String values(PlacementPolicy policy, Node node) {
        return policy.spread().stream()
                .map(key -> key + " " + node.label(key).orElse("(none)"))
                .collect(Collectors.joining(", "));
    }
}
