package olympus.zeus;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import olympus.hermes.Bytes;
import olympus.hermes.Entry;
import olympus.hermes.Key;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.StackDefinition;
import olympus.model.state.Assignment;
import olympus.model.state.Codecs;
import olympus.model.state.ExternalNode;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord;
import olympus.model.state.InstanceRecord.Phase;
import olympus.model.state.NodeAway;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeLost;
import olympus.model.state.NodeRecord;
import olympus.model.state.NodeReport;
import olympus.model.state.NodeSpec;
import olympus.model.state.PauseRecord;
import olympus.model.state.ServiceState;
import olympus.model.state.StackPointer;
import olympus.model.state.StackRevision;
import olympus.zeus.internal.Directories;
import olympus.zeus.internal.Observed;
import olympus.zeus.internal.Plan;
import olympus.zeus.internal.Planner;
import olympus.zeus.internal.Projection;
import olympus.zeus.internal.Thought;

/**
 * Records and reports that are being put together, to be planned from. Every record is as of store
 * revision 1, the nodes have accepted revision 1, and it is an hour after the start.
 */
final class Situation {

    private static final Instant WALL = Instant.parse("2026-11-21T03:00:00Z");
    private static final long NOW = Duration.ofHours(1).toNanos();
    private static final long DELAY_LEFT = Duration.ofSeconds(12).toNanos();

    private final Map<String, byte[]> entries = new TreeMap<>();
    private static final Observed.Link UP = new Observed.Link.Up(true);

    private final Map<NodeId, Observed.Link> links = new TreeMap<>();
    private final Map<NodeId, Map<InstanceId, Observed.Instance>> seen = new HashMap<>();
    private final Map<NodeId, NodeFacts> facts = new HashMap<>();
    private final Map<NodeId, Long> accepted = new HashMap<>();
    private final Map<NodeId, String> toldPauses = new HashMap<>();
    private final Map<InstanceId, InstanceRecord> records = new HashMap<>();
    private final Map<ServiceId, Long> batchEnded = new HashMap<>();
    private final Set<NodeId> unheard = new HashSet<>();

    static NodeId node(int number) {
        return new NodeId(new UUID(7, number));
    }

    Situation nodes(int count) {
        for (var n = 1; n <= count; n++) {
            links.put(node(n), UP);
            entries.put(
                    "zeus/nodes/" + node(n),
                    Codecs.NODE_RECORD.encodeBytes(
                            new NodeRecord(node(n), "node" + n, Map.of(), WALL, 0)));
        }
        return this;
    }

    /** Its agent acts on an assignment computed from this revision. */
    Situation actsOn(int number, long revision) {
        accepted.put(node(number), revision);
        return this;
    }

    /** It has told that it has these. */
    Situation has(int number, NodeFacts machine) {
        facts.put(node(number), machine);
        return this;
    }

    /** {@code key=value} each. */
    Situation labelled(int number, String... labels) {
        var all = new TreeMap<String, String>();
        for (var label : labels) {
            var parts = label.split("=", 2);
            all.put(parts[0], parts[1]);
        }
        entries.put(
                "zeus/node-specs/" + node(number),
                Codecs.NODE_SPEC.encodeBytes(new NodeSpec(node(number), all, Optional.empty())));
        return this;
    }

    static NodeId externalNode(int number) {
        return new NodeId(new UUID(8, number));
    }

    /** A member that is managed elsewhere; {@code key=value} each. */
    Situation external(int number, String... labels) {
        var id = externalNode(number);
        entries.put(
                "zeus/external-nodes/" + id,
                Codecs.EXTERNAL_NODE.encodeBytes(
                        new ExternalNode(id, "cdn" + number, "", "", "user:ana", WALL)));
        var all = new TreeMap<String, String>();
        for (var label : labels) {
            var parts = label.split("=", 2);
            all.put(parts[0], parts[1]);
        }
        entries.put(
                "zeus/node-specs/" + id,
                Codecs.NODE_SPEC.encodeBytes(new NodeSpec(id, all, Optional.empty())));
        return this;
    }

