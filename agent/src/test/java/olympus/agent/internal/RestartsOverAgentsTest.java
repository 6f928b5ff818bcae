package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import olympus.agent.Specs;
import olympus.foundation.simulation.SimulatedClock;
import olympus.model.InstanceId;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.state.InstanceObservation.State;
import org.junit.jupiter.api.Test;

/** What counts against an instance while agents die and others take over. */
class RestartsOverAgentsTest {

    private static final InstanceId ID = InstanceId.parse("first/web.1");
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final Duration BACKOFF = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 3;
    private static final RecoveryPolicy POLICY =
            new RecoveryPolicy(
                    RecoveryPolicy.Restart.ON_FAILURE,
                    ATTEMPTS,
                    WITHIN,
                    new RecoveryPolicy.Backoff(BACKOFF, BACKOFF),
                    RecoveryPolicy.Then.REPORT);

    private final SimulatedClock clock = new SimulatedClock(Instant.parse("2026-01-01T00:00:00Z"));
    private Specs spec = Specs.of(Path.of("/"), ID.toString(), "true").recovery(POLICY);
    private String bootId = "boot-1";
    private InstanceMachine machine = machine(InstanceRecord.fresh(bootId));
    private long run;

    RestartsOverAgentsTest() {
        feed(new MachineInput.Wanted(Optional.of(spec.build())));
    }

    @Test
    void attemptsAgeWhileNoAgentIsThere() {
        for (var death = 0; death < 3 * ATTEMPTS; death++) {
            failAndRestart();
            agentIsAway(WITHIN);
            adopt();
        }
        assertThat(state()).isEqualTo(State.RUNNING);
        assertThat(machine.observation().restarts()).isEqualTo(3 * ATTEMPTS);
    }

    @Test
    void attemptsWithinTheWindowCountOverAgentsWhateverTheWallClockDoes() {
        for (var death = 0; death < ATTEMPTS; death++) {
            failAndRestart();
            clock.stepWall(Duration.ofHours(death % 2 == 0 ? 1 : -2));
            agentIsAway(Duration.ofSeconds(1));
            adopt();
        }
        fail(1);
        assertThat(state()).isEqualTo(State.GIVEN_UP);
    }

    @Test
    void anEndThatWasCountedIsNotCountedAgainByTheNextAgent() {
        fail(1);
        var reason = machine.observation().reason();
        for (var kill = 0; kill < 2 * ATTEMPTS; kill++) {
            agentIsAway(Duration.ofMillis(100));
            foundEnded(Optional.of(1));
            assertThat(state()).isEqualTo(State.BACKOFF);
        }
        assertThat(machine.observation().restarts()).isEqualTo(1);
        assertThat(machine.observation().reason()).isEqualTo(reason);
    }

    @Test
    void theBackOffGoesOnWhereTheAgentBeforeLeftIt() {
        fail(1);
        agentIsAway(Duration.ofSeconds(1));
        foundEnded(Optional.of(1));
        assertThat(state()).isEqualTo(State.BACKOFF);
        clock.advance(BACKOFF.minusSeconds(1));
        feed(new MachineInput.Tick());
        assertThat(state()).isEqualTo(State.STARTING);
    }

    @Test
    void aBackOffThatIsOverRestartsAtOnce() {
        fail(1);
        agentIsAway(BACKOFF);
        foundEnded(Optional.of(1));
        assertThat(state()).isEqualTo(State.STARTING);
    }

    @Test
    void anEarlierRunFoundInPlaceOfOneThatNeverBeganIsNotCountedAgain() {
        failAndDecide();
        var counted = run;
        agentIsAway(Duration.ofSeconds(1));
        machine.know(Optional.of(spec.build()));
        machine.endedUnseen(counted, "run-1");
        feed(new MachineInput.Ended(counted, Optional.of(1), ""));
        assertThat(machine.observation().restarts()).isEqualTo(1);
        assertThat(state()).isEqualTo(State.STARTING);
    }

    @Test
    void aDeathTogetherWithItsShimAndTheAgentIsNotCounted() {
        for (var kill = 0; kill < 2 * ATTEMPTS; kill++) {
            agentIsAway(Duration.ofSeconds(1));
            foundEnded(Optional.empty());
            up();
        }
        assertThat(state()).isEqualTo(State.RUNNING);
        assertThat(machine.observation().restarts()).isZero();
    }

