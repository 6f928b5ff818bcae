package olympus.model.state;

import java.time.Instant;
import java.util.Optional;
import olympus.model.NodeId;

/**
 * That a node has been away for the loss delay. What can run elsewhere is then started there,
 * unless that is held back. There is none before, and none once the node is back.
 *
 * @param since when that was decided
 * @param heldBack why nothing is moved all the same; empty: the node counts as lost
 */
public record NodeLost(NodeId node, Instant since, Optional<String> heldBack) {}
