package olympus.agent.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import olympus.engine.ContainerEngine;
import olympus.engine.EngineException;
import olympus.foundation.EventLoop;
import olympus.model.InstanceId;

/**
 * What is still to be removed, or given back, of containers that are not wanted any more: tried
 * until the engine has done it. Threading: the supervision loop; what blocks runs in the {@link
 * Lane} of the instance.
 */
final class ContainerRemovals {

    private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private final ContainerEngine engine;
    private final ContainerLaunch launch;
    private final EventLoop loop;
    private final Problems problems;
    private final ContainerRecords records;

    ContainerRemovals(
            ContainerEngine engine,
            ContainerLaunch launch,
            EventLoop loop,
            Problems problems,
            ContainerRecords records) {
        this.engine = engine;
        this.launch = launch;
        this.loop = loop;
        this.problems = problems;
        this.records = records;
    }

    /** This container is to be removed, unless it becomes the instance's own before. */
    void owe(ContainerEntry entry, String container) {
        if (!entry.record.leftovers().contains(container)
                && !entry.record.container().equals(container)) {
            var leftovers = new ArrayList<>(entry.record.leftovers());
            leftovers.add(container);
            records.save(entry, entry.record.withLeftovers(leftovers));
        }
    }

    /** Removes what was made ready for a run that is not wanted any more. */
    void discard(ContainerEntry entry) {
        entry.lane.add(
                Lane.Kind.KEEPS,
                () -> {
                    var record = entry.record;
                    try {
                        for (var container : record.leftovers()) {
                            engine.remove(container, false);
                        }
                        loop.execute(() -> discarded(entry, record.leftovers()));
                    } catch (EngineException e) {
                        loop.execute(() -> {
                            problems.set("discard", entry.id, String.valueOf(e.getMessage()));
                            loop.schedule(AGAIN_AFTER, () -> discard(entry));
                        });
                    }
                });
    }

    private void discarded(ContainerEntry entry, List<String> removed) {
        problems.clear("discard", entry.id);
        var left = new ArrayList<>(entry.record.leftovers());
        left.removeAll(removed);
        records.save(entry, entry.record.withLeftovers(left));
    }

    /**
     * Tells that a released container is somebody else's, once no work with it is under way, no
     * successor of it is left and its restart policy is put back. What puts the policy back comes
     * again by itself until it is done; here it is only waited for.
     *
     * @param isIts whether it is still the entry of its instance
     */
    void whenGivenBack(ContainerEntry entry, Predicate<ContainerEntry> isIts) {
        if (!entry.released || !isIts.test(entry)) {
            entry.letGone = Optional.empty();
        } else if (entry.active && (entry.looking || isUnderWay(entry))) {
            loop.schedule(LOOK_AGAIN, () -> whenGivenBack(entry, isIts));
        } else {
            var done = entry.letGone;
            entry.letGone = Optional.empty();
            done.ifPresent(Runnable::run);
        }
    }

    private static boolean isUnderWay(ContainerEntry entry) {
        return entry.isRuleBeingSet
                || !entry.lane.isIdle()
                || entry.record.heldRule().isPresent()
                || !entry.record.leftovers().isEmpty();
    }

    /**
     * The instance is gone for good: what was managed is removed with its networks; what was only
     * watched stays, with the restart policy that was its own.
     *
     * @param plan of what was last to run, where that is known
     * @param isGone whether it still is
     */
    void finish(
            InstanceId id,
            Lane lane,
            ContainerRecord record,
            Optional<ContainerPlan> plan,
            BooleanSupplier isGone,
            Runnable onDone) {
        lane.add(
                Lane.Kind.REPLACES,
                () -> {
                    try {
                        if (record.managed()) {
                            launch.remove(record, plan, false);
                        } else {
                            launch.giveBack(record);
                        }
                        loop.execute(() -> {
                            problems.clear("remove", id);
                            if (isGone.getAsBoolean()) {
                                onDone.run();
                            }
                        });
                    } catch (EngineException e) {
                        loop.execute(() -> {
                            problems.set("remove", id, String.valueOf(e.getMessage()));
                            loop.schedule(
                                    AGAIN_AFTER,
                                    () -> {
                                        if (isGone.getAsBoolean()) {
                                            finish(id, lane, record, plan, isGone, onDone);
                                        }
                                    });
                        });
                    }
                });
    }
}
