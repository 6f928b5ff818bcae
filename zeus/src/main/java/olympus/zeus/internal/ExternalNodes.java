package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Operation;
import olympus.model.NodeId;
import olympus.model.state.Codecs;
import olympus.model.state.Decision;
import olympus.model.state.ExternalNode;
import olympus.model.state.NodeSpec;
import olympus.zeus.ClusterView;
import olympus.zeus.NodeCommands;
import olympus.zeus.StackCommands.Actor;

/**
 * Members that are managed elsewhere: writes down who they are, and says of them what is to be
 * said. They stand beside the nodes and never among them, so that nothing that chooses, orders or
 * asks a node can meet one. Threading: Zeus' loop only.
 */
public final class ExternalNodes {

    /** As many are named among the nodes that cannot take an instance. */
    private static final int NAMED = 3;

    private final Controller controller;

    public ExternalNodes(Controller controller) {
        this.controller = controller;
    }

    public CompletionStage<NodeId> add(NodeCommands.NewExternal wanted, Actor actor) {
        return controller.submit(() -> {
            var now = controller.clock().wall();
            var node =
                    new ExternalNode(
                            wanted.id(),
                            wanted.name(),
                            wanted.address(),
                            wanted.note(),
                            actor.name(),
                            now);
            requireRight(node);
            requireFree(node);
            var labels = new TreeMap<String, Optional<String>>();
            wanted.labels().forEach((key, value) -> labels.put(key, Optional.of(value)));
            var spec = NodeSpecs.labelled(NodeSpec.of(node.id()), labels);
            var key = ZeusKeys.externalNode(node.id());
            var operations = new ArrayList<Operation>();
            operations.add(
                    new Operation.Put(key, Bytes.wrap(Codecs.EXTERNAL_NODE.encodeBytes(node))));
            if (!spec.labels().isEmpty()) {
                operations.add(
                        new Operation.Put(
                                ZeusKeys.nodeSpec(node.id()),
                                Bytes.wrap(Codecs.NODE_SPEC.encodeBytes(spec))));
            }
            operations.add(
                    StackChanges.append(
                            decision(
                                    node,
                                    actor,
                                    "add",
                                    "it is listed as externally managed, and gets no orders")));
            return new WriteQueue.Write<>(
                    List.of(new Condition.Absent(key)), operations, node.id());
        });
    }

    private static void requireRight(ExternalNode node) {
        node.problem()
                .ifPresent(problem -> {
                    throw new OlympusException(ErrorCode.INVALID, problem);
                });
    }

    private void requireFree(ExternalNode node) {
        var desired = controller.desired();
        var taken =
                desired.nodes().entrySet().stream()
                                .anyMatch(one ->
                                        one.getKey().equals(node.id())
                                                || one.getValue()
                                                        .value()
                                                        .name()
                                                        .equals(node.name()))
                        || find(desired, node.name()).isPresent();
        if (taken) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "a node is called %s already; choose another name, or have that one go first: olympus node remove %s"
                            .formatted(node.name(), node.name()));
        }
        if (desired.external().size() >= ExternalNode.MOST) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%d externally managed nodes are listed, more are not; remove one first"
                            .formatted(ExternalNode.MOST));
        }
    }

    public CompletionStage<NodeId> remove(String text, Actor actor) {
        return controller.submit(() -> {
            var found =
                    find(controller.desired(), text)
                            .orElseThrow(() ->
                                    new OlympusException(
                                            ErrorCode.NOT_FOUND,
                                            "there is no externally managed node \"%s\""
                                                    .formatted(text)));
            var node = found.value();
            var key = ZeusKeys.externalNode(node.id());
            return new WriteQueue.Write<>(
                    List.of(new Condition.RevisionIs(key, found.revision())),
                    List.of(
                            new Operation.Delete(key),
                            new Operation.Delete(ZeusKeys.nodeSpec(node.id())),
                            StackChanges.append(
                                    decision(node, actor, "remove", "it is not listed any more"))),
                    node.id());
        });
    }

    private Decision decision(ExternalNode node, Actor actor, String action, String result) {
        return new Decision(
                controller.clock().wall(),
                actor.name(),
                action,
                "node:" + node.name(),
                node.name(),
                "it was ordered",
                result);
    }

    // -- what is said of them; pure ------------------------------------------------------------

    /** By id or name. */
    static Optional<Versioned<ExternalNode>> find(Desired desired, String text) {
        return desired.external().values().stream()
                .filter(one ->
                        one.value().name().equals(text) || one.value().id().toString().equals(text))
                .findFirst();
    }

    /**
     * Fails with CONFLICT where {@code text} names one of them, which nothing can be ordered of.
     */
    static void refuse(Desired desired, String text) {
        find(desired, text)
                .map(Versioned::value)
                .ifPresent(node -> {
                    throw new OlympusException(ErrorCode.CONFLICT, node.refusal());
                });
    }

    /**
     * That no node can take an instance, with the reason of each: those of {@code refusals}, and
     * those that meet what is asked for by name and labels and are managed elsewhere. Where nothing
     * is asked for nobody would expect it on one of them.
     */
    static String nowhere(List<String> refusals, Needs needs, Desired desired) {
        var all = new ArrayList<>(refusals);
        if (needs.policies().stream().anyMatch(policy -> !policy.constraints().isEmpty())) {
            desired.external().values().stream()
                    .map(Versioned::value)
                    .filter(node ->
                            PlacementRules.refusal(needs.policies(), asked(node, desired))
                                    .isEmpty())
                    .limit(NAMED)
                    .map(node -> node.name() + " is externally managed: nothing is placed on it")
                    .forEach(all::add);
        }
        return "no node can take it: " + String.join("; ", all);
    }

    /** What it has nobody has told. */
    private static PlacementRules.Node asked(ExternalNode node, Desired desired) {
        return new PlacementRules.Node(
                node.id(), node.name(), desired.labels(node.id()), Optional.empty());
    }

    static List<ClusterView.ExternalView> shown(Desired desired) {
        return desired.external().values().stream()
                .map(Versioned::value)
                .map(node -> new ClusterView.ExternalView(node, desired.labels(node.id())))
                .sorted(Comparator.comparing(one -> one.node().name()))
                .toList();
    }

    /** Their names by id. */
    static Map<NodeId, String> names(Desired desired) {
        var names = new TreeMap<NodeId, String>();
        desired.external().forEach((id, node) -> names.put(id, node.value().name()));
        return names;
    }
}
