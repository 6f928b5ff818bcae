package olympus.zeus;

import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceObservation.State;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Islands under a seed: stacks are applied, scaled, updated (also to programs that fail), restarted
 * and stopped while reports and orders are lost, doubled and late, nodes are cut off, instances
 * crash and the server restarts. After every change on a node the invariants hold; once the faults
 * stop, what was declared last is what runs.
 */
final class IslandSimulationTest {

    private static final int MAX_REPLICAS = 4;

    @Test
    void keepsItsPromisesUnderThreeHundredSeeds() {
        simulate(1, 300);
    }

    @Test
    @Tag("long")
    void keepsItsPromisesUnderThousandsOfSeeds() {
        simulate(1_000, 4_000);
    }

    private static void simulate(long first, int count) {
        for (var seed = first; seed < first + count; seed++) {
            try {
                new IslandSimulationTest().run(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " failed: " + e.getMessage(), e);
            }
        }
    }

    private final Set<ServiceId> seenRunning = new HashSet<>();

    private void run(long seed) {
        var random = new SplittableRandom(seed);
        var island = new Island(seed, random.nextInt(1, 4));
        island.agents.values().forEach(agent -> agent.afterChange = () -> checkInvariants(island));
        island.lossPercent = random.nextInt(25);
        island.maxDelayMillis = random.nextInt(1, 300);
        var last = definition(random, false);
        island.apply(last);
        for (var step = 0; step < 12; step++) {
            last = act(island, random, last);
            island.run(Duration.ofMillis(random.nextInt(50, 3_000)));
        }
        settle(island, last);
    }

    private StackDefinition act(Island island, SplittableRandom random, StackDefinition last) {
        var web = ServiceId.parse("sim/web");
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                var next = definition(random, random.nextInt(4) == 0);
                island.apply(next);
                return next;
            }
            case 2 -> island.restartZeus();
            case 3 ->
                    anyAgent(island, random).runs().keySet().stream()
                            .findFirst()
                            .ifPresent(id -> anyAgent(island, random).crash(id));
            case 4 -> island.disconnect(anyAgent(island, random));
            case 5 -> island.agents.values().forEach(island::connect);
            case 6 -> await(island.zeus.restart(web, Island.ANA));
            default -> await(island.zeus.start(web, Island.ANA));
        }
        return last;
    }

    /** The answer may be a refusal; the invariants are what counts. */
    private static void await(java.util.concurrent.CompletionStage<Void> order) {
        assertThat(order).isNotNull();
    }

    private static SimulatedAgent anyAgent(Island island, SplittableRandom random) {
        var agents = island.agents.values().stream().toList();
        return agents.get(random.nextInt(agents.size()));
    }

    private static StackDefinition definition(SplittableRandom random, boolean bad) {
        var order =
                random.nextBoolean()
                        ? DeployPolicy.Order.START_FIRST
                        : DeployPolicy.Order.STOP_FIRST;
        var action = List.of(DeployPolicy.FailureAction.values()).get(random.nextInt(3));
        var web =
                service("web")
                        .command((bad ? "bad" : "good") + random.nextInt(3))
                        .replicas(random.nextInt(1, MAX_REPLICAS + 1))
                        .update(random.nextInt(1, 3), action, order);
        var worker = service("worker").after("web").replicas(random.nextInt(1, 3));
        return random.nextInt(4) == 0 ? stack("sim", web) : stack("sim", web, worker);
    }

    private void checkInvariants(Island island) {
        var alive = new HashSet<InstanceId>();
        for (var agent : island.agents.values()) {
            agent.runs()
                    .forEach((id, run) -> {
                        if (run.isAlive()) {
                            assertThat(alive.add(id)).as("%s runs on two nodes", id).isTrue();
                        }
                        if (run.state == State.RUNNING) {
                            seenRunning.add(id.service());
                        }
                    });
        }
        var webs = alive.stream().filter(id -> id.service().service().equals("web")).count();
        assertThat(webs)
                .as("instances of web, at most replicas and surge")
                .isLessThanOrEqualTo(MAX_REPLICAS + 2);
        if (seenRunning.contains(ServiceId.parse("sim/worker"))) {
            assertThat(seenRunning).contains(ServiceId.parse("sim/web"));
        }
    }

    /** The faults stop; a good declaration is applied last and must come true. */
    private static void settle(Island island, StackDefinition last) {
        island.lossPercent = 0;
        island.maxDelayMillis = 1;
        island.agents.values().forEach(island::connect);
        island.run(Duration.ofSeconds(2));
        var good =
                stack(
                        "sim",
                        service("web")
                                .command("final")
                                .replicas(2)
                                .update(
                                        0,
                                        DeployPolicy.FailureAction.PAUSE,
                                        DeployPolicy.Order.STOP_FIRST),
                        service("worker").after("web"));
        island.apply(good);
        island.run(Duration.ofMinutes(2));
        assertThat(island.service("sim/web").state())
                .as("%s after %s", island.zeus.view(), last)
                .isEqualTo("running");
        assertThat(island.service("sim/worker").state())
                .as("%s", island.zeus.view())
                .isEqualTo("running");
        var alive =
                island.agents.values().stream()
                        .flatMap(a -> a.runs().values().stream())
                        .filter(SimulatedAgent.Run::isAlive)
                        .count();
        assertThat(alive).isEqualTo(3);
        var recorded =
                island.decisions().stream().filter(d -> d.actor().startsWith("agent:")).count();
        assertThat(recorded)
                .isEqualTo(
                        island.agents.values().stream().mapToLong(SimulatedAgent::lastEvent).sum());
    }
}
