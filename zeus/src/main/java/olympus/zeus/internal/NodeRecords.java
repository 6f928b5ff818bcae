package olympus.zeus.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.foundation.Clock;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Operation;
import olympus.model.NodeId;
import olympus.model.state.AgentEvent;
import olympus.model.state.Codecs;
import olympus.model.state.Decision;
import olympus.model.state.NodeAway;
import olympus.model.state.NodeRecord;
import olympus.zeus.NodeOrders;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of nodes: that they exist, and up to where their events stand in the decision
 * stream. Threading: Zeus' loop only.
 */
final class NodeRecords {

    static final int MAX_EVENTS = 300;

    /** A node is noted as away after this time, so that one which comes and goes costs little. */
    static final Duration AWAY = Duration.ofSeconds(10);

    private final Controller controller;
    private final NodeOrders orders;
    private final Clock clock;

    NodeRecords(Controller controller, NodeOrders orders, Clock clock) {
        this.controller = controller;
        this.orders = orders;
        this.clock = clock;
    }

    void rememberUnlessKnown(NodeId node, String name) {
        var known = controller.desired().nodes().get(node);
        if (known == null || !known.value().name().equals(name)) {
            var _ = controller.submit(() -> remember(node, name));
        }
    }

    private WriteQueue.Write<Boolean> remember(NodeId node, String name) {
        var known = controller.desired().nodes().get(node);
        if (known != null && known.value().name().equals(name)) {
            return new WriteQueue.Write<>(List.of(), List.of(), true);
        }
        var record =
                known == null
                        ? new NodeRecord(node, name, Map.of(), clock.wall(), 0)
                        : new NodeRecord(
                                node,
                                name,
                                known.value().labels(),
                                known.value().firstSeen(),
                                known.value().eventsRecorded());
        return putNode(record, List.of());
    }

    /**
     * Stores how a node was last heard of once it has been away for {@link #AWAY}, and forgets that
     * once it is back.
     */
    void rememberAway(NodeId node, ObservedNodes observed) {
        if (!away(node, observed).isEmpty()) {
            var _ =
                    controller.submit(() ->
                            new WriteQueue.Write<>(
                                    List.of(
                                            new Condition.RevisionIs(
                                                    ZeusKeys.away(node),
                                                    Optional.ofNullable(known(node))
                                                            .map(Versioned::revision)
                                                            .orElse(0L))),
                                    away(node, observed),
                                    true));
        }
    }

    private @Nullable Versioned<NodeAway> known(NodeId node) {
        return controller.desired().away().get(node);
    }

    private List<Operation> away(NodeId node, ObservedNodes observed) {
        var known = known(node);
        var key = ZeusKeys.away(node);
        if (known != null && observed.hasTold(node)) {
            return List.of(new Operation.Delete(key));
        }
        return observed
                .awayFor(node, AWAY.toNanos(), clock.monotonicNanos())
                .filter(seen ->
                        known == null || known.value().lastHeard().isBefore(seen.lastHeard()))
                .<Operation>map(seen ->
                        new Operation.Put(key, Bytes.wrap(Codecs.NODE_AWAY.encodeBytes(seen))))
                .stream()
                .toList();
    }

    private WriteQueue.Write<Boolean> putNode(NodeRecord record, List<Operation> more) {
        var key = ZeusKeys.node(record.id());
        var known = controller.desired().nodes().get(record.id());
        var operations = new ArrayList<Operation>();
        operations.add(new Operation.Put(key, Bytes.wrap(Codecs.NODE_RECORD.encodeBytes(record))));
        operations.addAll(more);
        return new WriteQueue.Write<>(
                List.of(new Condition.RevisionIs(key, known == null ? 0 : known.revision())),
                operations,
                true);
    }

    /**
     * Records what is newer than the node's mark, moves the mark in the same write, then
     * acknowledges. One part after the other: the mark must not pass over a part that failed. What
     * fails the agent tells again.
     */
    void happened(NodeId node, List<AgentEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        var part = events.subList(0, Math.min(events.size(), MAX_EVENTS));
        var rest = events.subList(part.size(), events.size());
        var _ =
                controller
                        .submit(() -> record(node, part))
                        .whenComplete((done, error) -> {
                            var known = controller.desired().nodes().get(node);
                            if (error == null && known != null) {
                                orders.eventsRecorded(node, known.value().eventsRecorded());
                                happened(node, rest);
                            }
                        });
    }

    private WriteQueue.Write<Boolean> record(NodeId node, List<AgentEvent> events) {
        var known = controller.desired().nodes().get(node);
        var name = controller.reportedName(node).orElse(node.toString());
        var before =
                known == null
                        ? new NodeRecord(node, name, Map.of(), clock.wall(), 0)
                        : known.value();
        var mark = before.eventsRecorded();
        var appends = new ArrayList<Operation>();
        for (var event : events) {
            if (event.sequence() > mark) {
                mark = event.sequence();
                appends.add(StackChanges.append(decision(before.name(), event)));
            }
        }
        if (appends.isEmpty()) {
            return new WriteQueue.Write<>(List.of(), List.of(), true);
        }
        return putNode(
                new NodeRecord(node, before.name(), before.labels(), before.firstSeen(), mark),
                appends);
    }

    private static Decision decision(String node, AgentEvent event) {
        return new Decision(
                event.at(),
                "agent:" + node,
                event.action(),
                event.instance().map(Object::toString).orElse("node:" + node),
                node,
                event.why(),
                event.result());
    }
}
