package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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
import olympus.zeus.ClusterView;

/**
 * Where instances go: nodes are filtered (connected and known to tell what they run, in use, not
 * paused, allowed by what the service says of nodes, apart from what it is not to be with, ports
 * and {@link Room} free, also of runs that were moved away and may still be there; beside their
 * {@link Neighbours}), then scored (fewest instances of the service by each label that it is spread
 * over, then on the node, then fewest instances at all, then by id; a packed service goes to the
 * node of which the most is reserved; of a node that has told nothing what is reserved may not be
 * there, so that it comes last). Knows what this plan has placed so far.
 *
 * <p>The first of several neighbours goes to a node that has the ports of all of them free, if
 * there is one; the others follow it, also when one of them could otherwise be moved elsewhere.
 *
 * <p>Cost: see {@link Candidates} for a placement that finds a node; one pass over the nodes for
 * one that does not, of a packed service, or beside neighbours, for these times their number.
 */
final class Placement {

    private final Map<NodeId, NodeLoad> loads = new TreeMap<>();

    private final Desired desired;
    private final Neighbours neighbours;
    private final Apartness apartness;
    private final LastHeard lastHeard;
    private final int mostSorted;

    /** Of {@link #loads}, once something is looked for; what is on them changes through it then. */
    private Optional<Candidates> sorted = Optional.empty();

    private Placement(Desired desired, Neighbours neighbours, LastHeard lastHeard, int mostSorted) {
        this.desired = desired;
        this.neighbours = neighbours;
        this.apartness = new Apartness(desired);
        this.lastHeard = lastHeard;
        this.mostSorted = mostSorted;
    }

    static Placement of(
            Desired desired,
            Observed observed,
            Neighbours neighbours,
            Map<InstanceId, Unclaimed.Held> unclaimed) {
        return of(desired, observed, neighbours, unclaimed, Candidates.MOST);
    }

