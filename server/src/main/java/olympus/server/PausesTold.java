package olympus.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import olympus.link.Pause;
import olympus.link.ServerSide;
import olympus.model.NodeId;
import olympus.model.StackName;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.NodeReport;
import olympus.zeus.ClusterView;
import olympus.zeus.ClusterView.PauseView;

/**
 * Tells agents the recorded pauses that concern them: those in force when an agent comes, and each
 * that begins, changes or ends later; an end that an absent agent missed, when it is back. What an
 * agent keeps that was never recorded is left alone, because a pause must hold without a store.
 *
 * <p>Threading: any thread; never blocks. State: what each node was told, as long as the process
 * lives.
 */
final class PausesTold implements ServerSide.Listener {

    private final ServerSide.Listener next;
    private final ServerSide.Agents agents;
    private final Map<NodeId, String> names = new HashMap<>();

    /** By node and stack (empty: the whole node): the pauses, as last told. */
    private final Map<NodeId, Map<Optional<StackName>, List<PauseView>>> told = new HashMap<>();

    private List<PauseView> inForce = List.of();

    PausesTold(ServerSide.Listener next, ServerSide.Agents agents) {
        this.next = next;
        this.agents = agents;
    }

    /** On the controller's loop. */
    void seen(ClusterView view) {
        if (changed(view.pauses())) {
            for (var node : agents.connected()) {
                changesFor(node).forEach(pause -> agents.pause(node, pause));
            }
        }
    }

    private synchronized boolean changed(List<PauseView> pauses) {
        if (pauses.equals(inForce)) {
            return false;
        }
        inForce = pauses;
        return true;
    }

    @Override
    public void connected(NodeId node, String name) {
        next.connected(node, name);
        allFor(node, name).forEach(pause -> agents.pause(node, pause));
    }

    private synchronized List<Pause> allFor(NodeId node, String name) {
        names.put(node, name);
        return orders(node, Map.of());
    }

    private synchronized List<Pause> changesFor(NodeId node) {
        return orders(node, told.getOrDefault(node, Map.of()));
    }

    /**
     * To be sent without this one's lock, because the link has locks of its own.
     *
     * @param before what the agent still knows; nothing is assumed of one that has just come
     */
    private List<Pause> orders(NodeId node, Map<Optional<StackName>, List<PauseView>> before) {
        var orders = new ArrayList<Pause>();
        var now = concerning(node);
        for (var stack : told.getOrDefault(node, Map.of()).keySet()) {
            if (!now.containsKey(stack)) {
                orders.add(new Pause(false, stack, ""));
            }
        }
        now.forEach((stack, pauses) -> {
            if (!pauses.equals(before.get(stack))) {
                orders.add(pause(stack, pauses));
            }
        });
        told.put(node, now);
        return orders;
    }

    private static Pause pause(Optional<StackName> stack, List<PauseView> pauses) {
        return new Pause(
                true,
                stack,
                pauses.stream().map(PauseView::reason).collect(Collectors.joining("; ")));
    }

    private Map<Optional<StackName>, List<PauseView>> concerning(NodeId node) {
        return inForce.stream()
                .filter(pause -> concerns(pause.scope(), node))
                .collect(Collectors.groupingBy(pause -> stackOf(pause.scope())));
    }

    private boolean concerns(String scope, NodeId node) {
        return !scope.startsWith("node:")
                || scope.equals("node:" + node)
                || scope.equals("node:" + names.get(node));
    }

    private static Optional<StackName> stackOf(String scope) {
        return scope.startsWith("stack:")
                ? Optional.of(new StackName(scope.substring("stack:".length())))
                : Optional.empty();
    }

    @Override
    public void disconnected(NodeId node, String reason) {
        next.disconnected(node, reason);
    }

    @Override
    public void reported(NodeReport report) {
        next.reported(report);
    }

    @Override
    public void happened(NodeId node, List<AgentEvent> events) {
        next.happened(node, events);
    }

    @Override
    public void refused(
            NodeId node, Assignment.Stamp refused, Assignment.Stamp inForce, String reason) {
        next.refused(node, refused, inForce, reason);
    }
}
