package olympus.model;

import java.util.UUID;

/**
 * A machine that runs the agent: a UUID made at the agent's first start; its name is only a label.
 */
public record NodeId(UUID value) implements Comparable<NodeId> {

    public static NodeId parse(String text) {
        return new NodeId(UUID.fromString(text));
    }

    @Override
    public int compareTo(NodeId other) {
        return value.toString().compareTo(other.value.toString());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
