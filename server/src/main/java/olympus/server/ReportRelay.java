package olympus.server;

import java.util.List;
import olympus.link.ServerSide;
import olympus.model.NodeId;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.NodeReport;

/**
 * Passes what agents tell on to the controller, which is made after the link because it orders
 * through it. Nothing comes before {@link #to}: agents connect only then.
 */
final class ReportRelay implements ServerSide.Listener {

    private volatile ServerSide.Listener target = NOBODY;

    private static final ServerSide.Listener NOBODY =
            new ServerSide.Listener() {
                @Override
                public void connected(NodeId node, String name) {}

                @Override
                public void disconnected(NodeId node, String reason) {}

                @Override
                public void reported(NodeReport report) {}

                @Override
                public void happened(NodeId node, List<AgentEvent> events) {}

                @Override
                public void refused(
                        NodeId node,
                        Assignment.Stamp refused,
                        Assignment.Stamp inForce,
                        String reason) {}
            };

    void to(ServerSide.Listener listener) {
        target = listener;
    }

    @Override
    public void connected(NodeId node, String name) {
        target.connected(node, name);
    }

    @Override
    public void disconnected(NodeId node, String reason) {
        target.disconnected(node, reason);
    }

    @Override
    public void reported(NodeReport report) {
        target.reported(report);
    }

    @Override
    public void happened(NodeId node, List<AgentEvent> events) {
        target.happened(node, events);
    }

    @Override
    public void refused(
            NodeId node, Assignment.Stamp refused, Assignment.Stamp inForce, String reason) {
        target.refused(node, refused, inForce, reason);
    }
}