    /**
     * @param mostSorted see {@link Candidates}
     */
    static Placement of(
            Desired desired,
            Observed observed,
            Neighbours neighbours,
            Map<InstanceId, Unclaimed.Held> unclaimed,
            int mostSorted) {
        var lastHeard = new LastHeard(desired, observed);
        var placement = new Placement(desired, neighbours, lastHeard, mostSorted);
        desired.nodes()
                .forEach((id, node) ->
                        placement.loads.put(
                                id,
                                new NodeLoad(
                                        PlacementRules.Node.of(desired, observed, id),
                                        observed.link(id),
                                        closed(id, desired, observed))));
        for (var ofService : desired.instances().values()) {
            for (var stored : ofService.values()) {
                var record = stored.value();
                var load = placement.loads.get(record.placement().node());
                if (load != null) {
                    load.add(record.id(), claims(desired.definitionOf(record), record.id()));
                    load.claim(earlierClaims(stored, desired, observed));
                    // What was given up its agent tries again after the machine has booted.
                    if (!lastHeard.hasCompleted(record)) {
                        load.reserve(record.id(), reservation(desired.definitionOf(record)));
                    }
                    if (observed.seesEarlier(record)) {
                        load.reserve(record.id(), placement.ofAnyRevision(record.id()));
                    }
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
                load.reserve(spec.id(), Reservation.of(spec.definition()));
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

    private static Reservation reservation(Optional<ServiceDefinition> definition) {
        return definition.map(Reservation::of).orElse(Reservation.NONE);
    }

    /** Enough for whatever revision of it a node runs. */
    private Reservation ofAnyRevision(InstanceId id) {
        return desired.stack(id.service().stack()).stream()
                .flatMap(stack -> stack.revisions().values().stream())
                .flatMap(revision ->
                        Optional.ofNullable(
                                revision.definition().services().get(id.service().service()))
                                .stream())
                .map(Reservation::of)
                .reduce(Reservation.NONE, Reservation::or);
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
            if (!isHere && mayRun(seen.state(), node, placed)) {
                load.reserve(seen.id(), ofAnyRevision(seen.id()));
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

    private boolean mayRun(
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

    private Candidates candidates() {
        var now = sorted.orElseGet(() -> new Candidates(loads.values(), mostSorted));
        sorted = Optional.of(now);
        return now;
    }

    /** That node, or why it cannot be there. */
    Choice chooseOnly(InstanceId id, ServiceDefinition definition, NodeId node) {
        var load = loads.get(node);
        var needs = needs(id, definition);
        return load != null
                        && neighbours.of(id.service()).isEmpty()
                        && load.refusal(id, needs).isEmpty()
                ? new Choice.Chosen(node, new Order(id.service(), needs).why(load))
                : choose(
                        id,
                        definition,
                        loads.keySet().stream()
                                .filter(other -> !other.equals(node))
                                .collect(Collectors.toSet()));
    }

    Choice choose(InstanceId id, ServiceDefinition definition, Collection<NodeId> excluded) {
        var beside = neighbours.of(id.service());
        if (beside.isEmpty()) {
            return choose(id, needs(id, definition), excluded, Optional.empty());
        }
        var home = home(id, beside, node -> false);
        if (home.isEmpty()) {
            var all = new ArrayList<Wanted>();
            all.add(new Wanted(id, definition));
            all.addAll(declaredBeside(beside, id));
            var first = choose(id, needs(all), excluded, Optional.empty());
            if (first instanceof Choice.Chosen) {
                return first;
            }
        }
        return choose(id, needs(id, definition), excluded, home);
    }

    /** What a node must have for all of these. */
    private Needs needs(List<Wanted> wanted) {
        var services = wanted.stream().map(one -> one.id().service()).collect(Collectors.toSet());
        var apart = new TreeSet<ServiceId>();
        services.forEach(service -> apart.addAll(apartness.of(service)));
        apart.removeAll(services);
        var claims = new ArrayList<Claim>();
        var reservations = new HashMap<InstanceId, Reservation>();
        var policies = new ArrayList<PlacementPolicy>();
        for (var one : wanted) {
            claims.addAll(claims(one.definition(), one.id()));
            if (desired.isActedOn(one.id().service())) {
                // What is only watched runs somewhere already, whether there is room or not.
                reservations.merge(one.id(), Reservation.of(one.definition()), Reservation::or);
            }
            policies.add(one.definition().deploy().where());
        }
        return new Needs(claims, reservations, List.copyOf(apart), policies);
    }

    private Needs needs(InstanceId id, ServiceDefinition definition) {
        return needs(List.of(new Wanted(id, definition)));
    }

    /** An instance and the declaration that it is to run. */
    record Wanted(InstanceId id, ServiceDefinition definition) {}

    /**
     * One node for instances that leave lost ones together: those of one group of neighbours, or a
     * single one. It has the ports of all of them free, and of all that is to run beside them; or
     * it is where their neighbours are already.
     *
     * @param lost what is still placed there binds nobody
     */
    Choice chooseForAll(List<Wanted> wanted, Predicate<NodeId> lost) {
        var first = wanted.getFirst().id();
        var beside = neighbours.of(first.service());
        var all = new ArrayList<>(wanted);
        all.addAll(declaredBeside(beside, first));
        return choose(first, needs(all), List.of(), home(first, beside, lost));
    }

    private Choice choose(
            InstanceId id, Needs needs, Collection<NodeId> excluded, Optional<Home> home) {
        var order = new Order(id.service(), needs);
        if (home.isEmpty() && excluded.isEmpty()) {
            var quick = candidates().best(id, needs, order::prefers);
            if (quick.isPresent()) {
                return new Choice.Chosen(quick.get().node.id(), order.why(quick.get()));
            }
        }
        NodeLoad best = null;
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
                            : ExternalNodes.nowhere(refusals, needs, desired));
        }
        var chosen = best;
        return new Choice.Chosen(
                chosen.node.id(), home.map(Home::why).orElseGet(() -> order.why(chosen)));
    }

    /** Which of two nodes that would do is the better one. */
    private final class Order {
        private final ServiceId service;
        private final PlacementPolicy policy;
        private final boolean reserves;
        private final Map<String, Map<Optional<String>, Integer>> counts = new HashMap<>();

        /** Counts instances of the service by each label that is spread over. */
        Order(ServiceId service, Needs needs) {
            this.service = service;
            this.policy = needs.preferred();
            this.reserves = needs.reserves();
            for (var key : policy.spread()) {
                var byValue = counts.computeIfAbsent(key, k -> new HashMap<>());
                candidates()
                        .having(service)
                        .forEach(load ->
                                byValue.merge(
                                        load.node.label(key), load.of(service), Integer::sum));
            }
        }

        private int count(String key, NodeLoad load) {
            return counts.getOrDefault(key, Map.of()).getOrDefault(load.node.label(key), 0);
        }

        boolean prefers(NodeLoad load, NodeLoad other) {
            if (reserves && load.room.isKnown() != other.room.isKnown()) {
                return load.room.isKnown();
            }
            for (var key : policy.spread()) {
                var byLabel = Integer.compare(count(key, load), count(key, other));
                if (byLabel != 0) {
                    return byLabel < 0;
                }
            }
            if (policy.isPacked()) {
                var packed =
                        Integer.compare(load.room.percentReserved(), other.room.percentReserved());
                return packed != 0 ? packed > 0 : load.total() > other.total();
            }
            var ofService = Integer.compare(load.of(service), other.of(service));
            return ofService != 0 ? ofService < 0 : load.total() < other.total();
        }

        String why(NodeLoad chosen) {
            var fewest = policy.isPacked() ? fullest(chosen) : fewest(chosen);
            return policy.spread().isEmpty()
                    ? fewest
                    : "%s of those with the fewest instances of this service by %s"
                            .formatted(fewest, PlacementRules.values(policy, chosen.node));
        }

        private String fullest(NodeLoad chosen) {
            return "%s is the fullest that has room (%d %% reserved, %d instances)"
                    .formatted(chosen.node.name(), chosen.room.percentReserved(), chosen.total());
        }

        private String fewest(NodeLoad chosen) {
            return "%s has the fewest instances (%d of this service, %d in all)"
                    .formatted(chosen.node.name(), chosen.of(service), chosen.total());
        }
    }

    /**
     * Where the others are.
     *
     * @param neighbour one of them
     * @param weight of all of them; see {@link #DRAWS}
     */
    private record Home(NodeLoad node, ServiceId neighbour, int weight) {

        String refusal(NodeLoad other) {
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
        if (beside.isEmpty()) {
            return Optional.empty();
        }
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

    /** What is to run beside an instance: nothing starts by itself what has completed. */
    private List<Wanted> declaredBeside(Set<String> beside, InstanceId id) {
        var wanted = new ArrayList<Wanted>();
        for (var name : beside) {
            var service = new ServiceId(id.service().stack(), name);
            desired.declared(service)
                    .ifPresent(definition -> {
                        for (var n = 1; n <= definition.deploy().replicas(); n++) {
                            var neighbour = new InstanceId(service, n);
                            if (!hasCompleted(neighbour)) {
                                wanted.add(new Wanted(neighbour, definition));
                            }
                        }
                    });
        }
        return wanted;
    }

    private boolean hasCompleted(InstanceId id) {
        return desired.instance(id)
                .map(Versioned::value)
                .filter(lastHeard::hasCompleted)
                .isPresent();
    }

    /** It is placed elsewhere from now on; what it uses there is free once it is seen to be. */
    void left(NodeId node, InstanceId id) {
        var load = loads.get(node);
        if (load != null) {
            candidates().remove(load, id);
        }
    }

    private static final int MAX_REFUSALS = 5;

    /** An instance that is to run draws its neighbours more than any number of others. */
    static final int DRAWS = 1_000;

    /** Why an instance cannot go there; empty when it can. */
    String refusalElsewhere(NodeId node, InstanceId id, ServiceDefinition definition) {
        var load = loads.get(node);
        return load == null ? "" : load.refusal(id, needs(id, definition));
    }

    /**
     * Why an instance cannot stay where it is with these ports and this reservation; empty when it
     * can. What it has reserved there already is its own.
     */
    String refusalOn(NodeId node, InstanceId id, ServiceDefinition definition) {
        var load = loads.get(node);
        return load == null ? "" : load.roomRefusal(needs(id, definition));
    }

    void placed(NodeId node, InstanceId id, ServiceDefinition definition) {
        var load = loads.get(node);
        if (load != null) {
            candidates().add(load, id, claims(Optional.of(definition), id));
            load.reserve(id, Reservation.of(definition));
        }
    }

    /** It stays where it is, under this declaration. */
    void reserved(NodeId node, InstanceId id, ServiceDefinition definition) {
        var load = loads.get(node);
        if (load != null) {
            load.reserve(id, Reservation.of(definition));
        }
    }

    /** What a node has told that it has, and what of it is reserved. */
    Optional<ClusterView.Resources> resources(NodeId node) {
        return Optional.ofNullable(loads.get(node)).flatMap(load -> load.room.shown());
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
}
