package olympus.agent.internal;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.random.RandomGenerator;
import olympus.agent.internal.Phase.Resting;
import olympus.agent.internal.Phase.Waiting;
import olympus.foundation.Clock;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.RecoveryPolicy.Restart;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec.Desired;

/**
 * What follows the end of a run that nobody ordered: another one after a pause, or rest. Answers
 * with the phase that the instance is in then, and writes its story. Threading: that of its {@link
 * InstanceMachine}.
 */
final class Aftermath {

    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final Wish wish;
    private final RestartWindow window;
    private final Story story;
    private final Clock clock;
    private final RandomGenerator random;
    private int timesPutOff;

    Aftermath(Wish wish, RestartWindow window, Story story, Clock clock, RandomGenerator random) {
        this.wish = wish;
        this.window = window;
        this.story = story;
        this.clock = clock;
        this.random = random;
    }

    Phase endedByItself(Optional<Integer> exit, String how, long run) {
        var restart = wish.policy().restart();
        var succeeded = exit.isPresent() && exit.get() == 0;
        if (succeeded && restart != Restart.ALWAYS) {
            var phase = rest(State.COMPLETED, how);
            story.tell(
                    "complete",
                    how,
                    "not started again (restart: %s)".formatted(Sentences.restart(restart)));
            return phase;
        }
        return restart == Restart.NO
                ? giveUp(how + "; not started again (restart: no)")
                : recover(how, run);
    }

    Phase recover(String why, long run) {
        if (wish.is(Desired.RUN) && !window.allows(wish.policy(), clock.uptimeNanos())) {
            return giveUp(
                    "%s; given up after %d restarts within %s"
                            .formatted(
                                    why,
                                    window.size(),
                                    Sentences.duration(wish.policy().within())));
        }
        story.restarts++;
        begun();
        return restartAfter(window.count(wish.policy(), run, clock.uptimeNanos(), random), why);
    }

    Phase restartAfter(Duration delay, String why) {
        story.reason = why;
        story.actions().add(new MachineAction.Wake(delay));
        return new Waiting(clock.monotonicNanos() + delay.toNanos(), false);
    }

    Phase startFailed(MachineInput.StartFailed failed) {
        return switch (failed.again()) {
            case COUNTED -> recover("could not be started: " + failed.reason(), failed.run());
            case UNCOUNTED -> putOff(failed.reason());
            case NEVER -> giveUp("cannot start: " + failed.reason());
        };
    }

    /** It is no failure of the instance: not counted, and tried again until it is not wanted. */
    private Phase putOff(String why) {
        timesPutOff++;
        var pause = pause(timesPutOff);
        var next = clock.wall().plus(pause).truncatedTo(ChronoUnit.SECONDS);
        story.reason = "%s; next try at %s".formatted(why, next);
        story.actions().add(new MachineAction.Wake(pause));
        return new Waiting(clock.monotonicNanos() + pause.toNanos(), true);
    }

    /** Before a start that is put off for the so manieth time in a row. */
    static Duration pause(int timesPutOff) {
        var pause = FIRST_PAUSE;
        for (var n = 1; n < timesPutOff && pause.compareTo(LONGEST_PAUSE) < 0; n++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    /** It runs, or is to start anew: how often it was put off before does not matter. */
    void begun() {
        timesPutOff = 0;
    }

    Phase giveUp(String why) {
        var phase = rest(State.GIVEN_UP, why);
        story.tell(
                "give up",
                why,
                wish.policy().then() == RecoveryPolicy.Then.MOVE
                        ? "reported, to be moved"
                        : "reported");
        return phase;
    }

    private Phase rest(State state, String why) {
        story.reason = why;
        story.remark = "";
        return new Resting(state);
    }
}
