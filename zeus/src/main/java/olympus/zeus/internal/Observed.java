package olympus.zeus.internal;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceRecord;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeReport;

/**
 * What the agents say, as Zeus knows it: soft state, lost and learnt anew with every start.
 *
 * @param unheardLostNanos when a node that was not heard counts as lost; see {@link Link.Down}
 * @param batchEndedNanos when the last instance of a service's update was confirmed
 */
public record Observed(
        long unheardLostNanos, Map<NodeId, Node> nodes, Map<ServiceId, Long> batchEndedNanos) {

    /**
     * A node.
     *
     * @param acceptedRevision the agent acts on an assignment computed from at least this revision
     * @param facts what it has, as last told; empty while it has told nothing
     */
    public record Node(
            Link link,
            Optional<Instant> lastSeen,
            Optional<NodeReport> report,
            long acceptedRevision,
            Map<InstanceId, Instance> instances,
            Optional<NodeFacts> facts) {

        public boolean connected() {
            return link instanceof Link.Up;
        }

        /** Connected, and what it reports is of this connection. */
        boolean hasTold() {
            return link instanceof Link.Up(boolean told) && told;
        }
    }

    /** Whether this server has a link to the node. */
    public sealed interface Link {

        /**
         * @param told it has told what it runs since it connected
         */
        record Up(boolean told) implements Link {}

        /**
         * @param lostNanos when the node counts as lost, if it is not back by then: it has been
         *     away for the loss delay, of which this server has watched every moment
         */
        record Down(long lostNanos) implements Link {}
    }

    /**
     * An instance as last reported.
     *
     * @param firstNanos when this run was first reported
     * @param wellNanos since when it has been well without a break, empty when it is not
     * @param failingSince when it was first reported unhealthy, empty while it is not
     */
    public record Instance(
            InstanceObservation observation,
            long firstNanos,
            Optional<Long> wellNanos,
            Optional<Instant> failingSince) {}

    Optional<Node> node(NodeId id) {
        return Optional.ofNullable(nodes.get(id));
    }

    boolean connected(NodeId id) {
        var node = nodes.get(id);
        return node != null && node.connected();
    }

    boolean hasTold(NodeId id) {
        var node = nodes.get(id);
        return node != null && node.hasTold();
    }

    /** What a node has, as far as it has told. */
    Optional<NodeFacts> facts(NodeId id) {
        return node(id).flatMap(Node::facts);
    }

    /** Of a node that may never have been heard. */
    Link link(NodeId id) {
        return node(id).map(Node::link).orElseGet(() -> new Link.Down(unheardLostNanos));
    }

    /**
     * What was last reported under this id from the node where the instance is placed, of whatever
     * run.
     */
    Optional<Instance> any(InstanceRecord record) {
        return node(record.placement().node()).map(n -> n.instances().get(record.id()));
    }

    /** What was last reported of the run that is wanted. */
    Optional<Instance> of(InstanceRecord record) {
        return any(record).filter(i -> i.observation().runToken().equals(record.run().token()));
    }

    /** Well at present, as far as is known: reported so by a node that is connected. */
    boolean isWell(InstanceRecord record) {
        return connected(record.placement().node())
                && of(record).filter(i -> i.observation().isWell()).isPresent();
    }

    /** Whether another run of it than the ordered one is still there, as was last reported. */
    boolean seesEarlier(InstanceRecord record) {
        return any(record)
                .map(Instance::observation)
                .filter(seen -> !seen.runToken().equals(record.run().token()))
                .map(InstanceObservation::state)
                .filter(state ->
                        switch (state) {
                            case STARTING, RUNNING, STOPPING, BACKOFF -> true;
                            case PENDING, STOPPED, COMPLETED, GIVEN_UP -> false;
                        })
                .isPresent();
    }

    /** Whether another run of it than the ordered one may still be there. */
    boolean mayRunEarlier(Versioned<InstanceRecord> stored) {
        var record = stored.value();
        var node = nodes.get(record.placement().node());
        if (node == null || node.report().isEmpty()) {
            return true;
        }
        var seen = node.instances().get(record.id());
        var knowsOrder = node.acceptedRevision() >= stored.revision();
        if (seen == null) {
            return !knowsOrder;
        }
        return !seen.observation().runToken().equals(record.run().token())
                && switch (seen.observation().state()) {
                    case STARTING, RUNNING, STOPPING, BACKOFF -> true;
                    case PENDING -> !knowsOrder;
                    case STOPPED, COMPLETED, GIVEN_UP -> false;
                };
    }

    /**
     * Whether the node is known to have nothing of this instance running, and will not start it.
     */
    boolean hasEnded(Versioned<InstanceRecord> stored) {
        var record = stored.value();
        var node = nodes.get(record.placement().node());
        if (node == null) {
            return false;
        }
        var seen = node.instances().get(record.id());
        var knowsOrder = node.acceptedRevision() >= stored.revision();
        if (seen == null) {
            return knowsOrder;
        }
        var ours = seen.observation().runToken().equals(record.run().token());
        return switch (seen.observation().state()) {
            case STOPPED, COMPLETED, GIVEN_UP -> ours || knowsOrder;
            case PENDING -> knowsOrder;
            case STARTING, RUNNING, BACKOFF, STOPPING -> false;
        };
    }
}
