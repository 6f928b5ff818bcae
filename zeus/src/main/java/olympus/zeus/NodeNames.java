package olympus.zeus;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;

/** Finds the node that a person means. */
public final class NodeNames {

    private NodeNames() {}

    /**
     * As {@link #find(String, Map)}, for who wants something of a node. Fails with CONFLICT and
     * says why for what is managed elsewhere.
     */
    public static NodeId find(
            String text, Map<NodeId, String> known, List<ClusterView.ExternalView> external) {
        external.stream()
                .map(ClusterView.ExternalView::node)
                .filter(node -> node.name().equals(text) || node.id().toString().equals(text))
                .findFirst()
                .ifPresent(node -> {
                    throw new OlympusException(ErrorCode.CONFLICT, node.refusal());
                });
        return find(text, known);
    }

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
