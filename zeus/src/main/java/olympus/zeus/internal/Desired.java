package olympus.zeus.internal;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StackDefinition.Mode;
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
 * Everything stored under {@code zeus/} as of one revision. Read-only; the maps are in the order of
 * their keys and belong to whoever made this value.
 *
 * @param incarnation of the store, as it is at present: orders of an earlier one may be lost
 * @param external members that are managed elsewhere; none of them is among {@code nodes}, from
 *     which alone nodes are chosen
 */
public record Desired(
        long revision,
        long incarnation,
        NavigableMap<StackName, StackRecords> stacks,
        Map<ServiceId, Versioned<ServiceState>> services,
        NavigableMap<ServiceId, NavigableMap<Integer, Versioned<InstanceRecord>>> instances,
        NavigableMap<NodeId, Versioned<NodeRecord>> nodes,
        Map<NodeId, Versioned<NodeAway>> away,
        Map<NodeId, Versioned<NodeSpec>> specs,
        NavigableMap<NodeId, Versioned<ExternalNode>> external,
        NavigableMap<NodeId, Versioned<NodeLost>> lost,
        NavigableMap<String, Versioned<PauseRecord>> pauses) {

    /** The pointer and the kept revisions of one stack. */
    public record StackRecords(
            Optional<Versioned<StackPointer>> pointer,
            NavigableMap<Long, StackRevision> revisions) {

        /** What shall run: empty while the stack is being removed. */
        Optional<StackDefinition> current() {
            return pointer.filter(p -> !p.value().removing())
                    .map(p -> revisions.get(p.value().revision()))
                    .map(StackRevision::definition);
        }

        Optional<StackRevision> currentRevision() {
            return pointer.map(p -> revisions.get(p.value().revision()));
        }
    }

    Optional<StackRecords> stack(StackName name) {
        return Optional.ofNullable(stacks.get(name)).filter(s -> s.pointer().isPresent());
    }

    Optional<StackPointer.ModeOrder> modeOrder(StackName name) {
        return stack(name).flatMap(StackRecords::pointer).flatMap(p -> p.value().mode());
    }

    /** What Olympus may do with a stack: what a person ordered, else what is declared. */
    Mode mode(StackName name) {
        return modeOrder(name)
                .map(StackPointer.ModeOrder::mode)
                .or(() -> stack(name).flatMap(StackRecords::current).map(StackDefinition::mode))
                .orElse(Mode.MANAGE);
    }

    /** Whether Zeus may act on a stack by itself. */
    boolean isManaged(StackName name) {
        return mode(name) == Mode.MANAGE;
    }

    /**
     * Whether Zeus may act on a service: its stack is managed, or a person who is asked has ordered
     * other images for it, which goes with all its gates and its way back.
     */
    boolean isActedOn(ServiceId service) {
        return isManaged(service.stack())
                || (mode(service.stack()) == Mode.ASK
                        && state(service).rollout().filter(OrderedUpdates::is).isPresent());
    }

    /** Whether a person ordered that Olympus forgets the stack and leaves it as it is. */
    boolean isReleased(StackName name) {
        return stack(name)
                .flatMap(StackRecords::pointer)
                .flatMap(p -> p.value().releasedBy())
                .isPresent();
    }

    ServiceState state(ServiceId service) {
        var stored = services.get(service);
        return stored == null ? ServiceState.initial(service) : stored.value();
    }

    long stateRevision(ServiceId service) {
        var stored = services.get(service);
        return stored == null ? 0 : stored.revision();
    }

    NavigableMap<Integer, Versioned<InstanceRecord>> instancesOf(ServiceId service) {
        var found = instances.get(service);
        return found == null ? Collections.unmodifiableNavigableMap(new TreeMap<>()) : found;
    }

    Optional<Versioned<InstanceRecord>> instance(InstanceId id) {
        return Optional.ofNullable(instancesOf(id.service()).get(id.ordinal()));
    }

    /** The declaration that is in force now. */
    Optional<ServiceDefinition> declared(ServiceId service) {
        return stack(service.stack())
                .flatMap(StackRecords::current)
                .map(d -> d.services().get(service.service()));
    }

    /** The stack as of the revision that an instance runs. */
    Optional<StackDefinition> stackOf(InstanceRecord record) {
        return Optional.ofNullable(stacks.get(record.id().service().stack()))
                .map(s -> s.revisions().get(record.run().revision()))
                .map(StackRevision::definition);
    }

    /** The declaration that an instance runs. */
    Optional<ServiceDefinition> definitionOf(InstanceRecord record) {
        return stackOf(record).map(d -> d.services().get(record.id().service().service()));
    }

    /**
     * The declaration that an instance runs, where the one in force now differs so that it must be
     * replaced for it.
     */
    Optional<ServiceDefinition> behind(InstanceRecord record) {
        return declared(record.id().service()).flatMap(is -> behind(record, is));
    }

    /** The same against a declaration that is not in force yet. */
    Optional<ServiceDefinition> behind(InstanceRecord record, ServiceDefinition is) {
        return definitionOf(record).filter(was -> StackDifference.needsReplacement(was, is));
    }

    String nodeName(NodeId node) {
        var stored = nodes.get(node);
        return stored == null ? node.toString() : stored.value().name();
    }

    NodeSpec spec(NodeId node) {
        var stored = specs.get(node);
        return stored == null ? NodeSpec.of(node) : stored.value();
    }

    /** Why a node takes no new instances; empty when it takes them. */
    Optional<NodeSpec.Withdrawal> withdrawal(NodeId node) {
        return spec(node).withdrawal();
    }

    /**
     * The order by which what a service has on a node is to leave it; empty also while nothing may
     * be done with that service by itself.
     */
    Optional<NodeSpec.Withdrawal> leaving(ServiceId service, NodeId node) {
        return emptying(node)
                .filter(_ -> isManaged(service.stack()))
                .filter(_ -> pauseOf(service.stack(), Optional.of(node)).isEmpty());
    }

    /** Whether its being away is what people expect. */
    boolean isInMaintenance(NodeId node) {
        return withdrawal(node)
                .filter(order -> order.kind() == NodeSpec.Kind.MAINTENANCE)
                .isPresent();
    }

    /** The order by which instances are to leave a node; empty when they may stay. */
    Optional<NodeSpec.Withdrawal> emptying(NodeId node) {
        return withdrawal(node).filter(NodeSpec.Withdrawal::isEmptying);
    }

    /** Whether a node is one that a service may be placed on by what it says of nodes. */
    boolean meets(ServiceDefinition definition, NodeId node, Observed observed) {
        var policy = definition.deploy().where();
        return policy.constraints().isEmpty()
                || PlacementRules.refusal(
                                List.of(policy), PlacementRules.Node.of(this, observed, node))
                        .isEmpty();
    }

    /** What the node says of itself, and what people say of it, which counts more. */
    Map<String, String> labels(NodeId node) {
        var all = new TreeMap<String, String>();
        var stored = nodes.get(node);
        if (stored != null) {
            all.putAll(stored.value().labels());
        }
        all.putAll(spec(node).labels());
        return all;
    }

    /**
     * The pause of a node by itself; not that of everything, which is no reason to go elsewhere.
     */
    Optional<PauseRecord> pauseOf(NodeId node) {
        return Optional.ofNullable(pauses.get("node:" + nodeName(node))).map(Versioned::value);
    }

    /**
     * The pause that halts automatic action on this service (and on this node, if one is named).
     */
    Optional<PauseRecord> pauseOf(StackName stack, Optional<NodeId> node) {
        var all = pauses.get("all");
        var ofStack = pauses.get("stack:" + stack);
        var ofNode = node.map(n -> pauses.get("node:" + nodeName(n)));
        if (all != null) {
            return Optional.of(all.value());
        }
        if (ofStack != null) {
            return Optional.of(ofStack.value());
        }
        return ofNode.map(Versioned::value);
    }
}
