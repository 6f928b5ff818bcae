package olympus.zeus;

import static olympus.zeus.Stacks.service;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import olympus.model.ServiceId;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceObservation.State;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Islands under a seed on which one new version after the other is tried, good ones and ones that
 * cannot run, and is approved, rejected, left to its deadline or replaced by the next one, while
 * the server restarts, the service is stopped and started, and, in half of the seeds, nodes are cut
 * off for a moment and instances crash. After every event: no more instances are ordered to run
 * what nobody has let through than try it; where nothing fails, as many run as are declared, less
 * those that canaries and batches take the place of; of blue-green no two versions are published at
 * once. At the end all instances run one version, which is the declared one and can run.
 */
final class RolloutSimulationTest {

    private static final ServiceId WEB = ServiceId.parse("shop/web");
    private static final int STEPS = 14;

    private Island island = new Island(0, 0);
    private Kind kind = new Kind(false, false, 1, 2, Optional.empty());
    private boolean isCalm;
    private boolean hasBegun;
    private boolean isStopped;
    private int versions;
    private String latest = "";
    private int approvals;

    /** How the service is rolled out, throughout a seed. */
    private record Kind(
            boolean isBlueGreen,
            boolean isBeside,
            int canaries,
            int replicas,
            Optional<Duration> approval) {

        static Kind of(SplittableRandom random) {
            var replicas = random.nextInt(2, 5);
            return new Kind(
                    random.nextInt(3) == 0,
                    random.nextBoolean(),
                    random.nextInt(1, replicas),
                    replicas,
                    random.nextInt(3) == 0
                            ? Optional.empty()
                            : Optional.of(Duration.ofMinutes(random.nextInt(1, 5))));
        }

        StackDefinition stack(String command) {
            var web =
                    service("web")
                            .command(command)
                            .replicas(replicas)
                            .ports(8000, 8000 + 2 * replicas - 1);
            return Stacks.stack(
                    "shop",
                    isBlueGreen
                            ? web.blueGreen(Duration.ofSeconds(20), approval)
                            : web.canary(
                                    canaries,
                                    isBeside
                                            ? DeployPolicy.Order.START_FIRST
                                            : DeployPolicy.Order.STOP_FIRST,
                                    approval));
        }

        /** How many may run a version that nobody has let through. */
        int most() {
            return isBlueGreen ? replicas : canaries;
        }

        /** How many run at least, where nothing fails. */
        int least() {
            return isBlueGreen || isBeside ? replicas : replicas - Math.max(1, canaries);
        }
    }

    @Test
    void keepsItsPromisesUnderThreeHundredSeeds() {
        assertThat(simulate(Long.getLong("seed0", 1L), Integer.getInteger("seeds", 300)))
                .as("approvals")
                .isGreaterThan(100);
    }

    @Test
    @Tag("long")
    void keepsItsPromisesUnderThousandsOfSeeds() {
        simulate(1_000, 3_000);
    }

