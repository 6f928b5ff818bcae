package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.json.EnumWords;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord;
import olympus.model.state.InstanceRecord.Order;
import olympus.model.state.InstanceRecord.Phase;
import olympus.model.state.ServiceState;

/** Plans one declared service: which instances it has, and what each is told. */
final class ServicePlanner {

    private final PlanDraft draft;
    private final ServiceId service;
    private final ServiceDefinition definition;
    private final ServiceState state;
    private final long revision;
    private final Optional<String> missing;
    private final Departures departures;
    private final Ordinals ordinals;

    ServicePlanner(PlanDraft draft, ServiceId service, ServiceDefinition definition) {
        this.draft = draft;
        this.service = service;
        this.definition = definition;
        this.state = draft.desired.state(service);
        this.revision =
                draft.desired
                        .stack(service.stack())
                        .flatMap(Desired.StackRecords::currentRevision)
                        .orElseThrow()
                        .number();
        this.missing = Dependencies.missing(service, definition, draft.desired, draft.observed);
        this.departures = new Departures(draft, service, definition);
        this.ordinals = new Ordinals(draft, service, definition);
    }

    void run() {
        var kept = new ArrayList<Versioned<InstanceRecord>>();
        var wanted = ordinals.wanted();
        for (var stored : draft.desired.instancesOf(service).descendingMap().values()) {
            if (draft.isRelocated(stored.value().id())) {
                continue;
            }
            if (stored.value().order().phase().isGoing()) {
                Planner.forgetOnceEnded(draft, stored, "it has ended and is no longer wanted");
            } else if (wanted.contains(stored.value().id().ordinal())) {
                kept.add(stored);
            } else {
                draft.add(Planner.retireStep(draft, stored, surplus(stored.value())));
            }
        }
        if (!draft.desired.isActedOn(service)) {
            place(wanted);
            kept.forEach(this::follow);
            finishHaltedUpdate();
            return;
        }
        missing.ifPresent(sentence -> draft.waits(service, sentence));
        if (state.hold().isPresent()) {
            kept.forEach(this::hold);
            finishHeldRollout();
            return;
        }
        place(wanted);
        var settled = kept.reversed().stream().filter(this::isSettled).toList();
        if (state.rollout().isPresent()) {
            new RolloutPlanner(draft, this, settled, ordinals.surge()).run();
        }
    }

    /** What is only watched keeps its run whatever is declared. */
    private void follow(Versioned<InstanceRecord> stored) {
        var record = stored.value();
        var phase = record.order().phase();
        var mode = draft.desired.mode(service.stack());
        if (phase == Phase.APPROVED
                && mode != StackDefinition.Mode.OBSERVE
                && !isSettledApproval(record)) {
            return;
        }
        var isBehind = draft.desired.behind(record).isPresent();
        if (isBehind && phase != Phase.APPROVED) {
            // It goes on as it was declared when it was last told; see Pending.
            return;
        }
        if (isBehind) {
            draft.add(
                    new Step.AmendInstance(
                            stored,
                            record.withOrder(firstOrder()),
                            mode == StackDefinition.Mode.OBSERVE
                                    ? "in mode observe nothing is done, whatever was approved"
                                    : "what was approved is done; it is watched as it was declared before"));
            return;
        }
        var waits = phase == Phase.WAITING && missing.isEmpty();
        if ((phase == Phase.RUN || phase == Phase.WAITING)
                && !waits
                && record.run().revision() == revision
                && record.run().generation() == state.generation()) {
            return;
        }
        var run = new InstanceRecord.Run(record.run().token(), state.generation(), revision, true);
        draft.add(
                new Step.AmendInstance(
                        stored,
                        new InstanceRecord(
                                record.id(),
                                placementFor(record),
                                run,
                                firstOrder(),
                                record.denials()),
                        "the stack is in mode "
                                + EnumWords.of(mode)
                                + ": it is watched as declared in revision "
                                + revision));
    }

    /** An ordered update that was halted is over once everything is as declared, and well. */
    private void finishHaltedUpdate() {
        var stored = draft.desired.services().get(service);
        var isHalted =
                state.rollout()
                        .filter(rollout ->
                                rollout.failed().isPresent()
                                        && OrderedUpdates.isOrdered(rollout.cause()))
                        .isPresent();
        if (stored != null
                && isHalted
                && draft.desired.instancesOf(service).values().stream()
                        .map(Versioned::value)
                        .allMatch(record ->
                                draft.desired.behind(record).isEmpty()
                                        && draft.observed.isWell(record))) {
            draft.add(new Step.FinishRollout(stored, "every instance is as declared, and well"));
        }
    }

