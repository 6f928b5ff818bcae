package olympus.zeus.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.state.NodeReport;
import olympus.model.state.NodeSpec;

/**
 * A plan while it is being made: the inputs, and what has been decided so far. Used by one thread
 * within one planning.
 */
final class PlanDraft {

    final Desired desired;
    final Observed observed;
    final Now now;
    final LastHeard lastHeard;
    final Neighbours neighbours;
    final LostNodes lost;
    final Placement placement;

    /** Whether instances are to leave any node. */
    final boolean isEmptying;

    private final List<Step> steps = new ArrayList<>();
    private final Set<ServiceId> unclaimedServices = new HashSet<>();
    private final Set<InstanceId> relocated = new HashSet<>();
    private final Map<ServiceId, String> waits = new HashMap<>();
    private final Map<InstanceId, String> stays = new HashMap<>();
    private OptionalLong wakeNanos = OptionalLong.empty();

    PlanDraft(Desired desired, Observed observed, Now now) {
        this(desired, observed, now, Candidates.MOST);
    }

    /**
     * @param mostSorted see {@link Candidates}
     */
    PlanDraft(Desired desired, Observed observed, Now now, int mostSorted) {
        this.desired = desired;
        this.observed = observed;
        this.now = now;
        var unclaimed = Unclaimed.of(desired, observed);
        unclaimed.keySet().forEach(id -> unclaimedServices.add(id.service()));
        this.lastHeard = new LastHeard(desired, observed);
        this.neighbours = new Neighbours(desired);
        this.lost = new LostNodes(desired, observed, now.nanos());
        this.placement = Placement.of(desired, observed, neighbours, unclaimed, mostSorted);
        this.isEmptying =
                desired.specs().values().stream()
                        .flatMap(spec -> spec.value().withdrawal().stream())
                        .anyMatch(NodeSpec.Withdrawal::isEmptying);
    }

    /** The instant of planning: monotonic for what is waited for, wall for records. */
    record Now(long nanos, Instant wall) {}

    /** Why nothing may be done by itself with what is on a node; empty when it may. */
    Optional<String> paused(StackName stack, NodeId node) {
        return desired.pauseOf(stack, Optional.of(node))
                .map(pause -> "automatic action is paused by " + pause.by())
                .or(() ->
                        observed.node(node)
                                .flatMap(Observed.Node::report)
                                .flatMap(NodeReport::paused)
                                .map(why -> "automatic action is paused on its node: " + why));
    }

    /** Whether agents run it by orders that the store has lost: nothing is planned for it. */
    boolean isUnclaimed(ServiceId service) {
        return unclaimedServices.contains(service);
    }

    void add(Step step) {
        steps.add(step);
    }

    /** It gets a new run elsewhere: nothing else is planned for it. */
    void relocate(Step.ReplaceRun step) {
        steps.add(step);
        relocated.add(step.to().id());
    }

    /** The same of several that go to one node: in one write, as far as one takes them. */
    void relocate(List<Step.ReplaceRun> together) {
        for (var from = 0; from < together.size(); from += Step.MoveTogether.MOST) {
            var to = Math.min(from + Step.MoveTogether.MOST, together.size());
            steps.add(new Step.MoveTogether(together.subList(from, to)));
        }
        together.forEach(step -> relocated.add(step.to().id()));
    }

    boolean isRelocated(InstanceId id) {
        return relocated.contains(id);
    }

    /** The first sentence stays: the cause comes before its consequences. */
    void waits(ServiceId service, String sentence) {
        waits.putIfAbsent(service, sentence);
    }

    /** Why one instance does not leave its node. */
    void stays(InstanceId id, String why) {
        stays.putIfAbsent(id, why);
    }

    void wakeAt(long nanos) {
        if (wakeNanos.isEmpty() || nanos - wakeNanos.getAsLong() < 0) {
            wakeNanos = OptionalLong.of(nanos);
        }
    }

    Plan finish() {
        return new Plan(steps, waits, stays, wakeNanos);
    }
}
