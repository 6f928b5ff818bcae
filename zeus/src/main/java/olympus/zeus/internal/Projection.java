package olympus.zeus.internal;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import olympus.hermes.Change;
import olympus.hermes.Entry;
import olympus.hermes.Key;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.state.Codecs;
import olympus.model.state.ExternalNode;
import olympus.model.state.InstanceRecord;
import olympus.model.state.NodeAway;
import olympus.model.state.NodeLost;
import olympus.model.state.NodeRecord;
import olympus.model.state.NodeSpec;
import olympus.model.state.PauseRecord;
import olympus.model.state.ServiceState;
import olympus.model.state.StackPointer;
import olympus.model.state.StackRevision;

/**
 * The typed copy of {@code zeus/…} in memory. Threading: Zeus' loop only. {@link #desired} is a
 * view that the loop must not hand to another thread.
 */
public final class Projection {

    private final NavigableMap<StackName, StackEntry> stacks = new TreeMap<>();
    private final NavigableMap<ServiceId, Versioned<ServiceState>> services = new TreeMap<>();
    private final NavigableMap<ServiceId, NavigableMap<Integer, Versioned<InstanceRecord>>>
            instances = new TreeMap<>();
    private final NavigableMap<NodeId, Versioned<NodeRecord>> nodes = new TreeMap<>();
    private final NavigableMap<NodeId, Versioned<NodeAway>> away = new TreeMap<>();
    private final NavigableMap<NodeId, Versioned<NodeSpec>> specs = new TreeMap<>();
    private final NavigableMap<NodeId, Versioned<ExternalNode>> external = new TreeMap<>();
    private final NavigableMap<NodeId, Versioned<NodeLost>> lost = new TreeMap<>();
    private final NavigableMap<String, Versioned<PauseRecord>> pauses = new TreeMap<>();
    private final NavigableMap<StackName, Desired.StackRecords> stackViews = new TreeMap<>();
    private final Map<NodeId, Long> nodeChanged = new HashMap<>();
    private long stacksChanged;
    private long revision;

    private static final class StackEntry {
        private Optional<Versioned<StackPointer>> pointer = Optional.empty();
        private final NavigableMap<Long, StackRevision> revisions = new TreeMap<>();
    }

    /** Forgets everything: a listing follows. */
    public void reset() {
        stacks.clear();
        services.clear();
        instances.clear();
        nodes.clear();
        away.clear();
        specs.clear();
        external.clear();
        lost.clear();
        pauses.clear();
        stackViews.clear();
        nodeChanged.clear();
        stacksChanged = 0;
        revision = 0;
    }

    public void listed(List<Entry> entries, long listingRevision) {
        entries.forEach(entry -> put(entry, listingRevision));
        revision = listingRevision;
    }

    public void changed(List<Change> changes, long changeRevision) {
        for (var change : changes) {
            switch (change) {
                case Change.Put(var entry) -> put(entry, changeRevision);
                case Change.Deleted(var key, var cause) -> delete(key, changeRevision);
                case Change.Appended(var key, var entry) -> {}
            }
        }
        revision = changeRevision;
    }

    public long revision() {
        return revision;
    }

    /** The last revision that changed what this node is to run, 0 when nothing ever did. */
    long nodeChanged(NodeId node) {
        return Math.max(stacksChanged, nodeChanged.getOrDefault(node, 0L));
    }

    /**
     * @param incarnation of the store
     */
    public Desired desired(long incarnation) {
        return new Desired(
                revision,
                incarnation,
                Collections.unmodifiableNavigableMap(stackViews),
                Collections.unmodifiableNavigableMap(services),
                Collections.unmodifiableNavigableMap(instances),
                Collections.unmodifiableNavigableMap(nodes),
                Collections.unmodifiableNavigableMap(away),
                Collections.unmodifiableNavigableMap(specs),
                Collections.unmodifiableNavigableMap(external),
                Collections.unmodifiableNavigableMap(lost),
                Collections.unmodifiableNavigableMap(pauses));
    }

