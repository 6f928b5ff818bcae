package olympus.zeus.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Operation;
import olympus.model.NodeId;
import olympus.model.json.EnumWords;
import olympus.model.state.Codecs;
import olympus.model.state.Decision;
import olympus.model.state.NodeRecord;
import olympus.model.state.NodeSpec;
import olympus.zeus.NodeCommands;
import olympus.zeus.NodeNames;
import olympus.zeus.StackCommands.Actor;

/** Writes down what people want of nodes. Threading: Zeus' loop only. */
public final class NodeSpecs implements NodeCommands {

    private static final String LABEL = "label";

    private final Controller controller;
    private final ExternalNodes external;

    public NodeSpecs(Controller controller) {
        this.controller = controller;
        this.external = new ExternalNodes(controller);
    }

    @Override
    public CompletionStage<NodeId> label(
            String node, Map<String, Optional<String>> labels, Actor actor) {
        return change(
                node,
                actor,
                new Change(
                        LABEL,
                        "it was ordered",
                        labels.entrySet().stream()
                                .map(one ->
                                        one.getKey() + one.getValue().map("="::concat).orElse("-"))
                                .sorted()
                                .collect(Collectors.joining(", ")),
                        spec -> labelled(spec, labels)));
    }

    static NodeSpec labelled(NodeSpec spec, Map<String, Optional<String>> changes) {
        var labels = new TreeMap<>(spec.labels());
        changes.forEach((key, value) -> {
            NodeSpec.Label.problem(key, value.orElse(""))
                    .ifPresent(problem -> {
                        throw new OlympusException(ErrorCode.INVALID, problem);
                    });
            value.ifPresentOrElse(text -> labels.put(key, text), () -> labels.remove(key));
        });
        if (labels.size() > NodeSpec.MOST_LABELS) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "the node would have %d labels; expected at most %d"
                            .formatted(labels.size(), NodeSpec.MOST_LABELS));
        }
        return new NodeSpec(spec.node(), labels, spec.withdrawal());
    }

    @Override
    public CompletionStage<NodeId> withdraw(
            String node, NodeSpec.Kind kind, String reason, boolean force, Actor actor) {
        if (reason.length() > MAX_REASON) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "nothing was done: the reason has %d characters; expected at most %d"
                            .formatted(reason.length(), MAX_REASON));
        }
        var order =
                new NodeSpec.Withdrawal(
                        kind, actor.name(), controller.clock().wall(), reason, force);
        return change(
                node,
                actor,
                new Change(
                        EnumWords.of(kind),
                        reason.isEmpty() ? "it was ordered" : reason,
                        order.isEmptying()
                                ? "it takes nothing new, and what can run elsewhere leaves it"
                                : "it takes nothing new",
                        spec -> spec.withWithdrawal(Optional.of(order))));
    }

    @Override
    public CompletionStage<NodeId> restore(String node, Actor actor) {
        return change(
                node,
                actor,
                new Change(
                        "restore",
                        "it was ordered",
                        "it takes instances again",
                        spec -> spec.withWithdrawal(Optional.empty())));
    }

    @Override
    public CompletionStage<NodeId> addExternal(NewExternal node, Actor actor) {
        return external.add(node, actor);
    }

    @Override
    public CompletionStage<NodeId> removeExternal(String node, Actor actor) {
        return external.remove(node, actor);
    }

    /** Takes a node into use again that had been removed, and was let in anew. */
    public void connected(NodeId node) {
        var wasRemoved =
                controller.leads()
                        && controller
                                .desired()
                                .withdrawal(node)
                                .filter(order -> order.reason().equals(REMOVED))
                                .isPresent();
        if (wasRemoved) {
            // Where the store refuses it, a person can do the same.
            var _ = restore(node.toString(), new Actor(StepWriter.ZEUS, ""));
        }
    }

    /**
     * @param action and the two after it for the decision
     */
    private record Change(String action, String why, String result, UnaryOperator<NodeSpec> next) {}

    private CompletionStage<NodeId> change(String text, Actor actor, Change change) {
        return controller.submit(() -> {
            var node = find(text, change);
            var known = controller.desired().specs().get(node);
            var spec = controller.desired().spec(node);
            var next = change.next.apply(spec);
            if (next.equals(spec)) {
                return new WriteQueue.Write<>(List.of(), List.of(), node);
            }
            var key = ZeusKeys.nodeSpec(node);
            var decision =
                    new Decision(
                            controller.clock().wall(),
                            actor.name(),
                            change.action,
                            "node:" + name(node),
                            name(node),
                            change.why,
                            change.result);
            return new WriteQueue.Write<>(
                    List.of(new Condition.RevisionIs(key, known == null ? 0 : known.revision())),
                    List.of(
                            new Operation.Put(key, Bytes.wrap(Codecs.NODE_SPEC.encodeBytes(next))),
                            StackChanges.append(decision)),
                    node);
        });
    }

    private String name(NodeId node) {
        return Optional.ofNullable(ExternalNodes.names(controller.desired()).get(node))
                .orElseGet(() -> controller.desired().nodeName(node));
    }

    /**
     * Labels are what is known of a node that is managed elsewhere; nothing else is wanted of it.
     */
    private NodeId find(String text, Change change) {
        var names =
                controller.desired().nodes().values().stream()
                        .map(Versioned::value)
                        .collect(Collectors.toMap(NodeRecord::id, NodeRecord::name));
        if (change.action().equals(LABEL)) {
            names.putAll(ExternalNodes.names(controller.desired()));
        } else {
            ExternalNodes.refuse(controller.desired(), text);
        }
        return NodeNames.find(text, names);
    }
}
