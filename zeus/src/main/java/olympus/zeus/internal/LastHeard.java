package olympus.zeus.internal;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord;
import olympus.model.state.InstanceRecord.Phase;
import olympus.zeus.ClusterView;

/**
 * What is known of nodes and their instances, to be shown: from the agents themselves, or of a node
 * that another server heard for longer, from what that one stored when it went away. Pure. Of what
 * is decided only this rests on it: what is known to have ended for good is not run again.
 */
final class LastHeard {

    private final Desired desired;
    private final Observed observed;
    private final Map<NodeId, Map<InstanceId, InstanceObservation>> stored = new HashMap<>();

    LastHeard(Desired desired, Observed observed) {
        this.desired = desired;
        this.observed = observed;
    }

    /** When a node was. */
    Optional<Instant> of(NodeId node) {
        var own = observed.node(node).flatMap(Observed.Node::lastSeen);
        return isStoredNewer(node)
                ? Optional.ofNullable(desired.away().get(node))
                        .map(away -> away.value().lastHeard())
                : own;
    }

    /** Another server may have heard it for longer. */
    private boolean isStoredNewer(NodeId node) {
        var own =
                observed.node(node)
                        .filter(seen -> seen.connected() || seen.report().isPresent())
                        .flatMap(Observed.Node::lastSeen);
        var away = desired.away().get(node);
        return !observed.connected(node)
                && away != null
                && own.filter(at -> !at.isBefore(away.value().lastHeard())).isEmpty();
    }

    /** An instance, on the node where it is placed. */
    Optional<InstanceObservation> of(InstanceRecord record) {
        var node = record.placement().node();
        return isStoredNewer(node)
                ? Optional.ofNullable(stored.computeIfAbsent(node, this::read).get(record.id()))
                : observed.any(record).map(Observed.Instance::observation);
    }

    /** How the wanted run ended for good, if that is known: completed, or given up. */
    Optional<InstanceObservation> ended(InstanceRecord record) {
        return of(record)
                .filter(seen -> seen.runToken().equals(record.run().token()))
                .filter(seen -> seen.state() == State.COMPLETED || seen.state() == State.GIVEN_UP);
    }

    /**
     * Whether the wanted run is known to have done its work, so that nothing starts it by itself.
     */
    boolean hasCompleted(InstanceRecord record) {
        return ended(record).filter(seen -> seen.state() == State.COMPLETED).isPresent();
    }

    private Map<InstanceId, InstanceObservation> read(NodeId node) {
        var instances = new HashMap<InstanceId, InstanceObservation>();
        var away = desired.away().get(node);
        if (away != null) {
            away.value().instances().forEach(seen -> instances.put(seen.id(), seen));
        }
        return instances;
    }

    /**
     * Whether, and since when, it is not known how an instance is: what has ended stays so, and
     * what waits for its order has not begun.
     */
    Optional<ClusterView.Away> away(InstanceRecord record) {
        var heard = of(record);
        if (heard.isPresent()) {
            return away(record.placement().node(), heard.get());
        }
        return observed.connected(record.placement().node())
                        || record.order().phase() == Phase.WAITING
                ? Optional.empty()
                : Optional.of(new ClusterView.Away(Optional.empty()));
    }

    Optional<ClusterView.Away> away(NodeId node, InstanceObservation seen) {
        if (observed.connected(node)) {
            return Optional.empty();
        }
        return switch (seen.state()) {
            case STOPPED, COMPLETED, GIVEN_UP -> Optional.empty();
            case PENDING, STARTING, RUNNING, BACKOFF, STOPPING ->
                    Optional.of(new ClusterView.Away(of(node)));
        };
    }
}
