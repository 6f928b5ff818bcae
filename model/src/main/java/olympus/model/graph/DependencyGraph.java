package olympus.model.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import olympus.model.Cycles;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.Dependency;
import olympus.model.stack.StackDefinition;

/**
 * What depends on what: service on service by declaration, instance on node by placement. A value,
 * derived anew from definitions and placements whenever they change; it holds no state of its own.
 *
 * <p>Dependencies on services that do not exist are left out: the rules of a definition report
 * them.
 */
public final class DependencyGraph {

    private final SortedMap<ServiceId, SortedMap<ServiceId, Dependency>> dependencies;
    private final SortedMap<ServiceId, SortedSet<ServiceId>> dependants;
    private final SortedMap<InstanceId, NodeId> placements;

    private DependencyGraph(
            SortedMap<ServiceId, SortedMap<ServiceId, Dependency>> dependencies,
            SortedMap<ServiceId, SortedSet<ServiceId>> dependants,
            SortedMap<InstanceId, NodeId> placements) {
        this.dependencies = dependencies;
        this.dependants = dependants;
        this.placements = placements;
    }

    public static DependencyGraph of(Collection<StackDefinition> stacks) {
        return of(stacks, Map.of());
    }

    public static DependencyGraph of(
            Collection<StackDefinition> stacks, Map<InstanceId, NodeId> placements) {
        var dependencies = new TreeMap<ServiceId, SortedMap<ServiceId, Dependency>>();
        var dependants = new TreeMap<ServiceId, SortedSet<ServiceId>>();
        for (var stack : stacks) {
            for (var service : stack.services().values()) {
                var id = new ServiceId(stack.name(), service.name());
                var on = new TreeMap<ServiceId, Dependency>();
                service.dependsOn()
                        .forEach((name, dependency) -> {
                            if (stack.services().containsKey(name)) {
                                on.put(new ServiceId(stack.name(), name), dependency);
                            }
                        });
                dependencies.put(id, Collections.unmodifiableSortedMap(on));
                dependants.computeIfAbsent(id, any -> new TreeSet<>());
                on.keySet()
                        .forEach(other ->
                                dependants.computeIfAbsent(other, any -> new TreeSet<>()).add(id));
            }
        }
        dependants.replaceAll((id, set) -> Collections.unmodifiableSortedSet(set));
        return new DependencyGraph(dependencies, dependants, new TreeMap<>(placements));
    }

    /** Every service, in id order. */
    public SortedSet<ServiceId> services() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(dependencies.keySet()));
    }

    /** What a service depends on directly, with the condition of each. */
    public SortedMap<ServiceId, Dependency> dependenciesOf(ServiceId service) {
        return dependencies.getOrDefault(service, Collections.emptySortedMap());
    }

    /** What depends on a service directly. */
    public SortedSet<ServiceId> dependantsOf(ServiceId service) {
        return dependants.getOrDefault(service, Collections.emptySortedSet());
    }

    /**
     * All that depends on a service, directly or through others: what suffers when it fails.
     * Without itself.
     */
    public SortedSet<ServiceId> allDependantsOf(ServiceId service) {
        return reach(service, this::dependantsOf);
    }

    /** All that a service depends on, directly or through others. Without itself. */
    public SortedSet<ServiceId> allDependenciesOf(ServiceId service) {
        return reach(service, id -> dependenciesOf(id).keySet());
    }

    private static SortedSet<ServiceId> reach(
            ServiceId from, Function<ServiceId, ? extends Collection<ServiceId>> next) {
        var reached = new TreeSet<ServiceId>();
        var open = new ArrayDeque<>(next.apply(from));
        while (!open.isEmpty()) {
            var service = open.removeFirst();
            if (reached.add(service)) {
                open.addAll(next.apply(service));
            }
        }
        reached.remove(from);
        return Collections.unmodifiableSortedSet(reached);
    }

    /**
     * Every service once, each after all that it depends on; among those that may come next, the
     * lowest id comes first, so that equal graphs give equal orders. Members of a cycle, and what
     * depends on them, come last in id order.
     */
    public List<ServiceId> startOrder() {
        var missing = new HashMap<ServiceId, Integer>();
        var ready = new TreeSet<ServiceId>();
        dependencies.forEach((id, on) -> {
            missing.put(id, on.size());
            if (on.isEmpty()) {
                ready.add(id);
            }
        });
        var order = new ArrayList<ServiceId>(dependencies.size());
        while (!ready.isEmpty()) {
            var next = ready.removeFirst();
            order.add(next);
            missing.remove(next);
            for (var dependant : dependantsOf(next)) {
                if (missing.merge(dependant, -1, Integer::sum) == 0) {
                    ready.add(dependant);
                }
            }
        }
        order.addAll(new TreeSet<>(missing.keySet()));
        return Collections.unmodifiableList(order);
    }

    /** The start order backwards: each service before all that it depends on. */
    public List<ServiceId> stopOrder() {
        return startOrder().reversed();
    }

    /** Each from its first service back to it; empty in graphs of valid definitions. */
    public List<List<ServiceId>> cycles() {
        var edges = new TreeMap<ServiceId, Collection<ServiceId>>();
        dependencies.forEach((id, on) -> edges.put(id, on.keySet()));
        return Cycles.in(edges);
    }

    public Optional<NodeId> nodeOf(InstanceId instance) {
        return Optional.ofNullable(placements.get(instance));
    }

    /** The instances placed on a node, in id order. */
    public List<InstanceId> instancesOn(NodeId node) {
        return placements.entrySet().stream()
                .filter(e -> e.getValue().equals(node))
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * Every service that has an instance on a node, and all that depend on one of them: what
     * suffers when the node dies.
     */
    public SortedSet<ServiceId> affectedBy(NodeId node) {
        var affected = new TreeSet<ServiceId>();
        for (var instance : instancesOn(node)) {
            if (affected.add(instance.service())) {
                affected.addAll(allDependantsOf(instance.service()));
            }
        }
        return Collections.unmodifiableSortedSet(affected);
    }
}
