package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.PlacementPolicy;
import olympus.model.stack.PortSpec;
import olympus.model.stack.ServiceDefinition;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceRecord;
import olympus.model.state.InstanceRecord.Phase;
import olympus.model.state.NodeReport;

/**
 * Where instances go: nodes are filtered (connected and known to tell what they run, in use, not
 * paused, allowed by what the service says of nodes, ports free, also of runs that were moved away
 * and may still be there; beside their {@link Neighbours}), then scored (fewest instances of the
 * service by each label that it is spread over, then on the node, then fewest instances at all,
 * then by id). Knows what this plan has placed so far.
 *
 * <p>The first of several neighbours goes to a node that has the ports of all of them free, if
 * there is one; the others follow it, also when one of them could otherwise be moved elsewhere.
 *
 * <p>Cost: one pass over the nodes for each placement, times the number of its neighbours.
 */
final class Placement {

    private final Map<NodeId, Load> loads = new TreeMap<>();

    private final Desired desired;
    private final Neighbours neighbours;

    private Placement(Desired desired, Neighbours neighbours) {
        this.desired = desired;
        this.neighbours = neighbours;
    }

    static Placement of(
            Desired desired,
            Observed observed,
            Neighbours neighbours,
            Map<InstanceId, Unclaimed.Held> unclaimed) {
        var placement = new Placement(desired, neighbours);
        var lastHeard = new LastHeard(desired, observed);
        desired.nodes()
                .forEach((id, node) ->
                        placement.loads.put(
                                id,
                                new Load(
                                        PlacementRules.Node.of(desired, id),
                                        observed.link(id),
                                        closed(id, desired, observed))));
        for (var ofService : desired.instances().values()) {
            for (var stored : ofService.values()) {
                var record = stored.value();
                var load = placement.loads.get(record.placement().node());
                if (load != null) {
                    load.add(record.id(), claims(desired.definitionOf(record), record.id()));
                    load.claim(earlierClaims(stored, desired, observed));
                    if (placement.isIdle(record, lastHeard)) {
                        load.idle(record.id());
                    }
                }
            }
        }
        observed.nodes().forEach((id, node) -> placement.claimDeparted(id, node));
        for (var held : unclaimed.values()) {
            var load = placement.loads.get(held.node());
            if (load != null) {
                var spec = held.spec();
                load.add(spec.id(), claims(spec.definition(), spec.id()));
            }
        }
        return placement;
    }

    /** Why a node takes nothing new, in words; empty when it does. */
    private static Optional<String> closed(NodeId id, Desired desired, Observed observed) {
        return desired.withdrawal(id)
                .map(order -> " takes nothing new: " + order.words())
                .or(() ->
                        desired.pauseOf(id)
                                .map(pause ->
                                        " takes nothing new: automatic action is paused there by %s (%s)"
                                                .formatted(pause.by(), pause.reason())))
                .or(() ->
                        observed.node(id)
                                // Agents tell a pause of everything as well.
                                .filter(_ -> !desired.pauses().containsKey("all"))
                                .flatMap(Observed.Node::report)
                                .flatMap(NodeReport::paused)
                                .map(why ->
                                        " takes nothing new: automatic action is paused there: "
                                                + why));
    }

    /**
     * What a run before the ordered one may still use: it ends before its successor starts, but
     * another instance must not be given its ports until then.
     */
    private static List<Claim> earlierClaims(
            Versioned<InstanceRecord> stored, Desired desired, Observed observed) {
        var record = stored.value();
        var service = record.id().service();
        if (!observed.mayRunEarlier(stored)) {
            return List.of();
        }
        // Any revision: the rollout may have begun anew since that run was ordered, or be over.
        return desired.stack(service.stack()).stream()
                .flatMap(s -> s.revisions().values().stream())
                .filter(r -> r.number() != record.run().revision())
                .map(r -> Optional.ofNullable(r.definition().services().get(service.service())))
                .flatMap(d -> claims(d, record.id()).stream())
                .distinct()
                .toList();
    }

    /** It does not run, and is not about to. */
    private boolean isIdle(InstanceRecord record, LastHeard lastHeard) {
        return desired.state(record.id().service()).hold().isPresent()
                || record.order().phase() == Phase.STOP
                || record.order().phase().isGoing()
                || lastHeard.ended(record).isPresent();
    }

    /** What a node still runs of instances that were placed elsewhere while it was away. */
    private void claimDeparted(NodeId id, Observed.Node node) {
        var load = loads.get(id);
        if (load == null || !node.connected()) {
            return;
        }
        for (var instance : node.instances().values()) {
            var seen = instance.observation();
            var placed = desired.instance(seen.id());
            var isHere =
                    placed.filter(stored -> stored.value().placement().node().equals(id))
                            .isPresent();
            if (!isHere && mayUsePorts(seen.state(), node, placed)) {
                desired.stack(seen.id().service().stack()).stream()
                        .flatMap(stack -> stack.revisions().values().stream())
                        .map(revision -> revision.definition().services())
                        .map(services ->
                                Optional.ofNullable(services.get(seen.id().service().service())))
                        .flatMap(definition -> claims(definition, seen.id()).stream())
                        .distinct()
                        .forEach(claim -> load.claim(List.of(claim)));
            }
        }
    }