    Situation withdrawn(int number, NodeSpec.Kind kind) {
        return withdrawn(number, kind, false);
    }

    Situation withdrawn(int number, NodeSpec.Kind kind, boolean force) {
        var order = new NodeSpec.Withdrawal(kind, "user:ana", WALL, "new disk", force);
        entries.put(
                "zeus/node-specs/" + node(number),
                Codecs.NODE_SPEC.encodeBytes(
                        new NodeSpec(node(number), Map.of(), Optional.of(order))));
        return this;
    }

    /** For less than the loss delay. */
    Situation cutOff(int number) {
        return link(number, new Observed.Link.Down(NOW + DELAY_LEFT));
    }

    /** For the loss delay. */
    Situation gone(int number) {
        return link(number, new Observed.Link.Down(NOW));
    }

    /** Connected, and has not reported yet. */
    Situation silent(int number) {
        return link(number, new Observed.Link.Up(false));
    }

    /** It has not told this server what it runs. */
    Situation unheard(int number) {
        unheard.add(node(number));
        return this;
    }

    /** What these were when another server heard of the node last, as it stored it: running. */
    Situation storedAway(int number, String... ids) {
        var meant = Set.of(ids);
        var heard =
                seen.getOrDefault(node(number), Map.of()).values().stream()
                        .map(Observed.Instance::observation)
                        .filter(one -> meant.contains(one.id().toString()))
                        .toList();
        entries.put(
                "zeus/away/" + node(number),
                Codecs.NODE_AWAY.encodeBytes(new NodeAway(node(number), WALL, heard)));
        return this;
    }

    private Situation link(int number, Observed.Link link) {
        links.put(node(number), link);
        return this;
    }

    /** Recorded as such before, whatever it is now. */
    Situation recordedAsLost(int number) {
        return recorded(number, Optional.empty());
    }

    Situation recordedAsHeldBack(int number) {
        return recorded(number, Optional.of("2 of 3 nodes went away at once"));
    }

    private Situation recorded(int number, Optional<String> heldBack) {
        entries.put(
                "zeus/lost/" + node(number),
                Codecs.NODE_LOST.encodeBytes(new NodeLost(node(number), WALL, heldBack)));
        return this;
    }

    /** Away for the loss delay, and recorded as lost. */
    Situation lost(int number) {
        return gone(number).recordedAsLost(number);
    }

    /** The last of several revisions is the current one. */
    Situation stack(int revision, StackDefinition definition) {
        var key = "zeus/stacks/" + definition.name();
        entries.put(
                key + "/revisions/%010d".formatted(revision),
                Codecs.STACK_REVISION.encodeBytes(
                        new StackRevision(revision, WALL, "user:ana", "", "", definition)));
        return pointer(definition, revision, false);
    }

    Situation removing(int revision, StackDefinition definition) {
        return stack(revision, definition).pointer(definition, revision, true);
    }

    private Situation pointer(StackDefinition definition, int revision, boolean removing) {
        entries.put(
                "zeus/stacks/" + definition.name() + "/current",
                Codecs.STACK_POINTER.encodeBytes(
                        new StackPointer(
                                definition.name(),
                                revision,
                                removing,
                                WALL,
                                "user:ana",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())));
        return this;
    }

    /** An update from revision 1 to generation 2. */
    Situation updating(String service) {
        var rollout =
                new ServiceState.Rollout(
                        ServiceState.Cause.UPDATE, 1, "user:ana", WALL, Optional.empty(), false);
        return state(service, 2, Optional.empty(), Optional.of(rollout));
    }

    /** The same, with the new version on trial, at a stage for so many seconds. */
    Situation tried(String service, ServiceState.Stage stage, int seconds) {
        var gate = new ServiceState.Gate(stage, WALL.minusSeconds(seconds), "user:ana");
        var rollout =
                new ServiceState.Rollout(
                                ServiceState.Cause.UPDATE,
                                1,
                                "user:ana",
                                WALL.minusSeconds(seconds),
                                Optional.empty(),
                                false)
                        .withGate(gate);
        return state(service, 2, Optional.empty(), Optional.of(rollout));
    }

