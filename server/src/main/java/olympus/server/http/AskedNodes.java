package olympus.server.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;
import olympus.zeus.ClusterView.InstanceView;
import olympus.zeus.ClusterView.NodeView;

/** Puts questions about instances to the nodes that have them, by {@link NodeAnswers}. */
final class AskedNodes {

    private final Backend backend;

    AskedNodes(Backend backend) {
        this.backend = backend;
    }

    /** Instances of the stack by node. */
    Map<NodeId, List<InstanceView>> instances(StackName stack) {
        return instances(service -> service.stack().equals(stack));
    }

    /** Instances of those services by node. */
    Map<NodeId, List<InstanceView>> instances(Predicate<ServiceId> which) {
        var byNode = new LinkedHashMap<NodeId, List<InstanceView>>();
        for (var service : backend.view().services()) {
            if (which.test(service.service())) {
                for (var instance : service.instances()) {
                    byNode.computeIfAbsent(instance.node(), _ -> new ArrayList<>()).add(instance);
                }
            }
        }
        return byNode;
    }

    /**
     * @param answered told each node's answer
     * @param failed told instead which instances nothing is known of, and why
     */
    void ask(
            Map<NodeId, List<InstanceView>> instances,
            Function<List<InstanceView>, NodeQuestion> question,
            java.util.function.Consumer<NodeAnswer> answered,
            BiConsumer<List<InstanceView>, String> failed) {
        var asked =
                NodeAnswers.ask(
                        backend,
                        node -> Optional.ofNullable(instances.get(node.id())).map(question));
        asked.answers()
                .forEach((node, answer) -> {
                    try {
                        answered.accept(answer);
                    } catch (OlympusException e) {
                        failed.accept(of(instances, node), String.valueOf(e.getMessage()));
                    }
                });
        asked.failures().forEach((node, why) -> failed.accept(of(instances, node), why));
        var known = backend.view().nodes().stream().map(NodeView::id).collect(Collectors.toSet());
        instances.forEach((node, here) -> {
            if (!known.contains(node)) {
                failed.accept(here, "node %s is not known any more".formatted(node));
            }
        });
    }

    private static List<InstanceView> of(Map<NodeId, List<InstanceView>> instances, NodeView node) {
        return instances.getOrDefault(node.id(), List.of());
    }

    static InstanceId id(InstanceView instance) {
        return instance.observed().id();
    }

    /** For a node that answers something else than was asked. */
    static OlympusException unexpected(NodeAnswer answer) {
        return new OlympusException(
                ErrorCode.INTERNAL, "a node answered with %s".formatted(answer.getClass()));
    }
}
