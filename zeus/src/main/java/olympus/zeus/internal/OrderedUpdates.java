package olympus.zeus.internal;

import java.time.Instant;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.ServiceId;
import olympus.model.state.ServiceState;
import olympus.model.state.StackRevision;
import olympus.zeus.StackCommands.Actor;
import olympus.zeus.StackPlan;

/**
 * The updates that a person who is asked has ordered by name, of other images, and their way back.
 * While one is under way its service is not declared otherwise: that would be carried out with it,
 * and nobody has approved it. Pure.
 */
final class OrderedUpdates {

    private OrderedUpdates() {}

    /** Whether it is one, and under way. */
    static boolean is(ServiceState.Rollout rollout) {
        return rollout.failed().isEmpty() && isOrdered(rollout.cause());
    }

    static boolean isOrdered(ServiceState.Cause cause) {
        return switch (cause) {
            case IMAGES, ROLLBACK -> true;
            case UPDATE, RESTART -> false;
        };
    }

    /** Other images once more, and what takes the update back, are approved by being ordered. */
    static void refuseInBetween(
            StackChanges.Request request, StackPlan.ServiceChange change, Desired desired) {
        var id = new ServiceId(request.definition().name(), change.service());
        var state = desired.state(id);
        if (state.rollout().filter(OrderedUpdates::is).isEmpty()
                || request.cause() == ServiceState.Cause.IMAGES
                || request.returned().isPresent()
                || takesBack(request, state, desired)) {
            return;
        }
        throw new OlympusException(
                ErrorCode.CONFLICT,
                "nothing was applied: the update of %s ordered by %s is under way, and what is applied now would be carried out with it, unapproved; wait for its end (olympus wait %s), or take it back first (olympus rollback %s --to %d)"
                        .formatted(
                                id,
                                state.rollout().orElseThrow().by(),
                                id.stack(),
                                id,
                                state.rollout().orElseThrow().fromRevision()));
    }

    /** Whether a service is to run again what it ran before the update that is under way. */
    static boolean takesBack(StackChanges.Request request, ServiceState state, Desired desired) {
        var id = state.service();
        var is = Optional.ofNullable(request.definition().services().get(id.service()));
        return state.rollout()
                .filter(OrderedUpdates::is)
                .flatMap(rollout ->
                        desired.stack(id.stack())
                                .map(stack -> stack.revisions().get(rollout.fromRevision())))
                .map(StackRevision::definition)
                .flatMap(before ->
                        Optional.ofNullable(before.services().get(id.service()))
                                .filter(was ->
                                        before.directory().equals(request.definition().directory())
                                                && is.filter(now ->
                                                                !StackDifference.needsReplacement(
                                                                        was, now))
                                                        .isPresent()))
                .isPresent();
    }

    /** That every instance of a service gets a new run. */
    static ServiceState.Rollout restartRollout(
            Actor actor, Instant now, long revision, boolean paused) {
        return new ServiceState.Rollout(
                ServiceState.Cause.RESTART, revision, actor.name(), now, Optional.empty(), paused);
    }
}
