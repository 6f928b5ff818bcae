package olympus.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import olympus.link.Pause;
import olympus.link.ServerSide;
import olympus.model.NodeId;
import olympus.model.StackName;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeReport;
import olympus.zeus.ClusterView;
import olympus.zeus.ClusterView.PauseView;

/**
 * Tells agents the recorded pauses that concern them: those in force when an agent comes, and each
 * that begins, changes or ends later; an end that an absent agent missed, when it is back. What an
 * agent keeps that was never recorded is left alone, because a pause must hold without a store.
 *
 * <p>Only the server that leads tells: one that is cut off from the others could speak of pauses
 * that are none any more. Whoever comes to lead tells each agent everything once, at its next
 * report, also the ends of what was in force before.
 *
 * <p>Threading: any thread; never blocks. State: what each node was told, as long as the process
 * lives.
 */
final class PausesTold implements ServerSide.Listener {

    private final ServerSide.Listener next;
    private final ServerSide.Agents agents;
    private final BooleanSupplier leads;
    private final Map<NodeId, String> names = new HashMap<>();

    /** By node and stack (empty: the whole node): the pauses, as last told. */
    private final Map<NodeId, Map<Optional<StackName>, List<PauseView>>> told = new HashMap<>();

    /** Nodes that were told everything since this server leads and since they came. */
    private final Set<NodeId> upToDate = new HashSet<>();

    private List<PauseView> inForce = List.of();

    /**
     * @param leads whether this server leads at present
     */
    PausesTold(ServerSide.Listener next, ServerSide.Agents agents, BooleanSupplier leads) {
        this.next = next;
        this.agents = agents;
        this.leads = leads;
    }

    /** On the controller's loop. */
    void seen(ClusterView view) {
        var tells = leads.getAsBoolean();
        if (changed(view.pauses(), tells) && tells) {
            for (var node : agents.connected()) {
                changesFor(node).forEach(pause -> agents.pause(node, pause));
            }
        }
    }

    private synchronized boolean changed(List<PauseView> pauses, boolean tells) {
        if (pauses.equals(inForce)) {
            return false;
        }
        inForce = pauses;
        if (!tells) {
            upToDate.clear();
            names.keySet().forEach(this::rememberInForce);
        }
        return true;
    }

    /** As if it had been told by who leads: should this server come to lead, it tells the end. */
    private void rememberInForce(NodeId node) {
        var all = new HashMap<>(told.getOrDefault(node, Map.of()));
        all.putAll(concerning(node));
        told.put(node, all);
    }

    @Override
    public void askedForLeases(NodeId node, long number) {
        next.askedForLeases(node, number);
    }

    @Override
    public void connected(NodeId node, String name) {
        next.connected(node, name);
        came(node, name);
        bringUpToDate(node);
    }

    private synchronized void came(NodeId node, String name) {
        names.put(node, name);
        upToDate.remove(node);
        rememberInForce(node);
    }

    private void bringUpToDate(NodeId node) {
        everything(node, leads.getAsBoolean()).forEach(pause -> agents.pause(node, pause));
    }

    private synchronized List<Pause> everything(NodeId node, boolean tells) {
        if (!tells) {
            upToDate.clear();
            return List.of();
        }
        return upToDate.add(node) ? orders(node, Map.of()) : List.of();
    }

    private synchronized List<Pause> changesFor(NodeId node) {
        return orders(node, upToDate.add(node) ? Map.of() : told.getOrDefault(node, Map.of()));
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
        bringUpToDate(report.node());
    }

    @Override
    public void facts(NodeId node, NodeFacts facts) {
        next.facts(node, facts);
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
