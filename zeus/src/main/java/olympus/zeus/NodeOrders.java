package olympus.zeus;

import olympus.model.state.Assignment;

/**
 * Through which Zeus tells nodes what to run: plugged in by the composition root, which adds
 * secrets and the transport. Never blocks.
 */
@FunctionalInterface
public interface NodeOrders {
    void assign(Assignment assignment);
}