    /** What was approved is done, or has failed. */
    private boolean isSettledApproval(InstanceRecord record) {
        return draft.observed.isWell(record)
                || draft.observed
                        .of(record)
                        .filter(i ->
                                i.observation().state() == State.GIVEN_UP
                                        || i.observation().state() == State.COMPLETED)
                        .isPresent();
    }

    private String surplus(InstanceRecord record) {
        if (definition.deploy().isBlueGreen()
                && state.rollout().flatMap(ServiceState.Rollout::gate).isPresent()) {
            return "the other version has taken over";
        }
        if (definition.deploy().mode() == DeployPolicy.Mode.REPLICATED) {
            return "%s has %d replicas".formatted(service, definition.deploy().replicas());
        }
        return draft.desired
                .emptying(record.placement().node())
                .map(order ->
                        "it leaves %s: %s"
                                .formatted(
                                        draft.desired.nodeName(record.placement().node()),
                                        order.words()))
                .orElse(service + " runs on every node, and this node is gone");
    }

    private void place(Set<Integer> wanted) {
        var present = draft.desired.instancesOf(service);
        var global = definition.deploy().mode() == DeployPolicy.Mode.GLOBAL;
        var nodes = new TreeMap<Integer, NodeId>();
        if (global) {
            ordinals.everywhere().forEach((node, ordinal) -> nodes.put(ordinal, node));
        }
        var left = ordinals.mayBePlaced();
        for (var ordinal : wanted) {
            if (present.containsKey(ordinal) || left == 0) {
                continue;
            }
            var id = new InstanceId(service, ordinal);
            var choice =
                    global
                            ? draft.placement.chooseOnly(
                                    id, definition, Objects.requireNonNull(nodes.get(ordinal)))
                            : draft.placement.choose(id, definition, List.of());
            switch (choice) {
                case Placement.Choice.Nowhere(var why) ->
                        draft.waits(service, id + " is not placed: " + why);
                case Placement.Choice.Chosen(var node, var why) -> {
                    draft.placement.placed(node, id, definition);
                    draft.add(new Step.PlaceInstance(newRecord(id, node, List.of()), why));
                    left--;
                }
            }
        }
    }

    /** How many instances the service is to have at this stage of its rollout. */
    int wantedInstances() {
        return ordinals.wanted().size();
    }

    /** Whether it is among those that the service is to have. */
    boolean wants(InstanceId id) {
        return ordinals.wanted().contains(id.ordinal());
    }

    InstanceRecord newRecord(InstanceId id, NodeId node, List<NodeId> givenUpOn) {
        return new InstanceRecord(
                id,
                new InstanceRecord.Placement(node, Placement.ports(definition, id), givenUpOn),
                new InstanceRecord.Run("", state.generation(), revision, state.rollout().isEmpty()),
                firstOrder());
    }

    private Order firstOrder() {
        return missing.map(sentence -> new Order(Phase.WAITING, sentence, draft.now.wall()))
                .orElseGet(() -> new Order(Phase.RUN, "", draft.now.wall()));
    }

    private void hold(Versioned<InstanceRecord> stored) {
        var record = stored.value();
        var why = "stopped by " + state.hold().orElseThrow().by();
        var run = new InstanceRecord.Run(record.run().token(), state.generation(), revision, true);
        if (record.order().phase() != Phase.STOP) {
            var order = new Order(Phase.STOP, why, draft.now.wall());
            draft.add(new Step.StopInstance(stored, record.withOrder(order), why));
        } else if (record.run().generation() != state.generation()
                && !Trials.isUnderWay(state)
                && draft.observed.hasEnded(stored)) {
            // Not earlier: until then it uses the ports of its old declaration.
            draft.add(
                    new Step.AmendInstance(
                            stored,
                            new InstanceRecord(
                                    record.id(), placementFor(record), run, record.order()),
                            "the declaration has changed while it is stopped"));
        }
    }

    private void finishHeldRollout() {
        var stored = draft.desired.services().get(service);
        var behind =
                draft.desired.instancesOf(service).values().stream()
                        .anyMatch(r -> r.value().run().generation() != state.generation());
        if (state.rollout().isPresent() && stored != null && !behind) {
            draft.add(
                    new Step.FinishRollout(
                            stored,
                            "the service is stopped by hand; its next start uses the new declaration"));
        }
    }

