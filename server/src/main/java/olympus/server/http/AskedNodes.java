package olympus.server.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.StackName;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;
import olympus.server.deadline.Deadline;
import olympus.zeus.ClusterView.InstanceView;

/** Asks the nodes of a stack's instances, all at once, and waits for what they answer. */
final class AskedNodes {

    /** On the way, beyond what the node itself may take. */
    private static final Duration ON_THE_WAY = Duration.ofSeconds(5);

    private final Backend backend;

    AskedNodes(Backend backend) {
        this.backend = backend;
    }

    /** Instances of the stack by node. */
    Map<NodeId, List<InstanceView>> instances(StackName stack) {
        var byNode = new LinkedHashMap<NodeId, List<InstanceView>>();
        for (var service : backend.view().services()) {
            if (service.service().stack().equals(stack)) {
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
        var asked = new LinkedHashMap<NodeId, CompletionStage<NodeAnswer>>();
        var deadline = Duration.ZERO;
        for (var entry : instances.entrySet()) {
            var one = question.apply(entry.getValue());
            deadline = one.deadline().plus(ON_THE_WAY);
            asked.put(entry.getKey(), backend.island().agents().ask(entry.getKey(), one));
        }
        for (var entry : asked.entrySet()) {
            var here = instances.getOrDefault(entry.getKey(), List.of());
            try {
                var what = "asking node " + here.getFirst().nodeName();
                answered.accept(new Deadline(deadline).await(entry.getValue(), what));
            } catch (OlympusException e) {
                failed.accept(here, String.valueOf(e.getMessage()));
            }
        }
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
