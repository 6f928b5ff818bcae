package olympus.model.state;

import java.time.Instant;
import java.util.List;
import olympus.model.NodeId;

/**
 * How a node that has gone away was last heard of: what servers show that never heard it
 * themselves. There is none while the node is connected.
 *
 * @param instances as last reported; at most {@link #MOST_INSTANCES}, with reasons of at most
 *     {@link #LONGEST_REASON} characters
 */
public record NodeAway(NodeId node, Instant lastHeard, List<InstanceObservation> instances) {

    public static final int MOST_INSTANCES = 500;
    public static final int LONGEST_REASON = 200;

    public NodeAway {
        instances =
                instances.stream().limit(MOST_INSTANCES).map(NodeAway::withShortReason).toList();
    }

    private static InstanceObservation withShortReason(InstanceObservation seen) {
        return seen.reason().length() <= LONGEST_REASON
                ? seen
                : seen.withReason(seen.reason().substring(0, LONGEST_REASON));
    }
}
