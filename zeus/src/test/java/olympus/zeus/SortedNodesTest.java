package olympus.zeus;

import static olympus.zeus.Stacks.machine;
import static olympus.zeus.Stacks.project;
import static olympus.zeus.Stacks.ranked;
import static olympus.zeus.Stacks.reserving;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static olympus.zeus.Stacks.where;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import olympus.model.stack.PlacementPolicy;
import olympus.model.stack.PlacementPolicy.Constraint;
import olympus.model.stack.PlacementPolicy.Strategy;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.NodeSpec;
import org.junit.jupiter.api.Test;

/**
 * That nodes are kept sorted changes no plan: random islands are planned with as many sorted kinds
 * of services as there may be, with one or two, and with a look at every node for each placement.
 */
final class SortedNodesTest {

    private static final int SEEDS = 1_000;
    private static final int STACKS = 3;
    private static final List<String> SERVICES = List.of("cache", "db", "job", "web");
    private static final List<State> STATES =
            List.of(
                    State.RUNNING,
                    State.RUNNING,
                    State.RUNNING,
                    State.STARTING,
                    State.COMPLETED,
                    State.GIVEN_UP);

    @Test
    void everySearchComesToTheSamePlan() {
        var placed = 0;
        var moved = 0;
        for (var seed = 0; seed < SEEDS; seed++) {
            var island = island(new Random(seed));
            var expected = PlanText.of(island.plan(0), Situation.nowNanos());
            assertThat(PlanText.of(island.plan(), Situation.nowNanos()))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
            assertThat(PlanText.of(island.plan(1 + seed % 2), Situation.nowNanos()))
                    .as("seed %d, few are sorted", seed)
                    .isEqualTo(expected);
            placed += count(expected, "has the fewest instances");
            moved += count(expected, "is lost;");
        }
        // Otherwise there was nothing to choose.
        assertThat(placed).isGreaterThan(5 * SEEDS);
        assertThat(moved).isGreaterThan(SEEDS / 2);
    }

    private static int count(String text, String part) {
        return text.split(part, -1).length - 1;
    }

    static Situation island(Random random) {
        var count = 1 + random.nextInt(8);
        var island = new Situation().nodes(count);
        IntStream.rangeClosed(1, count).forEach(n -> node(island, n, random));
        for (var n = 0; n < STACKS; n++) {
            var stack = declared("stack" + n, random);
            island.stack(1, stack);
            stack.services()
                    .forEach((name, service) -> {
                        for (var i = 1; i <= service.deploy().replicas(); i++) {
                            if (random.nextInt(3) == 0) {
                                var id = "%s/%s.%d".formatted(stack.name(), name, i);
                                island.instance(id, 1 + random.nextInt(count), 1)
                                        .seen(id, STATES.get(random.nextInt(STATES.size())), 60);
                            }
                        }
                    });
        }
        if (count > 3) {
            island.lost(1 + random.nextInt(count));
        }
        return island;
    }

    private static void node(Situation island, int n, Random random) {
        if (random.nextInt(5) > 0) {
            island.labelled(n, "rack=r" + random.nextInt(3), "role=" + role(random));
        }
        if (random.nextInt(4) > 0) {
            island.has(n, machine(1 + random.nextInt(8), 1_024L << random.nextInt(3), 0));
        }
        switch (random.nextInt(12)) {
            case 0 -> island.withdrawn(n, NodeSpec.Kind.CORDON);
            case 1 -> island.withdrawn(n, NodeSpec.Kind.DRAIN);
            case 2 -> island.silent(n);
            case 3 -> island.toldPause(n, "by hand");
            default -> {
                // In use.
            }
        }
    }

    private static String role(Random random) {
        return random.nextBoolean() ? "web" : "work";
    }

    private static StackDefinition declared(String name, Random random) {
        var drafts = new ArrayList<Stacks.Draft>();
        for (var service : SERVICES) {
            var draft = service(service).replicas(1 + random.nextInt(4));
            if (random.nextInt(4) == 0) {
                var port = 8_000 + random.nextInt(3);
                draft = draft.ports(port, port + draft.replicas() - 1);
            }
            drafts.add(random.nextInt(8) == 0 ? draft.global() : draft);
        }
        var stack = stack(name, drafts.toArray(Stacks.Draft[]::new));
        for (var service : SERVICES) {
            stack = where(service, policy(service, random), stack);
            if (random.nextInt(3) == 0) {
                stack = reserving(service, 0.5, 128L * random.nextInt(4), 0, stack);
            }
            if (random.nextInt(4) == 0) {
                stack = ranked(service, random.nextInt(100), stack);
            }
        }
        return random.nextInt(4) == 0 ? project("bridge", stack) : stack;
    }

    private static PlacementPolicy policy(String service, Random random) {
        var constraints = new ArrayList<Constraint>();
        if (random.nextInt(3) == 0) {
            constraints.add(constraint("node.labels.role == " + role(random)));
        }
        if (random.nextInt(5) == 0) {
            constraints.add(constraint("node.labels.rack != r0"));
        }
        var spread =
                switch (random.nextInt(4)) {
                    case 0 -> List.of("rack");
                    case 1 -> List.of("rack", "role");
                    default -> List.<String>of();
                };
        return new PlacementPolicy(
                constraints,
                spread,
                random.nextInt(3) == 0 ? Optional.of(1 + random.nextInt(2)) : Optional.empty(),
                random.nextInt(6) == 0 ? Optional.of(Strategy.BINPACK) : Optional.empty(),
                service.equals("web") && random.nextInt(3) == 0 ? List.of("db") : List.of());
    }

    private static Constraint constraint(String text) {
        return Constraint.parse(text).orElseThrow();
    }
}
