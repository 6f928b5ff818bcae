package olympus.zeus.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.json.DurationText;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.Singleton;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord;
import olympus.model.state.InstanceRecord.Phase;
import olympus.model.state.NodeFacts;
import olympus.zeus.Foresight;
import olympus.zeus.NodeCommands;
import olympus.zeus.Supposition;

/**
 * Thinks suppositions through with {@link Planner}, on values that belong to it alone. A thought is
 * over when a plan has nothing more that changes it.
 */
public final class Thought implements Foresight {

    /** What is ordered in one plan may call for more in the next; an island settles in a few. */
    static final int MOST_PLANS = 50;

    private final Desired desired;
    private final Observed observed;
    private final PlanDraft.Now now;
    private final Duration lossDelay;
    private final LastHeard lastHeard;

    private Thought(Desired desired, Observed observed, PlanDraft.Now now, Duration lossDelay) {
        this.desired = desired;
        this.observed = observed;
        this.now = now;
        this.lossDelay = lossDelay;
        this.lastHeard = new LastHeard(desired, observed);
    }

    /** Takes a copy of what is stored, which its owner may go on changing afterwards. */
    public static Foresight of(
            Desired desired, Observed observed, long nanos, Instant wall, Duration lossDelay) {
        return new Thought(copy(desired), observed, new PlanDraft.Now(nanos, wall), lossDelay);
    }

    static Desired copy(Desired live) {
        var stacks = new TreeMap<olympus.model.StackName, Desired.StackRecords>();
        live.stacks()
                .forEach((name, stack) ->
                        stacks.put(
                                name,
                                new Desired.StackRecords(
                                        stack.pointer(), new TreeMap<>(stack.revisions()))));
        var instances =
                new TreeMap<
                        ServiceId, java.util.NavigableMap<Integer, Versioned<InstanceRecord>>>();
        live.instances().forEach((id, of) -> instances.put(id, new TreeMap<>(of)));
        return new Desired(
                live.revision(),
                live.incarnation(),
                stacks,
                new HashMap<>(live.services()),
                instances,
                new TreeMap<>(live.nodes()),
                new HashMap<>(live.away()),
                new HashMap<>(live.specs()),
                new TreeMap<>(live.external()),
                new TreeMap<>(live.lost()),
                new TreeMap<>(live.pauses()));
    }

    @Override
    public long revision() {
        return desired.revision();
    }

    @Override
    public Instant at() {
        return now.wall();
    }

    @Override
    public Duration lossDelay() {
        return lossDelay;
    }

    @Override
    public Map<NodeId, String> nodes() {
        var names = new TreeMap<NodeId, String>();
        desired.nodes().keySet().stream()
                .filter(node ->
                        desired.withdrawal(node)
                                .filter(order -> order.reason().equals(NodeCommands.REMOVED))
                                .isEmpty())
                .forEach(node -> names.put(node, desired.nodeName(node)));
        return names;
    }

    @Override
    public boolean isConnected(NodeId node) {
        return observed.connected(node);
    }

    @Override
    public Map<String, String> labels(NodeId node) {
        return Map.copyOf(desired.labels(node));
    }

    @Override
    public Optional<NodeFacts> facts(NodeId node) {
        return observed.facts(node);
    }

    @Override
    public Optional<ServiceDefinition> definition(ServiceId service) {
        return desired.declared(service);
    }

    @Override
    public Forecast suppose(Supposition supposition) {
        var trace = new Trace();
        var island = new ThoughtState(desired, observed, now);
        if (supposition.undecided().isEmpty()) {
            supposition.lost().forEach(island::cutOff);
            supposition.drained().forEach(island::drain);
            settle(island, trace);
        }
        var after = island.desired();
        var fates = new ArrayList<Fate>();
        for (var of : desired.instances().values()) {
            for (var stored : of.values()) {
                fates.add(fate(stored.value(), after, supposition, trace));
            }
        }
        fates.sort(Comparator.comparing(Fate::instance));
        return new Forecast(fates, new Losses(desired, supposition, fates).all());
    }

    /** What was thought on the way. */
    private static final class Trace {
        private final Map<InstanceId, String> reasons = new HashMap<>();
        private Plan last = new Plan(List.of(), Map.of(), java.util.OptionalLong.empty());
        private boolean settled;
    }

    private static void settle(ThoughtState island, Trace trace) {
        for (var n = 0; n < MOST_PLANS && !trace.settled; n++) {
            var plan = island.plan();
            trace.last = plan;
            var changed = new HashSet<InstanceId>();
            trace.settled = true;
            for (var step : singly(plan.steps())) {
                if (island.carryOut(step)) {
                    trace.settled = false;
                    subject(step)
                            .ifPresent(id -> {
                                changed.add(id);
                                if (isTelling(step)) {
                                    trace.reasons.put(id, step.why());
                                }
                            });
                }
            }
            island.obey(changed);
        }
    }

