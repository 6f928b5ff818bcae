package olympus.agent.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.state.InstanceSpec;

/**
 * How instances of one kind of workload are run, and what of them is seen. What happens to them is
 * told as {@link MachineInput}s, on the supervision loop. Threading: all methods on the supervision
 * loop.
 */
interface Driver {

    /** Answered by {@code Started} or {@code StartFailed}. */
    void start(InstanceSpec spec, long run, Map<SecretRef, String> secrets);

    /**
     * Gets ready for a run that is to replace the one that is live, as far as that can be done
     * beside it. Answered by {@code Prepared} or {@code PrepareFailed}; asked for containers only.
     */
    default void prepare(InstanceSpec spec, Map<SecretRef, String> secrets) {}

    /** What was got ready for a next run is not wanted any more. */
    default void discard(InstanceId id) {}

    /**
     * It is somebody else's from now on; nothing more is told of it.
     *
     * @param done told once nothing of it is under way any more, and what was changed for managing
     *     it is put back
     */
    default void letGo(InstanceId id, Runnable done) {
        done.run();
    }

    /** Looks for what is there of an instance that nothing is known of yet. */
    Adoption adopt(InstanceId id, Optional<InstanceSpec> wanted);

    /** What is wanted of an instance, whether it changed or not. */
    default void wanted(InstanceSpec spec) {}

    /** All that is wanted: whatever else there is is of instances that are gone. */
    default void wanted(Map<InstanceId, InstanceSpec> all) {
        all.values().forEach(this::wanted);
    }

    /**
     * Signal, grace, kill; ends with an {@code Ended} event. A run that is still starting is
     * stopped once it is up, or given up.
     */
    void stop(InstanceId id, MachineAction.Stop stop);

    /** The instance is gone for good. */
    void forget(InstanceId id);

    /** What cannot be limited, watched or ended on this machine. */
    List<String> problems();

    /** What is there of an instance. */
    sealed interface Adoption {
        record Nothing() implements Adoption {}

        record There(ProcessDriver.Found found) implements Adoption {}

        /** It is asked; {@link Supervisor#known} follows. Until then nothing is to be done. */
        record Asked(String why) implements Adoption {}
    }
}