    /** It began anew with a third version while the second one was tried. */
    Situation triedAgain(String service) {
        var rollout =
                new ServiceState.Rollout(
                                ServiceState.Cause.UPDATE,
                                1,
                                "user:ana",
                                WALL,
                                Optional.empty(),
                                false)
                        .withGate(
                                new ServiceState.Gate(ServiceState.Stage.TRIAL, WALL, "user:ana"));
        return state(service, 3, Optional.empty(), Optional.of(rollout));
    }

    /** It goes back to the first version, which is the third revision. */
    Situation returning(String service) {
        var rollout =
                new ServiceState.Rollout(
                        ServiceState.Cause.ROLLBACK, 1, "zeus", WALL, Optional.empty(), false);
        return state(service, 3, Optional.empty(), Optional.of(rollout));
    }

    /** The same, halted. */
    Situation halted(String service) {
        var rollout =
                new ServiceState.Rollout(
                        ServiceState.Cause.UPDATE,
                        1,
                        "user:ana",
                        WALL,
                        Optional.of("shop/web.2 was given up: ended with exit status 1"),
                        false);
        return state(service, 2, Optional.empty(), Optional.of(rollout));
    }

    Situation held(String service) {
        return state(
                service, 1, Optional.of(new ServiceState.Hold("user:ana", WALL)), Optional.empty());
    }

    private Situation state(
            String service,
            long generation,
            Optional<ServiceState.Hold> hold,
            Optional<ServiceState.Rollout> rollout) {
        entries.put(
                "zeus/services/" + service,
                Codecs.SERVICE_STATE.encodeBytes(
                        new ServiceState(ServiceId.parse(service), generation, hold, rollout)));
        return this;
    }

    /** Its agent reports that it is paused. */
    Situation toldPause(int number, String why) {
        toldPauses.put(node(number), why);
        return this;
    }

    Situation paused(String scope) {
        entries.put(
                "zeus/pauses/" + scope,
                Codecs.PAUSE_RECORD.encodeBytes(
                        new PauseRecord(scope, "user:ana", WALL, "looking")));
        return this;
    }

    /** Ordered to run on a node, of the generation and revision given, not yet seen. */
    Situation instance(String id, int node, int generation) {
        return instance(id, node, generation, Phase.RUN, generation == 1);
    }

    Situation instance(String id, int node, int generation, Phase phase, boolean confirmed) {
        return instance(id, node, Map.of(), generation, phase, confirmed);
    }

    /** Of the first generation, and was given this port, which is called http. */
    Situation instanceAt(String id, int node, int port) {
        return instance(id, node, Map.of("http", port), 1, Phase.RUN, true);
    }

    private Situation instance(
            String id,
            int node,
            Map<String, Integer> ports,
            int generation,
            Phase phase,
            boolean confirmed) {
        var instance = InstanceId.parse(id);
        var record =
                new InstanceRecord(
                        instance,
                        new InstanceRecord.Placement(node(node), ports, List.of()),
                        new InstanceRecord.Run(
                                token(instance, generation), generation, generation, confirmed),
                        new InstanceRecord.Order(phase, "", WALL));
        records.put(instance, record);
        entries.put(
                "zeus/instances/" + instance.service() + "/" + instance.ordinal(),
                Codecs.INSTANCE_RECORD.encodeBytes(record));
        return this;
    }

    private static String token(InstanceId id, int generation) {
        return id.ordinal() + "-" + generation;
    }

    /** The ordered run is reported as being in this state for so many seconds. */
    Situation seen(String id, State state, int seconds) {
        var record = records.get(InstanceId.parse(id));
        return seen(id, record == null ? "" : record.run().token(), state, 0, seconds, record);
    }

    /** It runs, and its probe says this. */
    Situation probed(String id, Health health) {
        var record = Objects.requireNonNull(records.get(InstanceId.parse(id)), id);
        return put(
                id, record.placement().node(), record.run().token(), State.RUNNING, health, 0, 60);
    }

