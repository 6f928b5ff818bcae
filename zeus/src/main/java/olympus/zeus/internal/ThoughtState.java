package olympus.zeus.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord;
import olympus.model.state.InstanceRecord.Phase;
import olympus.model.state.NodeLost;
import olympus.model.state.NodeSpec;
import olympus.model.state.ServiceState;

/**
 * An island in thought: what would be stored, and agents that carry out at once and without fault
 * what would be ordered. Used by one thread. Nothing of it is ever written.
 */
final class ThoughtState {

    /** Nobody waits in thought: what runs has done so for long. */
    private static final long LONG_AGO = Duration.ofDays(365).toNanos();

    private final Desired base;
    private final Observed observed;
    private final PlanDraft.Now now;
    private final Map<ServiceId, Versioned<ServiceState>> services;
    private final NavigableMap<ServiceId, NavigableMap<Integer, Versioned<InstanceRecord>>>
            instances = new TreeMap<>();
    private final Map<NodeId, Versioned<NodeSpec>> specs;
    private final NavigableMap<NodeId, Versioned<NodeLost>> lost;
    private final Map<NodeId, Observed.Node> nodes;
    private int tokens;

    ThoughtState(Desired base, Observed observed, PlanDraft.Now now) {
        this.base = base;
        this.observed = observed;
        this.now = now;
        this.services = new HashMap<>(base.services());
        base.instances().forEach((id, of) -> instances.put(id, new TreeMap<>(of)));
        this.specs = new HashMap<>(base.specs());
        this.lost = new TreeMap<>(base.lost());
        this.nodes = new HashMap<>(observed.nodes());
    }

    Desired desired() {
        return new Desired(
                base.revision(),
                base.incarnation(),
                base.stacks(),
                services,
                instances,
                base.nodes(),
                base.away(),
                specs,
                base.external(),
                lost,
                base.pauses());
    }

    Plan plan() {
        return Planner.plan(
                desired(),
                new Observed(observed.unheardLostNanos(), nodes, observed.batchEndedNanos()),
                now.nanos(),
                now.wall());
    }

    /** The loss delay is over. */
    void cutOff(NodeId node) {
        var seen =
                observed.node(node)
                        .orElseGet(() ->
                                new Observed.Node(
                                        new Observed.Link.Up(true),
                                        Optional.empty(),
                                        Optional.empty(),
                                        0,
                                        Map.of(),
                                        Optional.empty()));
        nodes.put(
                node,
                new Observed.Node(
                        new Observed.Link.Down(now.nanos()),
                        seen.lastSeen(),
                        seen.report(),
                        seen.acceptedRevision(),
                        seen.instances(),
                        seen.facts()));
    }

    /** At once: in thought nothing is gained by one after the other. */
    void drain(NodeId node) {
        var order = new NodeSpec.Withdrawal(NodeSpec.Kind.DRAIN, "what-if", now.wall(), "", true);
        var spec = base.spec(node).withWithdrawal(Optional.of(order));
        specs.put(node, stored(spec));
    }

    /** Whether the step changed what is thought of. */
    boolean carryOut(Step step) {
        return switch (step) {
            case Step.PlaceInstance(var record, var _) -> put(anew(record));
            case Step.ReplaceRun(var _, var to, var _, var _) -> put(anew(to));
            case Step.MoveTogether(var moves) -> {
                moves.forEach(this::carryOut);
                yield true;
            }
            case Step.ReleaseInstance(var _, var to, var _) -> put(to);
            case Step.StopInstance(var _, var to, var _) -> put(to);
            case Step.RetireInstance(var _, var to, var _) -> put(to);
            case Step.AmendInstance(var _, var to, var _) -> put(to);
            case Step.ConfirmInstance(var _, var to, var _) -> put(to);
            case Step.ForgetInstance(var from, var _) -> forget(from.value().id());
            case Step.LoseNode(var _, var to, var _, var _) -> {
                lost.put(to.node(), stored(to));
                yield true;
            }
            case Step.ReturnNode(var from, var _) -> lost.remove(from.value().node()) != null;
            case Step.AdvanceRollout(var from, var to, var _) -> {
                var state = from.value();
                var rollout = state.rollout().orElseThrow().withGate(to);
                services.put(state.service(), stored(state.withRollout(Optional.of(rollout))));
                yield true;
            }
            case Step.FinishRollout(var from, var _) -> {
                var state = from.value();
                services.put(
                        state.service(),
                        stored(
                                new ServiceState(
                                        state.service(),
                                        state.generation(),
                                        state.hold(),
                                        Optional.empty())));
                yield true;
            }
            // An update that fails now is not what is asked about.
            case Step.HaltRollout _, Step.RollBackService _ -> false;
            case Step.ForgetService _, Step.ForgetStack _, Step.MendDrift _ -> false;
        };
    }

    private InstanceRecord anew(InstanceRecord record) {
        var run = record.run();
        tokens++;
        return record.withRun(
                new InstanceRecord.Run(
                        "thought-" + tokens, run.generation(), run.revision(), run.confirmed()));
    }

    private boolean put(InstanceRecord record) {
        instances
                .computeIfAbsent(record.id().service(), _ -> new TreeMap<>())
                .put(record.id().ordinal(), stored(record));
        return true;
    }

    private boolean forget(InstanceId id) {
        var of = instances.get(id.service());
        return of != null && of.remove(id.ordinal()) != null;
    }

    private <T> Versioned<T> stored(T value) {
        return new Versioned<>(value, base.revision());
    }

    /** Every connected agent has done what it was told about these. */
    void obey(Set<InstanceId> changed) {
        for (var entry : nodes.entrySet()) {
            var node = entry.getValue();
            if (node.connected()) {
                var runs = new HashMap<>(node.instances());
                changed.forEach(id -> obey(entry.getKey(), id, runs));
                entry.setValue(
                        new Observed.Node(
                                node.link(),
                                node.lastSeen(),
                                node.report(),
                                base.revision(),
                                runs,
                                node.facts()));
            }
        }
    }

    private void obey(NodeId node, InstanceId id, Map<InstanceId, Observed.Instance> runs) {
        var record =
                Optional.ofNullable(instances.get(id.service()))
                        .map(of -> of.get(id.ordinal()))
                        .map(Versioned::value)
                        .filter(one -> one.placement().node().equals(node))
                        .filter(one -> !one.order().phase().isGoing());
        if (record.isEmpty()) {
            runs.remove(id);
            return;
        }
        var known = runs.get(id);
        var phase = record.get().order().phase();
        if (phase == Phase.STOP
                || known == null
                || !known.observation().runToken().equals(record.get().run().token())
                || known.observation().state() == State.PENDING) {
            runs.put(id, seen(record.get(), phase));
        }
    }

    private Observed.Instance seen(InstanceRecord record, Phase phase) {
        var state =
                switch (phase) {
                    case WAITING -> State.PENDING;
                    case RUN, APPROVED -> State.RUNNING;
                    case STOP, RETIRE, LEAVE -> State.STOPPED;
                };
        var since = now.nanos() - LONG_AGO;
        return new Observed.Instance(
                new InstanceObservation(
                        record.id(),
                        record.run().token(),
                        "",
                        state,
                        Health.NONE,
                        0,
                        0,
                        Instant.EPOCH,
                        "",
                        Optional.empty()),
                since,
                state == State.RUNNING ? Optional.of(since) : Optional.empty(),
                Optional.empty());
    }
}
