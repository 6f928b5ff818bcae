package olympus.server;

import java.util.List;
import olympus.link.ServerSide;
import olympus.model.NodeId;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeReport;

/**
 * Passes what agents tell on to the controller, which is made after the link because it orders
 * through it. Nothing comes before {@link #to}: agents connect only then.
 *
 * <p>Threading: any; what is passed on must not block.
 */
final class ReportRelay implements ServerSide.Listener, AutoCloseable {

    private static final ServerSide.Listener NOBODY =
            new ServerSide.Listener() {
                @Override
                public void connected(NodeId node, String name) {}

                @Override
                public void disconnected(NodeId node, String reason) {}

                @Override
                public void reported(NodeReport report) {}

                @Override
                public void facts(NodeId node, NodeFacts facts) {}

                @Override
                public void happened(NodeId node, List<AgentEvent> events) {}

                @Override
                public void refused(
                        NodeId node,
                        Assignment.Stamp refused,
                        Assignment.Stamp inForce,
                        String reason) {}

                @Override
                public void askedForLeases(NodeId node, long number) {}
            };

    private ServerSide.Listener target = NOBODY;

    synchronized void to(ServerSide.Listener listener) {
        target = listener;
    }

    /** Nothing is passed on any more once this returns. */
    @Override
    public void close() {
        to(NOBODY);
    }

    @Override
    public synchronized void connected(NodeId node, String name) {
        target.connected(node, name);
    }

    @Override
    public synchronized void disconnected(NodeId node, String reason) {
        target.disconnected(node, reason);
    }

    @Override
    public synchronized void reported(NodeReport report) {
        target.reported(report);
    }

    @Override
    public synchronized void facts(NodeId node, NodeFacts facts) {
        target.facts(node, facts);
    }

    @Override
    public synchronized void happened(NodeId node, List<AgentEvent> events) {
        target.happened(node, events);
    }

    @Override
    public synchronized void refused(
            NodeId node, Assignment.Stamp refused, Assignment.Stamp inForce, String reason) {
        target.refused(node, refused, inForce, reason);
    }

    @Override
    public synchronized void askedForLeases(NodeId node, long number) {
        target.askedForLeases(node, number);
    }
}