    /** Those that move together as what they are, one by one. */
    private static List<Step> singly(List<Step> steps) {
        var all = new ArrayList<Step>();
        for (var step : steps) {
            if (step instanceof Step.MoveTogether(var moves)) {
                all.addAll(moves);
            } else {
                all.add(step);
            }
        }
        return all;
    }

    private static Optional<InstanceId> subject(Step step) {
        return switch (step) {
            case Step.PlaceInstance(var record, var _) -> Optional.of(record.id());
            case Step.ReplaceRun(var _, var to, var _, var _) -> Optional.of(to.id());
            case Step.ReleaseInstance(var _, var to, var _) -> Optional.of(to.id());
            case Step.StopInstance(var _, var to, var _) -> Optional.of(to.id());
            case Step.RetireInstance(var _, var to, var _) -> Optional.of(to.id());
            case Step.AmendInstance(var _, var to, var _) -> Optional.of(to.id());
            case Step.ConfirmInstance(var _, var to, var _) -> Optional.of(to.id());
            case Step.ForgetInstance(var from, var _) -> Optional.of(from.value().id());
            case Step.MoveTogether _,
                    Step.LoseNode _,
                    Step.ReturnNode _,
                    Step.AdvanceRollout _,
                    Step.FinishRollout _,
                    Step.HaltRollout _,
                    Step.RollBackService _,
                    Step.ForgetService _,
                    Step.ForgetStack _,
                    Step.MendDrift _ ->
                    Optional.empty();
        };
    }

    /** It says why an instance is where it is in the end. */
    private static boolean isTelling(Step step) {
        return step instanceof Step.ReplaceRun || step instanceof Step.RetireInstance;
    }

    private Fate fate(InstanceRecord record, Desired after, Supposition supposition, Trace trace) {
        var id = record.id();
        var node = record.placement().node();
        var runs = observed.isWell(record);
        var then = after.instance(id).map(Versioned::value).filter(one -> !isGoing(one));
        if (then.isEmpty()) {
            var why = trace.reasons.getOrDefault(id, "it is on its way out");
            return new Fate(id, node, Outcome.ENDS, Optional.empty(), runs, why);
        }
        var there = then.get().placement().node();
        var isLost = supposition.lost().contains(node);
        if (!there.equals(node)) {
            var why = trace.reasons.getOrDefault(id, "") + (isLost ? afterItsLease(record) : "");
            return new Fate(id, node, Outcome.MOVES, Optional.of(there), runs, why);
        }
        if (isLost) {
            return onLostNode(record, supposition, trace, runs);
        }
        if (runs && supposition.undecided().isPresent() && guardedFor(record).isPresent()) {
            var why =
                    "it ends with its lease, which nobody renews: " + supposition.undecided().get();
            return new Fate(id, node, Outcome.WAITS, Optional.empty(), true, why);
        }
        var why =
                Optional.ofNullable(trace.last.stays().get(id))
                        .or(() -> runs ? Optional.empty() : restOf(record))
                        .or(() ->
                                runs
                                        ? Optional.empty()
                                        : Optional.of("it does not run well at present"))
                        .orElse("");
        return new Fate(id, node, Outcome.STAYS, Optional.empty(), runs, why);
    }

    private Fate onLostNode(
            InstanceRecord record, Supposition supposition, Trace trace, boolean runs) {
        var rest = restOf(record);
        var outcome = rest.isPresent() ? Outcome.STAYS : Outcome.WAITS;
        var why =
                rest.or(supposition::undecided)
                        .or(() -> Optional.ofNullable(trace.last.stays().get(record.id())))
                        .or(() ->
                                Optional.ofNullable(trace.last.waits().get(record.id().service())))
                        .orElse("its node is away");
        return new Fate(
                record.id(), record.placement().node(), outcome, Optional.empty(), runs, why);
    }

    /** Why it is not to run, whatever happens. */
    private Optional<String> restOf(InstanceRecord record) {
        if (desired.state(record.id().service()).hold().isPresent()
                || record.order().phase() == Phase.STOP) {
            return Optional.of("it is stopped by hand");
        }
        return lastHeard
                .ended(record)
                .map(seen ->
                        seen.state() == State.COMPLETED ? "it has completed" : "it was given up");
    }

    /** For how long a run may go on without a leader; empty where it needs no lease. */
    private Optional<Duration> guardedFor(InstanceRecord record) {
        return desired.definitionOf(record).flatMap(Singleton::endedAfter);
    }

    /** It starts elsewhere only when nobody can doubt that it has ended. */
    private String afterItsLease(InstanceRecord record) {
        return guardedFor(record)
                .map(span -> Duration.ofSeconds(span.plusNanos(999_999_999).toSeconds()))
                .map(span ->
                        "; it starts when its lease there has ended for certain, within %s"
                                .formatted(DurationText.format(span)))
                .orElse("");
    }

    private static boolean isGoing(InstanceRecord record) {
        return record.order().phase().isGoing();
    }
}
