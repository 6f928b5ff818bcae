package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.stack.PlacementPolicy.Constraint;

/**
 * Nodes in the order in which they are preferred, so that a placement need not look at all of them:
 * those that take instances and meet the same constraints, in a shelf for each combination of
 * values of the labels that are spread over, on which the node with the fewest instances comes
 * first. Comes to the same choice as a look at every node. Used by one thread within one planning.
 *
 * <p>Cost: a placement looks at the first node of each shelf, and at further ones only where that
 * has no room or has the service already; a change of a node moves it on every shelf where it is.
 */
final class Candidates {

    /** Kinds of services that are sorted for as a rule; others need a look at every node. */
    static final int MOST = 64;

    private static final Comparator<NodeLoad> FEWEST_FIRST =
            Comparator.comparingInt(NodeLoad::total).thenComparing(load -> load.node.id());

    private final Collection<NodeLoad> loads;
    private final int most;
    private final Map<Kind, Map<List<Optional<String>>, NavigableSet<NodeLoad>>> shelves =
            new HashMap<>();
    private final Map<NodeLoad, List<NavigableSet<NodeLoad>>> places = new HashMap<>();
    private final Map<ServiceId, Set<NodeLoad>> withService = new HashMap<>();

    /** What services have in common that look for the same nodes in the same order. */
    private record Kind(List<Constraint> constraints, List<String> spread) {}

    /**
     * @param most how many kinds of services are sorted for at most
     */
    Candidates(Collection<NodeLoad> loads, int most) {
        this.loads = loads;
        this.most = most;
        for (var load : loads) {
            load.services().forEach(service -> with(service).add(load));
        }
    }

    private Set<NodeLoad> with(ServiceId service) {
        return withService.computeIfAbsent(service, _ -> new HashSet<>());
    }

    /** The nodes that may have instances of a service; all others have none. */
    Set<NodeLoad> having(ServiceId service) {
        return withService.getOrDefault(service, Set.of());
    }

    void add(NodeLoad load, InstanceId instance, List<Placement.Claim> wanted) {
        var at = places.getOrDefault(load, List.of());
        at.forEach(shelf -> shelf.remove(load));
        load.add(instance, wanted);
        at.forEach(shelf -> shelf.add(load));
        with(instance.service()).add(load);
    }

    void remove(NodeLoad load, InstanceId instance) {
        var at = places.getOrDefault(load, List.of());
        at.forEach(shelf -> shelf.remove(load));
        load.remove(instance);
        at.forEach(shelf -> shelf.add(load));
    }

    /**
     * The node that is preferred to all others; of two that are alike, that with the lower id.
     * Empty where none will do, or where every node is to be looked at.
     *
     * @param prefers of two nodes that would do, whether the first is the better one; of those on a
     *     shelf it prefers first those that have told what they have, where something is reserved,
     *     then those with the fewest instances of the service, then with the fewest at all
     */
    Optional<NodeLoad> best(
            InstanceId instance, Needs needs, BiPredicate<NodeLoad, NodeLoad> prefers) {
        if (needs.preferred().isPacked()) {
            return Optional.empty();
        }
        Optional<NodeLoad> best = Optional.empty();
        for (var shelf : shelves(needs).values()) {
            for (var load : shelf) {
                if (load.refusal(instance, needs).isEmpty()) {
                    if (best.isEmpty() || isBetter(load, best.get(), prefers)) {
                        best = Optional.of(load);
                    }
                    if (load.of(instance.service()) == 0
                            && (load.room.isKnown() || !needs.reserves())) {
                        break;
                    }
                }
            }
        }
        return best;
    }

    private static boolean isBetter(
            NodeLoad load, NodeLoad other, BiPredicate<NodeLoad, NodeLoad> prefers) {
        return prefers.test(load, other)
                || (!prefers.test(other, load) && load.node.id().compareTo(other.node.id()) < 0);
    }

    private Map<List<Optional<String>>, NavigableSet<NodeLoad>> shelves(Needs needs) {
        var constraints =
                needs.policies().stream().flatMap(policy -> policy.constraints().stream()).toList();
        var kind = new Kind(constraints, needs.preferred().spread());
        var known = shelves.get(kind);
        if (known != null) {
            return known;
        }
        if (shelves.size() >= most) {
            return new HashMap<>();
        }
        var sorted = new HashMap<List<Optional<String>>, NavigableSet<NodeLoad>>();
        for (var load : loads) {
            if (load.isOpen() && PlacementRules.refusal(needs.policies(), load.node).isEmpty()) {
                var values = kind.spread().stream().map(load.node::label).toList();
                var shelf = sorted.computeIfAbsent(values, _ -> new TreeSet<>(FEWEST_FIRST));
                shelf.add(load);
                places.computeIfAbsent(load, _ -> new ArrayList<>()).add(shelf);
            }
        }
        shelves.put(kind, sorted);
        return sorted;
    }
}