    private boolean mayUsePorts(
            InstanceObservation.State state,
            Observed.Node node,
            Optional<Versioned<InstanceRecord>> placed) {
        return switch (state) {
            case STARTING, RUNNING, BACKOFF, STOPPING -> true;
            case PENDING ->
                    node.acceptedRevision()
                            < placed.map(Versioned::revision).orElse(desired.revision());
            case STOPPED, COMPLETED, GIVEN_UP -> false;
        };
    }

    /** The answer: a node, or why there is none. */
    sealed interface Choice {
        record Chosen(NodeId node, String why) implements Choice {}

        record Nowhere(String why) implements Choice {}
    }

    Choice choose(InstanceId id, ServiceDefinition definition, Collection<NodeId> excluded) {
        var beside = neighbours.of(id.service());
        if (beside.isEmpty()) {
            return choose(id, Needs.of(id, definition), excluded, Optional.empty());
        }
        var home = home(id, beside, node -> false);
        if (home.isEmpty()) {
            var first = choose(id, needsOfAll(id, beside), excluded, Optional.empty());
            if (first instanceof Choice.Chosen) {
                return first;
            }
        }
        return choose(id, Needs.of(id, definition), excluded, home);
    }

    /**
     * What a node must have.
     *
     * @param policies that all hold; preferences are those of the first
     */
    private record Needs(List<Claim> claims, List<PlacementPolicy> policies) {

        static Needs of(InstanceId id, ServiceDefinition definition) {
            return new Needs(
                    Placement.claims(definition, id), List.of(definition.deploy().where()));
        }

        PlacementPolicy preferred() {
            return policies.getFirst();
        }
    }

    /** An instance and the declaration that it is to run. */
    record Wanted(InstanceId id, ServiceDefinition definition) {}

    /**
     * One node for instances that leave lost ones together: those of one group of neighbours, or a
     * single one. It has the ports of all of them free, and of all that is declared beside them; or
     * it is where their neighbours are already.
     *
     * @param lost what is still placed there binds nobody
     */
    Choice chooseForAll(List<Wanted> wanted, Predicate<NodeId> lost) {
        var first = wanted.getFirst().id();
        var beside = neighbours.of(first.service());
        var all = needsOfAll(first, beside);
        var claims = new ArrayList<>(all.claims());
        var policies = new ArrayList<PlacementPolicy>();
        for (var one : wanted) {
            claims.addAll(claims(one.definition(), one.id()));
            policies.add(one.definition().deploy().where());
        }
        policies.addAll(all.policies());
        return choose(first, new Needs(claims, policies), List.of(), home(first, beside, lost));
    }

    private Choice choose(
            InstanceId id, Needs needs, Collection<NodeId> excluded, Optional<Home> home) {
        var order = new Spread(id.service(), needs.preferred());
        Load best = null;
        var refusals = new ArrayList<String>();
        for (var load : loads.values()) {
            var refusal =
                    excluded.contains(load.node.id())
                            ? " was tried before"
                            : home.map(h -> h.refusal(load))
                                    .filter(why -> !why.isEmpty())
                                    .orElseGet(() -> load.refusal(id, needs));
            if (!refusal.isEmpty()) {
                if (refusals.size() < MAX_REFUSALS) {
                    refusals.add(load.node.name() + refusal);
                }
            } else if (best == null || order.prefers(load, best)) {
                best = load;
            }
        }
        if (best == null) {
            return new Choice.Nowhere(
                    loads.isEmpty()
                            ? "no node has connected yet"
                            : "no node can take it: " + String.join("; ", refusals));
        }
        var chosen = best;
        return new Choice.Chosen(
                chosen.node.id(), home.map(Home::why).orElseGet(() -> order.why(chosen)));
    }

    /** Which of two nodes that would do is the better one. */
    private final class Spread {
        private final ServiceId service;
        private final PlacementPolicy policy;
        private final Map<String, Map<Optional<String>, Integer>> counts = new HashMap<>();

        /** Counts instances of the service by each label that is spread over. */
        Spread(ServiceId service, PlacementPolicy policy) {
            this.service = service;
            this.policy = policy;
            for (var key : policy.spread()) {
                var byValue = counts.computeIfAbsent(key, k -> new HashMap<>());
                loads.values()
                        .forEach(load ->
                                byValue.merge(
                                        load.node.label(key), load.of(service), Integer::sum));
            }
        }

