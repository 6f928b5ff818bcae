package olympus.agent.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import olympus.engine.ComposeLabels;
import olympus.engine.ContainerDetails;
import olympus.engine.ContainerEngine;
import olympus.engine.ContainerSummary;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import olympus.engine.MountPoint;
import olympus.model.stack.container.Mount;

/**
 * How one container takes the place of another: made under a name of its own, both renamed,
 * started. An engine may carry out any of these steps and its answer be lost, so each begins with
 * what is there. Blocks on the engine. Threading: any thread, one at a time for each instance.
 */
final class ContainerReplacement {

    private static final int SHORT_ID = 12;
    private static final String OLD = "_old";

    private final ContainerEngine engine;

    ContainerReplacement(ContainerEngine engine) {
        this.engine = engine;
    }

    // ---- names

    /** Until it takes over. */
    static String successorName(ContainerPlan plan, ContainerDetails old) {
        return old.id().substring(0, SHORT_ID) + "_" + plan.name();
    }

    private static String oldName(ContainerPlan plan, ContainerDetails old) {
        return successorName(plan, old) + OLD;
    }

    private static boolean isGivingWay(ContainerDetails container) {
        return container.name().startsWith(container.id().substring(0, SHORT_ID) + "_")
                && container.name().endsWith(OLD);
    }

    /** Whatever the engine says, unless the container has that name afterwards. */
    void rename(ContainerDetails container, String name) {
        if (container.name().equals(name)) {
            return;
        }
        try {
            engine.rename(container.id(), name);
        } catch (EngineException e) {
            if (e.isUnanswered()
                    || e.kind() == Kind.CANCELLED
                    || engine.find(container.id())
                            .filter(now -> now.name().equals(name))
                            .isEmpty()) {
                throw e;
            }
        }
    }

    // ---- the one that takes over

    /**
     * The one that was made ready, or has begun to take over, if it is what is wanted now. Another
     * one of the kind is removed.
     *
     * @param hasFiles whether files are put into a container before it is whole
     */
    Optional<ContainerDetails> successor(
            ContainerPlan plan, ContainerRecord record, ContainerDetails old, boolean hasFiles) {
        var inPlace = inPlace(plan, old);
        var whole = inPlace.filter(found -> ContainerLaunch.isMadeBy(plan, found));
        if (whole.isPresent()) {
            return whole;
        }
        inPlace.ifPresent(found -> end(plan, found));
        var made = engine.find(successorName(plan, old));
        var fits =
                made.filter(found ->
                        ContainerLaunch.isMadeBy(plan, found)
                                && (!hasFiles || record.leftovers().contains(found.id())));
        if (fits.isEmpty()) {
            made.ifPresent(stale -> engine.remove(stale.id(), false));
        }
        return fits;
    }

    /** What was made ready before is not wanted any more. */
    void discard(ContainerPlan plan, ContainerDetails old) {
        engine.find(successorName(plan, old)).ifPresent(stale -> engine.remove(stale.id(), false));
    }

    /** A successor that has the name already, while the record still knows only the one before. */
    private Optional<ContainerDetails> inPlace(ContainerPlan plan, ContainerDetails old) {
        return isGivingWay(old)
                ? others(plan, List.of(old.id()))
                        .filter(found -> !found.name().startsWith(old.id().substring(0, SHORT_ID)))
                        .findFirst()
                : Optional.empty();
    }

    /** What was made here for the same instance, without those that are known. */
    private Stream<ContainerDetails> others(ContainerPlan plan, List<String> known) {
        return engine.list(plan.identity()).stream()
                .map(ContainerSummary::id)
                .filter(id -> !known.contains(id))
                .map(engine::find)
                .flatMap(Optional::stream)
                .filter(found -> ComposeLabels.isOfOlympus(found.labels()));
    }

    /** Volumes without a name go over to the next container, as Compose has it. */
    static Map<String, String> carried(ContainerPlan plan, ContainerDetails old) {
        var taken =
                plan.workload().mounts().stream()
                        .filter(mount -> !(mount instanceof Mount.Anonymous))
                        .map(Mount::target)
                        .collect(Collectors.toSet());
        return old.mounts().stream()
                .filter(MountPoint::isAnonymousVolume)
                .filter(mount -> !taken.contains(mount.target()))
                .collect(Collectors.toMap(MountPoint::target, MountPoint::name, (a, b) -> a));
    }

    /** Afterwards the old one does not run, and the other one has its name. */
    void changePlaces(ContainerPlan plan, ContainerDetails old, ContainerDetails successor) {
        stop(plan, old);
        rename(old, oldName(plan, old));
        rename(successor, plan.name());
    }

    // ---- back, and away

    /** The container that is wanted again, under its name, also after half a replacement. */
    ContainerDetails givenUp(ContainerPlan plan, ContainerDetails old) {
        if (!isGivingWay(old)) {
            return old;
        }
        inPlace(plan, old).ifPresent(other -> end(plan, other));
        rename(old, plan.name());
        return engine.inspect(old.id());
    }

    /** Ends what was made here for an instance and is not in its record: nobody else would. */
    void removeOthers(ContainerPlan plan, ContainerRecord record) {
        var known = new ArrayList<>(record.leftovers());
        known.add(record.container());
        others(plan, known).forEach(found -> end(plan, found));
    }

    private void end(ContainerPlan plan, ContainerDetails container) {
        stop(plan, container);
        engine.remove(container.id(), false);
    }

    private void stop(ContainerPlan plan, ContainerDetails container) {
        if (ContainerLaunch.isUp(container)) {
            var policy = plan.spec().definition().stop();
            engine.stop(container.id(), Optional.empty(), policy.gracePeriod());
        }
    }
}
