package olympus.benchmarks;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import olympus.benchmarks.Figure.Statistic;
import olympus.benchmarks.Figure.Target;
import olympus.hermes.Bytes;
import olympus.hermes.Entry;
import olympus.hermes.Key;
import olympus.model.NodeId;
import olympus.model.StackName;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StopPolicy;
import olympus.model.stack.Workload;
import olympus.model.state.Codecs;
import olympus.model.state.NodeRecord;
import olympus.model.state.StackPointer;
import olympus.model.state.StackRevision;
import olympus.zeus.internal.Observed;
import olympus.zeus.internal.Planner;
import olympus.zeus.internal.Projection;

/**
 * The planner alone: places every instance of an island that has just been declared, as a whole.
 */
final class PlannerBenchmark implements Benchmark {

    private static final int NODES = 300;
    private static final int SERVICES_PER_STACK = 100;
    private static final int WARM_UPS = 10;
    private static final int ROUNDS = 50;
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

    @Override
    public String name() {
        return "planner";
    }

    @Override
    public String question() {
        return "How many instances does the planner alone place in a second, with 300 nodes?";
    }

    @Override
    public void run(Workbench bench) {
        for (var services : List.of(1_000, 10_000)) {
            bench.report(
                    Figure.of(
                                    "placements, %d services on %d nodes"
                                            .formatted(services, NODES),
                                    "1/s",
                                    Spread.of(rates(services)))
                            .wanted(Target.above(Statistic.P50, 5_000))
                            .remarked(
                                    "one plan of the whole island a round, after %d to warm up"
                                            .formatted(WARM_UPS)));
        }
    }

    private static List<Double> rates(int services) {
        var projection = island(services);
        var observed = new Observed(0, connected(), Map.of());
        var rates = new ArrayList<Double>(ROUNDS);
        for (var round = -WARM_UPS; round < ROUNDS; round++) {
            var start = System.nanoTime();
            plan(projection, observed, services);
            if (round >= 0) {
                rates.add(services / ((System.nanoTime() - start) / 1e9));
            }
        }
        return rates;
    }

    private static void plan(Projection projection, Observed observed, int services) {
        var plan = Planner.plan(projection.desired(1), observed, 1, NOW);
        if (plan.steps().size() != services) {
            throw new IllegalStateException(
                    "planned %d of %d placements".formatted(plan.steps().size(), services));
        }
    }

    private static NavigableMap<Integer, NodeId> nodes() {
        var nodes = new TreeMap<Integer, NodeId>();
        for (var n = 0; n < NODES; n++) {
            nodes.put(n, new NodeId(new UUID(3, n)));
        }
        return Collections.unmodifiableNavigableMap(nodes);
    }

    private static Map<NodeId, Observed.Node> connected() {
        var connected = new TreeMap<NodeId, Observed.Node>();
        nodes().values()
                .forEach(id ->
                        connected.put(
                                id,
                                new Observed.Node(
                                        new Observed.Link.Up(true),
                                        Optional.of(NOW),
                                        Optional.empty(),
                                        0,
                                        Map.of(),
                                        Optional.empty())));
        return connected;
    }

    private static Projection island(int services) {
        var entries = new TreeMap<String, byte[]>();
        nodes().forEach((n, id) ->
                entries.put(
                        "zeus/nodes/" + id,
                        Codecs.NODE_RECORD.encodeBytes(
                                new NodeRecord(id, "node" + n, Map.of(), NOW, 0))));
        for (var from = 0; from < services; from += SERVICES_PER_STACK) {
            var name = new StackName("stack" + from);
            var declared = new TreeMap<String, ServiceDefinition>();
            for (var n = 0; n < SERVICES_PER_STACK && from + n < services; n++) {
                declared.put("service" + n, service("service" + n));
            }
            var definition =
                    new StackDefinition(name, StackDefinition.Mode.MANAGE, "/srv", declared);
            entries.put(
                    "zeus/stacks/" + name + "/current",
                    Codecs.STACK_POINTER.encodeBytes(
                            StackPointer.to(name, 1, NOW, "user:bench", Optional.empty())));
            entries.put(
                    "zeus/stacks/" + name + "/revisions/0000000001",
                    Codecs.STACK_REVISION.encodeBytes(
                            new StackRevision(1, NOW, "user:bench", "", "", definition)));
        }
        var projection = new Projection();
        projection.listed(
                entries.entrySet().stream()
                        .map(e -> new Entry(Key.of(e.getKey()), Bytes.wrap(e.getValue()), 1, 1, 0))
                        .toList(),
                1);
        return projection;
    }

    private static ServiceDefinition service(String name) {
        return new ServiceDefinition(
                name,
                new Workload.Process(List.of("run"), Optional.empty(), Optional.empty(), Map.of()),
                List.of(),
                Map.of(),
                Optional.empty(),
                RecoveryPolicy.DEFAULT,
                new DeployPolicy(
                        DeployPolicy.Mode.REPLICATED,
                        1,
                        DeployPolicy.Resources.UNLIMITED,
                        DeployPolicy.UpdatePolicy.DEFAULT),
                StopPolicy.DEFAULT,
                new ServiceDefinition.About(
                        Map.of(), Optional.empty(), Optional.empty(), Optional.empty()));
    }
}
