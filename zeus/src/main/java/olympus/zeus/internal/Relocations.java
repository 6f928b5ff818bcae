package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.Pinning;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceRecord;
import olympus.model.state.InstanceRecord.Phase;

/**
 * Gives what was on lost nodes a new run elsewhere, and neighbours on nodes that are being emptied.
 * What is bound to its node, has ended for good, or is not Olympus' to act on stays as it is;
 * {@link Neighbours} go together to one node, or not at all. A moved instance runs what it ran: an
 * update that is under way reaches it in its turn.
 *
 * <p>The lost node may live and go on running it: it ends that as soon as it is told its next
 * assignment, which has it no more.
 */
final class Relocations {

    static final String UNGUARDED =
            "it was started before it was said to be a singleton, so that no guardian ends it there";

    private final PlanDraft draft;
    private final StackDefinition stack;
    private final Map<ServiceId, ServicePlanner> planners = new HashMap<>();

    private Relocations(PlanDraft draft, StackDefinition stack) {
        this.draft = draft;
        this.stack = stack;
    }

    /** Each to be planned before anything else of its services. */
    static List<Planner.Work> of(PlanDraft draft, StackDefinition stack) {
        return draft.lost.isEmpty() && !draft.isEmptying
                ? List.of()
                : new Relocations(draft, stack).groups();
    }

    private List<Planner.Work> groups() {
        var groups = new ArrayList<Planner.Work>();
        var done = new HashSet<String>();
        for (var name : stack.services().keySet()) {
            if (!done.contains(name)) {
                var beside = draft.neighbours.of(new ServiceId(stack.name(), name));
                var together = beside.isEmpty() ? Set.of(name) : beside;
                done.addAll(together);
                var group = new TreeSet<>(together);
                groups.add(new Planner.Work(rank(group), () -> plan(group)));
            }
        }
        return groups;
    }

    /** That of the highest: they go together. */
    private int rank(Set<String> together) {
        return together.stream()
                .map(stack.services()::get)
                .filter(Objects::nonNull)
                .mapToInt(service -> service.deploy().rank())
                .max()
                .orElse(DeployPolicy.USUAL_PRIORITY);
    }

    /** Why a group stays: the service that cannot leave, and the reason. */
    private record Bound(ServiceId service, String why) {}

    private void plan(Set<String> together) {
        var movers = new ArrayList<Versioned<InstanceRecord>>();
        Optional<Bound> bound = Optional.empty();
        for (var name : together) {
            var id = new ServiceId(stack.name(), name);
            if (draft.isUnclaimed(id)) {
                return;
            }
            for (var stored : draft.desired.instancesOf(id).values()) {
                var record = stored.value();
                tellHeldBack(record);
                if (draft.lost.isLost(record.placement().node()) && !isOnItsWayOut(record)) {
                    bound = bound.or(() -> bound(record));
                    if (isMover(record)) {
                        movers.add(stored);
                    }
                }
            }
        }
        if (together.size() == 1) {
            movers.forEach(this::moveAlone);
        } else if (bound.isPresent()) {
            var reason = bound.get();
            movers.forEach(stored -> waits(stored.value(), words(stored.value(), reason)));
        } else if (!movers.isEmpty()) {
            move(movers);
        } else {
            leave(together);
        }
    }

    /** Each to the node that is best for it, and whatever keeps the others. */
    private void moveAlone(Versioned<InstanceRecord> stored) {
        var record = stored.value();
        stays(record, declared(record))
                .ifPresentOrElse(why -> waits(record, why), () -> move(List.of(stored)));
    }

    /** Neighbours that leave nodes that are being emptied do so all at once. */
    private void leave(Set<String> together) {
        var leaving = new ArrayList<Versioned<InstanceRecord>>();
        Optional<Bound> bound = Optional.empty();
        for (var name : together) {
            var id = new ServiceId(stack.name(), name);
            for (var stored : draft.desired.instancesOf(id).values()) {
                var record = stored.value();
                if (draft.desired.emptying(record.placement().node()).isPresent()) {
                    bound =
                            bound.or(() -> bound(record))
                                    .or(() -> notNow(record).map(why -> new Bound(id, why)));
                    if (isMover(record)) {
                        leaving.add(stored);
                    }
                }
            }
        }
        if (leaving.isEmpty()) {
            return;
        }
        if (bound.isPresent()) {
            var reason = bound.get();
            leaving.forEach(stored -> waits(stored.value(), words(stored.value(), reason)));
            return;
        }
        var first = leaving.getFirst().value().placement().node();
        switch (choose(leaving, node -> draft.desired.emptying(node).isPresent())) {
            case Placement.Choice.Nowhere(var why) ->
                    leaving.forEach(stored -> waits(stored.value(), why));
            case Placement.Choice.Chosen(var target, var why) ->
                    move(
                            leaving,
                            target,
                            _ ->
                                    "it leaves %s: %s; %s"
                                            .formatted(
                                                    draft.desired.nodeName(first),
                                                    draft.desired
                                                            .emptying(first)
                                                            .orElseThrow()
                                                            .words(),
                                                    why));
        }
    }

    private Optional<String> notNow(InstanceRecord record) {
        if (!draft.observed.connected(record.placement().node())) {
            return Optional.of("its node is not connected");
        }
        var order = draft.desired.emptying(record.placement().node());
        return order.filter(it ->
                        Departures.isMovedByItsUpdate(
                                draft.desired.state(record.id().service()), it))
                .map(_ -> "an update of it is under way");
    }

