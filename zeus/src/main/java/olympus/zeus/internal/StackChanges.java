package olympus.zeus.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Operation;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.json.EnumWords;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StackLimits;
import olympus.model.stack.Workload;
import olympus.model.state.Codecs;
import olympus.model.state.Decision;
import olympus.model.state.ServiceState;
import olympus.model.state.StackPointer;
import olympus.model.state.StackRevision;
import olympus.zeus.StackCommands.Actor;
import olympus.zeus.StackPlan;

/**
 * Works out what a new definition of a stack changes, and the write that makes it the current one.
 * Pure.
 */
final class StackChanges {

    /** Revisions of a stack that are kept, and those that something still runs or may return to. */
    static final int MAX_REVISIONS = 50;

    /** Revisions that one apply removes at most; the next one goes on. */
    private static final int MAX_TRIMMED = 16;

    private static final int MAX_SUMMARY = 200;

    /** Stands for whoever will apply what is planned; longer than names are. */
    private static final Actor SOMEBODY = new Actor("x".repeat(64), "x".repeat(64));

    private StackChanges() {}

    /**
     * How a definition comes to be applied.
     *
     * @param incarnation of the store, when a person orders it; empty: as the pointer before
     * @param mode ordered together with it; empty: as ordered before, unless the files now declare
     *     another one
     * @param returned the service that it takes back because its update has failed
     */
    record Request(
            StackDefinition definition,
            Optional<Long> expectedRevision,
            boolean prune,
            ServiceState.Cause cause,
            String note,
            Actor actor,
            Optional<Long> incarnation,
            Optional<StackDefinition.Mode> mode,
            Optional<StackRevision.Returned> returned) {

        /** One that takes nothing back. */
        Request(
                StackDefinition definition,
                Optional<Long> expectedRevision,
                boolean prune,
                ServiceState.Cause cause,
                String note,
                Actor actor,
                Optional<Long> incarnation,
                Optional<StackDefinition.Mode> mode) {
            this(
                    definition,
                    expectedRevision,
                    prune,
                    cause,
                    note,
                    actor,
                    incarnation,
                    mode,
                    Optional.empty());
        }
    }

    /** The plan for a stack that may be taken over from what agents hold. */
    static StackPlan plan(StackDefinition definition, Claim claim) {
        var plan = plan(definition, claim.desired());
        if (claim.taken().isEmpty()) {
            return plan;
        }
        var changes = new TreeMap<String, StackPlan.ServiceChange>();
        plan.changes().forEach(change -> changes.put(change.service(), change));
        for (var name : definition.services().keySet()) {
            var count = claim.takenOf(new ServiceId(definition.name(), name));
            if (count > 0) {
                changes.merge(name, taken(name, count), StackChanges::together);
            }
        }
        return new StackPlan(
                plan.stack(),
                plan.baseRevision(),
                nextNumber(definition.name(), claim.desired()),
                List.copyOf(changes.values()),
                plan.warnings());
    }

    private static StackPlan.ServiceChange taken(String service, int count) {
        return new StackPlan.ServiceChange(
                service,
                StackPlan.Kind.CHANGE,
                "take over %d running %s".formatted(count, count == 1 ? "instance" : "instances")
                        + " without a restart",
                List.of());
    }

    private static StackPlan.ServiceChange together(
            StackPlan.ServiceChange change, StackPlan.ServiceChange taken) {
        return new StackPlan.ServiceChange(
                change.service(),
                change.kind(),
                taken.effect() + "; then " + change.effect(),
                change.fields());
    }

    static WriteQueue.Write<StackPlan> apply(Request request, Claim claim, Instant now) {
        var plan = plan(request.definition(), claim);
        return claim.with(apply(request, plan, claim.desired(), now));
    }

    static StackPlan plan(StackDefinition definition, Desired desired) {
        check(definition, desired);
        var base = base(definition.name(), desired);
        var changes = changes(definition, desired);
        var next = changes.isEmpty() ? base : nextNumber(definition.name(), desired);
        return new StackPlan(definition.name(), base, next, changes, warnings(definition));
    }

