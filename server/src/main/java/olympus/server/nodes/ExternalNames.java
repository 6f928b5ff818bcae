package olympus.server.nodes;

import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.model.NodeId;
import olympus.model.state.Codecs;
import olympus.server.group.StoreWrites;

/**
 * The members that are managed elsewhere, whose names no machine may take: one that did would get
 * the orders that they never get. Read from the store each time, since a machine comes in seldom.
 *
 * <p>Threading: any thread that may wait.
 */
record ExternalNames(StoreWrites store) {

    /** Written by Zeus. */
    static final Key PREFIX = Key.of("zeus/external-nodes");

    void requireNone(NodeId node, String name) {
        var page = store.hermes().list(PREFIX, Optional.empty(), Hermes.MAX_PAGE);
        store.deadline().await(page, "reading who is managed elsewhere").entries().stream()
                .map(entry -> Codecs.EXTERNAL_NODE.decode(entry.value().unsafeArray()))
                .filter(one -> one.id().equals(node) || one.name().equals(name))
                .findFirst()
                .ifPresent(one -> {
                    throw new OlympusException(
                            ErrorCode.CONFLICT,
                            "%s. A machine of that name is not let in: give it another host name, or first: olympus node remove %s"
                                    .formatted(one.refusal(), one.name()));
                });
    }
}
