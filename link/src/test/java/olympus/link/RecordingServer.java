package olympus.link;

import java.util.List;
import olympus.model.NodeId;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeReport;

/** A listener that writes down what it hears. */
final class RecordingServer implements ServerSide.Listener {

    sealed interface Heard {
        record Connected(NodeId node, String name) implements Heard {}

        record Disconnected(NodeId node, String reason) implements Heard {}

        record Reported(NodeReport report) implements Heard {}

        record Facts(NodeId node, NodeFacts facts) implements Heard {}

        record Happened(NodeId node, List<AgentEvent> events) implements Heard {}

        record AskedForLeases(NodeId node, long number) implements Heard {}

        record Refused(
                NodeId node, Assignment.Stamp refused, Assignment.Stamp inForce, String reason)
                implements Heard {}
    }

    final Journal<Heard> journal = new Journal<>();

    @Override
    public void connected(NodeId node, String name) {
        journal.add(new Heard.Connected(node, name));
    }

    @Override
    public void disconnected(NodeId node, String reason) {
        journal.add(new Heard.Disconnected(node, reason));
    }

    @Override
    public void reported(NodeReport report) {
        journal.add(new Heard.Reported(report));
    }

    @Override
    public void facts(NodeId node, NodeFacts facts) {
        journal.add(new Heard.Facts(node, facts));
    }

    @Override
    public void happened(NodeId node, List<AgentEvent> events) {
        journal.add(new Heard.Happened(node, events));
    }

    @Override
    public void refused(
            NodeId node, Assignment.Stamp refused, Assignment.Stamp inForce, String reason) {
        journal.add(new Heard.Refused(node, refused, inForce, reason));
    }

    @Override
    public void askedForLeases(NodeId node, long number) {
        journal.add(new Heard.AskedForLeases(node, number));
    }

    <H extends Heard> H await(Class<H> kind) {
        return kind.cast(journal.await(kind::isInstance));
    }
}
