package olympus.model.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.Dependency;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.state.Samples;
import org.junit.jupiter.api.Test;

/** Properties of the graph, on random stacks; a failing seed is in the message. */
final class DependencyGraphTest {

    private static final StackName STACK = new StackName("s");
    private static final Dependency STARTED = new Dependency(Dependency.Condition.STARTED, true);

    @Test
    void startsEachServiceAfterAllThatItDependsOnAndStopsItBefore() {
        for (var seed = 0; seed < 300; seed++) {
            var edges = randomAcyclic(new Random(seed));
            var graph = graph(edges);
            var order = graph.startOrder();
            assertThat(order).as("seed %d", seed).hasSize(edges.size()).doesNotHaveDuplicates();
            edges.forEach((name, on) ->
                    on.forEach(other ->
                            assertThat(order.indexOf(id(other)))
                                    .isLessThan(order.indexOf(id(name)))));
            assertThat(graph.stopOrder()).isEqualTo(order.reversed());
            assertThat(graph.cycles()).isEmpty();
        }
    }

    @Test
    void equalGraphsGiveEqualOrders() {
        for (var seed = 0; seed < 50; seed++) {
            var edges = randomAcyclic(new Random(seed));
            var names = new ArrayList<>(edges.keySet());
            Collections.shuffle(names, new Random(seed + 1));
            var shuffled = new HashMap<String, Set<String>>();
            names.forEach(name -> shuffled.put(name, edges.getOrDefault(name, Set.of())));
            assertThat(graph(shuffled).startOrder())
                    .as("seed %d", seed)
                    .isEqualTo(graph(edges).startOrder());
        }
    }

    @Test
    void closuresAgreeWithAWalkOfEveryPath() {
        for (var seed = 0; seed < 100; seed++) {
            var edges = randomAcyclic(new Random(seed));
            var graph = graph(edges);
            for (var name : edges.keySet()) {
                var expected = new HashSet<ServiceId>();
                walk(name, edges, expected);
                assertThat(graph.allDependenciesOf(id(name)))
                        .as("seed %d", seed)
                        .containsExactlyInAnyOrderElementsOf(expected);
                expected.forEach(
                        other -> assertThat(graph.allDependantsOf(other)).contains(id(name)));
            }
        }
    }

    private static void walk(String name, Map<String, Set<String>> edges, Set<ServiceId> found) {
        for (var other : edges.getOrDefault(name, Set.of())) {
            found.add(id(other));
            walk(other, edges, found);
        }
    }

    @Test
    void findsCyclesExactlyWhenThereAreSomeAndStillOrdersEveryService() {
        for (var seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            var edges = new HashMap<String, Set<String>>();
            var size = random.nextInt(1, 12);
            for (var i = 0; i < size; i++) {
                edges.put("n" + i, new HashSet<>());
            }
            for (var i = 0; i < size; i++) {
                edges.values().stream()
                        .skip(random.nextInt(size))
                        .findFirst()
                        .orElseThrow()
                        .add("n" + random.nextInt(size));
            }
            var graph = graph(edges);
            var cyclic = edges.keySet().stream().anyMatch(name -> reachesItself(name, edges));
            assertThat(graph.cycles().isEmpty()).as("seed %d: %s", seed, edges).isEqualTo(!cyclic);
            assertThat(graph.startOrder()).containsExactlyInAnyOrderElementsOf(graph.services());
            for (var cycle : graph.cycles()) {
                assertThat(cycle.getFirst()).isEqualTo(cycle.getLast());
                for (var i = 1; i < cycle.size(); i++) {
                    assertThat(graph.dependenciesOf(cycle.get(i - 1))).containsKey(cycle.get(i));
                }
            }
        }
    }

    private static boolean reachesItself(String name, Map<String, Set<String>> edges) {
        var seen = new HashSet<String>();
        var open = new ArrayList<>(edges.getOrDefault(name, Set.of()));
        while (!open.isEmpty()) {
            var next = open.removeLast();
            if (next.equals(name)) {
                return true;
            }
            if (seen.add(next)) {
                open.addAll(edges.getOrDefault(next, Set.of()));
            }
        }
        return false;
    }

    @Test
    void aChainOfFiveThousandServicesNeedsNoDeepStack() {
        var edges = new HashMap<String, Set<String>>();
        for (var i = 0; i < 5_000; i++) {
            edges.put("n" + i, i == 0 ? Set.of("n4999") : Set.of("n" + (i - 1)));
        }
        assertThat(graph(edges).cycles())
                .singleElement()
                .satisfies(cycle -> assertThat(cycle).hasSize(5_001));
    }

    @Test
    void aNodeAffectsItsInstancesServicesAndTheirDependants() {
        var mars = new NodeId(new UUID(0, 1));
        var venus = new NodeId(new UUID(0, 2));
        var edges =
                Map.of(
                        "db",
                        Set.<String>of(),
                        "api",
                        Set.of("db"),
                        "web",
                        Set.of("api"),
                        "other",
                        Set.<String>of());
        var placements =
                Map.of(new InstanceId(id("db"), 1), mars, new InstanceId(id("other"), 1), venus);
        var graph = DependencyGraph.of(List.of(stack(edges)), placements);
        assertThat(graph.affectedBy(mars)).containsExactly(id("api"), id("db"), id("web"));
        assertThat(graph.affectedBy(venus)).containsExactly(id("other"));
        assertThat(graph.nodeOf(new InstanceId(id("db"), 1))).contains(mars);
        assertThat(graph.instancesOn(venus)).containsExactly(new InstanceId(id("other"), 1));
    }

    private static Map<String, Set<String>> randomAcyclic(Random random) {
        var edges = new HashMap<String, Set<String>>();
        var size = random.nextInt(1, 15);
        for (var i = 0; i < size; i++) {
            var on = new HashSet<String>();
            for (var j = 0; j < i; j++) {
                if (random.nextInt(4) == 0) {
                    on.add("n" + (size - j));
                }
            }
            edges.put("n" + (size - i), on);
        }
        return edges;
    }

    private static DependencyGraph graph(Map<String, Set<String>> edges) {
        return DependencyGraph.of(List.of(stack(edges)));
    }

    private static StackDefinition stack(Map<String, Set<String>> edges) {
        var services = new HashMap<String, ServiceDefinition>();
        var db = Samples.db();
        edges.forEach((name, on) -> {
            var dependencies = new HashMap<String, Dependency>();
            on.forEach(other -> dependencies.put(other, STARTED));
            services.put(
                    name,
                    new ServiceDefinition(
                            name,
                            db.workload(),
                            List.of(),
                            dependencies,
                            db.probe(),
                            db.recovery(),
                            db.deploy(),
                            db.stop(),
                            db.about()));
        });
        return new StackDefinition(STACK, StackDefinition.Mode.MANAGE, "/s", services);
    }

    private static ServiceId id(String name) {
        return new ServiceId(STACK, name);
    }
}
