package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import olympus.agent.Specs;
import olympus.foundation.simulation.SimulatedClock;
import olympus.foundation.simulation.SimulatedLoop;
import olympus.model.InstanceId;
import olympus.model.stack.Probe;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec;
import olympus.model.state.InstanceSpec.Desired;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The machine under seeds: random orders, deaths, hangs, lost shims, pauses, agent restarts and
 * clock steps.
 */
class InstanceMachineSimulationTest {

    private static final int SEEDS = 4_000;
    private static final int STEPS = 120;
    private static final int SEEDS_PER_CASE = 500;

    static IntStream firstSeeds() {
        return IntStream.iterate(1, seed -> seed <= SEEDS, seed -> seed + SEEDS_PER_CASE);
    }

    @ParameterizedTest
    @MethodSource("firstSeeds")
    void holdsItsInvariantsWhateverHappens(int first) {
        for (var seed = first; seed < first + SEEDS_PER_CASE; seed++) {
            try {
                new World(seed).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void comesToRestAsWantedOnceTheWorldIsQuiet() {
        for (var seed = 1; seed <= 1_000; seed++) {
            var world = new World(seed);
            world.run();
            world.quietDown();
            assertThat(world.machine.observation().state())
                    .as("seed " + seed)
                    .isEqualTo(State.RUNNING);
        }
    }

    /** One instance, its driver and its orders. */
    private static final class World {
        private static final InstanceId ID = InstanceId.parse("first/web.1");

        private final Random random;
        private final SimulatedClock clock =
                new SimulatedClock(Instant.parse("2026-01-01T00:00:00Z"));
        private final SimulatedLoop loop = new SimulatedLoop(clock);
        private final List<Long> automaticStarts = new ArrayList<>();
        private Surroundings around = Surroundings.FREE;
        private Specs spec = Specs.of(Path.of("/"), ID.toString(), "true");
        private InstanceMachine machine;
        private long liveRun;
        private boolean up;
        private boolean stopping;
        private long highestRun;
        private int tokens = 1;
        private boolean forgotten;
        private boolean quiet;
        private String startedToken = "";
        private boolean ran;

        World(long seed) {
            random = new Random(seed);
            var attempts = 1 + random.nextInt(4);
            spec = spec.attempts(attempts).restart(pick(RecoveryPolicy.Restart.values()));
            if (random.nextBoolean()) {
                spec =
                        spec.probe(
                                new Probe.Target.Tcp(":1"),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(1),
                                1 + random.nextInt(3));
            }
            machine = fresh(InstanceRecord.fresh("boot-1"));
        }

        private <T> T pick(T[] values) {
            return values[random.nextInt(values.length)];
        }

        private InstanceMachine fresh(InstanceRecord record) {
            return new InstanceMachine(ID, record, "boot-1", clock, random);
        }

        void run() {
            feed(wanted());
            for (var step = 0; step < STEPS && !forgotten; step++) {
                happen();
                loop.runFor(Duration.ofMillis(random.nextInt(400)));
                check();
            }
        }

        private void happen() {
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> die(random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(140));
                case 3 -> order(pick(Desired.values()));
                case 4 -> newToken();
                case 5 -> pause(random.nextBoolean());
                case 6, 7, 8 -> probe(random.nextInt(3) > 0);
                case 9 -> feed(new MachineInput.ShimLost(liveRun));
                case 10 -> restartAgent();
                case 11 -> clock.stepWall(Duration.ofMinutes(random.nextInt(121) - 60));
                case 12 -> stale();
                default -> feed(new MachineInput.Tick());
            }
        }

        void quietDown() {
            quiet = true;
            around = Surroundings.FREE;
            forgotten = false;
            spec = spec.desired(Desired.RUN).restart(RecoveryPolicy.Restart.ALWAYS);
            newToken();
            loop.runFor(Duration.ofSeconds(5));
        }

        private MachineInput wanted() {
            return new MachineInput.Wanted(Optional.of(spec.build()));
        }

        private void order(Desired desired) {
            spec = spec.desired(desired);
            feed(wanted());
        }

        private void newToken() {
            spec = spec.token("run-" + ++tokens);
            feed(wanted());
        }

        private void pause(boolean paused) {
            around =
                    new Surroundings(
                            paused ? Optional.of("for the test") : Optional.empty(),
                            Optional.empty(),
                            random.nextInt(4) == 0 ? Optional.of("many fail") : Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty());
            feed(new MachineInput.Tick());
        }

        private void probe(boolean passed) {
            if (up) {
                feed(new MachineInput.Probed(liveRun, passed, "the probe"));
            }
        }

        private void die(int exit) {
            if (up) {
                up = false;
                feed(new MachineInput.Ended(ended(), Optional.of(exit), ""));
            }
        }

        /** News of a run that is long over must not matter. */
        private void stale() {
            feed(new MachineInput.Ended(0, Optional.of(1), "stale"));
            feed(new MachineInput.Probed(0, false, "stale"));
            feed(new MachineInput.Started(0, 77));
        }

        private long ended() {
            var run = liveRun;
            liveRun = 0;
            stopping = false;
            return run;
        }

        /**
         * The agent is killed and comes back: all that is left is the record, and the run if it is
         * up.
         */
        private void restartAgent() {
            if ((liveRun != 0 && !up) || stopping) {
                return;
            }
            var record = InstanceRecord.of(machine.record().values()).orElseThrow();
            machine = fresh(record);
            clock.advance(Duration.ofMillis(random.nextInt(400)));
            machine.know(Optional.of(spec.build()));
            if (up) {
                feed(new MachineInput.Adopted(liveRun, 4711, startedToken));
            } else if (record.lastRun() > 0 && record.outcome().isEmpty()) {
                ran = true;
                // What the driver finds of the last run, also of one whose end was known before.
                machine.endedUnseen(record.lastRun(), startedToken);
                feed(new MachineInput.Ended(record.lastRun(), Optional.of(1), "found"));
            }
            feed(wanted());
        }

        private void feed(MachineInput input) {
            for (var action : machine.on(input, around)) {
                switch (action) {
                    case MachineAction.Start start -> start(start.run(), start.spec());
                    case MachineAction.Stop stop -> stop(stop.run());
                    case MachineAction.Wake wake -> wake(wake.after());
                    case MachineAction.Tell tell -> told(tell.action());
                    case MachineAction.Prepare ignored -> {}
                    case MachineAction.Discard ignored -> {}
                    case MachineAction.LetGo ignored -> {}
                    case MachineAction.Forget ignored -> forgotten = true;
                }
            }
        }

        /**
         * One more than the attempts, because a restart is counted when it is decided and told when
         * it is done.
         */
        private void told(String action) {
            if (action.equals("restart")) {
                automaticStarts.add(clock.monotonicNanos());
                var begin = clock.monotonicNanos() - spec.recovery().within().toNanos();
                assertThat(automaticStarts.stream().filter(at -> at >= begin).count())
                        .as("restarts within the window")
                        .isLessThanOrEqualTo(spec.recovery().attempts() + 1L);
            }
        }

        private void wake(Duration after) {
            var woken = machine;
            loop.schedule(
                    after,
                    () -> {
                        if (machine == woken) {
                            feed(new MachineInput.Tick());
                        }
                    });
        }

        private void start(long run, InstanceSpec wanted) {
            assertThat(liveRun).as("a second run begins while one is live").isZero();
            assertThat(run).as("run numbers grow").isGreaterThan(highestRun);
            assertThat(around.paused()).as("nothing starts while paused").isEmpty();
            if (wanted.desired() != Desired.RUN) {
                assertThat(wanted.desired()).isIn(Desired.WATCH, Desired.RELEASE);
                assertThat(ran).as("only what ran is brought back").isTrue();
            }
            if (!wanted.runToken().equals(startedToken)) {
                automaticStarts.clear();
            }
            startedToken = wanted.runToken();
            liveRun = run;
            highestRun = run;
            loop.schedule(Duration.ofMillis(1 + random.nextInt(50)), () -> started(run));
        }

        private void started(long run) {
            if (liveRun != run) {
                return;
            }
            if (!quiet && random.nextInt(10) == 0) {
                ended();
                feed(
                        new MachineInput.StartFailed(
                                run, "for the test", pick(MachineInput.Again.values())));
            } else {
                up = true;
                ran = true;
                feed(new MachineInput.Started(run, 4711));
            }
        }

        private void stop(long run) {
            assertThat(run).as("only what is live is stopped").isEqualTo(liveRun);
            assertThat(stopping).as("stopped once").isFalse();
            stopping = true;
            loop.schedule(
                    Duration.ofMillis(random.nextInt(300)),
                    () -> {
                        if (liveRun == run) {
                            up = false;
                            ran = true;
                            feed(new MachineInput.Ended(ended(), Optional.of(143), ""));
                        }
                    });
        }

        private void check() {
            var seen = machine.observation();
            assertThat(machine.liveRun().isPresent()).isEqualTo(liveRun != 0);
            if (seen.state() == State.RUNNING) {
                assertThat(seen.pid()).isEqualTo(4711);
            }
            if (seen.state() == State.GIVEN_UP || seen.state() == State.BACKOFF) {
                assertThat(seen.reason()).isNotEmpty();
            }
        }
    }
}
