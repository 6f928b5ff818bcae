package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Operation;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.json.EnumWords;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.Workload;
import olympus.model.state.Codecs;
import olympus.model.state.Decision;
import olympus.model.state.InstanceRecord;
import olympus.model.state.PauseRecord;
import olympus.model.state.ServiceState;
import olympus.model.state.StackPointer;
import olympus.zeus.StackCommands;
import olympus.zeus.StackCommands.Actor;
import olympus.zeus.StackCommands.RevisionView;
import olympus.zeus.StackPlan;
import olympus.zeus.internal.StackChanges.Request;

/** What people order, as writes. Threading: Zeus' loop only. */
final class Orders {

    private static final Pattern SCOPE = Pattern.compile("all|(stack|node):[A-Za-z0-9._-]{1,253}");

    private final Controller controller;

    Orders(Controller controller) {
        this.controller = controller;
    }

    /** At once: it changes nothing. */
    CompletionStage<StackPlan> plan(
            StackDefinition definition, Optional<StackDefinition.Mode> mode) {
        return CompletableFuture.completedFuture(
                StackChanges.preview(
                        definition,
                        controller.claim(definition.name()),
                        mode,
                        controller.observedNow(),
                        controller.clock().wall()));
    }

    CompletionStage<StackPlan> apply(
            StackDefinition definition,
            Optional<Long> expected,
            boolean prune,
            Optional<StackDefinition.Mode> mode,
            Actor actor) {
        return controller.submit(() -> {
            var request =
                    new Request(
                            definition,
                            expected,
                            prune,
                            ServiceState.Cause.UPDATE,
                            "",
                            actor,
                            controller.incarnation(),
                            mode);
            return StackChanges.apply(
                    request, controller.claim(definition.name()), controller.clock().wall());
        });
    }

    CompletionStage<List<ServiceId>> remove(StackName name, Optional<Long> expected, Actor actor) {
        return controller.submit(() -> {
            var claim = controller.claim(name);
            var found = claim.desired().stack(name);
            if (found.isEmpty() && Unclaimed.isAnythingLeft(name, controller.observedNow())) {
                return removeWhatIsLeft(name, actor);
            }
            var stack = found.orElseGet(() -> stack(name));
            StackChanges.requireRevision(name, expected, claim.desired());
            requireManaged(name, "remove", claim.desired());
            var pointer = stack.pointer().orElseThrow();
            var next =
                    pointer.value()
                            .leaving(
                                    controller.clock().wall(),
                                    actor.name(),
                                    controller.incarnation(),
                                    Optional.empty());
            return claim.with(removal(next, pointer.revision(), services(name, stack), actor));
        });
    }

    static List<ServiceId> services(StackName name, Desired.StackRecords stack) {
        return stack
                .currentRevision()
                .map(r -> r.definition().services().keySet().stream().toList())
                .orElse(List.of())
                .stream()
                .map(s -> new ServiceId(name, s))
                .toList();
    }

