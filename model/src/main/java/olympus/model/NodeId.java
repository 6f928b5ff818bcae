package olympus.model;

import java.util.UUID;

/**
 * A machine that runs the agent: a UUID made at the agent's first start; its name is only a label.
 */
public record NodeId(UUID value) implements Comparable<NodeId> {

    public static NodeId parse(String text) {
        return new NodeId(UUID.fromString(text));
    }

    /** As their texts are ordered, without making these: ids are the keys of many sorted maps. */
    @Override
    public int compareTo(NodeId other) {
        var high =
                Long.compareUnsigned(
                        value.getMostSignificantBits(), other.value.getMostSignificantBits());
        return high != 0
                ? high
                : Long.compareUnsigned(
                        value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