    /** The plan that people look at: refuses what applying it at {@code now} would. */
    static StackPlan preview(
            StackDefinition definition,
            Claim claim,
            Optional<StackDefinition.Mode> mode,
            Observed observed,
            Instant now) {
        var request =
                new Request(
                        definition,
                        Optional.empty(),
                        true,
                        ServiceState.Cause.UPDATE,
                        "",
                        SOMEBODY,
                        Optional.empty(),
                        mode);
        var plan = apply(request, claim, now).answer();
        return mode(request, claim.desired(), now) == StackDefinition.Mode.MANAGE
                ? plan.withHandover(Handovers.steps(definition, claim.desired(), observed))
                : plan;
    }

    static WriteQueue.Write<StackPlan> apply(Request request, Desired desired, Instant now) {
        return apply(request, plan(request.definition(), desired), desired, now);
    }

    private static WriteQueue.Write<StackPlan> apply(
            Request request, StackPlan plan, Desired desired, Instant now) {
        var definition = request.definition();
        requireRevision(definition.name(), request.expectedRevision(), desired);
        if (!request.prune()) {
            refuseRemovals(plan);
        }
        if (mode(request, desired, now) == StackDefinition.Mode.ASK) {
            plan.changes()
                    .forEach(change -> OrderedUpdates.refuseInBetween(request, change, desired));
        }
        if (plan.isEmpty() && !changesMode(request, desired, now)) {
            return new WriteQueue.Write<>(List.of(), List.of(), plan);
        }
        return write(request, plan, desired, now);
    }

    private static boolean changesMode(Request request, Desired desired, Instant now) {
        return !mode(request, desired, now).equals(desired.mode(request.definition().name()));
    }

    /** The mode that is in force once this is applied. */
    static StackDefinition.Mode mode(Request request, Desired desired, Instant now) {
        return modeOrder(request, desired, now)
                .map(StackPointer.ModeOrder::mode)
                .orElse(request.definition().mode());
    }

    private static Optional<StackPointer.ModeOrder> modeOrder(
            Request request, Desired desired, Instant now) {
        if (request.mode().isPresent()) {
            return request.mode()
                    .map(mode -> new StackPointer.ModeOrder(mode, request.actor().name(), now));
        }
        var stack = desired.stack(request.definition().name());
        var declared = stack.flatMap(Desired.StackRecords::current).map(StackDefinition::mode);
        return stack.flatMap(Desired.StackRecords::pointer)
                .flatMap(p -> p.value().mode())
                .filter(order -> declared.equals(Optional.of(request.definition().mode())));
    }

    /**
     * Fails when an order was made for another revision of the stack than the present one. Who
     * writes also makes the write conditional on the stack's pointer.
     */
    static void requireRevision(StackName name, Optional<Long> expected, Desired desired) {
        var present = base(name, desired);
        if (expected.isPresent() && expected.get() != present) {
            throw new OlympusException(
                    ErrorCode.PRECONDITION_FAILED,
                    "the order was made for revision %d of stack %s, which is at revision %d; look again"
                            .formatted(expected.get(), name, present));
        }
    }

    private static void refuseRemovals(StackPlan plan) {
        var removed =
                plan.changes().stream()
                        .filter(c -> c.kind() == StackPlan.Kind.REMOVE)
                        .map(c -> plan.stack() + "/" + c.service())
                        .collect(Collectors.joining(", "));
        if (!removed.isEmpty()) {
            throw new OlympusException(
                    ErrorCode.CONFIRMATION_REQUIRED,
                    "applying stack %s would remove %s; apply with --prune to remove"
                            .formatted(plan.stack(), removed));
        }
    }