    /** The answer: how many versions were approved. */
    private static int simulate(long first, int count) {
        var approvals = 0;
        for (var seed = first; seed < first + count; seed++) {
            var one = new RolloutSimulationTest();
            try {
                one.run(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed %d (%s) failed: %s".formatted(seed, one.kind, e.getMessage()), e);
            }
            approvals += one.approvals;
        }
        return approvals;
    }

    private void run(long seed) {
        var random = new SplittableRandom(seed);
        island = new Island(seed, random.nextInt(1, 4));
        kind = Kind.of(random);
        isCalm = random.nextBoolean();
        apply("good");
        island.run(Duration.ofSeconds(30));
        hasBegun = true;
        island.loop.afterEvent(this::check);
        for (var step = 0; step < STEPS; step++) {
            act(random);
            island.run(Duration.ofMillis(random.nextInt(50, 40_000)));
            onlyOneVersionIsPublished();
        }
        settle();
    }

    private void act(SplittableRandom random) {
        switch (random.nextInt(isCalm ? 6 : 10)) {
            case 0, 1 -> apply(random.nextInt(3) == 0 ? "bad" : "good");
            case 2, 3 -> approve();
            case 4 -> ordered(island.zeus.rejectRollout(WEB, "", Optional.empty(), Island.ANA));
            case 5 -> island.restartZeus();
            case 6 -> {
                isStopped = true;
                ordered(island.zeus.stop(WEB, Optional.empty(), Island.ANA));
            }
            case 7 -> start();
            case 8 ->
                    any(random).runs().keySet().stream().findFirst().ifPresent(any(random)::crash);
            default -> {
                var cut = any(random);
                island.disconnect(cut);
                island.run(Duration.ofMillis(random.nextInt(10_000)));
                island.connect(cut);
            }
        }
    }

    private SimulatedAgent any(SplittableRandom random) {
        var agents = island.agents.values().stream().toList();
        return agents.get(random.nextInt(agents.size()));
    }

    private void apply(String kindOfProgram) {
        versions++;
        latest = kindOfProgram + versions;
        island.apply(kind.stack(latest));
    }

    private void approve() {
        var before = stage();
        ordered(island.zeus.approveRollout(WEB, Optional.empty(), Island.ANA));
        if (before.equals("approval")) {
            approvals++;
        }
    }

    private void start() {
        isStopped = false;
        ordered(island.zeus.start(WEB, Optional.empty(), Island.ANA));
    }

    /** It may be refused. */
    private void ordered(java.util.concurrent.CompletionStage<?> order) {
        var done = order.toCompletableFuture();
        for (var i = 0; i < 20_000 && !done.isDone(); i++) {
            island.run(Duration.ofMillis(1));
        }
        assertThat(done).isDone();
    }

    private String stage() {
        return island.zeus.view().services().stream()
                .findFirst()
                .flatMap(ClusterView.ServiceView::rollout)
                .map(ClusterView.RolloutView::stage)
                .orElse("");
    }

    private String declared() {
        var current = island.now(island.zeus.history(WEB.stack())).getFirst().definition();
        return command(Objects.requireNonNull(current.services().get("web")).workload());
    }

    private static String command(Workload workload) {
        return workload instanceof Workload.Process process ? process.command().getFirst() : "";
    }

    private void check() {
        if (island.zeus.view().services().isEmpty()) {
            // It has just been started, and reads its store.
            return;
        }
        var tried =
                island.service("shop/web")
                        .rollout()
                        .filter(one -> Set.of("trial", "approval").contains(one.stage()))
                        .map(one -> one.updated().size());
        var running = 0;
        var latestRunning = 0;
        for (var agent : island.agents.values()) {
            for (var run : agent.runs().values()) {
                if (run.state == State.RUNNING) {
                    running++;
                    latestRunning +=
                            command(run.spec.definition().workload()).equals(latest) ? 1 : 0;
                }
            }
        }
        if (tried.isPresent()) {
            require(
                    Math.max(tried.get(), latestRunning) <= kind.most(),
                    "%d are to run, and %d run, what nobody has let through"
                            .formatted(tried.get(), latestRunning));
        }
        require(
                !isCalm || !hasBegun || isStopped || running >= kind.least(),
                "%d of %d run in %s".formatted(running, kind.replicas(), island.zeus.view()));
    }

    private void onlyOneVersionIsPublished() {
        if (!kind.isBlueGreen()) {
            return;
        }
        var versionsNow = new TreeSet<String>();
        for (var one : island.now(island.zeus.directory()).services().getFirst().instances()) {
            if (one.ready()) {
                island.agents.values().stream()
                        .filter(agent -> agent.id.equals(one.node()))
                        .flatMap(agent -> Optional.ofNullable(agent.runs().get(one.id())).stream())
                        .forEach(run -> versionsNow.add(command(run.spec.definition().workload())));
            }
        }
        require(versionsNow.size() <= 1, "published at once: " + versionsNow);
    }

    /** Nothing fails any more; what still waits is left to its deadline. */
    private void settle() {
        island.agents.values().forEach(island::connect);
        start();
        island.run(Duration.ofMinutes(20));
        var runs =
                island.agents.values().stream()
                        .flatMap(agent -> agent.runs().values().stream())
                        .filter(SimulatedAgent.Run::isAlive)
                        .map(run -> command(run.spec.definition().workload()))
                        .toList();
        assertThat(runs).as("in %s", island.zeus.view()).hasSize(kind.replicas());
        assertThat(runs).containsOnly(declared());
        assertThat(runs).noneMatch(command -> command.startsWith("bad"));
        assertThat(island.service("shop/web").state())
                .as("in %s", island.zeus.view())
                .isEqualTo("running");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
