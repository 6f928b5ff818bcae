package olympus.zeus.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import olympus.model.InstanceId;
import olympus.model.ServiceId;

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
    private final List<Step> steps = new ArrayList<>();
    private final Set<ServiceId> unclaimedServices = new HashSet<>();
    private final Set<InstanceId> relocated = new HashSet<>();
    private final Map<ServiceId, String> waits = new HashMap<>();
    private OptionalLong wakeNanos = OptionalLong.empty();

    PlanDraft(Desired desired, Observed observed, Now now) {
        this.desired = desired;
        this.observed = observed;
        this.now = now;
        var unclaimed = Unclaimed.of(desired, observed);
        unclaimed.keySet().forEach(id -> unclaimedServices.add(id.service()));
        this.lastHeard = new LastHeard(desired, observed);
        this.neighbours = new Neighbours(desired);
        this.lost = new LostNodes(desired, observed, now.nanos());
        this.placement = Placement.of(desired, observed, neighbours, unclaimed);
    }

    /** The instant of planning: monotonic for what is waited for, wall for records. */
    record Now(long nanos, Instant wall) {}

    /** Whether agents run it by orders that the store has lost: nothing is planned for it. */
    boolean isUnclaimed(ServiceId service) {
        return unclaimedServices.contains(service);
    }

    void add(Step step) {
        steps.add(step);
    }

    /** It gets a new run elsewhere: nothing else is planned for it. */
    void relocate(Step step, InstanceId id) {
        steps.add(step);
        relocated.add(id);
    }

    boolean isRelocated(InstanceId id) {
        return relocated.contains(id);
    }

    /** The first sentence stays: the cause comes before its consequences. */
    void waits(ServiceId service, String sentence) {
        waits.putIfAbsent(service, sentence);
    }

    void wakeAt(long nanos) {
        if (wakeNanos.isEmpty() || nanos - wakeNanos.getAsLong() < 0) {
            wakeNanos = OptionalLong.of(nanos);
        }
    }

    Plan finish() {
        return new Plan(steps, waits, wakeNanos);
    }
}
