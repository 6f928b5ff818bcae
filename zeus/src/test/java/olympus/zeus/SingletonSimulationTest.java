package olympus.zeus;

import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.singleton;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import olympus.model.ServiceId;
import olympus.model.stack.StackDefinition;
import olympus.model.state.NodeSpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A singleton on an island with three servers, whose nodes are cut off, whose agents are killed and
 * whose clocks are off by up to one percent: by true time there are never two of it ({@link
 * ServerInvariants#check} looks after every event), and once the faults stop there is one.
 */
final class SingletonSimulationTest {

    private static final int SEEDS = 150;
    private static final int SEEDS_LONG = 3_000;
    private static final int STEPS = 60;
    private static final ServiceId ONE = ServiceId.parse("sim/one");

    @TempDir private Path folder = Path.of(".");

    @Test
    void neverRunsTwiceUnderManySeeds() throws IOException {
        var chosen = Long.getLong("olympus.seed");
        var nodes = 0;
        for (var seed :
                chosen == null ? LongStream.rangeClosed(1, SEEDS).toArray() : new long[] {chosen}) {
            nodes += run(seed, 1);
        }
        assertThat(nodes).as("times that it ran on another node than before").isGreaterThan(SEEDS);
    }

    @Tag("long")
    @Test
    void neverRunsTwiceUnderThousandsOfSeeds() throws IOException {
        for (var seed = 10_000L; seed < 10_000 + SEEDS_LONG; seed++) {
            run(seed, 1);
        }
    }

    /** As if what is waited for were shorter than the lease: the simulation must see that. */
    @Test
    void seesThatLeasesWhichLastLongerThanIsWaitedForAreAMistake() throws IOException {
        var found = 0;
        for (var seed = 1L; seed <= 40; seed++) {
            try {
                run(seed, 4);
            } catch (AssertionError mistake) {
                assertThat(mistake).hasMessageContaining("the singleton sim/one.1 runs on");
                found++;
            }
        }
        assertThat(found).as("seeds that see it").isPositive();
    }

    private int run(long seed, double stretch) throws IOException {
        var own = Files.createDirectories(folder.resolve(seed + "-" + stretch));
        try {
            return new Run(seed, stretch, own).go();
        } catch (AssertionError | RuntimeException failed) {
            throw new AssertionError(
                    "failed with -Dolympus.seed=%d: %s".formatted(seed, failed.getMessage()),
                    failed);
        }
    }

    /** One seed. */
    private static final class Run {

        private final ServerIsland island;
        private String lastOn = "";
        private int changes;

        Run(long seed, double stretch, Path folder) {
            island = new ServerIsland(seed, 3, folder);
            island.invariants.isEmptying = true;
            for (var agent : island.agents.values()) {
                agent.rate = 0.99 + island.random.nextInt(3) * 0.01;
                agent.stretch = stretch;
            }
        }

        int go() {
            island.run(Duration.ofSeconds(5));
            order(zeus -> apply(zeus, declared()));
            for (var step = 0; step < STEPS; step++) {
                act();
                var most = island.random.nextInt(3) == 0 ? 12_000 : 1_500;
                island.run(Duration.ofMillis(island.random.nextInt(10, most)));
                island.electIfNobodyLeads();
                look();
            }
            settle();
            return changes;
        }

        private void look() {
            alive().stream()
                    .findFirst()
                    .filter(name -> !name.equals(lastOn))
                    .ifPresent(name -> {
                        lastOn = name;
                        changes++;
                    });
        }

        private List<String> alive() {
            return island.agents.values().stream()
                    .filter(agent ->
                            agent.runs().values().stream()
                                    .anyMatch(run ->
                                            run.isAlive() && SimulatedAgent.isSingleton(run.spec)))
                    .map(agent -> agent.name)
                    .toList();
        }

        private void act() {
            var random = island.random;
            var servers = List.copyOf(island.servers.values());
            var server = servers.get(random.nextInt(servers.size()));
            var agents = List.copyOf(island.agents.values());
            var any = agents.get(random.nextInt(agents.size()));
            var holder = agents.stream().filter(agent -> alive().contains(agent.name)).findFirst();
            switch (random.nextInt(17)) {
                case 0 -> crash(server);
                case 1, 2 -> comeBack();
                case 3 -> island.elect();
                case 4 -> standStill(server);
                case 5 -> island.wire(server, any).cut();
                case 6 -> island.maxDelayMillis = random.nextInt(1, 400);
                case 7, 8 -> holder.ifPresent(island::isolate);
                case 9, 10 ->
                        holder.ifPresent(agent -> {
                            island.isolate(agent);
                            agent.kill();
                        });
                case 11 -> island.reconnect();
                case 12 -> agents.forEach(SimulatedAgent::startAgain);
                case 13 -> order(zeus -> apply(zeus, declared()));
                case 14 -> order(zeus -> zeus.restart(ONE, Optional.empty(), ServerIsland.ANA));
                case 15 ->
                        order(zeus ->
                                zeus.withdraw(
                                        any.name,
                                        NodeSpec.Kind.DRAIN,
                                        "",
                                        random.nextBoolean(),
                                        ServerIsland.ANA));
                default -> order(zeus -> zeus.restore(any.name, ServerIsland.ANA));
            }
        }

        private void crash(ServerIsland.Server server) {
            if (island.servers.values().stream().allMatch(s -> s.up && !s.machine.stopped())) {
                server.crash();
            }
        }

        private void standStill(ServerIsland.Server server) {
            if (island.servers.values().stream().allMatch(s -> s.up && !s.machine.stopped())) {
                server.machine.stop();
            }
        }

        private void comeBack() {
            for (var server : island.servers.values()) {
                if (!server.up) {
                    server.restart();
                } else if (server.machine.stopped()) {
                    server.machine.goOn();
                }
            }
        }

        private StackDefinition declared() {
            var random = island.random;
            var lease = Duration.ofSeconds(random.nextInt(3, 15));
            var one = service("one").command("good" + random.nextInt(3)).moves();
            return singleton(stack("sim", one, service("web")), "one", lease);
        }

        private void order(java.util.function.Function<Zeus, CompletionStage<?>> order) {
            Optional.ofNullable(island.servers.get(island.group.leader()))
                    .filter(server -> server.up && !server.machine.stopped())
                    .ifPresent(server -> assertThat(order.apply(server.zeus)).isNotNull());
        }

        private static CompletionStage<StackPlan> apply(Zeus zeus, StackDefinition definition) {
            return zeus.apply(definition, Optional.empty(), true, ServerIsland.ANA);
        }

        private void settle() {
            island.maxDelayMillis = 2;
            comeBack();
            island.reconnect();
            island.agents.values().forEach(SimulatedAgent::startAgain);
            island.run(Duration.ofSeconds(3));
            island.elect();
            island.run(Duration.ofSeconds(15));
            var leader = island.leading().orElseThrow(() -> new AssertionError("nobody leads"));
            island.agents
                    .values()
                    .forEach(agent -> order(zeus -> zeus.restore(agent.name, ServerIsland.ANA)));
            island.now(apply(leader.zeus, declared()));
            island.run(Duration.ofMinutes(3));
            assertThat(alive()).as("%s", leader.zeus.view()).hasSize(1);
        }
    }
}