    private void tellHeldBack(InstanceRecord record) {
        draft.lost
                .heldBack(record.placement().node())
                .filter(_ -> isMover(record))
                .ifPresent(why -> waits(record, why));
    }

    private void waits(InstanceRecord record, String why) {
        draft.stays(record.id(), why);
        draft.waits(
                record.id().service(),
                "%s is not moved from %s: %s"
                        .formatted(
                                record.id(),
                                draft.desired.nodeName(record.placement().node()),
                                why));
    }

    private static String words(InstanceRecord record, Bound bound) {
        return bound.service().equals(record.id().service())
                ? bound.why()
                : "%s, beside which it belongs, stays there: %s"
                        .formatted(bound.service(), bound.why());
    }

    private boolean isOnItsWayOut(InstanceRecord record) {
        return switch (record.order().phase()) {
            case LEAVE -> true;
            case RETIRE -> !planner(record).wants(record.id());
            case WAITING, RUN, APPROVED, STOP -> false;
        };
    }

    /** It is to run, as far as is known. */
    private boolean isMover(InstanceRecord record) {
        return !isOnItsWayOut(record)
                && draft.desired.state(record.id().service()).hold().isEmpty()
                && draft.lastHeard.ended(record).isEmpty()
                && planner(record).wants(record.id());
    }

    private ServicePlanner planner(InstanceRecord record) {
        return planners.computeIfAbsent(
                record.id().service(), id -> new ServicePlanner(draft, id, declared(record)));
    }

    private ServiceDefinition declared(InstanceRecord record) {
        return Objects.requireNonNull(stack.services().get(record.id().service().service()));
    }

    private Optional<Bound> bound(InstanceRecord record) {
        var service = record.id().service();
        return stays(record, declared(record)).map(why -> new Bound(service, why));
    }

    /** Why an instance stays with its node. */
    private Optional<String> stays(InstanceRecord record, ServiceDefinition declared) {
        var node = record.placement().node();
        if (!draft.desired.isManaged(stack.name())) {
            return Optional.of(
                    "stack %s is in mode %s"
                            .formatted(
                                    stack.name(),
                                    draft.desired
                                            .mode(stack.name())
                                            .name()
                                            .toLowerCase(Locale.ROOT)));
        }
        if (declared.deploy().mode() == DeployPolicy.Mode.GLOBAL) {
            return Optional.of("it runs on every node, and this one is its own");
        }
        if (isUnguarded(draft.desired, record, declared)) {
            return Optional.of(UNGUARDED);
        }
        return draft.paused(stack.name(), node)
                .or(() -> Pinning.reason(declared))
                .or(() -> draft.desired.definitionOf(record).flatMap(Pinning::reason));
    }

    /** It is to be a singleton, and what is there was started before that was said. */
    static boolean isUnguarded(Desired desired, InstanceRecord record, ServiceDefinition declared) {
        return declared.deploy().singleton().isPresent()
                && desired.definitionOf(record)
                        .filter(was -> was.deploy().singleton().isPresent())
                        .isEmpty();
    }

    private void move(List<Versioned<InstanceRecord>> movers) {
        switch (choose(movers, draft.lost::isLost)) {
            case Placement.Choice.Nowhere(var why) ->
                    movers.forEach(stored -> waits(stored.value(), why));
            case Placement.Choice.Chosen(var target, var why) ->
                    move(
                            movers,
                            target,
                            record ->
                                    "node %s is lost; %s"
                                            .formatted(
                                                    draft.desired.nodeName(
                                                            record.placement().node()),
                                                    why));
        }
    }

    private Placement.Choice choose(
            List<Versioned<InstanceRecord>> movers, Predicate<NodeId> left) {
        var wanted =
                movers.stream()
                        .map(stored ->
                                new Placement.Wanted(stored.value().id(), runs(stored.value())))
                        .toList();
        return draft.placement.chooseForAll(wanted, left);
    }

    private void move(
            List<Versioned<InstanceRecord>> movers,
            NodeId target,
            Function<InstanceRecord, String> why) {
        var moves = new ArrayList<Step.ReplaceRun>();
        for (var stored : movers) {
            moves.add(move(stored, target, why));
        }
        if (moves.size() == 1) {
            draft.relocate(moves.getFirst());
        } else {
            draft.relocate(moves);
        }
    }

    private Step.ReplaceRun move(
            Versioned<InstanceRecord> stored, NodeId target, Function<InstanceRecord, String> why) {
        var record = stored.value();
        draft.placement.left(record.placement().node(), record.id());
        draft.placement.placed(target, record.id(), runs(record));
        return new Step.ReplaceRun(stored, elsewhere(record, target), "move", why.apply(record));
    }

    private InstanceRecord elsewhere(InstanceRecord record, NodeId target) {
        var fresh = planner(record).newRecord(record.id(), target, List.of());
        return isStartedAnew(record)
                ? fresh
                : new InstanceRecord(
                        record.id(),
                        new InstanceRecord.Placement(
                                target, Placement.ports(runs(record), record.id()), List.of()),
                        record.run(),
                        fresh.order());
    }

    /** The declaration that it is to run elsewhere. */
    private ServiceDefinition runs(InstanceRecord record) {
        return isStartedAnew(record)
                ? declared(record)
                : draft.desired.definitionOf(record).orElseGet(() -> declared(record));
    }

    /** It was stopped by hand, or to end for good, and is to be there again. */
    private static boolean isStartedAnew(InstanceRecord record) {
        return record.order().phase() == Phase.STOP || record.order().phase() == Phase.RETIRE;
    }
}
