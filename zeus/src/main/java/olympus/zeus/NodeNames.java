package olympus.zeus;

import java.util.Map;
import java.util.stream.Collectors;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;

/** Finds the node that a person means. */
public final class NodeNames {

    private NodeNames() {}

    /**
     * By id, or by a name that only one has. Fails with NOT_FOUND, or with CONFLICT where several
     * have it.
     *
     * @param known the names of all nodes
     */
    public static NodeId find(String text, Map<NodeId, String> known) {
        var found =
                known.entrySet().stream()
                        .filter(one ->
                                one.getKey().toString().equals(text) || one.getValue().equals(text))
                        .map(Map.Entry::getKey)
                        .sorted()
                        .toList();
        if (found.isEmpty()) {
            throw new OlympusException(
                    ErrorCode.NOT_FOUND,
                    "there is no node \"%s\"; there are: %s"
                            .formatted(
                                    text,
                                    known.values().stream()
                                            .sorted()
                                            .collect(Collectors.joining(", "))));
        }
        if (found.size() > 1) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%d nodes are called \"%s\"; name one by its id: %s"
                            .formatted(
                                    found.size(),
                                    text,
                                    found.stream()
                                            .map(NodeId::toString)
                                            .collect(Collectors.joining(", "))));
        }
        return found.getFirst();
    }
}
