package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Operation;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.json.EnumWords;
import olympus.model.stack.StackDefinition;
import olympus.model.state.Codecs;
import olympus.model.state.InstanceRecord;
import olympus.model.state.ServiceState;
import olympus.model.state.StackPointer;
import olympus.zeus.ClusterView.PendingView;
import olympus.zeus.StackCommands.Actor;

/**
 * What people order about what Zeus may do with a stack, and about what it asks, as writes.
 * Threading: Zeus' loop only.
 */
final class ModeOrders {

    private final Controller controller;
    private final Orders orders;

    ModeOrders(Controller controller, Orders orders) {
        this.controller = controller;
        this.orders = orders;
    }

    CompletionStage<Void> mode(
            StackName name, StackDefinition.Mode mode, Optional<Long> expected, Actor actor) {
        return controller.submit(() -> {
            var desired = controller.desired();
            var pointer = orders.stack(name).pointer().orElseThrow();
            StackChanges.requireRevision(name, expected, desired);
            if (pointer.value().removing()) {
                throw new OlympusException(
                        ErrorCode.CONFLICT, "stack %s is being removed".formatted(name));
            }
            return desired.mode(name) == mode ? Orders.nothing() : change(pointer, mode, actor);
        });
    }

    private WriteQueue.Write<Void> change(
            Versioned<StackPointer> pointer, StackDefinition.Mode mode, Actor actor) {
        var name = pointer.value().stack();
        var order = new StackPointer.ModeOrder(mode, actor.name(), controller.clock().wall());
        var next = pointer.value().withMode(Optional.of(order));
        var key = ZeusKeys.pointer(name);
        var conditions = new ArrayList<Condition>();
        var operations = new ArrayList<Operation>();
        conditions.add(new Condition.RevisionIs(key, pointer.revision()));
        operations.add(new Operation.Put(key, Bytes.wrap(Codecs.STACK_POINTER.encodeBytes(next))));
        var updated =
                mode == StackDefinition.Mode.MANAGE
                        ? rollOut(name, actor, conditions, operations)
                        : List.<ServiceId>of();
        var before = EnumWords.of(controller.desired().mode(name));
        operations.add(
                orders.decision(
                        actor,
                        "mode " + EnumWords.of(mode),
                        name.value(),
                        "it was ordered",
                        updated.isEmpty()
                                ? "was %s; nothing is restarted by that".formatted(before)
                                : "was %s; updated, because they were declared otherwise meanwhile: %s"
                                        .formatted(before, updated)));
        return new WriteQueue.Write<>(conditions, operations, Orders.none());
    }

    /** What was declared otherwise while it was only watched is updated as any update is. */
    private List<ServiceId> rollOut(
            StackName name, Actor actor, List<Condition> conditions, List<Operation> operations) {
        var desired = controller.desired();
        var updated = new ArrayList<ServiceId>();
        for (var service : Orders.services(name, orders.stack(name))) {
            desired.instancesOf(service).values().stream()
                    .map(Versioned::value)
                    .filter(record -> desired.behind(record).isPresent())
                    .findFirst()
                    .ifPresent(record -> {
                        var next = rollout(record, actor);
                        StackChanges.putState(next, desired, conditions, operations);
                        updated.add(service);
                    });
        }
        return updated;
    }

    private ServiceState rollout(InstanceRecord record, Actor actor) {
        var state = controller.desired().state(record.id().service());
        var rollout =
                new ServiceState.Rollout(
                        ServiceState.Cause.UPDATE,
                        record.run().revision(),
                        actor.name(),
                        controller.clock().wall(),
                        Optional.empty(),
                        false);
        return new ServiceState(
                state.service(), state.generation() + 1, state.hold(), Optional.of(rollout));
    }

    CompletionStage<Void> approve(String decision, Actor actor) {
        return controller.submit(() -> {
            var pending = pending(decision);
            var id = pending.instance();
            var desired = controller.desired();
            if (pending.mode() != StackDefinition.Mode.ASK) {
                throw new OlympusException(
                        ErrorCode.CONFLICT,
                        "nothing was done: stack %s is in mode observe, which touches nothing; `olympus mode %s ask` lets you approve, `olympus mode %s manage` acts by itself"
                                .formatted(
                                        id.service().stack(),
                                        id.service().stack(),
                                        id.service().stack()));
            }
            var stored = desired.instance(id).orElseThrow();
            var stack = orders.stack(id.service().stack());
            var definition = desired.declared(id.service()).orElseThrow();
            var run =
                    new InstanceRecord.Run(
                            controller.token(),
                            desired.state(id.service()).generation(),
                            stack.pointer().orElseThrow().value().revision(),
                            true);
            var placement =
                    new InstanceRecord.Placement(
                            stored.value().placement().node(),
                            Placement.ports(definition, id),
                            List.of());
            var order =
                    new InstanceRecord.Order(
                            InstanceRecord.Phase.APPROVED,
                            "%s approved by %s".formatted(pending.action(), actor.name()),
                            controller.clock().wall());
            return change(
                    stored,
                    new InstanceRecord(id, placement, run, order),
                    orders.decision(
                            actor,
                            "approve " + pending.action(),
                            id.toString(),
                            pending.why(),
                            "ordered"));
        });
    }

    CompletionStage<Void> deny(String decision, Actor actor) {
        return controller.submit(() -> {
            var pending = pending(decision);
            var stored = controller.desired().instance(pending.instance()).orElseThrow();
            var denial =
                    new InstanceRecord.Denial(
                            pending.id(), actor.name(), controller.clock().wall());
            return change(
                    stored,
                    stored.value().withDenial(denial),
                    orders.decision(
                            actor,
                            "deny " + pending.action(),
                            pending.instance().toString(),
                            pending.why(),
                            "left as it is"));
        });
    }

    private PendingView pending(String decision) {
        return Pending.of(controller.desired(), controller.observedNow()).stream()
                .filter(p -> p.id().equals(decision))
                .findFirst()
                .orElseThrow(() ->
                        new OlympusException(
                                ErrorCode.NOT_FOUND,
                                "no decision %s is pending; its cause may have passed (olympus decisions pending lists those that are)"
                                        .formatted(decision)));
    }

    private static WriteQueue.Write<Void> change(
            Versioned<InstanceRecord> from, InstanceRecord to, Operation decision) {
        var key = ZeusKeys.instance(to.id());
        return new WriteQueue.Write<>(
                List.of(new Condition.RevisionIs(key, from.revision())),
                List.of(
                        new Operation.Put(key, Bytes.wrap(Codecs.INSTANCE_RECORD.encodeBytes(to))),
                        decision),
                Orders.none());
    }
}