    private static WriteQueue.Write<StackPlan> write(
            Request request, StackPlan plan, Desired desired, Instant now) {
        var name = plan.stack();
        var actor = request.actor();
        var summary = summary(plan, request.note());
        var operations = new ArrayList<Operation>();
        var revision =
                new StackRevision(
                        plan.revision(),
                        now,
                        actor.name(),
                        actor.from(),
                        summary,
                        request.definition(),
                        request.returned());
        var incarnation =
                request.incarnation()
                        .or(() ->
                                desired.stack(name)
                                        .flatMap(Desired.StackRecords::pointer)
                                        .flatMap(p -> p.value().incarnation()));
        var pointer =
                StackPointer.to(name, plan.revision(), now, actor.name(), incarnation)
                        .withMode(modeOrder(request, desired, now));
        var encoded = Bytes.wrap(Codecs.STACK_REVISION.encodeBytes(revision));
        WriteSize.requireFits(plan, encoded);
        operations.add(new Operation.Put(ZeusKeys.revision(name, plan.revision()), encoded));
        operations.add(
                new Operation.Put(
                        ZeusKeys.pointer(name),
                        Bytes.wrap(Codecs.STACK_POINTER.encodeBytes(pointer))));
        operations.addAll(trim(name, plan, desired));
        var conditions = new ArrayList<Condition>();
        conditions.add(
                new Condition.RevisionIs(
                        ZeusKeys.pointer(name),
                        desired.stack(name)
                                .flatMap(Desired.StackRecords::pointer)
                                .map(Versioned::revision)
                                .orElse(0L)));
        states(request, plan, desired, now)
                .forEach(state -> putState(state, desired, conditions, operations));
        var decision =
                new Decision(
                        now,
                        actor.name(),
                        request.cause() == ServiceState.Cause.ROLLBACK ? "roll back" : "apply",
                        name.value(),
                        "",
                        summary,
                        "revision " + plan.revision());
        operations.add(append(decision));
        WriteSize.requireFits(plan, conditions, operations);
        return new WriteQueue.Write<>(conditions, operations, plan);
    }

    /** Of the services that are replaced, and of those that are restarted with them. */
    private static List<ServiceState> states(
            Request request, StackPlan plan, Desired desired, Instant now) {
        var states = new ArrayList<ServiceState>();
        var replaced = new TreeSet<String>();
        for (var change : plan.changes()) {
            nextState(request, plan, change, desired, now).ifPresent(states::add);
        }
        states.stream()
                .filter(state -> state.rollout().isPresent())
                .forEach(state -> replaced.add(state.service().service()));
        var mode = mode(request, desired, now);
        var changed = states.stream().map(ServiceState::service).collect(Collectors.toSet());
        ModeChanges.states(request.definition(), mode, desired, request.actor(), now).stream()
                .filter(state -> changed.add(state.service()))
                .forEach(states::add);
        if (mode != StackDefinition.Mode.MANAGE) {
            return states;
        }
        for (var name : Dependants.restartedWith(replaced, request.definition().services())) {
            var follower = new ServiceId(plan.stack(), name);
            if (!changed.add(follower)) {
                continue;
            }
            restarted(follower, plan.revision(), request.actor(), desired, now)
                    .ifPresent(states::add);
        }
        return states;
    }

    static Operation append(Decision decision) {
        return new Operation.Append(
                ZeusKeys.DECISIONS, Bytes.wrap(Codecs.DECISION.encodeBytes(decision)));
    }

    static void putState(
            ServiceState state,
            Desired desired,
            List<Condition> conditions,
            List<Operation> operations) {
        var key = ZeusKeys.service(state.service());
        conditions.add(new Condition.RevisionIs(key, desired.stateRevision(state.service())));
        operations.add(new Operation.Put(key, Bytes.wrap(Codecs.SERVICE_STATE.encodeBytes(state))));
    }

    /**
     * What has instances and is not stopped by hand gets new runs, as by an order to restart it.
     */
    static Optional<ServiceState> restarted(
            ServiceId id, long revision, Actor actor, Desired desired, Instant now) {
        var state = desired.state(id);
        // While a new version is tried, a restart would replace the old one by it.
        if (desired.instancesOf(id).isEmpty()
                || state.hold().isPresent()
                || Trials.isUnderWay(state)) {
            return Optional.empty();
        }
        var paused = desired.pauseOf(id.stack(), Optional.empty()).isPresent();
        var rollout = OrderedUpdates.restartRollout(actor, now, revision, paused);
        return Optional.of(
                new ServiceState(
                        id,
                        state.generation() + 1,
                        state.hold(),
                        Optional.of(
                                state.rollout().filter(StackChanges::isUnderWay).orElse(rollout))));
    }

