package olympus.agent.internal;

import java.time.Duration;
import olympus.model.stack.StopPolicy;
import olympus.model.state.InstanceSpec;

/** What an {@link InstanceMachine} wants done. Carried out in order, by the shell around it. */
sealed interface MachineAction {

    record Start(long run, InstanceSpec spec) implements MachineAction {}

    /** Get ready for a run of this that is to replace the live one, without touching that. */
    record Prepare(InstanceSpec spec) implements MachineAction {}

    /**
     * @param isRestart it is to be followed by another run of it
     */
    record Stop(long run, StopPolicy policy, boolean isRestart) implements MachineAction {}

    /** What was got ready is not wanted any more. */
    record Discard() implements MachineAction {}

    /** It is somebody else's from now on, as it is. */
    record LetGo() implements MachineAction {}

    /** Send a {@link MachineInput.Tick} after this long. */
    record Wake(Duration after) implements MachineAction {}

    /** Record what was done or noticed. */
    record Tell(String action, String why, String result) implements MachineAction {}

    /** Nothing of the instance is wanted or left: remove its folder and the machine. */
    record Forget() implements MachineAction {}
}
