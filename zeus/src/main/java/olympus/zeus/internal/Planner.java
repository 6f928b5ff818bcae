package olympus.zeus.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord;
import olympus.model.state.InstanceRecord.Phase;
import olympus.model.state.NodeSpec;

/**
 * The pure core of the controller: from all that is stored and all that is observed to what is done
 * next. Depends on nothing else, changes nothing.
 *
 * <p>Cost: linear in the number of instances; for a placement see {@link Placement}.
 */
public final class Planner {

    private final PlanDraft draft;
    private final Map<StackName, List<ServiceId>> servicesByStack = new HashMap<>();
    private final List<Work> work = new ArrayList<>();

    /**
     * A part of the plan that may place something.
     *
     * @param rank the higher one comes first, and finds room where the others do not any more
     */
    record Work(int rank, Runnable plan) {}

    private Planner(PlanDraft draft) {
        this.draft = draft;
        draft.desired
                .instances()
                .forEach((id, records) -> {
                    if (!records.isEmpty()) {
                        servicesByStack.computeIfAbsent(id.stack(), s -> new ArrayList<>()).add(id);
                    }
                });
    }

    /**
     * @param nanos monotonic time of this moment
     * @param wall wall time of this moment, for records
     */
    public static Plan plan(Desired desired, Observed observed, long nanos, Instant wall) {
        return plan(desired, observed, nanos, wall, Candidates.MOST);
    }

    /**
     * The same plan, at another cost.
     *
     * @param mostSorted for how many kinds of services nodes are kept sorted ({@link Candidates});
     *     with 0 each placement looks at every node
     */
    public static Plan plan(
            Desired desired, Observed observed, long nanos, Instant wall, int mostSorted) {
        var draft = new PlanDraft(desired, observed, new PlanDraft.Now(nanos, wall), mostSorted);
        new Planner(draft).run();
        return draft.finish();
    }

    private void run() {
        draft.lost.steps(draft.now.wall()).forEach(draft::add);
        draft.lost.wakeNanos().ifPresent(draft::wakeAt);
        draft.desired.stacks().forEach(this::planStack);
        // Otherwise in the order of their names: the sort is stable.
        work.sort(Comparator.comparingInt(Work::rank).reversed());
        work.forEach(one -> one.plan().run());
        for (var service : draft.desired.services().keySet()) {
            if (draft.desired.declared(service).isEmpty()
                    && draft.desired.instancesOf(service).isEmpty()
                    && !draft.desired.stack(service.stack()).map(this::isGoing).orElse(false)) {
                draft.add(
                        new Step.ForgetService(service, "it is no longer declared and has ended"));
            }
        }
        mendDrift();
    }

    private boolean isGoing(Desired.StackRecords stack) {
        return stack.pointer().orElseThrow().value().removing();
    }

    private void planStack(StackName name, Desired.StackRecords stack) {
        if (stack.pointer().isEmpty()) {
            return;
        }
        var present = servicesByStack.getOrDefault(name, List.of());
        if (isGoing(stack) && present.isEmpty()) {
            if (Unclaimed.isAnythingLeft(name, draft.observed)) {
                return;
            }
            draft.add(
                    new Step.ForgetStack(
                            name,
                            draft.desired.isReleased(name)
                                    ? "it was released, and its services go on without Olympus"
                                    : "it was removed and all its services have ended"));
            return;
        }
        var definition = stack.current();
        var going =
                present.stream()
                        .filter(id -> !draft.isUnclaimed(id))
                        .filter(id ->
                                definition
                                        .map(d -> !d.services().containsKey(id.service()))
                                        .orElse(true))
                        .toList();
        retire(going, isGoing(stack));
        definition.ifPresent(this::planServices);
    }

    private void planServices(StackDefinition definition) {
        work.addAll(Relocations.of(draft, definition));
        for (var service : definition.services().values()) {
            var id = new ServiceId(definition.name(), service.name());
            if (draft.isUnclaimed(id)) {
                draft.waits(id, Unclaimed.reason(draft.desired, id));
            } else {
                work.add(
                        new Work(
                                service.deploy().rank(),
                                () -> new ServicePlanner(draft, id, service).run()));
            }
        }
    }

