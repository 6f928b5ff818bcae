package olympus.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import olympus.hermes.Bytes;
import olympus.hermes.Entry;
import olympus.hermes.Key;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.StackName;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.PlacementPolicy;
import olympus.model.stack.PlacementPolicy.Constraint;
import olympus.model.stack.PortSpec;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StopPolicy;
import olympus.model.stack.Workload;
import olympus.model.state.Codecs;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceRecord;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeLost;
import olympus.model.state.NodeRecord;
import olympus.model.state.StackPointer;
import olympus.model.state.StackRevision;
import olympus.zeus.Foresight;
import olympus.zeus.internal.Observed;
import olympus.zeus.internal.Plan;
import olympus.zeus.internal.Planner;
import olympus.zeus.internal.Projection;
import olympus.zeus.internal.Step;
import olympus.zeus.internal.Thought;

/**
 * What the controller knows of an island: what is stored, and what agents would say if they had
 * carried all of it out at once. Of ten services eight have one instance and two have six; some are
 * bound to labels, kept from them, spread over racks, limited to one on a node, reserve memory and
 * processors, or have a port. There is room for all of them.
 */
final class SimulatedIsland {

    static final int INSTANCES_OF_TEN_SERVICES = 20;
    static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

    private static final int SERVICES_PER_STACK = 100;
    private static final int RACKS = 20;
    private static final int MANY_REPLICAS = 6;
    private static final long NANOS = Duration.ofDays(1).toNanos();

    private final int services;
    private final Projection projection = new Projection();
    private final Map<NodeId, Observed.Node> observed = new HashMap<>();
    private final TreeMap<String, byte[]> stored = new TreeMap<>();

    SimulatedIsland(int nodes, int services) {
        this.services = services;
        var entries = new TreeMap<String, byte[]>();
        for (var n = 0; n < nodes; n++) {
            var id = node(n);
            var labels =
                    Map.of(
                            "rack", "r" + n % RACKS,
                            "role", n % 4 == 0 ? "web" : "work",
                            "disk", n % 10 == 0 ? "slow" : "fast");
            entries.put(
                    "zeus/nodes/" + id,
                    Codecs.NODE_RECORD.encodeBytes(new NodeRecord(id, "node" + n, labels, NOW, 0)));
            observed.put(id, up(Map.of()));
        }
        for (var from = 0; from < services; from += SERVICES_PER_STACK) {
            declare(from, entries);
        }
        list(entries);
    }

    int instances() {
        return services / 10 * INSTANCES_OF_TEN_SERVICES;
    }

    private static NodeId node(int n) {
        return new NodeId(new UUID(3, n));
    }

    /** One plan of all that is known. */
    Plan plan() {
        return Planner.plan(projection.desired(1), new Observed(0, observed, Map.of()), NANOS, NOW);
    }

    /** What is stored and known now, to think ahead in. */
    Foresight foresight() {
        return Thought.of(
                projection.desired(1),
                new Observed(0, observed, Map.of()),
                NANOS,
                NOW,
                Duration.ofSeconds(15));
    }

    /** Stores what a plan places, and has agents run it. */
    void carryOut(Plan plan) {
        var entries = new TreeMap<String, byte[]>();
        var running = new HashMap<NodeId, Map<InstanceId, Observed.Instance>>();
        for (var step : plan.steps()) {
            if (!(step instanceof Step.PlaceInstance(var placed, var _))) {
                throw new IllegalStateException("not a placement: " + step);
            }
            var record =
                    placed.withRun(
                            new InstanceRecord.Run(
                                    placed.id().toString(),
                                    placed.run().generation(),
                                    placed.run().revision(),
                                    true));
            entries.put(
                    "zeus/instances/%s/%d".formatted(record.id().service(), record.id().ordinal()),
                    Codecs.INSTANCE_RECORD.encodeBytes(record));
            running.computeIfAbsent(record.placement().node(), _ -> new HashMap<>())
                    .put(record.id(), seen(record));
        }
        running.forEach((id, instances) -> observed.put(id, up(instances)));
        list(entries);
    }

    /** It has been away for the loss delay, and that is stored. */
    void lose(int n) {
        var id = node(n);
        var before = Objects.requireNonNull(observed.get(id));
        observed.put(
                id,
                new Observed.Node(
                        new Observed.Link.Down(0),
                        before.lastSeen(),
                        before.report(),
                        before.acceptedRevision(),
                        before.instances(),
                        before.facts()));
        list(
                Map.of(
                        "zeus/lost/" + id,
                        Codecs.NODE_LOST.encodeBytes(new NodeLost(id, NOW, Optional.empty()))));
    }

