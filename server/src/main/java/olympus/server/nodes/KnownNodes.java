package olympus.server.nodes;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.model.NodeId;
import olympus.server.problems.Problems;
import olympus.server.store.Projection;
import olympus.zeus.ClusterView;

/**
 * The machines that were let in, as this server knows them: the records of the store, followed.
 *
 * <p>Threading: any thread; listeners are called on the projection's loop.
 */
public final class KnownNodes implements Projection.Receiver<NodeMember> {

    private final Hermes hermes;
    private final Map<Key, NodeMember> records = new ConcurrentHashMap<>();
    private final Set<Runnable> listeners = new CopyOnWriteArraySet<>();
    private volatile boolean listed;

    public KnownNodes(Hermes hermes) {
        this.hermes = hermes;
    }

    /** Begins to follow the store; the caller closes what is returned. */
    public Projection follow(Problems problems) {
        var source =
                new Projection.Source<>(
                        "nodes",
                        hermes,
                        NodeMember.PREFIX,
                        value -> NodeMember.CODEC.decode(value.unsafeArray()));
        return Projection.start(source, this, problems);
    }

    /** Whether all of them were read once. */
    public boolean isListed() {
        return listed;
    }

    public Optional<NodeMember> find(NodeId node) {
        return Optional.ofNullable(records.get(NodeMember.key(node)));
    }

    /**
     * What people are shown: without nodes that were removed and have no instances any more. They
     * stay known for as long as somebody could come with their certificate.
     */
    public ClusterView present(ClusterView view) {
        return new ClusterView(
                view.revision(),
                view.services(),
                view.nodes().stream().filter(node -> !hasGone(node)).toList(),
                view.stacks(),
                view.pauses(),
                view.pending(),
                view.external());
    }

    private boolean hasGone(ClusterView.NodeView node) {
        return !node.connected()
                && node.instances() == 0
                && find(node.id()).filter(known -> !known.isMember()).isPresent();
    }

    /** Calls {@code listener} after every change; what is returned ends that. */
    public Runnable onChange(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void listed(Map<Key, NodeMember> all) {
        records.keySet().retainAll(all.keySet());
        records.putAll(all);
        listed = true;
        tell();
    }

    @Override
    public void put(Key key, NodeMember node) {
        records.put(key, node);
        tell();
    }

    @Override
    public void deleted(Key key) {
        records.remove(key);
        tell();
    }

    private void tell() {
        listeners.forEach(Runnable::run);
    }
}
