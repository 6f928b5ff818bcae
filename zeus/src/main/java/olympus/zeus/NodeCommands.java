package olympus.zeus;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import olympus.model.NodeId;
import olympus.model.state.NodeSpec;
import olympus.zeus.StackCommands.Actor;

/**
 * What people may want of nodes. A node is told by its id, or by its name where only one has it.
 * Threading and failures as for {@link StackCommands}.
 */
public interface NodeCommands {

    /**
     * The reason of an order for a node that does not belong to the island any more. When it
     * connects again it takes instances again, since it has been let in anew.
     */
    String REMOVED = "it was removed";

    /** A longer reason is refused. */
    int MAX_REASON = 500;

    /**
     * Sets labels, and removes those without a value; the others stay. Fails with INVALID for what
     * cannot be a label, and when there would be more than {@link NodeSpec#MOST_LABELS}.
     *
     * @return the node
     */
    CompletionStage<NodeId> label(String node, Map<String, Optional<String>> labels, Actor actor);

    /**
     * Takes a node out of use, in place of how it was before. What is to leave it leaves as long as
     * the order stands, also what is started there anew.
     *
     * @param force whether instances leave at once, whatever that does to their services; an order
     *     to cordon has none to move
     */
    CompletionStage<NodeId> withdraw(
            String node, NodeSpec.Kind kind, String reason, boolean force, Actor actor);

    /** Takes it into use again. Nothing is moved back. */
    CompletionStage<NodeId> restore(String node, Actor actor);

    /**
     * A member to be listed that is managed elsewhere.
     *
     * @param id a new one, which no node has
     * @param address where it is reached, in words; may be empty
     */
    record NewExternal(
            NodeId id, String name, Map<String, String> labels, String address, String note) {
        public NewExternal {
            labels = Map.copyOf(labels);
        }
    }

    /**
     * Lists a member that nothing is ever placed on and no order is sent to. Fails with CONFLICT
     * where a node has its name.
     */
    CompletionStage<NodeId> addExternal(NewExternal node, Actor actor);

    /** Lists such a member no more. Fails with NOT_FOUND for what is none. */
    CompletionStage<NodeId> removeExternal(String node, Actor actor);
}