        private int count(String key, Load load) {
            return counts.getOrDefault(key, Map.of()).getOrDefault(load.node.label(key), 0);
        }

        boolean prefers(Load load, Load other) {
            for (var key : policy.spread()) {
                var byLabel = Integer.compare(count(key, load), count(key, other));
                if (byLabel != 0) {
                    return byLabel < 0;
                }
            }
            var ofService = Integer.compare(load.of(service), other.of(service));
            return ofService != 0 ? ofService < 0 : load.total < other.total;
        }

        String why(Load chosen) {
            var fewest =
                    "%s has the fewest instances (%d of this service, %d in all)"
                            .formatted(chosen.node.name(), chosen.of(service), chosen.total);
            return policy.spread().isEmpty()
                    ? fewest
                    : "%s of those with the fewest instances of this service by %s"
                            .formatted(fewest, PlacementRules.values(policy, chosen.node));
        }
    }

    /**
     * Where the others are.
     *
     * @param neighbour one of them
     * @param weight of all of them; see {@link #DRAWS}
     */
    private record Home(Load node, ServiceId neighbour, int weight) {

        String refusal(Load other) {
            return other == node
                    ? ""
                    : " is not where %s is, with which it shares a network or namespace"
                            .formatted(neighbour);
        }

        String why() {
            return "%s has %s, with which it shares a network or namespace"
                    .formatted(node.node.name(), neighbour);
        }
    }

    /**
     * Where the neighbours of an instance that does not run are by now, if that is not where it is.
     */
    Optional<NodeId> followed(InstanceId id) {
        var own = desired.instance(id).map(stored -> stored.value().placement().node());
        return own.map(loads::get)
                .filter(load -> load.idle.contains(id))
                .flatMap(_ -> home(id, neighbours.of(id.service()), node -> false))
                .filter(home -> home.weight() >= DRAWS)
                .map(home -> home.node().node.id())
                .filter(node -> !own.equals(Optional.of(node)));
    }

    /**
     * The node that has most of them, without the instance itself. What does not run counts only
     * where nothing else of them is.
     */
    private Optional<Home> home(InstanceId id, Set<String> beside, Predicate<NodeId> left) {
        var services =
                beside.stream().map(name -> new ServiceId(id.service().stack(), name)).toList();
        Optional<Home> home = Optional.empty();
        for (var load : loads.values()) {
            if (left.test(load.node.id())) {
                continue;
            }
            var weight = -load.weight(id, desired);
            Optional<ServiceId> there = Optional.empty();
            for (var service : services) {
                weight += load.weight(service);
                if (load.of(service) > 0 && (there.isEmpty() || there.get().equals(id.service()))) {
                    there = Optional.of(service);
                }
            }
            // What does not run draws nobody to a node where they cannot be.
            if ((weight >= DRAWS || load.isOpen()) && weight > home.map(Home::weight).orElse(0)) {
                var sum = weight;
                home = there.map(neighbour -> new Home(load, neighbour, sum));
            }
        }
        return home;
    }

    private Needs needsOfAll(InstanceId id, Set<String> beside) {
        var claims = new ArrayList<Claim>();
        var policies = new ArrayList<PlacementPolicy>();
        desired.declared(id.service()).ifPresent(own -> policies.add(own.deploy().where()));
        for (var name : beside) {
            var service = new ServiceId(id.service().stack(), name);
            desired.declared(service)
                    .ifPresent(definition -> {
                        policies.add(definition.deploy().where());
                        for (var n = 1; n <= definition.deploy().replicas(); n++) {
                            claims.addAll(claims(definition, new InstanceId(service, n)));
                        }
                    });
        }
        policies.add(PlacementPolicy.ANYWHERE);
        return new Needs(claims, policies);
    }

    /** It is placed elsewhere from now on; what it uses there is free once it is seen to be. */
    void left(NodeId node, InstanceId id) {
        var load = loads.get(node);
        if (load != null) {
            load.remove(id);
        }
    }

    private static final int MAX_REFUSALS = 5;

    /** An instance that is to run draws its neighbours more than any number of others. */
    private static final int DRAWS = 1_000;

    /** Why an instance cannot go there; empty when it can. */
    String refusalElsewhere(NodeId node, InstanceId id, ServiceDefinition definition) {
        var load = loads.get(node);
        return load == null ? "" : load.refusal(id, Needs.of(id, definition));
    }

    /** Why an instance cannot stay where it is with these ports; empty when it can. */
    String refusalOn(NodeId node, InstanceId id, ServiceDefinition definition) {
        var load = loads.get(node);
        return load == null ? "" : load.portRefusal(claims(Optional.of(definition), id));
    }

