package olympus.agent.internal;

import java.util.Optional;
import olympus.model.InstanceId;

/** Whom a driver tells that has to ask others what is there. Threading: the supervision loop. */
interface DriverReports {

    void happened(InstanceId id, MachineInput input);

    /** The answer to {@link Driver.Adoption.Asked}. */
    void known(InstanceId id, Optional<ProcessDriver.Found> found);

    /** There is no answer yet. */
    void stillAsked(InstanceId id, String why);
}
