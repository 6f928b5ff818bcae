package olympus.zeus.internal;

import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceSpec;

/**
 * What agents keep running by orders that the store has lost: in a repair, or because it was begun
 * anew. It is left alone until a person applies its stack again or removes it. Pure.
 */
final class Unclaimed {

    private Unclaimed() {}

    /** One instance, where it is and what it was ordered to be. */
    record Held(NodeId node, InstanceSpec spec) {}

    /** All of them, as far as agents have reported. */
    static NavigableMap<InstanceId, Held> of(Desired desired, Observed observed) {
        var found = new TreeMap<InstanceId, Held>();
        observed.nodes()
                .forEach((node, seen) ->
                        seen.report()
                                .ifPresent(report -> {
                                    for (var spec : report.held()) {
                                        if (!isMeant(desired, spec.id().service().stack())) {
                                            found.merge(
                                                    spec.id(),
                                                    new Held(node, spec),
                                                    Unclaimed::lower);
                                        }
                                    }
                                }));
        return found;
    }

    private static Held lower(Held a, Held b) {
        return a.node().compareTo(b.node()) <= 0 ? a : b;
    }

    /** Those of one stack. */
    static NavigableMap<InstanceId, Held> of(StackName stack, Desired desired, Observed observed) {
        var found = of(desired, observed);
        found.keySet().removeIf(id -> !id.service().stack().equals(stack));
        return found;
    }

    /**
     * Whether the stack was applied or removed in the present incarnation of the store. What an
     * agent says of incarnations does not count: nothing would keep it from naming an earlier one.
     */
    static boolean isMeant(Desired desired, StackName stack) {
        return desired.stack(stack)
                .flatMap(Desired.StackRecords::pointer)
                .filter(pointer -> pointer.value().isOf(desired.incarnation()))
                .isPresent();
    }

    /** Reported by a connected agent, of a stack of which nothing is stored. */
    static boolean isOfUnknownStack(Desired desired, InstanceId id) {
        return desired.stack(id.service().stack()).isEmpty();
    }

    /** Whether something of the stack is still there on a connected node. */
    static boolean isAnythingLeft(StackName stack, Observed observed) {
        return observed.nodes().values().stream()
                .filter(Observed.Node::connected)
                .flatMap(node -> node.instances().values().stream())
                .map(Observed.Instance::observation)
                .anyMatch(seen ->
                        seen.id().service().stack().equals(stack) && isActive(seen.state()));
    }

    private static boolean isActive(InstanceObservation.State state) {
        return switch (state) {
            case STARTING, RUNNING, BACKOFF, STOPPING -> true;
            case PENDING, STOPPED, COMPLETED, GIVEN_UP -> false;
        };
    }

    static String reason(ServiceId service, Optional<String> known) {
        return "%s. It goes on as it is; apply it again (olympus apply DIR) or remove it (olympus remove %s)"
                .formatted(
                        known.orElse(
                                "the store does not know stack %s, which runs all the same"
                                        .formatted(service.stack())),
                        service.stack());
    }

    static String reason(Desired desired, ServiceId service) {
        return reason(
                service,
                isOfUnknownStack(desired, new InstanceId(service, 1))
                        ? Optional.empty()
                        : Optional.of(
                                "the store has lost the last orders for %s, which runs by them"
                                        .formatted(service)));
    }
}