    @Test
    void aDeathThatTheShimSawWhileNoAgentWasThereIsCounted() {
        agentIsAway(Duration.ofSeconds(1));
        foundEnded(Optional.of(1));
        assertThat(state()).isEqualTo(State.BACKOFF);
        assertThat(machine.observation().restarts()).isEqualTo(1);
    }

    @Test
    void anInstanceStoppedOnOrderIsNotTakenForCrashedByTheNextAgent() {
        spec = spec.desired(olympus.model.state.InstanceSpec.Desired.STOP);
        feed(new MachineInput.Wanted(Optional.of(spec.build())));
        agentIsAway(Duration.ofSeconds(1));
        foundEnded(Optional.of(143));
        assertThat(state()).isEqualTo(State.STOPPED);
        assertThat(machine.observation().restarts()).isZero();
    }

    @Test
    void aRebootForgetsWhatWasCountedAndGivesAnotherChance() {
        for (var death = 0; death < ATTEMPTS; death++) {
            failAndRestart();
        }
        fail(1);
        assertThat(state()).isEqualTo(State.GIVEN_UP);
        bootId = "boot-2";
        agentIsAway(Duration.ofSeconds(1));
        feed(new MachineInput.Wanted(Optional.of(spec.build())));
        up();
        for (var death = 0; death < ATTEMPTS; death++) {
            failAndRestart();
        }
        assertThat(state()).isEqualTo(State.RUNNING);
    }

    @Test
    void attemptsOfAClockThatWasAheadAreForgotten() {
        var ahead =
                new InstanceRecord.Recent(
                        List.of(Duration.ofDays(9), Duration.ofDays(9), Duration.ofDays(9)),
                        1,
                        Duration.ofDays(9));
        machine =
                machine(
                        new InstanceRecord(
                                "run-1",
                                1,
                                3,
                                ahead,
                                Optional.empty(),
                                "",
                                Optional.empty(),
                                bootId));
        foundEnded(Optional.of(1));
        assertThat(state()).isEqualTo(State.BACKOFF);
        clock.advance(BACKOFF);
        feed(new MachineInput.Tick());
        assertThat(state()).isEqualTo(State.STARTING);
    }

    private State state() {
        return machine.observation().state();
    }

    private InstanceMachine machine(InstanceRecord record) {
        return new InstanceMachine(ID, record, bootId, clock, new Random(1));
    }

    private void feed(MachineInput input) {
        for (var action : machine.on(input, Surroundings.FREE)) {
            if (action instanceof MachineAction.Start start) {
                run = start.run();
            }
        }
        if (run == 1 && machine.record().lastRun() == 1 && state() == State.STARTING) {
            up();
        }
    }

    private void up() {
        feed(new MachineInput.Started(run, 4711));
    }

    private void fail(int exit) {
        feed(new MachineInput.Ended(run, Optional.of(exit), ""));
    }

    /** It ends, and the next run is decided on but not up. */
    private void failAndDecide() {
        var dead = run;
        fail(1);
        clock.advance(BACKOFF);
        feed(new MachineInput.Tick());
        assertThat(run).isEqualTo(dead + 1);
        run = dead;
    }

    private void failAndRestart() {
        failAndDecide();
        run++;
        up();
        assertThat(state()).isEqualTo(State.RUNNING);
    }

    /** The agent is killed; the next one, a process of its own, knows what is on disk. */
    private void agentIsAway(Duration elapsed) {
        var record = InstanceRecord.of(machine.record().values()).orElseThrow();
        clock.advance(elapsed);
        clock.restartProcess();
        machine = machine(record);
    }

    private void adopt() {
        machine.know(Optional.of(spec.build()));
        feed(new MachineInput.Adopted(run, 4711, "run-1"));
        feed(new MachineInput.Wanted(Optional.of(spec.build())));
    }

    private void foundEnded(Optional<Integer> exit) {
        machine.know(Optional.of(spec.build()));
        machine.endedUnseen(machine.record().lastRun(), "run-1");
        feed(new MachineInput.Ended(machine.record().lastRun(), exit, ""));
        feed(new MachineInput.Wanted(Optional.of(spec.build())));
    }
}
