package olympus.model.state;

import java.util.List;
import olympus.model.NodeId;

/**
 * All that a node shall run, whole: an instance that is not in it is stopped and forgotten. Never a
 * delta.
 *
 * @param stamp an agent refuses an assignment whose stamp is lower than the last it accepted
 */
public record Assignment(NodeId node, Stamp stamp, List<InstanceSpec> instances) {

    public Assignment {
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
