package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import olympus.agent.Containers;
import olympus.agent.internal.MachineInput.Again;
import olympus.foundation.simulation.SimulatedClock;
import olympus.model.InstanceId;
import olympus.model.stack.RecoveryPolicy.Restart;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec.Desired;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Starts that need what is away for a while, such as a registry. */
class PutOffStartsTest {

    private static final InstanceId ID = InstanceId.parse("first/web.1");
    private static final String AWAY = "registry r.example is away";

    private final SimulatedClock clock = new SimulatedClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final InstanceMachine machine =
            new InstanceMachine(ID, InstanceRecord.fresh("boot-1"), "boot-1", clock, new Random(1));
    private Containers spec = Containers.sleeping(ID.toString()).restart(Restart.ALWAYS, 1);
    private Surroundings around = Surroundings.FREE;
    private List<MachineAction> actions = List.of();
    private long run;

    private void feed(MachineInput input) {
        actions = machine.on(input, around);
        actions.forEach(action -> {
            if (action instanceof MachineAction.Start start) {
                run = start.run();
            }
        });
    }

    private void order(Desired desired) {
        feed(new MachineInput.Wanted(Optional.of(spec.desired(desired).build())));
    }

    private void putOff() {
        feed(new MachineInput.StartFailed(run, AWAY, Again.UNCOUNTED));
    }

    private void after(Duration pause) {
        clock.advance(pause);
        feed(new MachineInput.Tick());
    }

    private void paused(Optional<String> why) {
        around =
                new Surroundings(
                        why,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
        feed(new MachineInput.Tick());
    }

    private boolean isStarted() {
        return actions.stream().anyMatch(MachineAction.Start.class::isInstance);
    }

    private InstanceObservation seen() {
        return machine.observation();
    }

    @Test
    void areTriedLessAndLessOftenButNeverLessThanEveryFiveMinutes() {
        assertThat(IntStream.of(1, 2, 3, 9, 10, 1_000_000).mapToObj(Aftermath::pause))
                .containsExactly(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(256),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(5));
    }

    @Test
    void areNeitherCountedNorGivenUp() {
        order(Desired.RUN);
        for (var time = 1; time <= 20; time++) {
            putOff();
            assertThat(seen().state()).isEqualTo(State.STARTING);
            assertThat(seen().reason())
                    .isEqualTo(AWAY + "; next try at " + clock.wall().plus(Aftermath.pause(time)));
            after(Aftermath.pause(time).minusMillis(1));
            assertThat(isStarted()).isFalse();
            after(Duration.ofMillis(1));
            assertThat(isStarted()).isTrue();
        }
        assertThat(seen().restarts()).isZero();
        feed(new MachineInput.Started(run, 4711));
        assertThat(seen().reason()).isEmpty();
        assertThat(actions)
                .anyMatch(action ->
                        action instanceof MachineAction.Tell tell && tell.action().equals("start"));
    }

    @Test
    void areTriedAtOnceAndOftenAgainWhenANewRunIsOrdered() {
        order(Desired.RUN);
        for (var time = 1; time <= 5; time++) {
            putOff();
            after(Aftermath.pause(time));
        }
        putOff();
        spec = spec.token("run-2");
        order(Desired.RUN);
        assertThat(isStarted()).isTrue();
        putOff();
        after(Aftermath.FIRST_PAUSE);
        assertThat(isStarted()).isTrue();
    }

    @Test
    void waitForTheEndOfAPause() {
        order(Desired.RUN);
        putOff();
        paused(Optional.of("night"));
        after(Aftermath.LONGEST_PAUSE);
        assertThat(isStarted()).isFalse();
        assertThat(seen().reason()).startsWith(AWAY).endsWith("not restarted, paused: night");
        paused(Optional.empty());
        assertThat(isStarted()).isTrue();
    }

    @Test
    void endWithAStop() {
        order(Desired.RUN);
        putOff();
        order(Desired.STOP);
        assertThat(seen().state()).isEqualTo(State.STOPPED);
        after(Aftermath.LONGEST_PAUSE);
        assertThat(isStarted()).isFalse();
    }

    @Test
    void endWithAReleaseThatIsThenDone() {
        order(Desired.RUN);
        putOff();
        order(Desired.RELEASE);
        assertThat(actions).containsExactly(new MachineAction.LetGo());
        feed(new MachineInput.LetGone());
        after(Aftermath.LONGEST_PAUSE);
        assertThat(isStarted()).isFalse();
        assertThat(seen().state()).isEqualTo(State.STOPPED);
        assertThat(seen().reason()).isEqualTo("released");
    }

    @Test
    void endWhenItIsOnlyObserved() {
        order(Desired.RUN);
        putOff();
        order(Desired.WATCH);
        after(Aftermath.LONGEST_PAUSE);
        assertThat(isStarted()).isFalse();
        assertThat(seen().state()).isEqualTo(State.STOPPED);
    }

    @ParameterizedTest
    @EnumSource(
            value = Desired.class,
            names = {"WATCH", "RELEASE"})
    void areMadeUpForOnceWhereARunWasEndedForThem(Desired desired) {
        order(Desired.RUN);
        feed(new MachineInput.Started(run, 4711));
        feed(new MachineInput.Ended(run, Optional.of(1), ""));
        after(Duration.ofMinutes(10));
        putOff();
        order(desired);
        assertThat(isStarted()).isTrue();
        putOff();
        assertThat(seen().state()).isNotEqualTo(State.STARTING);
        after(Aftermath.LONGEST_PAUSE);
        assertThat(isStarted()).isFalse();
    }

    @Test
    void doNotLeaveWordOfALetGoBehindThatWasTakenBack() {
        order(Desired.RUN);
        feed(new MachineInput.Started(run, 4711));
        order(Desired.RELEASE);
        assertThat(seen().reason()).isEqualTo("being let go");
        order(Desired.RUN);
        feed(new MachineInput.Started(run, 4711));
        assertThat(seen().reason()).doesNotContain("being let go");
        order(Desired.RELEASE);
        feed(new MachineInput.LetGone());
        assertThat(seen().reason()).isEqualTo("released");
    }
}
