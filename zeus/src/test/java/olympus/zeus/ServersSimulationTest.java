package olympus.zeus;

import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.StackDefinition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three servers, agents that are connected to all of them, and people who order at any: leaders
 * move and learn it late, servers crash, stand still and come back, links break and are late, nodes
 * cannot be reached for less and for more than the loss delay, instances crash. After every event
 * {@link ServerInvariants} hold; once the faults stop, what was declared last is what runs, every
 * event of an agent is recorded exactly once, and every server shows the same. Seeded, so that a
 * failing seed can be run again.
 */
final class ServersSimulationTest {

    private static final int SEEDS = 300;
    private static final int SEEDS_LONG = 3_000;
    private static final int STEPS = 50;
    private static final Duration ANSWERED = Duration.ofSeconds(20);
    private static final List<ServiceId> SERVICES =
            List.of(ServiceId.parse("sim/web"), ServiceId.parse("sim/worker"));

    @TempDir private Path folder = Path.of(".");

    static LongStream seeds() {
        var chosen = Long.getLong("olympus.seed");
        return chosen == null ? LongStream.rangeClosed(1, SEEDS) : LongStream.of(chosen);
    }

    static LongStream newSeeds() {
        return new Random().longs(SEEDS_LONG);
    }

    @Test
    void keepsItsPromisesUnderThreeHundredSeeds() throws IOException {
        var moves = 0;
        for (var seed : seeds().toArray()) {
            moves += run(seed, folder.resolve("" + seed)).invariants.moves();
        }
        assertThat(moves).as("moves").isGreaterThan(50);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("newSeeds")
    void theSameWithThousandsOfNewSeeds(long seed) throws IOException {
        assertThat(run(seed, folder.resolve("" + seed)).trace).isNotEmpty();
    }

    @Test
    void twoRunsOfOneSeedAreTheSame() throws IOException {
        var first = run(42, folder.resolve("first")).trace;
        var second = run(42, folder.resolve("second")).trace;
        assertThat(second).isEqualTo(first).isNotEmpty();
    }

    private static ServerIsland run(long seed, Path folder) throws IOException {
        try {
            return new Run(seed, Files.createDirectories(folder)).go();
        } catch (AssertionError | RuntimeException failed) {
            throw new AssertionError(
                    "failed with -Dolympus.seed=%d: %s".formatted(seed, failed.getMessage()),
                    failed);
        }
    }

    /** One seed. */
    private static final class Run {

        private final ServerIsland island;
        private final List<Asked> asked = new ArrayList<>();

        /** An order of a person, at one process of a server. */
        private record Asked(String what, Zeus at, long nanos, CompletableFuture<?> answer) {}

        Run(long seed, Path folder) {
            island = new ServerIsland(seed, 3, folder);
        }

        ServerIsland go() {
            island.run(Duration.ofSeconds(5));
            order(anyServer(), "apply", zeus -> apply(zeus, sim()));
            for (var step = 0; step < STEPS; step++) {
                act();
                var most = island.random.nextBoolean() ? 1_500 : 150;
                island.run(Duration.ofMillis(island.random.nextInt(10, most)));
                island.electIfNobodyLeads();
                assertAnswered();
            }
            settle();
            assertWhatIsDeclaredRuns();
            assertEventsAreRecordedOnce();
            assertAllShowTheSame();
            return island;
        }

        private void act() {
            var random = island.random;
            var server = anyServer();
            var asked = random.nextInt(4) == 0 ? server : leader().orElse(server);
            var agent = anyAgent();
            var any = SERVICES.get(random.nextInt(SERVICES.size()));
            switch (random.nextInt(22)) {
                case 0 -> crash(server);
                case 1, 2 -> comeBack();
                case 3, 4 -> island.elect();
                case 5 -> standStill(server);
                case 6, 7 -> island.wire(server, agent).cut();
                case 8 -> island.maxDelayMillis = random.nextInt(1, 400);
                case 9, 10 -> crashAll(agent);
                case 11 ->
                        order(
                                asked,
                                "restart",
                                zeus -> zeus.restart(any, Optional.empty(), ServerIsland.ANA));
                case 12 ->
                        order(
                                asked,
                                "stop",
                                zeus -> zeus.stop(any, Optional.empty(), ServerIsland.ANA));
                case 13 ->
                        order(
                                asked,
                                "start",
                                zeus -> zeus.start(any, Optional.empty(), ServerIsland.ANA));
                case 14, 15 -> island.isolate(agent);
                case 16 -> island.reconnect();
                default -> order(asked, "apply", zeus -> apply(zeus, sim()));
            }
        }

        /** One at a time, so that the others are a majority. */
        private void crash(ServerIsland.Server server) {
            if (island.servers.values().stream().allMatch(s -> s.up && !s.machine.stopped())) {
                server.crash();
            }
        }

        private void standStill(ServerIsland.Server server) {
            if (island.servers.values().stream().allMatch(s -> s.up && !s.machine.stopped())) {
                island.trace("stop " + server.name);
                server.machine.stop();
            }
        }

        private void comeBack() {
            for (var server : island.servers.values()) {
                if (!server.up) {
                    island.trace("start " + server.name);
                    server.restart();
                } else if (server.machine.stopped()) {
                    island.trace("go on " + server.name);
                    server.machine.goOn();
                }
            }
        }

        private static void crashAll(SimulatedAgent agent) {
            List.copyOf(agent.runs().keySet()).forEach(agent::crash);
        }

        private void order(
                ServerIsland.Server server,
                String what,
                java.util.function.Function<Zeus, CompletionStage<?>> order) {
            if (server.up && !server.machine.stopped()) {
                var now = island.clock.monotonicNanos();
                var answer = order.apply(server.zeus).toCompletableFuture();
                asked.add(new Asked(server.name + " " + what, server.zeus, now, answer));
            }
        }

        private static CompletionStage<StackPlan> apply(Zeus zeus, StackDefinition definition) {
            return zeus.apply(definition, Optional.empty(), true, ServerIsland.ANA);
        }

        /** A process that goes on answers whatever it was asked. */
        private void assertAnswered() {
            var now = island.clock.monotonicNanos();
            for (var one : List.copyOf(asked)) {
                var server =
                        island.servers.values().stream()
                                .filter(s -> s.zeus == one.at && s.up && !s.machine.stopped())
                                .findFirst();
                if (one.answer.isDone() || server.isEmpty()) {
                    if (one.answer.isCompletedExceptionally()) {
                        assertRefusal(one.what, one.answer.exceptionNow());
                    }
                    asked.remove(one);
                } else {
                    assertThat(now - one.nanos)
                            .as("%s is not answered", one.what)
                            .isLessThan(ANSWERED.toNanos());
                }
            }
        }

        private static void assertRefusal(String what, Throwable failure) {
            var cause = failure instanceof CompletionException e ? e.getCause() : failure;
            var refused =
                    cause instanceof OlympusException known && known.code() != ErrorCode.INTERNAL;
            if (!refused) {
                throw new AssertionError(what + " failed: " + cause, cause);
            }
        }

        private StackDefinition sim() {
            var random = island.random;
            var order =
                    random.nextBoolean()
                            ? DeployPolicy.Order.START_FIRST
                            : DeployPolicy.Order.STOP_FIRST;
            var action = List.of(DeployPolicy.FailureAction.values()).get(random.nextInt(3));
            var web =
                    service("web")
                            .command("good" + random.nextInt(3))
                            .ports(8000, 8007)
                            .replicas(random.nextInt(1, 5))
                            .update(random.nextInt(1, 3), action, order);
            var worker =
                    service("worker")
                            .after("web")
                            .replicas(random.nextInt(1, 4))
                            .command(random.nextInt(3) == 0 ? "bad" : "good");
            return random.nextInt(4) == 0 ? stack("sim", web) : stack("sim", web, worker);
        }

        /** The faults stop; a good declaration is applied last and must come true. */
        private void settle() {
            island.maxDelayMillis = 2;
            island.group.lostOfThousand = 0;
            comeBack();
            island.reconnect();
            island.run(Duration.ofSeconds(3));
            // What is noted last is told to a leader that is gone before it has recorded it.
            island.agents.values().forEach(Run::crashAll);
            island.run(Duration.ofMillis(island.random.nextInt(50, 300)));
            island.elect();
            island.run(Duration.ofSeconds(15));
            var leader = island.leading().orElseThrow(() -> new AssertionError("nobody leads"));
            for (var service : SERVICES) {
                order(
                        leader,
                        "start",
                        zeus -> zeus.start(service, Optional.empty(), ServerIsland.ANA));
            }
            island.run(Duration.ofSeconds(2));
            var web =
                    service("web")
                            .command("final")
                            .ports(8000, 8007)
                            .replicas(3)
                            .update(
                                    0,
                                    DeployPolicy.FailureAction.PAUSE,
                                    DeployPolicy.Order.STOP_FIRST);
            island.now(
                    apply(
                            leader.zeus,
                            stack("sim", web, service("worker").command("final").after("web"))));
            island.run(Duration.ofMinutes(2));
            assertAnswered();
        }

        private void assertWhatIsDeclaredRuns() {
            var view = island.leading().orElseThrow().zeus.view();
            assertThat(view.services())
                    .as("%s", view)
                    .extracting(ClusterView.ServiceView::state)
                    .containsExactly("running", "running");
            var alive =
                    island.agents.values().stream()
                            .flatMap(a -> a.runs().values().stream())
                            .filter(SimulatedAgent.Run::isAlive)
                            .count();
            assertThat(alive).isEqualTo(4);
        }

        private void assertEventsAreRecordedOnce() {
            var recorded =
                    island.decisions().stream()
                            .filter(d -> d.actor().startsWith("agent:"))
                            .collect(
                                    Collectors.groupingBy(
                                            d -> d.node(),
                                            Collectors.mapping(
                                                    d ->
                                                            d.at()
                                                                    + " "
                                                                    + d.action()
                                                                    + " "
                                                                    + d.subject(),
                                                    Collectors.toList())));
            for (var agent : island.agents.values()) {
                var told =
                        agent.happened.stream()
                                .map(e ->
                                        e.at()
                                                + " "
                                                + e.action()
                                                + " "
                                                + e.instance().orElseThrow())
                                .toList();
                assertThat(recorded.getOrDefault(agent.name, List.of()))
                        .as(agent.name)
                        .isEqualTo(told);
            }
        }

        private void assertAllShowTheSame() {
            var shown = island.leading().orElseThrow().zeus.view();
            for (var server : island.servers.values()) {
                var view = server.zeus.view();
                assertThat(view.services()).as(server.name).isEqualTo(shown.services());
                assertThat(view.stacks()).as(server.name).isEqualTo(shown.stacks());
            }
            assertThat(island.leading().orElseThrow().zeus.view().stacks())
                    .extracting(ClusterView.StackView::name)
                    .containsExactly(new StackName("sim"));
        }

        private Optional<ServerIsland.Server> leader() {
            return Optional.ofNullable(island.servers.get(island.group.leader()));
        }

        private ServerIsland.Server anyServer() {
            var all = List.copyOf(island.servers.values());
            return all.get(island.random.nextInt(all.size()));
        }

        private SimulatedAgent anyAgent() {
            var all = List.copyOf(island.agents.values());
            return all.get(island.random.nextInt(all.size()));
        }
    }
}
