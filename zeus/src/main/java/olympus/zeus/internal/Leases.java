package olympus.zeus.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.foundation.Clock;
import olympus.foundation.EventLoop;
import olympus.hermes.Hermes;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.Singleton;
import olympus.model.state.Assignment;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord;
import olympus.model.state.LeaseGrant;
import olympus.zeus.NodeOrders;
import olympus.zeus.StackCommands.Cause;

/**
 * Renews the leases under which singletons run, and sees to it that no two nodes hold one of the
 * same service at the same time. Whatever places, moves or forgets an instance, it starts only with
 * a lease from here.
 *
 * <pre>
 *   agent: asks (its clock says t0) ──▶ here: does this server still lead? ──▶ may this run go on?
 *          counts the lease from t0 ◀───────────────── grant ◀──────────────────────┘
 * </pre>
 *
 * <p>Why it holds. A lease counts from before it was asked for, and the store confirms after that
 * that this server leads: so what an earlier leader granted has begun before the present term. A
 * run gets a lease when, of every other node, that which was granted in this term has ended for
 * certain, by the time that has passed or by what the node itself tells; and when what was granted
 * before this term has, unless the run is the one that goes on since then. A lease is granted only
 * for what is recorded to run there; a record that changes bears another token.
 *
 * <p>State: memory only, none of it is stored; a new term begins with nothing. Threading: Zeus'
 * loop only. Limits: one confirmation at a time, for all that have asked until it began; of each
 * node the last question counts.
 */
public final class Leases {

    private final Controller controller;
    private final Hermes hermes;
    private final EventLoop loop;
    private final Clock clock;
    private final NodeOrders orders;
    private final Map<NodeId, Long> asked = new LinkedHashMap<>();
    private final Map<ServiceId, Map<NodeId, Given>> given = new HashMap<>();
    private final Map<ServiceId, String> waiting = new HashMap<>();
    private Optional<Office.Term> term = Optional.empty();
    private boolean confirming;

    /**
     * What a node was granted last.
     *
     * @param endedNanos when what runs under it has ended for certain
     */
    private record Given(String runToken, long atNanos, Duration lease, long endedNanos) {

        /** A shorter lease takes nothing back of a longer one. */
        Given notBefore(Given earlier) {
            return earlier.endedNanos - endedNanos > 0
                    ? new Given(runToken, atNanos, lease, earlier.endedNanos)
                    : this;
        }
    }

    public Leases(
            Controller controller, Hermes hermes, EventLoop loop, Clock clock, NodeOrders orders) {
        this.controller = controller;
        this.hermes = hermes;
        this.loop = loop;
        this.clock = clock;
        this.orders = orders;
    }

    public void asked(NodeId node, long number) {
        if (controller.term().isPresent()) {
            asked.merge(node, number, Math::max);
            confirm();
        }
    }

    /** That this server leads is confirmed by a strict read that begins after the questions. */
    private void confirm() {
        var held = controller.term();
        if (confirming || asked.isEmpty()) {
            return;
        }
        var batch = Map.copyOf(asked);
        asked.clear();
        if (held.isEmpty()) {
            return;
        }
        confirming = true;
        var _ =
                hermes.get(ZeusKeys.node(batch.keySet().iterator().next()))
                        .whenCompleteAsync(
                                (_, failure) -> {
                                    confirming = false;
                                    if (failure == null && held.equals(controller.term())) {
                                        batch.forEach(
                                                (node, number) -> answer(held.get(), node, number));
                                    }
                                    confirm();
                                },
                                loop);
    }

    private void answer(Office.Term held, NodeId node, long number) {
        if (!term.equals(Optional.of(held))) {
            term = Optional.of(held);
            given.clear();
            waiting.clear();
        }
        var desired = controller.desired();
        var observed = controller.observedNow();
        var leases = new ArrayList<LeaseGrant.Lease>();
        desired.instances()
                .forEach((service, instances) -> {
                    for (var stored : instances.values()) {
                        if (stored.value().placement().node().equals(node)) {
                            lease(service, stored, desired, observed).ifPresent(leases::add);
                        }
                    }
                });
        if (observed.connected(node)) {
            orders.leased(
                    node,
                    new LeaseGrant(
                            number,
                            new Assignment.Stamp(
                                    held.incarnation(), held.epoch(), desired.revision()),
                            leases));
        }
    }

    private Optional<LeaseGrant.Lease> lease(
            ServiceId service,
            Versioned<InstanceRecord> stored,
            Desired desired,
            Observed observed) {
        var record = stored.value();
        var definition = desired.definitionOf(record);
        var singleton = definition.flatMap(it -> it.deploy().singleton());
        waiting.remove(service);
        if (singleton.isEmpty() || !isToRun(record)) {
            return Optional.empty();
        }
        var obstacle = obstacle(service, stored, desired, observed);
        if (obstacle.isPresent()) {
            waiting.put(service, obstacle.get());
            return Optional.empty();
        }
        var now = clock.monotonicNanos();
        var fresh =
                new Given(
                        record.run().token(),
                        now,
                        singleton.get().lease(),
                        now + singleton.get().endedAfter(definition.get().stop()).toNanos());
        given.computeIfAbsent(service, _ -> new HashMap<>())
                .merge(
                        record.placement().node(),
                        fresh,
                        (before, after) -> after.notBefore(before));
        return Optional.of(
                new LeaseGrant.Lease(record.id(), record.run().token(), singleton.get().lease()));
    }