    /** Handles what needs no rollout; true when the instance is otherwise as ordered. */
    private boolean isSettled(Versioned<InstanceRecord> stored) {
        var record = stored.value();
        if (record.order().phase() == Phase.STOP) {
            var why = "the service is no longer stopped by hand";
            if (Trials.isUnderWay(state) && !Trials.isNew(record, state)) {
                draft.add(
                        new Step.ReplaceRun(stored, record.withOrder(firstOrder()), "start", why));
            } else {
                replace(stored, "start", why);
            }
            return false;
        }
        if (record.run().generation() != state.generation()) {
            if (!keepsRunning(record)) {
                return !isLeftByItsUpdate(record) || !leave(stored);
            }
            amend(stored);
            return false;
        }
        if (record.run().revision() != revision
                && draft.desired.behind(record).isEmpty()
                && !draft.desired.definitionOf(record).equals(Optional.of(definition))) {
            amend(stored);
            return false;
        }
        if (record.order().phase() == Phase.WAITING && missing.isEmpty()) {
            var order = new Order(Phase.RUN, "", draft.now.wall());
            draft.add(
                    new Step.ReleaseInstance(
                            stored, record.withOrder(order), "everything it depends on is there"));
            return false;
        }
        return !move(stored) && !leave(stored);
    }

    /** Its node is being emptied, and no update comes that would replace it elsewhere. */
    private boolean isLeftByItsUpdate(InstanceRecord record) {
        return draft.desired
                .emptying(record.placement().node())
                .filter(order -> !Departures.isMovedByItsUpdate(state, order))
                .isPresent();
    }

    /** Its node is being emptied. */
    private boolean leave(Versioned<InstanceRecord> stored) {
        var record = stored.value();
        var order = draft.desired.emptying(record.placement().node());
        var isOver =
                draft.observed
                        .of(record)
                        .map(seen -> seen.observation().state())
                        .filter(seen -> seen == State.COMPLETED || seen == State.GIVEN_UP)
                        .isPresent();
        if (order.isEmpty() || isOver || !draft.neighbours.of(service).isEmpty()) {
            return false;
        }
        var keeps = departures.keeps(record, order.get());
        if (keeps.isPresent()) {
            draft.stays(record.id(), keeps.get());
            draft.waits(
                    service,
                    "%s stays on %s: %s"
                            .formatted(
                                    record.id(),
                                    draft.desired.nodeName(record.placement().node()),
                                    keeps.get()));
            return false;
        }
        return leave(stored, state.rollout().isPresent(), "move", order.get().words());
    }

    /**
     * Gives it a new run on a node that is in use, if there is one.
     *
     * @param asItRuns with generation, revision and confirmation as they are: a halted update is
     *     not carried on by a move
     */
    private boolean leave(
            Versioned<InstanceRecord> stored, boolean asItRuns, String action, String cause) {
        var record = stored.value();
        var id = record.id();
        var from = draft.desired.nodeName(record.placement().node());
        if (Relocations.isUnguarded(draft.desired, record, definition)) {
            draft.waits(service, "%s stays on %s: %s".formatted(id, from, Relocations.UNGUARDED));
            return false;
        }
        var runs = asItRuns ? draft.desired.definitionOf(record).orElse(definition) : definition;
        return switch (draft.placement.choose(id, runs, List.of())) {
            case Placement.Choice.Nowhere(var why) -> {
                draft.stays(id, why);
                draft.waits(service, "%s stays on %s: %s".formatted(id, from, why));
                yield false;
            }
            case Placement.Choice.Chosen(var target, var why) -> {
                draft.placement.placed(target, id, runs);
                departures.began(id);
                draft.add(
                        new Step.ReplaceRun(
                                stored,
                                asItRuns
                                        ? moved(record, target, runs)
                                        : newRecord(id, target, List.of()),
                                action,
                                "it leaves %s: %s; %s".formatted(from, cause, why)));
                yield true;
            }
        };
    }

    private InstanceRecord moved(InstanceRecord record, NodeId target, ServiceDefinition runs) {
        var there =
                new InstanceRecord.Placement(target, Placement.ports(runs, record.id()), List.of());
        return new InstanceRecord(record.id(), there, record.run(), firstOrder());
    }

