package olympus.agent.internal;

import java.time.Duration;
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

    private final Wish wish;
    private final RestartWindow window;
    private final Story story;
    private final Clock clock;
    private final RandomGenerator random;

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
        return restartAfter(window.count(wish.policy(), run, clock.uptimeNanos(), random), why);
    }

    Phase restartAfter(Duration delay, String why) {
        story.reason = why;
        story.actions().add(new MachineAction.Wake(delay));
        return new Waiting(clock.monotonicNanos() + delay.toNanos());
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
