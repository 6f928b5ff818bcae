package olympus.model.state;

import java.util.List;
import olympus.model.NodeId;
import olympus.model.StackName;

/**
 * All that a node shall run, whole: an instance that is not in it is stopped and forgotten. Never a
 * delta.
 *
 * <p>One exception keeps services alive when a store was repaired or begun anew: what ran by an
 * assignment of a lower incarnation, and is not in this one under the same run token, goes on as it
 * was until its stack is among {@code stacks}.
 *
 * @param stamp an agent refuses an assignment whose stamp is lower than the last it accepted
 * @param stacks those that were applied or removed in this incarnation of the store, so that what
 *     it does not say of them is meant; in name order
 */
public record Assignment(
        NodeId node, Stamp stamp, List<StackName> stacks, List<InstanceSpec> instances) {

    public Assignment {
        stacks = List.copyOf(stacks);
        instances = List.copyOf(instances);
    }

    /** The fence of an order, compared in this order of fields. */
    public record Stamp(long incarnation, long epoch, long generation)
            implements Comparable<Stamp> {

        public static final Stamp NONE = new Stamp(0, 0, 0);

        @Override
        public int compareTo(Stamp other) {
            var byIncarnation = Long.compare(incarnation, other.incarnation);
            if (byIncarnation != 0) {
                return byIncarnation;
            }
            var byEpoch = Long.compare(epoch, other.epoch);
            return byEpoch != 0 ? byEpoch : Long.compare(generation, other.generation);
        }
    }
}