    /** How many instances run on a node. */
    int on(int n) {
        return Objects.requireNonNull(observed.get(node(n))).instances().size();
    }

    private void list(Map<String, byte[]> more) {
        stored.putAll(more);
        projection.reset();
        projection.listed(
                stored.entrySet().stream()
                        .map(e -> new Entry(Key.of(e.getKey()), Bytes.wrap(e.getValue()), 1, 1, 0))
                        .toList(),
                1);
    }

    private static Observed.Node up(Map<InstanceId, Observed.Instance> instances) {
        return new Observed.Node(
                new Observed.Link.Up(true),
                Optional.of(NOW),
                Optional.empty(),
                1,
                instances,
                Optional.of(
                        new NodeFacts(
                                new NodeFacts.Platform("linux", "amd64", "Debian", "6.12"),
                                new NodeFacts.Processors(64, "", Optional.empty()),
                                256L << 30,
                                List.of(),
                                List.of(),
                                List.of())));
    }

    private static Observed.Instance seen(InstanceRecord record) {
        return new Observed.Instance(
                new InstanceObservation(
                        record.id(),
                        record.run().token(),
                        "",
                        InstanceObservation.State.RUNNING,
                        InstanceObservation.Health.NONE,
                        0,
                        0,
                        Instant.EPOCH,
                        "",
                        Optional.empty()),
                0,
                Optional.of(0L),
                Optional.empty());
    }

    // What is declared.

    private void declare(int from, Map<String, byte[]> entries) {
        var name = new StackName("stack" + from);
        var declared = new TreeMap<String, ServiceDefinition>();
        for (var n = from; n < Math.min(from + SERVICES_PER_STACK, services); n++) {
            declared.put("service" + n, service(n));
        }
        var definition = new StackDefinition(name, StackDefinition.Mode.MANAGE, "/srv", declared);
        entries.put(
                "zeus/stacks/" + name + "/current",
                Codecs.STACK_POINTER.encodeBytes(
                        StackPointer.to(name, 1, NOW, "user:bench", Optional.empty())));
        entries.put(
                "zeus/stacks/" + name + "/revisions/0000000001",
                Codecs.STACK_REVISION.encodeBytes(
                        new StackRevision(1, NOW, "user:bench", "", "", definition)));
    }

    private static ServiceDefinition service(int n) {
        var kind = n % 10;
        return new ServiceDefinition(
                "service" + n,
                new Workload.Process(List.of("run"), Optional.empty(), Optional.empty(), Map.of()),
                kind == 5 ? List.of(port(10_000 + n % 50_000)) : List.of(),
                Map.of(),
                Optional.empty(),
                RecoveryPolicy.DEFAULT,
                new DeployPolicy(
                        DeployPolicy.Mode.REPLICATED,
                        kind >= 8 ? MANY_REPLICAS : 1,
                        DeployPolicy.Resources.UNLIMITED,
                        DeployPolicy.UpdatePolicy.DEFAULT,
                        placement(kind),
                        Optional.empty(),
                        kind == 2 || kind == 3 || kind == 8
                                ? Optional.of(
                                        new DeployPolicy.Reservations(
                                                Optional.of(0.1),
                                                Optional.of(64L << 20),
                                                List.of()))
                                : Optional.empty(),
                        Optional.empty()),
                StopPolicy.DEFAULT,
                new ServiceDefinition.About(
                        Map.of(), Optional.empty(), Optional.empty(), Optional.empty()));
    }

    private static PortSpec port(int number) {
        return PortSpec.bound("http", "0.0.0.0", number, number, PortSpec.Protocol.TCP);
    }

    private static Optional<PlacementPolicy> placement(int kind) {
        return switch (kind) {
            case 3, 4 -> Optional.of(bound("node.labels.role == web"));
            case 6 -> Optional.of(bound("node.labels.disk != slow"));
            case 8 ->
                    Optional.of(new PlacementPolicy(List.of(), List.of("rack"), Optional.empty()));
            case 9 -> Optional.of(new PlacementPolicy(List.of(), List.of(), Optional.of(1)));
            default -> Optional.empty();
        };
    }

    private static PlacementPolicy bound(String constraint) {
        return new PlacementPolicy(
                List.of(Constraint.parse(constraint).orElseThrow()), List.of(), Optional.empty());
    }
}