    /** How the leases stand of what a person asks about: a service or one of its instances. */
    public List<Cause> causes(String thing) {
        var desired = controller.desired();
        var causes = new ArrayList<Cause>();
        desired.instances()
                .forEach((service, instances) -> {
                    for (var stored : instances.values()) {
                        var record = stored.value();
                        var isMeant =
                                List.of(
                                                record.id().toString(),
                                                service.toString(),
                                                service.service())
                                        .contains(thing);
                        if (isMeant
                                && isToRun(record)
                                && desired.definitionOf(record)
                                        .flatMap(it -> it.deploy().singleton())
                                        .isPresent()) {
                            causes.add(
                                    new Cause(
                                            clock.wall(),
                                            "lease",
                                            words(service, record, desired)));
                        }
                    }
                });
        return causes;
    }

    private String words(ServiceId service, InstanceRecord record, Desired desired) {
        var node = record.placement().node();
        var last =
                Optional.ofNullable(given.getOrDefault(service, Map.of()).get(node))
                        .filter(it -> it.runToken().equals(record.run().token()));
        var where = "%s on %s".formatted(record.id(), desired.nodeName(node));
        if (waiting.containsKey(service)) {
            return "The lease of %s waits: %s.".formatted(where, waiting.get(service));
        }
        if (last.isEmpty()) {
            return "%s has not asked this server for its lease yet.".formatted(where);
        }
        var age = clock.monotonicNanos() - last.get().atNanos();
        var left = last.get().lease().toNanos() - age;
        return "The lease of %s was renewed %s ago and %s."
                .formatted(
                        where, seconds(age), left > 0 ? "ends in " + seconds(left) : "has run out");
    }

    private static boolean isToRun(InstanceRecord record) {
        return switch (record.order().phase()) {
            case RUN, APPROVED -> true;
            case WAITING, STOP, RETIRE, LEAVE -> false;
        };
    }

    /** Why a run may not begin or go on yet; empty when no other can be there. */
    private Optional<String> obstacle(
            ServiceId service,
            Versioned<InstanceRecord> stored,
            Desired desired,
            Observed observed) {
        var record = stored.value();
        var now = clock.monotonicNanos();
        for (var other : desired.instancesOf(service).values()) {
            if (!other.value().id().equals(record.id()) && !observed.hasEnded(other)) {
                return Optional.of("%s has not ended yet".formatted(other.value().id()));
            }
        }
        var elsewhere = new HashSet<>(given.getOrDefault(service, Map.of()).keySet());
        elsewhere.addAll(observed.nodes().keySet());
        elsewhere.remove(record.placement().node());
        for (var node : elsewhere) {
            var left = left(service, node, stored, observed, now);
            if (left.isPresent()) {
                return Optional.of(left.get().formatted(desired.nodeName(node)));
            }
        }
        return beforeThisTerm(service, record, desired, observed, now);
    }

    /** What may be left of a service on another node, with a place for that node's name. */
    private Optional<String> left(
            ServiceId service,
            NodeId node,
            Versioned<InstanceRecord> stored,
            Observed observed,
            long now) {
        var last = Optional.ofNullable(given.getOrDefault(service, Map.of()).get(node));
        var there = observed.node(node);
        if (observed.hasTold(node)) {
            var isLive =
                    there.stream()
                            .flatMap(seen -> seen.instances().values().stream())
                            .map(Observed.Instance::observation)
                            .anyMatch(seen ->
                                    seen.id().service().equals(service) && isLive(seen.state()));
            if (isLive) {
                return Optional.of("it still runs on %s");
            }
            var acts = there.filter(seen -> seen.acceptedRevision() >= stored.revision());
            if (acts.isPresent()) {
                return Optional.empty();
            }
        }
        return last.filter(it -> it.endedNanos() - now > 0)
                .map(it ->
                        "it was granted a lease on %s, under which it has ended for certain in "
                                + seconds(it.endedNanos() - now));
    }

    private static boolean isLive(State state) {
        return switch (state) {
            case STARTING, RUNNING, STOPPING, BACKOFF -> true;
            case PENDING, STOPPED, COMPLETED, GIVEN_UP -> false;
        };
    }

    /** What an earlier leader granted is not known here; it may have been to another node. */
    private Optional<String> beforeThisTerm(
            ServiceId service,
            InstanceRecord record,
            Desired desired,
            Observed observed,
            long now) {
        var longest =
                desired.stack(service.stack()).stream()
                        .flatMap(stack -> stack.revisions().values().stream())
                        .map(revision -> revision.definition().services().get(service.service()))
                        .flatMap(it ->
                                Optional.ofNullable(it).flatMap(Singleton::endedAfter).stream())
                        .max(Duration::compareTo)
                        .orElse(Duration.ZERO);
        var leftNanos = controller.termSinceNanos() + longest.toNanos() - now;
        var goesOn =
                observed.of(record)
                        .filter(_ -> observed.hasTold(record.placement().node()))
                        .map(Observed.Instance::observation)
                        .map(InstanceObservation::state)
                        .filter(state -> isLive(state))
                        .isPresent();
        return leftNanos <= 0 || goesOn
                ? Optional.empty()
                : Optional.of(
                        "this server has come to lead only now, and what it knows nothing of has ended for certain in "
                                + seconds(leftNanos));
    }

    private static String seconds(long nanos) {
        return Duration.ofNanos(nanos).plusMillis(999).toSeconds() + " s";
    }
}
