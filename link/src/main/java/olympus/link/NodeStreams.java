package olympus.link;

import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import olympus.model.NodeId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which stream speaks for which node: the newest. Makes what the listener hears of one node a
 * sequence, without a word from a stream that was replaced.
 *
 * <p>Threading: any thread; each node has a lock, held while the listener is told.
 */
final class NodeStreams {

    private static final Logger LOG = LoggerFactory.getLogger(NodeStreams.class);

    private final ServerSide.Listener listener;
    private final Map<NodeId, Slot> slots = new ConcurrentHashMap<>();

    private static final class Slot {
        private final ReentrantLock lock = new ReentrantLock();
        private volatile @Nullable NodeStream current;
        private volatile Reached reached = Reached.NOWHERE;
    }

    /** Where a node was reached when it was connected last. */
    record Reached(Optional<String> advertised, Optional<String> seenFrom) {
        static final Reached NOWHERE = new Reached(Optional.empty(), Optional.empty());
    }

    NodeStreams(ServerSide.Listener listener) {
        this.listener = listener;
    }

    Optional<NodeStream> current(NodeId node) {
        var slot = slots.get(node);
        return slot == null ? Optional.empty() : Optional.ofNullable(slot.current);
    }

    /** Also of a node that has gone away since. */
    Reached reached(NodeId node) {
        var slot = slots.get(node);
        return slot == null ? Reached.NOWHERE : slot.reached;
    }

    List<NodeId> connected() {
        return slots.entrySet().stream()
                .filter(entry -> entry.getValue().current != null)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    List<NodeStream> all() {
        return slots.values().stream()
                .flatMap(slot -> Optional.ofNullable(slot.current).stream())
                .toList();
    }

    /** Makes {@code stream} speak for {@code node}; ends the one that did. */
    void opened(NodeId node, String name, NodeStream stream) {
        var slot = slots.computeIfAbsent(node, n -> new Slot());
        slot.lock.lock();
        try {
            var before = slot.current;
            if (before != null) {
                LOG.atWarn()
                        .addKeyValue("node", node)
                        .addKeyValue("name", name)
                        .log("A second stream of a node replaces the first");
                slot.current = null;
                before.close(
                        Status.ABORTED.withDescription(
                                "replaced by a newer stream of the same node; if this repeats, two agents run with one identity"));
                listener.disconnected(node, "replaced by a newer stream of the same node");
            }
            slot.current = stream;
            slot.reached = new Reached(stream.advertised(), stream.seenFrom());
            listener.connected(node, name);
        } finally {
            slot.lock.unlock();
        }
    }

    /** Runs {@code tell} unless {@code stream} was replaced or has ended. */
    void ifCurrent(NodeId node, NodeStream stream, Runnable tell) {
        var slot = slots.get(node);
        if (slot == null) {
            return;
        }
        slot.lock.lock();
        try {
            if (slot.current == stream) {
                tell.run();
            }
        } finally {
            slot.lock.unlock();
        }
    }

    void ended(NodeId node, NodeStream stream, String reason) {
        ifCurrent(
                node,
                stream,
                () -> {
                    var slot = slots.get(node);
                    if (slot != null) {
                        slot.current = null;
                    }
                    listener.disconnected(node, reason);
                });
    }
}
