package olympus.model.state;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import olympus.model.InstanceId;
import olympus.model.stack.ServiceDefinition;

/**
 * What one instance shall be: the element of an {@link Assignment}.
 *
 * @param runToken identifies the run that is wanted. An agent that runs this instance under another
 *     token stops it and starts it anew; under the same token it applies what changed (probe,
 *     recovery, …) without a restart. Only Zeus changes it: for an update, a manual restart, a
 *     start after a give-up
 * @param desired what the agent shall do with it
 * @param desiredReason why it is held or stopped, in words; empty for RUN
 * @param directory the stack's directory, default working directory
 * @param ports the host port this instance got of each declared port, by port name
 */
public record InstanceSpec(
        InstanceId id,
        String runToken,
        Desired desired,
        Optional<String> desiredReason,
        ServiceDefinition definition,
        String directory,
        Map<String, Integer> ports) {

    public InstanceSpec {
        ports = Collections.unmodifiableMap(new TreeMap<>(ports));
    }

    /** The same, to be ended. */
    public InstanceSpec stopped(String why) {
        return new InstanceSpec(
                id, runToken, Desired.STOP, Optional.of(why), definition, directory, ports);
    }

    /** What the agent shall do with an instance. */
    public enum Desired {
        /** Keep it running by its recovery policy. */
        RUN,
        /** Do not start it yet (a dependency); leave it running if it already runs. */
        HOLD,
        /** End it and keep it ended. */
        STOP,
        /**
         * Tell what it does and touch nothing: neither start nor end it, whatever happens to it.
         * What runs under its name, by whomever it was started, is taken for it.
         */
        WATCH,
        /**
         * Leave it to whoever manages it next: as it is, with what was changed for managing it (the
         * engine's own restart policy) put back. Reported as stopped, reason "released".
         */
        RELEASE
    }
}