    private void put(Entry entry, long at) {
        var parts = entry.key().toString().split("/");
        var json = entry.value().unsafeArray();
        var written = entry.modifyRevision();
        switch (parts[1]) {
            case "stacks" -> putStack(parts, json, written, at);
            case "services" ->
                    putService(new Versioned<>(Codecs.SERVICE_STATE.decode(json), written), at);
            case "instances" ->
                    putInstance(new Versioned<>(Codecs.INSTANCE_RECORD.decode(json), written), at);
            case "nodes" ->
                    nodes.put(
                            NodeId.parse(parts[2]),
                            new Versioned<>(Codecs.NODE_RECORD.decode(json), written));
            case "away" ->
                    away.put(
                            NodeId.parse(parts[2]),
                            new Versioned<>(Codecs.NODE_AWAY.decode(json), written));
            case "node-specs" ->
                    specs.put(
                            NodeId.parse(parts[2]),
                            new Versioned<>(Codecs.NODE_SPEC.decode(json), written));
            case "external-nodes" ->
                    external.put(
                            NodeId.parse(parts[2]),
                            new Versioned<>(Codecs.EXTERNAL_NODE.decode(json), written));
            case "lost" ->
                    lost.put(
                            NodeId.parse(parts[2]),
                            new Versioned<>(Codecs.NODE_LOST.decode(json), written));
            case "pauses" ->
                    pauses.put(
                            parts[2], new Versioned<>(Codecs.PAUSE_RECORD.decode(json), written));
            default -> {
                // The stream is not part of the projection.
            }
        }
    }

    /** What is only watched is run as long as an update that a person ordered goes on. */
    private void putService(Versioned<ServiceState> stored, long at) {
        var id = stored.value().service();
        services.put(id, stored);
        var of = instances.get(id);
        if (of != null && !desired(0).isManaged(id.stack())) {
            of.values().forEach(one -> nodeChanged.put(one.value().placement().node(), at));
        }
    }

    private void putStack(String[] parts, byte[] json, long written, long at) {
        var name = new StackName(parts[2]);
        var stack = stacks.computeIfAbsent(name, n -> new StackEntry());
        if (parts[3].equals("current")) {
            var pointer = Codecs.STACK_POINTER.decode(json);
            if (!stack.pointer
                    .map(p -> changesOrders(p.value(), pointer))
                    .equals(Optional.of(false))) {
                stacksChanged = at;
            }
            stack.pointer = Optional.of(new Versioned<>(pointer, written));
        } else {
            var decoded = Codecs.STACK_REVISION.decode(json);
            stack.revisions.put(decoded.number(), decoded);
        }
        stackViews.put(name, view(stack));
    }

    /** Whether nodes have to be told although none of their instances changed. */
    private static boolean changesOrders(StackPointer before, StackPointer after) {
        return !before.incarnation().equals(after.incarnation())
                || !before.mode().equals(after.mode())
                || before.revision() != after.revision();
    }

    private static Desired.StackRecords view(StackEntry stack) {
        return new Desired.StackRecords(
                stack.pointer, Collections.unmodifiableNavigableMap(stack.revisions));
    }

    private void putInstance(Versioned<InstanceRecord> stored, long at) {
        var id = stored.value().id();
        var before =
                instances
                        .computeIfAbsent(id.service(), s -> new TreeMap<>())
                        .put(id.ordinal(), stored);
        nodeChanged.put(stored.value().placement().node(), at);
        if (before != null) {
            nodeChanged.put(before.value().placement().node(), at);
        }
    }

    private void delete(Key key, long at) {
        var parts = key.toString().split("/");
        switch (parts[1]) {
            case "stacks" -> deleteStack(parts, at);
            case "services" -> services.remove(service(parts));
            case "instances" ->
                    deleteInstance(new InstanceId(service(parts), Integer.parseInt(parts[4])), at);
            case "nodes" -> nodes.remove(NodeId.parse(parts[2]));
            case "away" -> away.remove(NodeId.parse(parts[2]));
            case "node-specs" -> specs.remove(NodeId.parse(parts[2]));
            case "external-nodes" -> external.remove(NodeId.parse(parts[2]));
            case "lost" -> lost.remove(NodeId.parse(parts[2]));
            case "pauses" -> pauses.remove(parts[2]);
            default -> {
                // As in put.
            }
        }
    }

    private void deleteStack(String[] parts, long at) {
        var name = new StackName(parts[2]);
        var stack = stacks.get(name);
        if (stack == null) {
            return;
        }
        if (parts[3].equals("current")) {
            stack.pointer = Optional.empty();
            stacksChanged = at;
        } else {
            stack.revisions.remove(Long.parseLong(parts[4]));
        }
        if (stack.pointer.isEmpty() && stack.revisions.isEmpty()) {
            stacks.remove(name);
            stackViews.remove(name);
        } else {
            stackViews.put(name, view(stack));
        }
    }

    private void deleteInstance(InstanceId id, long at) {
        var ofService = instances.get(id.service());
        var removed = ofService == null ? null : ofService.remove(id.ordinal());
        if (ofService != null && ofService.isEmpty()) {
            instances.remove(id.service());
        }
        if (removed != null) {
            nodeChanged.put(removed.value().placement().node(), at);
        }
    }

    private static ServiceId service(String[] parts) {
        return new ServiceId(new StackName(parts[2]), parts[3]);
    }
}