    Situation crashed(String id, State state, int restarts) {
        var record = records.get(InstanceId.parse(id));
        return seen(id, record == null ? "" : record.run().token(), state, restarts, 1, record);
    }

    /** The run before the ordered one is still there. */
    Situation seenEarlier(String id, State state) {
        return seen(id, "earlier", state, 0, 1, records.get(InstanceId.parse(id)));
    }

    Situation undeclared(String id, int node) {
        return put(id, node(node), "forged", State.RUNNING, 0, 1);
    }

    /** A node where it is not placed reports the run that is ordered. */
    Situation seenOn(int number, String id, State state) {
        return put(id, node(number), token(InstanceId.parse(id), 1), state, 0, 1);
    }

    private Situation seen(
            String id,
            String token,
            State state,
            int restarts,
            int seconds,
            @org.jspecify.annotations.Nullable InstanceRecord record) {
        return record == null
                ? this
                : put(id, record.placement().node(), token, state, restarts, seconds);
    }

    private Situation put(
            String id, NodeId node, String token, State state, int restarts, int seconds) {
        return put(id, node, token, state, Health.NONE, restarts, seconds);
    }

    private Situation put(
            String id,
            NodeId node,
            String token,
            State state,
            Health health,
            int restarts,
            int seconds) {
        var since = NOW - Duration.ofSeconds(seconds).toNanos();
        var observation =
                new InstanceObservation(
                        InstanceId.parse(id),
                        token,
                        "process",
                        state,
                        health,
                        state == State.RUNNING ? 100 : 0,
                        restarts,
                        WALL,
                        reason(state),
                        state == State.COMPLETED ? Optional.of(0) : Optional.empty());
        var well = observation.isWell() ? Optional.of(since) : Optional.<Long>empty();
        seen.computeIfAbsent(node, n -> new TreeMap<>())
                .put(
                        observation.id(),
                        new Observed.Instance(observation, since, well, Optional.empty()));
        return this;
    }

    private static String reason(State state) {
        return state == State.RUNNING || state == State.COMPLETED ? "" : "ended with exit status 1";
    }

    Plan plan() {
        return Planner.plan(projection().desired(1), observed(), NOW, WALL);
    }

    /**
     * The same by another search.
     *
     * @param mostSorted for how many kinds of services nodes are kept sorted
     */
    Plan plan(int mostSorted) {
        return Planner.plan(projection().desired(1), observed(), NOW, WALL, mostSorted);
    }

    Foresight foresight() {
        return Thought.of(
                projection().desired(1), observed(), NOW, WALL, ZeusOptions.DEFAULT.lossDelay());
    }

    Directory directory() {
        return Directories.of(projection().desired(1), observed(), NOW);
    }

    private boolean isHeard(NodeId node) {
        return !unheard.contains(node);
    }

    private Projection projection() {
        var projection = new Projection();
        projection.listed(
                entries.entrySet().stream()
                        .map(e -> new Entry(Key.of(e.getKey()), Bytes.wrap(e.getValue()), 1, 1, 0))
                        .toList(),
                1);
        return projection;
    }

    private Observed observed() {
        var nodes = new TreeMap<NodeId, Observed.Node>();
        links.forEach((id, link) ->
                nodes.put(
                        id,
                        new Observed.Node(
                                link,
                                isHeard(id) ? Optional.of(WALL) : Optional.empty(),
                                isHeard(id)
                                        ? Optional.of(report(id, toldPauses.get(id)))
                                        : Optional.empty(),
                                accepted.getOrDefault(id, 1L),
                                isHeard(id) ? seen.getOrDefault(id, Map.of()) : Map.of(),
                                Optional.ofNullable(facts.get(id)))));
        return new Observed(0, nodes, batchEnded);
    }

    private static NodeReport report(
            NodeId node, @org.jspecify.annotations.Nullable String paused) {
        return new NodeReport(
                node,
                "",
                1,
                "boot",
                Assignment.Stamp.NONE,
                Optional.ofNullable(paused),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of());
    }

    /** The moment of planning. */
    static long nowNanos() {
        return NOW;
    }
}
