package olympus.zeus.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Operation;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.state.Codecs;
import olympus.model.state.Decision;
import olympus.model.state.InstanceRecord;
import olympus.model.state.ServiceState;
import olympus.model.state.StackRevision;
import olympus.zeus.StackCommands.Actor;
import olympus.zeus.StackPlan;

/**
 * Turns the steps of a plan into one transaction: the records, the conditions that they are still
 * as planned, and a decision for each.
 */
final class StepWriter {

    /** Steps in one transaction: two operations and one condition each, at most. */
    static final int MAX_STEPS = 300;

    static final String ZEUS = "zeus";

    private final Desired desired;
    private final Instant now;
    private final Supplier<String> tokens;
    private final List<Condition> conditions = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();
    private final List<Step> taken = new ArrayList<>();
    private int operated;

    StepWriter(Desired desired, Instant now, Supplier<String> tokens) {
        this.desired = desired;
        this.now = now;
        this.tokens = tokens;
    }

    /** The write for the first steps of {@code plan}; its answer tells which those are. */
    WriteQueue.Write<List<Step>> write(Plan plan) {
        for (var step : plan.steps()) {
            if (step instanceof Step.RollBackService rollback) {
                if (taken.isEmpty()) {
                    return rollBack(rollback);
                }
                break;
            }
            var size = step instanceof Step.MoveTogether(var moves) ? moves.size() : 1;
            if (!taken.isEmpty() && operated + size > MAX_STEPS) {
                break;
            }
            add(step);
            taken.add(step);
            operated += size;
        }
        return new WriteQueue.Write<>(conditions, operations, taken);
    }

    private void add(Step step) {
        switch (step) {
            case Step.PlaceInstance(var record, var why) -> {
                conditions.add(new Condition.Absent(ZeusKeys.instance(record.id())));
                put(withToken(record));
                decide("place", record, why, placed(record));
            }
            case Step.ReplaceRun(var from, var to, var action, var why) -> {
                replace(from, withToken(to));
                decide(action, to, why, "a new run is ordered");
            }
            case Step.MoveTogether(var moves) -> moves.forEach(this::add);
            case Step.ReleaseInstance(var from, var to, var why) -> {
                replace(from, to);
                decide("start", to, why, "ordered");
            }
            case Step.StopInstance(var from, var to, var why) -> {
                replace(from, to);
                decide("stop", to, why, "ordered");
            }
            case Step.RetireInstance(var from, var to, var why) -> {
                replace(from, to);
                if (to.order().phase() == InstanceRecord.Phase.LEAVE) {
                    decide("leave", to, why, "it goes on without Olympus");
                } else {
                    decide("retire", to, why, "its stop is ordered");
                }
            }
            case Step.ForgetInstance forget -> forget(forget);
            case Step.AmendInstance(var from, var to, var why) -> {
                replace(from, to);
                decide("change without a restart", to, why, "ordered");
            }
            case Step.ConfirmInstance(var from, var to, var why) -> replace(from, to);
            case Step.AdvanceRollout(var from, var to, var why) -> advance(from, to, why);
            case Step.FinishRollout(var from, var why) ->
                    endRollout(
                            from,
                            from.value().withRollout(java.util.Optional.empty()),
                            "finish update",
                            why);
            case Step.HaltRollout(var from, var why) -> halt(from, why);
            case Step.RollBackService rollback -> halt(rollback.from(), rollback.why());
            case Step.ForgetService(var service, var why) ->
                    operations.add(new Operation.Delete(ZeusKeys.service(service)));
            case Step.ForgetStack forget -> forget(forget);
            case Step.LoseNode lose -> lose(lose);
            case Step.ReturnNode back -> takeBack(back);
            case Step.MendDrift(var node, var subject, var why) ->
                    operations.add(
                            decision(
                                    "mend drift",
                                    subject,
                                    name(node),
                                    why,
                                    "the whole assignment is sent again"));
        }
    }

    private void takeBack(Step.ReturnNode step) {
        var node = step.from().value().node();
        conditions.add(new Condition.RevisionIs(ZeusKeys.lost(node), step.from().revision()));
        operations.add(new Operation.Delete(ZeusKeys.lost(node)));
        decide("count as back", node, step.why(), "what was started elsewhere ends here");
    }

    private void lose(Step.LoseNode step) {
        var node = step.to().node();
        conditions.add(
                new Condition.RevisionIs(
                        ZeusKeys.lost(node), step.from().map(Versioned::revision).orElse(0L)));
        operations.add(
                new Operation.Put(
                        ZeusKeys.lost(node), Bytes.wrap(Codecs.NODE_LOST.encodeBytes(step.to()))));
        step.heard()
                .ifPresent(heard ->
                        operations.add(
                                new Operation.Put(
                                        ZeusKeys.away(node),
                                        Bytes.wrap(Codecs.NODE_AWAY.encodeBytes(heard)))));
        if (step.to().heldBack().isPresent()) {
            decide(
                    "hold back",
                    node,
                    step.why(),
                    "nothing is moved from it before others are back");
        } else {
            decide("count as lost", node, step.why(), "what can run elsewhere is started there");
        }
    }

    private void decide(String action, NodeId node, String why, String result) {
        operations.add(decision(action, "node:" + name(node), name(node), why, result));
    }

    private void forget(Step.ForgetInstance step) {
        var record = step.from().value();
        var key = ZeusKeys.instance(record.id());
        conditions.add(new Condition.RevisionIs(key, step.from().revision()));
        operations.add(new Operation.Delete(key));
        if (record.order().phase() == InstanceRecord.Phase.LEAVE) {
            decide("forget", record, step.why(), "left as it is");
        } else {
            decide("remove", record, step.why(), "removed");
        }
    }