    /**
     * A well instance that an update or its return would replace by the very same program: the
     * failed update had not reached it yet.
     */
    private boolean keepsRunning(InstanceRecord record) {
        var restart =
                state.rollout()
                        .filter(rollout -> rollout.cause() == ServiceState.Cause.RESTART)
                        .isPresent();
        var sameFolder =
                draft.desired
                        .stackOf(record)
                        .map(StackDefinition::directory)
                        .equals(
                                draft.desired
                                        .stack(service.stack())
                                        .flatMap(Desired.StackRecords::current)
                                        .map(StackDefinition::directory));
        return state.rollout().isPresent()
                && !restart
                && sameFolder
                && record.order().phase() == Phase.RUN
                && draft.observed.isWell(record)
                && draft.desired
                        .definitionOf(record)
                        .filter(was -> !StackDifference.needsReplacement(was, definition))
                        .isPresent();
    }

    private void amend(Versioned<InstanceRecord> stored) {
        var record = stored.value();
        var run =
                new InstanceRecord.Run(
                        record.run().token(),
                        state.generation(),
                        revision,
                        record.run().confirmed());
        draft.add(
                new Step.AmendInstance(
                        stored,
                        record.withRun(run),
                        "revision %d changes nothing that needs a restart".formatted(revision)));
    }

    /** Given up here, and its policy is to try elsewhere. */
    private boolean move(Versioned<InstanceRecord> stored) {
        var record = stored.value();
        var seen = draft.observed.of(record);
        if (definition.recovery().then() != RecoveryPolicy.Then.MOVE
                || definition.deploy().mode() == DeployPolicy.Mode.GLOBAL
                || seen.filter(i -> i.observation().state() == State.GIVEN_UP).isEmpty()) {
            return false;
        }
        var node = record.placement().node();
        var pause = draft.desired.pauseOf(service.stack(), Optional.of(node));
        if (pause.isPresent()) {
            draft.waits(
                    service,
                    record.id()
                            + " was given up and is not moved: automatic action is paused by "
                            + pause.get().by());
            return false;
        }
        var tried = new ArrayList<>(record.placement().givenUpOn());
        tried.add(node);
        switch (draft.placement.choose(record.id(), definition, tried)) {
            case Placement.Choice.Nowhere(var why) -> {
                draft.waits(
                        service,
                        "%s was given up and cannot be moved: %s".formatted(record.id(), why));
                return false;
            }
            case Placement.Choice.Chosen(var target, var why) -> {
                draft.placement.placed(target, record.id(), definition);
                draft.add(
                        new Step.ReplaceRun(
                                stored,
                                newRecord(record.id(), target, tried),
                                "move",
                                "it was given up on %s (%s); %s"
                                        .formatted(
                                                draft.desired.nodeName(node),
                                                seen.get().observation().reason(),
                                                why)));
                return true;
            }
        }
    }

    private InstanceRecord.Placement placementFor(InstanceRecord record) {
        return new InstanceRecord.Placement(
                record.placement().node(), Placement.ports(definition, record.id()), List.of());
    }

    /**
     * Starts a new run on the same node, elsewhere where that is being emptied, or where its
     * neighbours have gone while it did not run; false when a port is not free there yet.
     */
    boolean replace(Versioned<InstanceRecord> stored, String action, String why) {
        var record = stored.value();
        var id = record.id();
        var here = record.placement().node();
        var order = draft.desired.emptying(here);
        if (order.isPresent()
                && draft.neighbours.of(service).isEmpty()
                && departures.bound().isEmpty()
                && leave(stored, false, action, why + "; " + order.get().words())) {
            return true;
        }
        var followed = draft.placement.followed(id);
        var node = followed.orElse(here);
        var refusal =
                followed.isPresent()
                        ? draft.placement.refusalElsewhere(node, id, definition)
                        : draft.placement.refusalOn(node, id, definition);
        if (!refusal.isEmpty()) {
            draft.waits(
                    service,
                    "%s is not replaced yet: %s%s"
                            .formatted(id, draft.desired.nodeName(node), refusal));
            return false;
        }
        if (followed.isPresent()) {
            draft.placement.left(here, id);
            draft.placement.placed(node, id, definition);
        } else {
            draft.placement.reserved(here, id, definition);
        }
        var where = followed.map(_ -> "; what it belongs beside is there by now").orElse("");
        draft.add(new Step.ReplaceRun(stored, newRecord(id, node, List.of()), action, why + where));
        return true;
    }

    ServiceId service() {
        return service;
    }

    ServiceDefinition definition() {
        return definition;
    }

    ServiceState state() {
        return state;
    }

    Optional<String> missing() {
        return missing;
    }
}