    /** An update that has not ended restarts every instance too. */
    static boolean isUnderWay(ServiceState.Rollout rollout) {
        return rollout.failed().isEmpty();
    }

    private static Optional<ServiceState> nextState(
            Request request,
            StackPlan plan,
            StackPlan.ServiceChange change,
            Desired desired,
            Instant now) {
        var id = new ServiceId(plan.stack(), change.service());
        var present = !desired.instancesOf(id).isEmpty();
        var state = desired.state(id);
        var replaces =
                switch (change.kind()) {
                    case REMOVE -> false;
                    case ADD -> present || desired.stateRevision(id) != 0;
                    case CHANGE -> mustReplace(request.definition(), id, desired, state);
                };
        var takesBack =
                mode(request, desired, now) == StackDefinition.Mode.ASK
                        && OrderedUpdates.takesBack(request, state, desired);
        if (!replaces || !(takesBack || isCarriedOut(request, state, desired, now))) {
            return Optional.empty();
        }
        var hold =
                change.kind() == StackPlan.Kind.ADD
                        ? Optional.<ServiceState.Hold>empty()
                        : state.hold();
        var good = Trials.good(state, request.cause(), plan.baseRevision());
        var rollout =
                new ServiceState.Rollout(
                        takesBack ? ServiceState.Cause.ROLLBACK : request.cause(),
                        good,
                        request.actor().name(),
                        now,
                        Optional.empty(),
                        desired.pauseOf(id.stack(), Optional.empty()).isPresent(),
                        Trials.back(request, id, good, desired, now)
                                .or(() ->
                                        takesBack
                                                ? Optional.empty()
                                                : Trials.first(request, id, good, desired, now)));
        return Optional.of(
                new ServiceState(
                        id,
                        state.generation() + 1,
                        hold,
                        present ? Optional.of(rollout) : Optional.empty()));
    }

    /**
     * What is only watched is declared otherwise and no more, but for what a person who is asked
     * has ordered by name: other images, and their way back (see {@link OrderedUpdates}).
     */
    private static boolean isCarriedOut(
            Request request, ServiceState state, Desired desired, Instant now) {
        return switch (mode(request, desired, now)) {
            case MANAGE -> true;
            case OBSERVE -> false;
            case ASK ->
                    request.cause() == ServiceState.Cause.IMAGES
                            || (request.returned().isPresent()
                                    && state.rollout().filter(OrderedUpdates::is).isPresent());
        };
    }

    private static boolean mustReplace(
            StackDefinition definition, ServiceId id, Desired desired, ServiceState state) {
        var before = desired.stack(id.stack()).flatMap(Desired.StackRecords::current).orElseThrow();
        var was = before.services().get(id.service());
        var is = definition.services().get(id.service());
        return state.rollout().filter(r -> r.failed().isPresent()).isPresent()
                || !before.directory().equals(definition.directory())
                || was == null
                || is == null
                || StackDifference.needsReplacement(was, is);
    }

    private static List<Operation> trim(StackName name, StackPlan plan, Desired desired) {
        var stack = desired.stacks().get(name);
        if (stack == null) {
            return List.of();
        }
        var used = usedRevisions(name, desired);
        var surplus = stack.revisions().size() + 1 - MAX_REVISIONS;
        var operations = new ArrayList<Operation>();
        for (var number : stack.revisions().keySet()) {
            if (operations.size() < Math.min(surplus, MAX_TRIMMED)
                    && !used.contains(number)
                    && number != plan.baseRevision()) {
                operations.add(new Operation.Delete(ZeusKeys.revision(name, number)));
            }
        }
        return operations;
    }