    /**
     * Ends services that are no longer declared: dependants first, each only when they have ended.
     * Those that go on without Olympus need no order.
     */
    private void retire(List<ServiceId> going, boolean stackGoes) {
        var blocked = blockedByDependants(going);
        blocked.removeIf(service -> isLeftAlone(draft.desired, service.stack()));
        if (blocked.size() == going.size() && going.stream().noneMatch(this::isRetiring)) {
            // Declarations of different revisions can depend on each other in a circle: begin
            // somewhere.
            going.stream().findFirst().ifPresent(blocked::remove);
        }
        for (var service : going) {
            for (var stored : draft.desired.instancesOf(service).descendingMap().values()) {
                if (stored.value().order().phase().isGoing()) {
                    forgetOnceEnded(draft, stored, "it has ended and is no longer declared");
                } else if (!blocked.contains(service)) {
                    var why =
                            stackGoes
                                    ? "the stack %s is being %s"
                                            .formatted(
                                                    service.stack(),
                                                    isLeftAlone(draft.desired, service.stack())
                                                            ? "released"
                                                            : "removed")
                                    : service + " is no longer declared";
                    draft.add(retireStep(draft, stored, why));
                } else {
                    draft.waits(service, "stops once the services that depend on it have ended");
                }
            }
        }
    }

    private boolean isRetiring(ServiceId service) {
        return draft.desired.instancesOf(service).values().stream()
                .anyMatch(r -> r.value().order().phase().isGoing());
    }

    private Set<ServiceId> blockedByDependants(List<ServiceId> going) {
        var blocked = new HashSet<ServiceId>();
        for (var dependant : going) {
            for (var stored : draft.desired.instancesOf(dependant).values()) {
                draft.desired
                        .definitionOf(stored.value())
                        .ifPresent(d ->
                                d.dependsOn()
                                        .keySet()
                                        .forEach(name ->
                                                blocked.add(
                                                        new ServiceId(dependant.stack(), name))));
            }
        }
        blocked.retainAll(going);
        return blocked;
    }

    static Step retireStep(PlanDraft draft, Versioned<InstanceRecord> stored, String why) {
        var stack = stored.value().id().service().stack();
        var phase = isLeftAlone(draft.desired, stack) ? Phase.LEAVE : Phase.RETIRE;
        var order = new InstanceRecord.Order(phase, why, draft.now.wall());
        return new Step.RetireInstance(stored, stored.value().withOrder(order), why);
    }

    /** Its services go on without Olympus. */
    private static boolean isLeftAlone(Desired desired, StackName stack) {
        return desired.isReleased(stack) || !desired.isManaged(stack);
    }

    static void forgetOnceEnded(PlanDraft draft, Versioned<InstanceRecord> stored, String why) {
        var record = stored.value();
        var isLeft = record.order().phase() == Phase.LEAVE;
        var node = record.placement().node();
        var isGone =
                draft.lost.isLost(node)
                        && draft.desired
                                .emptying(node)
                                .filter(NodeSpec.Withdrawal::force)
                                .isPresent();
        if (isGone) {
            draft.add(
                    new Step.ForgetInstance(
                            stored, "its node is lost and was taken out of use by force"));
        } else if (draft.observed.hasEnded(stored)) {
            draft.add(new Step.ForgetInstance(stored, isLeft ? "its agent has let go of it" : why));
        } else if (draft.observed.connected(record.placement().node())) {
            draft.waits(
                    record.id().service(),
                    isLeft
                            ? record.id() + " is being let go; what was begun is finished first"
                            : record.id() + " is stopping");
        } else {
            draft.waits(
                    record.id().service(),
                    "%s cannot be seen to end: node %s is not connected"
                            .formatted(
                                    record.id(),
                                    draft.desired.nodeName(record.placement().node())));
        }
    }

    /** What runs on a node although its agent knows that it is not to, or under another token. */
    private void mendDrift() {
        draft.observed
                .nodes()
                .forEach((id, node) -> {
                    if (node.connected()) {
                        node.instances().values().forEach(i -> mendDrift(id, node, i));
                    }
                });
    }

    private void mendDrift(
            olympus.model.NodeId node, Observed.Node observed, Observed.Instance instance) {
        var seen = instance.observation();
        var stored = draft.desired.instance(seen.id());
        var declaredHere = stored.filter(r -> r.value().placement().node().equals(node));
        var known = observed.acceptedRevision() >= draft.desired.revision();
        if (!isActive(seen.state())
                || !known
                || draft.isUnclaimed(seen.id().service())
                || !draft.desired.isManaged(seen.id().service().stack())
                || Unclaimed.isOfUnknownStack(draft.desired, seen.id())) {
            return;
        }
        if (declaredHere.isEmpty()) {
            draft.add(
                    new Step.MendDrift(
                            node, subject(seen.id()), "it runs there, but nobody declared it"));
        } else if (!seen.runToken().equals(declaredHere.get().value().run().token())) {
            draft.add(
                    new Step.MendDrift(
                            node,
                            subject(seen.id()),
                            "its agent runs another run of it than the one ordered"));
        }
    }

    private static boolean isActive(State state) {
        return state == State.RUNNING || state == State.STARTING || state == State.BACKOFF;
    }

    private static String subject(InstanceId id) {
        return id.toString();
    }
}
