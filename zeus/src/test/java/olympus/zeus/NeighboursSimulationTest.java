package olympus.zeus;

import static olympus.zeus.Stacks.project;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import olympus.model.ServiceId;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.StackDefinition;
import org.junit.jupiter.api.Test;

/**
 * Islands under a seed with two Compose projects, each on a network of one node: applied, scaled,
 * updated (also to programs that fail and would be moved), restarted and stopped while reports and
 * orders are lost and late, nodes are cut off for less and for more than the loss delay, instances
 * crash and the server restarts. After every event {@link IslandInvariants} hold: no project is
 * ever on two nodes.
 */
final class NeighboursSimulationTest {

    private static final int SEEDS = 150;
    private static final int STEPS = 12;
    private static final List<String> PROJECTS = List.of("pod", "shop");

    @Test
    void keepsEachProjectOnOneNode() {
        var moves = 0;
        for (var seed = 1L; seed <= SEEDS; seed++) {
            try {
                moves += run(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " failed: " + e.getMessage(), e);
            }
        }
        assertThat(moves).as("moves").isGreaterThan(50);
    }

    /** The answer: how many instances were moved away from lost nodes. */
    private static int run(long seed) {
        var random = new SplittableRandom(seed);
        var island = new Island(seed, random.nextInt(2, 5), IslandSimulationTest.lossDelay(random));
        island.lossPercent = random.nextBoolean() ? 0 : random.nextInt(25);
        island.maxDelayMillis = random.nextInt(1, 300);
        var invariants = new IslandInvariants(island);
        invariants.watch();
        PROJECTS.forEach(name -> island.apply(declared(name, random)));
        for (var step = 0; step < STEPS; step++) {
            act(island, random);
            island.run(Duration.ofMillis(random.nextInt(50, 3_000)));
        }
        settle(island);
        return invariants.moves();
    }

    private static StackDefinition declared(String name, SplittableRandom random) {
        var web =
                service("web")
                        .command((random.nextInt(4) == 0 ? "bad" : "good") + random.nextInt(3))
                        .replicas(random.nextInt(1, 4))
                        .update(
                                1,
                                DeployPolicy.FailureAction.PAUSE,
                                random.nextBoolean()
                                        ? DeployPolicy.Order.START_FIRST
                                        : DeployPolicy.Order.STOP_FIRST)
                        .attempts(1)
                        .moves()
                        .after("db");
        return project("bridge", stack(name, service("db"), web));
    }

    private static void act(Island island, SplittableRandom random) {
        var name = PROJECTS.get(random.nextInt(PROJECTS.size()));
        var any = ServiceId.parse(name + (random.nextBoolean() ? "/web" : "/db"));
        var agents = List.copyOf(island.agents.values());
        var agent = agents.get(random.nextInt(agents.size()));
        switch (random.nextInt(11)) {
            case 0, 1 -> island.apply(declared(name, random));
            case 2 -> island.restartZeus();
            case 3 -> agent.runs().keySet().stream().findFirst().ifPresent(agent::crash);
            case 4, 8 -> island.disconnect(agent);
            case 9 -> island.restartZeusWithout(agent);
            case 5 -> agents.forEach(island::connect);
            case 6 -> {
                var _ = island.zeus.restart(any, Optional.empty(), Island.ANA);
            }
            case 7 -> {
                var _ = island.zeus.stop(any, Optional.empty(), Island.ANA);
            }
            default -> {
                var _ = island.zeus.start(any, Optional.empty(), Island.ANA);
            }
        }
    }

    private static void settle(Island island) {
        island.lossPercent = 0;
        island.maxDelayMillis = 1;
        island.agents.values().forEach(island::connect);
        island.run(Duration.ofSeconds(2));
        for (var name : PROJECTS) {
            island.apply(
                    project(
                            "bridge",
                            stack(
                                    name,
                                    service("db").command("final"),
                                    service("web").command("final").replicas(2).after("db"))));
            for (var service : List.of("/db", "/web")) {
                var _ =
                        island.zeus.start(
                                ServiceId.parse(name + service), Optional.empty(), Island.ANA);
            }
        }
        island.run(Duration.ofMinutes(3));
        for (var name : PROJECTS) {
            for (var service : List.of("/db", "/web")) {
                assertThat(island.service(name + service).state())
                        .as("%s in %s", name + service, island.zeus.view())
                        .isEqualTo("running");
            }
        }
    }
}
