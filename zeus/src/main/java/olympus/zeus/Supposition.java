package olympus.zeus;

import java.util.Optional;
import java.util.Set;
import olympus.model.NodeId;

/**
 * What is supposed to have happened, all at once.
 *
 * @param lost nodes that are away for the loss delay
 * @param drained nodes that people order to be emptied, whatever that does to services for a moment
 * @param undecided why nothing would be decided about it, as a sentence; empty when somebody leads
 */
public record Supposition(Set<NodeId> lost, Set<NodeId> drained, Optional<String> undecided) {
    public Supposition {
        lost = Set.copyOf(lost);
        drained = Set.copyOf(drained);
    }

    public static Supposition lost(NodeId node) {
        return new Supposition(Set.of(node), Set.of(), Optional.empty());
    }

    public Supposition undecidedAs(Optional<String> why) {
        return new Supposition(lost, drained, why);
    }
}
