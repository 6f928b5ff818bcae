package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Operation;
import olympus.model.ServiceId;
import olympus.model.state.ServiceState;
import olympus.model.state.ServiceState.Gate;
import olympus.model.state.ServiceState.Stage;
import olympus.model.state.StackRevision;
import olympus.zeus.StackCommands;
import olympus.zeus.StackCommands.Actor;
import olympus.zeus.StackPlan;

/**
 * A person's yes or no to a new version that is being tried, as writes. Threading: Zeus' loop only.
 */
public final class RolloutOrders {

    private final Controller controller;
    private final Orders orders;

    RolloutOrders(Controller controller, Orders orders) {
        this.controller = controller;
        this.orders = orders;
    }

    public CompletionStage<Void> approve(ServiceId service, Optional<Long> expected, Actor actor) {
        return controller.submit(() -> {
            var state = tried(service, "approve");
            var unchanged = orders.unchanged(service, expected);
            var rollout = state.rollout().orElseThrow();
            if (rollout.gate().filter(gate -> gate.stage() == Stage.APPROVAL).isEmpty()) {
                throw new OlympusException(
                        ErrorCode.CONFLICT,
                        "nothing was approved: the new version of %s %s (olympus rollout status %s)"
                                .formatted(
                                        service,
                                        rollout.hasPassed()
                                                ? "has taken over already"
                                                : "has not proved itself yet",
                                        service));
            }
            var passed =
                    controller.desired().declared(service).map(Trials::passed).orElse(Stage.OPEN);
            var opened = new Gate(passed, controller.clock().wall(), actor.name());
            var conditions = new ArrayList<>(unchanged);
            var operations = new ArrayList<Operation>();
            StackChanges.putState(
                    state.withRollout(Optional.of(rollout.withGate(opened))),
                    controller.desired(),
                    conditions,
                    operations);
            operations.add(
                    orders.decision(
                            actor,
                            "approve rollout",
                            service.toString(),
                            orders.ordered(service),
                            passed == Stage.KEPT
                                    ? "the new version takes over, the old one is kept"
                                    : "the rest is replaced"));
            return new WriteQueue.Write<>(conditions, operations, Orders.none());
        });
    }

    public CompletionStage<StackPlan> reject(
            ServiceId service, String reason, Optional<Long> expected, Actor actor) {
        return controller.submit(() -> {
            StackCommands.checkRejectReason(reason);
            var rollout = tried(service, "reject").rollout().orElseThrow();
            StackChanges.requireRevision(service.stack(), expected, controller.desired());
            var stack = orders.stack(service.stack());
            var earlier =
                    Optional.ofNullable(stack.revisions().get(rollout.fromRevision()))
                            .map(StackRevision::definition)
                            .filter(was -> was.services().containsKey(service.service()))
                            .orElseThrow(() ->
                                    new OlympusException(
                                            ErrorCode.CONFLICT,
                                            "nothing was rejected: revision %d, from which the rollout of %s began, does not declare it; apply what it shall be"
                                                    .formatted(rollout.fromRevision(), service)));
            var why =
                    "rejected by " + actor.name() + (reason.isBlank() ? "" : ": " + reason.strip());
            var request =
                    new StackChanges.Request(
                            StepWriter.ServiceRollback.definition(
                                    stack.current().orElseThrow(), earlier, service),
                            Optional.empty(),
                            true,
                            ServiceState.Cause.ROLLBACK,
                            "rollout of %s %s, back to revision %d"
                                    .formatted(service, why, rollout.fromRevision()),
                            actor,
                            controller.incarnation(),
                            Optional.empty(),
                            Optional.of(
                                    new StackRevision.Returned(
                                            service, rollout.fromRevision(), why)));
            return StackChanges.apply(
                    request, controller.claim(service.stack()), controller.clock().wall());
        });
    }

    /** The state of a service of which a new version is being tried; fails when none is. */
    private ServiceState tried(ServiceId service, String action) {
        orders.requireKnown(service);
        var desired = controller.desired();
        if (!desired.isActedOn(service)) {
            Orders.requireManaged(service.stack(), action + " the rollout", desired);
        }
        var state = desired.state(service);
        if (Trials.isUnderWay(state)) {
            return state;
        }
        throw new OlympusException(
                ErrorCode.CONFLICT,
                "nothing to %s: no new version of %s is being tried%s"
                        .formatted(
                                action,
                                service,
                                state.rollout().map(one -> advice(service, one)).orElse("")));
    }

    private static String advice(ServiceId service, ServiceState.Rollout rollout) {
        return "; an update ordered by %s is %s, `olympus rollback %s --to %d` takes it back"
                .formatted(
                        rollout.by(),
                        rollout.failed().isPresent() ? "halted" : "under way",
                        service,
                        rollout.fromRevision());
    }

    /** What is refused while a new version is tried, as it would start that besides. */
    static void refuseInTrial(ServiceState state, String action) {
        if (Trials.isUnderWay(state)) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "nothing was done: a new version of %s is being tried, and \"%s\" would start it everywhere; approve or reject it first (olympus rollout status %s)"
                            .formatted(state.service(), action, state.service()));
        }
    }
}