    void placed(NodeId node, InstanceId id, ServiceDefinition definition) {
        var load = loads.get(node);
        if (load != null) {
            load.add(id, claims(Optional.of(definition), id));
        }
    }

    Collection<NodeId> nodes() {
        return loads.keySet();
    }

    /** The host port of each declared port for this instance. */
    static Map<String, Integer> ports(ServiceDefinition definition, InstanceId id) {
        var ports = new TreeMap<String, Integer>();
        definition.ports().forEach(spec -> ports.put(spec.name(), port(definition, spec, id)));
        return ports;
    }

    private static int port(ServiceDefinition definition, PortSpec spec, InstanceId id) {
        return definition.deploy().mode() == DeployPolicy.Mode.GLOBAL
                ? spec.first()
                : spec.first() + id.ordinal() - 1;
    }

    private static List<Claim> claims(Optional<ServiceDefinition> definition, InstanceId id) {
        return definition.isEmpty() ? List.of() : claims(definition.get(), id);
    }

    /** The ports that an instance uses under this declaration. */
    static List<Claim> claims(ServiceDefinition definition, InstanceId id) {
        return definition.ports().isEmpty()
                ? List.of()
                : definition.ports().stream()
                        .map(spec ->
                                new Claim(
                                        spec.hostAddress(),
                                        spec.protocol(),
                                        port(definition, spec, id),
                                        id))
                        .toList();
    }

    /** One port of one node, used by one instance. */
    record Claim(String address, PortSpec.Protocol protocol, int port, InstanceId owner) {
        boolean collidesWith(Claim other) {
            return port == other.port
                    && protocol == other.protocol
                    && !owner.equals(other.owner)
                    && PortConflicts.addressesOverlap(address, other.address);
        }
    }

    /** What is on one node. */
    private static final class Load {
        private final PlacementRules.Node node;
        private final Observed.Link link;
        private final Optional<String> closed;
        private final Map<ServiceId, Integer> byService = new HashMap<>();
        private final Set<InstanceId> idle = new HashSet<>();
        private final Map<ServiceId, Integer> idleByService = new HashMap<>();
        private final Map<Integer, List<Claim>> claims = new HashMap<>();
        private int total;

        Load(PlacementRules.Node node, Observed.Link link, Optional<String> closed) {
            this.node = node;
            this.link = link;
            this.closed = closed;
        }

        int of(ServiceId service) {
            return byService.getOrDefault(service, 0);
        }

        void add(InstanceId instance, List<Claim> wanted) {
            total++;
            byService.merge(instance.service(), 1, Integer::sum);
            claim(wanted);
        }

        void remove(InstanceId instance) {
            total--;
            byService.merge(instance.service(), -1, Integer::sum);
            if (idle.remove(instance)) {
                idleByService.merge(instance.service(), -1, Integer::sum);
            }
        }

        void idle(InstanceId instance) {
            idle.add(instance);
            idleByService.merge(instance.service(), 1, Integer::sum);
        }

        /** How much an instance draws its neighbours here; 0 when it is elsewhere. */
        int weight(InstanceId instance, Desired desired) {
            var isHere =
                    desired.instance(instance)
                            .filter(stored -> stored.value().placement().node().equals(node.id()))
                            .isPresent();
            return !isHere ? 0 : idle.contains(instance) ? 1 : DRAWS;
        }

        int weight(ServiceId service) {
            var atRest = idleByService.getOrDefault(service, 0);
            return (of(service) - atRest) * DRAWS + atRest;
        }

        void claim(List<Claim> wanted) {
            wanted.forEach(c -> claims.computeIfAbsent(c.port, p -> new ArrayList<>()).add(c));
        }

        String refusal(InstanceId id, Needs needs) {
            switch (link) {
                case Observed.Link.Down ignored -> {
                    return " is not connected";
                }
                case Observed.Link.Up(var told) -> {
                    if (!told) {
                        return " has not told yet what it runs";
                    }
                }
            }
            if (closed.isPresent()) {
                return closed.get();
            }
            var most = needs.preferred().maxPerNode();
            if (most.filter(n -> of(id.service()) >= n).isPresent()) {
                return " has %d of this service, and there are to be %d on one node at most"
                        .formatted(of(id.service()), most.get());
            }
            return PlacementRules.refusal(needs.policies(), node)
                    .orElseGet(() -> portRefusal(needs.claims()));
        }

        /** It takes instances, as far as it itself is concerned. */
        boolean isOpen() {
            return link instanceof Observed.Link.Up(var told) && told && closed.isEmpty();
        }

        String portRefusal(List<Claim> wanted) {
            for (var claim : wanted) {
                for (var taken : claims.getOrDefault(claim.port, List.of())) {
                    if (claim.collidesWith(taken)) {
                        return " has port %d in use by %s".formatted(claim.port, taken.owner);
                    }
                }
            }
            return "";
        }
    }
}
