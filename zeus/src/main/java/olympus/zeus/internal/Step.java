package olympus.zeus.internal;

import java.util.List;
import java.util.Optional;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.state.InstanceRecord;
import olympus.model.state.NodeAway;
import olympus.model.state.NodeLost;
import olympus.model.state.ServiceState;

/** One thing that Zeus does next, complete: carrying it out leaves nothing to choose. */
public sealed interface Step {

    /** Why, as a sentence for the decision stream. */
    String why();

    /** A new instance. Its run token is filled in when it is carried out. */
    record PlaceInstance(InstanceRecord record, String why) implements Step {}

    /**
     * A new run of an instance that exists: an update, a start, a move. {@code to} gets a new
     * token.
     */
    record ReplaceRun(Versioned<InstanceRecord> from, InstanceRecord to, String action, String why)
            implements Step {}

    /**
     * Neighbours that move to one node: all of them in one write, so that nothing can come between.
     * Not more than {@link #MOST}, which a write of the store takes.
     */
    record MoveTogether(List<ReplaceRun> moves) implements Step {
        static final int MOST = 400;

        public MoveTogether {
            moves = List.copyOf(moves);
            if (moves.isEmpty() || moves.size() > MOST) {
                throw new IllegalArgumentException(
                        "%d instances move together; 1 to %d can".formatted(moves.size(), MOST));
            }
        }

        @Override
        public String why() {
            return moves.getFirst().why();
        }
    }

    /** Dependencies are met: start it. */
    record ReleaseInstance(Versioned<InstanceRecord> from, InstanceRecord to, String why)
            implements Step {}

    /** End it and keep its record. */
    record StopInstance(Versioned<InstanceRecord> from, InstanceRecord to, String why)
            implements Step {}

    /** End it for good. */
    record RetireInstance(Versioned<InstanceRecord> from, InstanceRecord to, String why)
            implements Step {}

    /** Seen ended: its record goes. */
    record ForgetInstance(Versioned<InstanceRecord> from, String why) implements Step {}

    /** The same run under a newer declaration: nothing is restarted. */
    record AmendInstance(Versioned<InstanceRecord> from, InstanceRecord to, String why)
            implements Step {}

    /** An updated instance has stayed well for the monitoring time (or its failure is accepted). */
    record ConfirmInstance(Versioned<InstanceRecord> from, InstanceRecord to, String why)
            implements Step {}

    /** A trial of a new version gets to its next stage. */
    record AdvanceRollout(Versioned<ServiceState> from, ServiceState.Gate to, String why)
            implements Step {}

    record FinishRollout(Versioned<ServiceState> from, String why) implements Step {}

    /** The update failed and waits for a person. */
    record HaltRollout(Versioned<ServiceState> from, String why) implements Step {}

    /** The update failed; the service returns to its declaration in {@code revision}. */
    record RollBackService(Versioned<ServiceState> from, long revision, String why)
            implements Step {}

    record ForgetService(ServiceId service, String why) implements Step {}

    record ForgetStack(StackName stack, String why) implements Step {}

    /**
     * A node counts as lost from now on, or is found away with too many others to count as that.
     *
     * @param from what is recorded of it, empty while it counts as there or away
     * @param heard what it told last, where that is not stored
     */
    record LoseNode(
            Optional<Versioned<NodeLost>> from, NodeLost to, Optional<NodeAway> heard, String why)
            implements Step {}

    /** A node that was lost, or held back from that, is there again. */
    record ReturnNode(Versioned<NodeLost> from, String why) implements Step {}

    /**
     * Something runs on a node that nobody declared, or not as ordered; the assignment is sent
     * again.
     */
    record MendDrift(NodeId node, String subject, String why) implements Step {}
}