    /** What is not managed is not touched, whoever asks. */
    static void requireManaged(StackName name, String action, Desired desired) {
        if (!desired.isManaged(name)) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "nothing was done: stack %s is in mode %s, so \"%s\" would touch what is only watched; `olympus mode %s manage` hands it over, `olympus release %s` forgets it and leaves it running"
                            .formatted(name, EnumWords.of(desired.mode(name)), action, name, name));
        }
    }

    CompletionStage<List<ServiceId>> release(StackName name, Optional<Long> expected, Actor actor) {
        return controller.submit(() -> {
            var claim = controller.claim(name);
            var stack = claim.desired().stack(name).orElseGet(() -> stack(name));
            StackChanges.requireRevision(name, expected, claim.desired());
            refuseProcesses(name, stack);
            var pointer = stack.pointer().orElseThrow();
            var next =
                    pointer.value()
                            .leaving(
                                    controller.clock().wall(),
                                    actor.name(),
                                    controller.incarnation(),
                                    Optional.of(actor.name()));
            return claim.with(removal(next, pointer.revision(), services(name, stack), actor));
        });
    }

    /** A process has nobody else to manage it: its shim and its output are Olympus' own. */
    private static void refuseProcesses(StackName name, Desired.StackRecords stack) {
        var processes =
                stack.current().stream()
                        .flatMap(d -> d.services().values().stream())
                        .filter(s -> s.workload() instanceof Workload.Process)
                        .map(s -> name + "/" + s.name())
                        .toList();
        if (!processes.isEmpty()) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "nothing was released: %s are host processes that only Olympus runs, nobody could take them over; take them out of the stack first, or `olympus remove %s`"
                            .formatted(processes, name));
        }
    }

    private WriteQueue.Write<List<ServiceId>> removal(
            StackPointer next, long written, List<ServiceId> services, Actor actor) {
        var key = ZeusKeys.pointer(next.stack());
        return new WriteQueue.Write<>(
                List.of(new Condition.RevisionIs(key, written)),
                List.of(
                        new Operation.Put(key, Bytes.wrap(Codecs.STACK_POINTER.encodeBytes(next))),
                        next.releasedBy().isPresent()
                                ? decision(
                                        actor,
                                        "release",
                                        next.stack().value(),
                                        "it was ordered",
                                        "services are left as they are")
                                : decision(
                                        actor,
                                        "remove",
                                        next.stack().value(),
                                        "it was ordered",
                                        "services stop in reverse order")),
                services);
    }

    /**
     * Nobody knows how it was declared: the stack becomes known, so that agents end what is there.
     */
    private WriteQueue.Write<List<ServiceId>> removeWhatIsLeft(StackName name, Actor actor) {
        var pointer =
                new StackPointer(
                        name,
                        0,
                        true,
                        controller.clock().wall(),
                        actor.name(),
                        controller.incarnation(),
                        Optional.empty(),
                        Optional.empty());
        var services =
                controller.observedNow().nodes().values().stream()
                        .flatMap(node -> node.instances().keySet().stream())
                        .map(InstanceId::service)
                        .filter(service -> service.stack().equals(name))
                        .distinct()
                        .sorted()
                        .toList();
        return removal(pointer, 0, services, actor);
    }

    CompletionStage<StackPlan> rollback(
            StackName name, Optional<Long> to, Optional<Long> expected, Actor actor) {
        return controller.submit(() -> {
            var stack = stack(name);
            StackChanges.requireRevision(name, expected, controller.desired());
            var current = stack.pointer().orElseThrow().value().revision();
            var target =
                    to.orElseGet(() ->
                            Optional.ofNullable(stack.revisions().lowerKey(current))
                                    .orElseThrow(
                                            () -> noRevision(name, "before " + current, stack)));
            var revision = stack.revisions().get(target);
            if (revision == null) {
                throw noRevision(name, "" + target, stack);
            }
            return rollbackTo(revision.definition(), "rollback to revision " + target, actor);
        });
    }

    CompletionStage<StackPlan> rollbackService(
            ServiceId service, Optional<Long> to, Optional<Long> expected, Actor actor) {
        return controller.submit(() -> {
            var stack = stack(service.stack());
            StackChanges.requireRevision(service.stack(), expected, controller.desired());
            var current = stack.current().orElseThrow(() -> notDeclared(service));
            var target = to.orElseGet(() -> revisionBefore(service, stack, current));
            var revision = stack.revisions().get(target);
            if (revision == null) {
                throw noRevision(service.stack(), "" + target, stack);
            }
            if (!revision.definition().services().containsKey(service.service())) {
                throw new OlympusException(
                        ErrorCode.NOT_FOUND,
                        "revision %d of stack %s has no service %s"
                                .formatted(target, service.stack(), service.service()));
            }
            var definition =
                    StepWriter.ServiceRollback.definition(current, revision.definition(), service);
            return rollbackTo(
                    definition, "rollback of %s to revision %d".formatted(service, target), actor);
        });
    }

    private long revisionBefore(
            ServiceId service, Desired.StackRecords stack, StackDefinition current) {
        var is = current.services().get(service.service());
        return stack.revisions().descendingMap().values().stream()
                .filter(r -> {
                    var was = r.definition().services().get(service.service());
                    return was != null && !was.equals(is);
                })
                .findFirst()
                .orElseThrow(() ->
                        noRevision(
                                service.stack(),
                                "in which " + service + " was declared otherwise",
                                stack))
                .number();
    }

    private WriteQueue.Write<StackPlan> rollbackTo(
            StackDefinition definition, String note, Actor actor) {
        var request =
                new Request(
                        definition,
                        Optional.empty(),
                        true,
                        ServiceState.Cause.ROLLBACK,
                        note,
                        actor,
                        controller.incarnation(),
                        Optional.empty());
        return StackChanges.apply(
                request, controller.claim(definition.name()), controller.clock().wall());
    }

    CompletionStage<Void> stop(ServiceId service, Optional<Long> expected, Actor actor) {
        return controller.submit(() -> {
            requireDeclared(service, "stop");
            var unchanged = unchanged(service, expected);
            var state = controller.desired().state(service);
            if (state.hold().isPresent()) {
                return nothing();
            }
            var hold = new ServiceState.Hold(actor.name(), controller.clock().wall());
            return put(
                    unchanged,
                    List.of(state.withHold(Optional.of(hold))),
                    decision(
                            actor,
                            "stop",
                            service.toString(),
                            ordered(service),
                            "held until it is started"),
                    List.of());
        });
    }

    CompletionStage<Void> start(ServiceId service, Optional<Long> expected, Actor actor) {
        return controller.submit(() -> {
            requireDeclared(service, "start");
            var unchanged = unchanged(service, expected);
            var state = controller.desired().state(service);
            var ended = EndedInstances.of(service, controller.desired(), controller.observedNow());
            if (state.hold().isEmpty() && ended.isEmpty()) {
                return nothing();
            }
            EndedInstances.requireRoom(ended, controller.desired(), controller.observedNow());
            var result =
                    ended.isEmpty()
                            ? "ordered"
                            : "%d ended instances get a new run".formatted(ended.size());
            return put(
                    unchanged,
                    List.of(state.withHold(Optional.empty())),
                    decision(actor, "start", service.toString(), ordered(service), result),
                    ended);
        });
    }

    CompletionStage<Void> restart(ServiceId service, Optional<Long> expected, Actor actor) {
        return controller.submit(() -> {
            requireDeclared(service, "restart");
            var unchanged = unchanged(service, expected);
            var desired = controller.desired();
            var state = desired.state(service);
            RolloutOrders.refuseInTrial(state, "restart");
            if (state.hold().isPresent()) {
                throw new OlympusException(
                        ErrorCode.CONFLICT,
                        "%s was stopped by %s; start it instead"
                                .formatted(service, state.hold().get().by()));
            }
            var current = stack(service.stack()).pointer().orElseThrow().value().revision();
            var rollout =
                    OrderedUpdates.restartRollout(
                            actor,
                            controller.clock().wall(),
                            current,
                            controller.isPaused(service.stack()));
            var next = new ArrayList<ServiceState>();
            next.add(
                    new ServiceState(
                            service, state.generation() + 1, state.hold(), Optional.of(rollout)));
            var followers = followers(service, current, actor);
            next.addAll(followers);
            return put(
                    unchanged,
                    next,
                    decision(
                            actor,
                            "restart",
                            service.toString(),
                            ordered(service),
                            "every instance is replaced" + with(followers)),
                    List.of());
        });
    }

    /** The services that are restarted with it. */
    private List<ServiceState> followers(ServiceId service, long revision, Actor actor) {
        var services = stack(service.stack()).current().orElseThrow().services();
        return Dependants.restartedWith(List.of(service.service()), services).stream()
                .map(name -> new ServiceId(service.stack(), name))
                .flatMap(id ->
                        StackChanges.restarted(
                                id,
                                revision,
                                actor,
                                controller.desired(),
                                controller.clock().wall())
                                .stream())
                .toList();
    }

    private static String with(List<ServiceState> followers) {
        return followers.isEmpty()
                ? ""
                : "; restarted with it: "
                        + followers.stream()
                                .map(state -> state.service().toString())
                                .collect(Collectors.joining(", "));
    }

    CompletionStage<Void> pause(String scope, String reason, Actor actor) {
        return controller.submit(() -> {
            checkScope(scope);
            StackCommands.checkPauseReason(reason);
            var record = new PauseRecord(scope, actor.name(), controller.clock().wall(), reason);
            return new WriteQueue.Write<>(
                    List.of(),
                    List.of(
                            new Operation.Put(
                                    ZeusKeys.pause(scope),
                                    Bytes.wrap(Codecs.PAUSE_RECORD.encodeBytes(record))),
                            decision(
                                    actor,
                                    "pause",
                                    scope,
                                    reason,
                                    "no automatic action until it is resumed")),
                    none());
        });
    }

    CompletionStage<Void> resume(String scope, Actor actor) {
        return controller.submit(() -> {
            checkScope(scope);
            if (!controller.desired().pauses().containsKey(scope)) {
                return nothing();
            }
            return new WriteQueue.Write<>(
                    List.of(),
                    List.of(
                            new Operation.Delete(ZeusKeys.pause(scope)),
                            decision(
                                    actor,
                                    "resume",
                                    scope,
                                    "it was ordered",
                                    "automatic action goes on")),
                    none());
        });
    }

    List<RevisionView> history(StackName name) {
        var stack = stack(name);
        var current = stack.pointer().orElseThrow().value().revision();
        var views = new ArrayList<RevisionView>();
        for (var r : stack.revisions().values()) {
            views.add(
                    new RevisionView(
                            name,
                            r.number(),
                            r.number() == current,
                            r.appliedAt(),
                            r.actor(),
                            r.summary(),
                            r.definition(),
                            r.returned()));
        }
        views.sort(Comparator.comparingLong(RevisionView::revision).reversed());
        return views;
    }

    private static void checkScope(String scope) {
        if (!SCOPE.matcher(scope).matches()) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "not a pause scope: \"%s\"; expected all, stack:NAME or node:NAME"
                            .formatted(scope));
        }
    }

    Desired.StackRecords stack(StackName name) {
        return controller
                .desired()
                .stack(name)
                .orElseThrow(() ->
                        new OlympusException(
                                ErrorCode.NOT_FOUND,
                                "there is no stack %s; there are: %s"
                                        .formatted(name, controller.desired().stacks().keySet())));
    }

    private void requireDeclared(ServiceId service, String action) {
        requireKnown(service);
        requireManaged(service.stack(), action, controller.desired());
    }

    /** Fails unless it is declared, and nothing is to be taken over first. */
    void requireKnown(ServiceId service) {
        if (!controller.claim(service.stack()).taken().isEmpty()) {
            throw new OlympusException(
                    ErrorCode.CONFLICT, Unclaimed.reason(controller.desired(), service));
        }
        stack(service.stack());
        if (controller.desired().declared(service).isEmpty()) {
            throw notDeclared(service);
        }
    }

    private OlympusException notDeclared(ServiceId service) {
        var names =
                controller
                        .desired()
                        .stack(service.stack())
                        .flatMap(Desired.StackRecords::current)
                        .map(d -> d.services().keySet().toString())
                        .orElse("none, it is being removed");
        return new OlympusException(
                ErrorCode.NOT_FOUND,
                "there is no service %s; services of stack %s: %s"
                        .formatted(service, service.stack(), names));
    }

    private static OlympusException noRevision(
            StackName name, String wanted, Desired.StackRecords stack) {
        return new OlympusException(
                ErrorCode.NOT_FOUND,
                "stack %s has no revision %s; it has %s"
                        .formatted(name, wanted, stack.revisions().keySet()));
    }

    String ordered(ServiceId service) {
        var desired = controller.desired();
        return desired.pauseOf(service.stack(), Optional.empty())
                .map(p ->
                        "it was ordered; automatic action is paused (%s) by %s"
                                .formatted(p.scope(), p.by()))
                .orElse("it was ordered");
    }

    Operation decision(Actor actor, String action, String subject, String why, String result) {
        return StackChanges.append(
                new Decision(
                        controller.clock().wall(), actor.name(), action, subject, "", why, result));
    }

    /** What must hold when an order to a service is applied, where it names a revision. */
    List<Condition> unchanged(ServiceId service, Optional<Long> expected) {
        StackChanges.requireRevision(service.stack(), expected, controller.desired());
        if (expected.isEmpty()) {
            return List.of();
        }
        var pointer = stack(service.stack()).pointer().orElseThrow();
        return List.of(
                new Condition.RevisionIs(ZeusKeys.pointer(service.stack()), pointer.revision()));
    }

    private WriteQueue.Write<Void> put(
            List<Condition> unchanged,
            List<ServiceState> states,
            Operation decision,
            List<Versioned<InstanceRecord>> newRuns) {
        var conditions = new ArrayList<>(unchanged);
        var operations = new ArrayList<Operation>();
        states.forEach(state ->
                StackChanges.putState(state, controller.desired(), conditions, operations));
        for (var stored : newRuns) {
            var record = stored.value();
            var run =
                    new InstanceRecord.Run(
                            controller.token(),
                            record.run().generation(),
                            record.run().revision(),
                            record.run().confirmed());
            var order =
                    new InstanceRecord.Order(
                            InstanceRecord.Phase.WAITING, "starts anew", controller.clock().wall());
            var next = record.withRun(run).withOrder(order);
            var key = ZeusKeys.instance(record.id());
            conditions.add(new Condition.RevisionIs(key, stored.revision()));
            operations.add(
                    new Operation.Put(key, Bytes.wrap(Codecs.INSTANCE_RECORD.encodeBytes(next))));
        }
        operations.add(decision);
        return new WriteQueue.Write<>(conditions, operations, none());
    }

    static WriteQueue.Write<Void> nothing() {
        return new WriteQueue.Write<>(List.of(), List.of(), none());
    }

    @SuppressWarnings("NullAway") // Void has no other value than null.
    static Void none() {
        return null;
    }
}