    private static Set<Long> usedRevisions(StackName name, Desired desired) {
        var used = new HashSet<Long>();
        desired.instances()
                .forEach((id, records) -> {
                    if (id.stack().equals(name)) {
                        records.values().forEach(r -> used.add(r.value().run().revision()));
                        desired.state(id).rollout().ifPresent(r -> used.add(r.fromRevision()));
                    }
                });
        return used;
    }

    private static long base(StackName name, Desired desired) {
        return desired.stack(name)
                .flatMap(Desired.StackRecords::pointer)
                .map(p -> p.value().revision())
                .orElse(0L);
    }

    static long nextNumber(StackName name, Desired desired) {
        var stack = desired.stacks().get(name);
        return stack == null || stack.revisions().isEmpty() ? 1 : stack.revisions().lastKey() + 1;
    }

    private static List<StackPlan.ServiceChange> changes(
            StackDefinition definition, Desired desired) {
        var before = desired.stack(definition.name()).flatMap(Desired.StackRecords::current);
        return StackDifference.between(before, definition);
    }

    private static List<String> warnings(StackDefinition definition) {
        var warnings = new ArrayList<String>();
        for (var service : definition.services().values()) {
            if (service.deploy().update().order() == DeployPolicy.Order.START_FIRST
                    && !Ordinals.startsFirst(service)) {
                warnings.add(
                        "%s/%s asks for start-first, but its ports leave no room for an extra instance: it will be updated stop-first"
                                .formatted(definition.name(), service.name()));
            }
            if (definition.mode() != StackDefinition.Mode.MANAGE
                    && service.workload() instanceof Workload.Process) {
                warnings.add(
                        "%s/%s is a host process, which nobody but Olympus starts: in mode %s it does not run"
                                .formatted(
                                        definition.name(),
                                        service.name(),
                                        EnumWords.of(definition.mode())));
            }
        }
        return warnings;
    }

    private static void check(StackDefinition definition, Desired desired) {
        definition.services().values().forEach(service -> check(definition, service));
        var conflicts = new ArrayList<>(PortConflicts.of(definition, desired));
        conflicts.addAll(PortSwaps.of(definition, desired));
        if (!conflicts.isEmpty()) {
            throw new OlympusException(ErrorCode.CONFLICT, String.join("\n", conflicts));
        }
    }

    private static void check(StackDefinition definition, ServiceDefinition service) {
        var replicas = service.deploy().replicas();
        if (replicas < 0 || replicas > StackLimits.MAX_REPLICAS) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "%s/%s asks for %d replicas; 0 to %d are possible"
                            .formatted(
                                    definition.name(),
                                    service.name(),
                                    replicas,
                                    StackLimits.MAX_REPLICAS));
        }
        for (var port : service.ports()) {
            if (service.deploy().mode() == DeployPolicy.Mode.REPLICATED
                    && port.count() < replicas) {
                throw new OlympusException(
                        ErrorCode.INVALID,
                        "%s/%s has %d replicas, but its port %s names only %d; each replica needs one"
                                .formatted(
                                        definition.name(),
                                        service.name(),
                                        replicas,
                                        port.name(),
                                        port.count()));
            }
        }
    }

    private static String summary(StackPlan plan, String note) {
        var parts = new ArrayList<String>();
        for (var kind : StackPlan.Kind.values()) {
            var names =
                    plan.changes().stream()
                            .filter(c -> c.kind() == kind)
                            .map(StackPlan.ServiceChange::service)
                            .collect(Collectors.joining(", "));
            if (!names.isEmpty()) {
                parts.add(
                        switch (kind) {
                                    case ADD -> "added ";
                                    case CHANGE -> "changed ";
                                    case REMOVE -> "removed ";
                                }
                                + names);
            }
        }
        var text = (note.isEmpty() ? "" : note + ": ") + String.join("; ", parts);
        return text.length() <= MAX_SUMMARY ? text : text.substring(0, MAX_SUMMARY) + "…";
    }
}