    private void forget(Step.ForgetStack step) {
        var stack = step.stack();
        operations.add(new Operation.DeleteTree(ZeusKeys.stack(stack)));
        operations.add(new Operation.DeleteTree(ZeusKeys.services(stack)));
        operations.add(
                decision(
                        "forget stack",
                        stack.value(),
                        "",
                        step.why(),
                        desired.isReleased(stack)
                                ? "forgotten; what runs is left as it is"
                                : "removed; its data is kept"));
    }

    private void advance(Versioned<ServiceState> from, ServiceState.Gate to, String why) {
        var state = from.value();
        var rollout = state.rollout().orElseThrow().withGate(to);
        StackChanges.putState(
                state.withRollout(java.util.Optional.of(rollout)), desired, conditions, operations);
        var action =
                switch (to.stage()) {
                    case TRIAL -> "try update";
                    case APPROVAL -> "ask for approval";
                    case KEPT -> "switch over";
                    case OPEN -> "go on with update";
                    case BACK -> "go back";
                };
        var result =
                switch (to.stage()) {
                    case TRIAL, BACK -> "written";
                    case KEPT -> "the new version takes over, the old one is kept";
                    case APPROVAL ->
                            "it waits for a person: olympus rollout approve " + state.service();
                    case OPEN -> "what is left of the old version goes";
                };
        operations.add(decision(action, state.service().toString(), "", why, result));
    }

    private void halt(Versioned<ServiceState> from, String why) {
        var rollout = from.value().rollout().orElseThrow().withFailed(why);
        endRollout(
                from, from.value().withRollout(java.util.Optional.of(rollout)), "halt update", why);
    }

    private void endRollout(
            Versioned<ServiceState> from, ServiceState to, String action, String why) {
        StackChanges.putState(to, desired, conditions, operations);
        operations.add(decision(action, from.value().service().toString(), "", why, "written"));
    }

    /** The whole service declaration of an earlier revision, as a new revision with the reason. */
    private WriteQueue.Write<List<Step>> rollBack(Step.RollBackService step) {
        var service = step.from().value().service();
        var stack = desired.stack(service.stack()).orElseThrow();
        var earlier = stack.revisions().get(step.revision());
        var current = stack.current();
        if (earlier == null || current.isEmpty()) {
            return halted(step, step.why());
        }
        var definition = ServiceRollback.definition(current.get(), earlier.definition(), service);
        var note =
                "update of %s failed (%s), back to revision %d"
                        .formatted(service, step.why(), step.revision());
        var request =
                new StackChanges.Request(
                        definition,
                        java.util.Optional.empty(),
                        true,
                        ServiceState.Cause.ROLLBACK,
                        note,
                        new Actor(ZEUS, ""),
                        java.util.Optional.empty(),
                        java.util.Optional.empty(),
                        java.util.Optional.of(
                                new StackRevision.Returned(service, step.revision(), step.why())));
        try {
            WriteQueue.Write<StackPlan> write = StackChanges.apply(request, desired, now);
            return write.operations().isEmpty()
                    ? halted(step, step.why())
                    : new WriteQueue.Write<>(write.conditions(), write.operations(), List.of(step));
        } catch (OlympusException refused) {
            return halted(step, step.why() + "; rolling back is refused: " + refused.getMessage());
        }
    }

    private WriteQueue.Write<List<Step>> halted(Step.RollBackService step, String why) {
        halt(step.from(), why);
        return new WriteQueue.Write<>(conditions, operations, List.of(step));
    }

    private InstanceRecord withToken(InstanceRecord record) {
        var run = record.run();
        return record.withRun(
                new InstanceRecord.Run(
                        tokens.get(), run.generation(), run.revision(), run.confirmed()));
    }

    private void replace(Versioned<InstanceRecord> from, InstanceRecord to) {
        conditions.add(new Condition.RevisionIs(ZeusKeys.instance(to.id()), from.revision()));
        put(to);
    }

    private void put(InstanceRecord record) {
        operations.add(
                new Operation.Put(
                        ZeusKeys.instance(record.id()),
                        Bytes.wrap(Codecs.INSTANCE_RECORD.encodeBytes(record))));
    }

    private String placed(InstanceRecord record) {
        var where = "on " + name(record.placement().node());
        return record.order().phase() == InstanceRecord.Phase.WAITING
                ? where + ", " + record.order().reason()
                : where;
    }

    private void decide(String action, InstanceRecord record, String why, String result) {
        operations.add(
                decision(
                        action,
                        record.id().toString(),
                        name(record.placement().node()),
                        why,
                        result));
    }

    private Operation decision(
            String action, String subject, String node, String why, String result) {
        return StackChanges.append(new Decision(now, ZEUS, action, subject, node, why, result));
    }

    private String name(NodeId node) {
        return desired.nodeName(node);
    }

    /** Takes one service's declaration from an earlier definition. */
    static final class ServiceRollback {
        private ServiceRollback() {}

        static olympus.model.stack.StackDefinition definition(
                olympus.model.stack.StackDefinition current,
                olympus.model.stack.StackDefinition earlier,
                ServiceId service) {
            var services = new java.util.TreeMap<>(current.services());
            var was = earlier.services().get(service.service());
            if (was == null) {
                services.remove(service.service());
            } else {
                services.put(service.service(), was);
            }
            return new olympus.model.stack.StackDefinition(
                    current.name(), current.mode(), current.directory(), services);
        }
    }
}
