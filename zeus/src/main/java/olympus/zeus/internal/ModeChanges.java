package olympus.zeus.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.json.EnumWords;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StackDefinition.Mode;
import olympus.model.state.InstanceRecord;
import olympus.model.state.ServiceState;
import olympus.zeus.StackCommands.Actor;

/**
 * What becomes of a stack's services because another mode comes into force, whether it was ordered
 * or its files declare it. Pure.
 */
final class ModeChanges {

    private ModeChanges() {}

    /**
     * States that differ from the present ones.
     *
     * @param declared from now on
     */
    static List<ServiceState> states(
            StackDefinition declared, Mode next, Desired desired, Actor actor, Instant now) {
        var name = declared.name();
        var present = desired.mode(name);
        if (desired.stack(name).isEmpty() || present == next) {
            return List.of();
        }
        return switch (next) {
            case MANAGE -> rolledOut(declared, desired, actor, now);
            case OBSERVE -> halted(name, desired, actor);
            case ASK -> List.of();
        };
    }

    /** What was declared otherwise while it was only watched is updated as any update is. */
    private static List<ServiceState> rolledOut(
            StackDefinition declared, Desired desired, Actor actor, Instant now) {
        var states = new ArrayList<ServiceState>();
        declared.services()
                .forEach((service, definition) -> {
                    var id = new ServiceId(declared.name(), service);
                    // What is acted on is being updated already, by order.
                    if (!desired.isActedOn(id)) {
                        desired.instancesOf(id).values().stream()
                                .map(Versioned::value)
                                .filter(record -> desired.behind(record, definition).isPresent())
                                .findFirst()
                                .map(record -> rollout(record, desired, actor, now))
                                .ifPresent(states::add);
                    }
                });
        return states;
    }

    private static ServiceState rollout(
            InstanceRecord record, Desired desired, Actor actor, Instant now) {
        var state = desired.state(record.id().service());
        var rollout =
                new ServiceState.Rollout(
                        ServiceState.Cause.UPDATE,
                        record.run().revision(),
                        actor.name(),
                        now,
                        Optional.empty(),
                        false);
        return new ServiceState(
                state.service(), state.generation() + 1, state.hold(), Optional.of(rollout));
    }

    /** An update ordered by name ends; what it has not replaced is a question again. */
    private static List<ServiceState> halted(StackName name, Desired desired, Actor actor) {
        return desired.services().values().stream()
                .map(Versioned::value)
                .filter(state -> state.service().stack().equals(name))
                .filter(state -> state.rollout().filter(OrderedUpdates::is).isPresent())
                .map(state ->
                        state.withRollout(
                                state.rollout()
                                        .map(rollout ->
                                                rollout.withFailed(
                                                        "mode %s ordered by %s"
                                                                .formatted(
                                                                        EnumWords.of(Mode.OBSERVE),
                                                                        actor.name())))))
                .toList();
    }
}
