package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
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
import olympus.model.state.InstanceObservation.State;
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

    /** More than these are counted instead of named in a decision. */
    private static final int NAMED = 20;

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
        var desired = controller.desired();
        var declared = orders.stack(name).current().orElseThrow();
        var states = ModeChanges.states(declared, mode, desired, actor, order.since());
        states.forEach(state -> StackChanges.putState(state, desired, conditions, operations));
        operations.add(
                orders.decision(
                        actor,
                        "mode " + EnumWords.of(mode),
                        name.value(),
                        "it was ordered",
                        "was %s; %s"
                                .formatted(
                                        EnumWords.of(controller.desired().mode(name)),
                                        mode == StackDefinition.Mode.MANAGE
                                                ? follows(name)
                                                : ends(states) + "nothing is restarted by that")));
        return new WriteQueue.Write<>(conditions, operations, Orders.none());
    }

    /** The ordered updates that another mode than {@code manage} ends. */
    private static String ends(List<ServiceState> states) {
        return states.stream()
                .map(state ->
                        "the update of %s ends, what it has not replaced stays as it is; "
                                .formatted(state.service()))
                .collect(Collectors.joining());
    }

    /** What happens to instances because the stack is managed from now on. */
    private String follows(StackName name) {
        var handover = Handovers.of(name, controller.desired(), controller.observedNow());
        var steps =
                handover.instances().stream()
                        .filter(step -> !step.action().equals("keep"))
                        .map(step -> step.action() + " " + step.instance())
                        .toList();
        if (steps.isEmpty()) {
            return "nothing is restarted by that";
        }
        var named = String.join(", ", steps.subList(0, Math.min(NAMED, steps.size())));
        return steps.size() <= NAMED
                ? named
                : "%s … and %d more".formatted(named, steps.size() - NAMED);
    }

    CompletionStage<Void> approve(String decision, Actor actor) {
        return controller.submit(() -> {
            var pending = pending(decision);
            var stack = pending.instance().service().stack();
            if (pending.mode() != StackDefinition.Mode.ASK) {
                throw new OlympusException(
                        ErrorCode.CONFLICT,
                        "nothing was done: stack %s is in mode observe, which touches nothing; `olympus mode %s ask` lets you approve, `olympus mode %s manage` acts by itself"
                                .formatted(stack, stack, stack));
            }
            var stored = controller.desired().instance(pending.instance()).orElseThrow();
            var approved =
                    switch (pending.action()) {
                        case "update" -> updated(stored.value(), actor);
                        default -> asItWas(stored.value(), pending.action(), actor);
                    };
            return change(
                    stored,
                    approved,
                    orders.decision(
                            actor,
                            "approve " + pending.action(),
                            pending.instance().toString(),
                            pending.why(),
                            pending.deniedBy()
                                    .map(by -> "ordered, although denied by " + by)
                                    .orElse("ordered")));
        });
    }

    /** Replaced as it is declared now. */
    private InstanceRecord updated(InstanceRecord record, Actor actor) {
        var id = record.id();
        var desired = controller.desired();
        var definition = desired.declared(id.service()).orElseThrow();
        var pointer = orders.stack(id.service().stack()).pointer().orElseThrow().value();
        var run =
                new InstanceRecord.Run(
                        controller.token(),
                        desired.state(id.service()).generation(),
                        pointer.revision(),
                        true);
        var placement =
                new InstanceRecord.Placement(
                        record.placement().node(), Placement.ports(definition, id), List.of());
        return new InstanceRecord(id, placement, run, approval("update", actor));
    }

    /** A new run of what it was last told to be: what was declared since stays a question. */
    private InstanceRecord asItWas(InstanceRecord record, String action, Actor actor) {
        var run = record.run();
        return record.withRun(
                        new InstanceRecord.Run(
                                controller.token(), run.generation(), run.revision(), true))
                .withOrder(approval(action, actor));
    }

    private InstanceRecord.Order approval(String action, Actor actor) {
        return new InstanceRecord.Order(
                InstanceRecord.Phase.APPROVED,
                "%s approved by %s".formatted(action, actor.name()),
                controller.clock().wall());
    }

    // What people order by name counts as approval of that, and of nothing else.

    /** Whether an order about it is an approval. */
    boolean isAsked(ServiceId service) {
        return controller.desired().mode(service.stack()) == StackDefinition.Mode.ASK;
    }

    CompletionStage<Void> start(ServiceId service, Optional<Long> expected, Actor actor) {
        return order(
                service,
                "start",
                expected,
                actor,
                (observed, record) ->
                        observed.any(record)
                                .map(seen -> seen.observation().state())
                                .filter(ModeOrders::isEnded)
                                .isPresent());
    }

    CompletionStage<Void> restart(ServiceId service, Optional<Long> expected, Actor actor) {
        return order(service, "restart", expected, actor, (_, _) -> true);
    }

    private static boolean isEnded(State state) {
        return switch (state) {
            case STOPPED, COMPLETED, GIVEN_UP -> true;
            case PENDING, STARTING, RUNNING, BACKOFF, STOPPING -> false;
        };
    }

    private CompletionStage<Void> order(
            ServiceId service,
            String action,
            Optional<Long> expected,
            Actor actor,
            BiPredicate<Observed, InstanceRecord> concerned) {
        return controller.submit(() -> {
            orders.requireKnown(service);
            var desired = controller.desired();
            var observed = controller.observedNow();
            var conditions = new ArrayList<>(orders.unchanged(service, expected));
            var operations = new ArrayList<Operation>();
            var state = desired.state(service);
            if (state.hold().isPresent()) {
                StackChanges.putState(
                        state.withHold(Optional.empty()), desired, conditions, operations);
            }
            for (var stored : desired.instancesOf(service).values()) {
                var record = stored.value();
                if (!record.order().phase().isGoing() && concerned.test(observed, record)) {
                    var key = ZeusKeys.instance(record.id());
                    var next = asItWas(record, action, actor);
                    conditions.add(new Condition.RevisionIs(key, stored.revision()));
                    operations.add(
                            new Operation.Put(
                                    key, Bytes.wrap(Codecs.INSTANCE_RECORD.encodeBytes(next))));
                }
            }
            if (operations.isEmpty()) {
                return Orders.nothing();
            }
            operations.add(
                    orders.decision(
                            actor,
                            action,
                            service.toString(),
                            orders.ordered(service),
                            "ordered as an approval; what was declared since stays a question"));
            return new WriteQueue.Write<>(conditions, operations, Orders.none());
        });
    }

    CompletionStage<Void> deny(String decision, Actor actor) {
        return controller.submit(() -> {
            var pending = pending(decision);
            var stored = controller.desired().instance(pending.instance()).orElseThrow();
            var denials = new ArrayList<>(stillApplying(stored.value()));
            denials.removeIf(denial -> denial.decision().equals(decision));
            denials.add(
                    new InstanceRecord.Denial(
                            pending.id(), actor.name(), controller.clock().wall()));
            return change(
                    stored,
                    stored.value().withDenials(denials),
                    orders.decision(
                            actor,
                            "deny " + pending.action(),
                            pending.instance().toString(),
                            pending.why(),
                            "left as it is"));
        });
    }

    private List<InstanceRecord.Denial> stillApplying(InstanceRecord record) {
        var ids =
                Pending.of(controller.desired(), controller.observedNow()).stream()
                        .map(PendingView::id)
                        .collect(Collectors.toSet());
        return record.denials().stream().filter(d -> ids.contains(d.decision())).toList();
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
