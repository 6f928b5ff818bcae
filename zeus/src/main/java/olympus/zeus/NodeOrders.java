package olympus.zeus;

import olympus.model.NodeId;
import olympus.model.state.Assignment;
import olympus.model.state.LeaseGrant;

/**
 * Through which Zeus tells nodes what to run: plugged in by the composition root, which adds
 * secrets and the transport. Never blocks.
 */
public interface NodeOrders {
    void assign(Assignment assignment);

    /**
     * The node's events up to this sequence stand in the decision stream: it need not send them
     * again.
     */
    void eventsRecorded(NodeId node, long upToSequence);

    /** Which singletons on the node may go on: the answer to what it asked. */
    void leased(NodeId node, LeaseGrant grant);
}
