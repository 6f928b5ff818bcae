package olympus.agent.internal;

import java.util.List;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.model.stack.StopPolicy;
import olympus.model.state.InstanceSpec;

/** What the {@link ContainerDriver} knows of one instance. Threading: the supervision loop. */
final class ContainerEntry {

    final InstanceId id;
    final Lane lane;
    Optional<InstanceSpec> spec = Optional.empty();

    /** Read also by the work in its lane. */
    volatile ContainerRecord record;

    /** It is run, or looked after, as a container now. */
    boolean active;

    /** Counts what was learnt: what was looked up before that is stale. */
    long changes;

    /** It is still asked what is there. */
    boolean asked;

    boolean looking;
    boolean lookAgain;

    /** In a moment, because the last look was in vain. */
    boolean isLookDue;

    /** Somebody else made or started what runs: only its last lines are taken over. */
    boolean takenOver;

    /** It is somebody else's from now on: nothing more is told of it. */
    boolean released;

    /** Told once nothing of what is released is under way any more. */
    Optional<Runnable> letGone = Optional.empty();

    boolean outOfMemory;
    boolean stopped;
    Optional<StopPolicy> stopping = Optional.empty();

    /** Between two tries of a start that waits for an engine: the next one. */
    Optional<Runnable> nextTry = Optional.empty();

    Optional<LogPump> pump = Optional.empty();
    boolean isRuleBeingSet;
    String noticed = "";

    ContainerEntry(InstanceId id, Lane lane, ContainerRecord record) {
        this.id = id;
        this.lane = lane;
        this.record = record;
    }

    boolean isLive() {
        return record.live();
    }

    Optional<ContainerPlan> plan() {
        return spec.flatMap(ContainerPlan::of);
    }

    boolean isManaged() {
        return spec.map(ContainerEntry::manages).orElse(record.managed());
    }

    static boolean manages(InstanceSpec spec) {
        return switch (spec.desired()) {
            case RUN, HOLD, STOP -> true;
            case WATCH, RELEASE -> false;
        };
    }

    List<String> ownNetworks() {
        return plan().map(ContainerPlan::ownNetworks).orElse(List.of());
    }
}
