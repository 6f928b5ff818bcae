package olympus.link;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.keys.CertificateRequest;
import olympus.link.keys.IssuedCertificate;
import olympus.link.keys.NodeUri;
import olympus.model.NodeId;

/** An island to which every node belongs that a test has not removed. */
final class EveryNode implements ServerSide.Island {

    /** Why not, by node. */
    final Map<NodeId, String> removed = new ConcurrentHashMap<>();

    /** The key that each came with last. */
    final Map<NodeId, String> keys = new ConcurrentHashMap<>();

    /** By what is recorded, by node. */
    final Map<NodeId, String> names = new ConcurrentHashMap<>();

    volatile ServerList list = new ServerList(1, 1, List.of());
    volatile BiFunction<NodeUri, CertificateRequest, CompletionStage<IssuedCertificate>> signer =
            (node, _) ->
                    CompletableFuture.failedStage(
                            new OlympusException(ErrorCode.CONFLICT, "nobody signs for " + node));

    @Override
    public Optional<String> refusal(NodeUri node, String key) {
        keys.put(node.node(), key);
        return Optional.ofNullable(removed.get(node.node()));
    }

    @Override
    public Optional<String> name(NodeId node) {
        return Optional.ofNullable(names.get(node));
    }

    @Override
    public ServerList servers() {
        return list;
    }

    @Override
    public CompletionStage<IssuedCertificate> renew(
            NodeUri node, String key, CertificateRequest request) {
        return signer.apply(node, request);
    }
}
