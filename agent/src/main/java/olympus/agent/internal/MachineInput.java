package olympus.agent.internal;

import java.util.Optional;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceSpec;

/**
 * What can happen to an instance, as its {@link InstanceMachine} hears it. Runs are numbered
 * upwards per instance.
 */
sealed interface MachineInput {

    /** What the instance shall be, empty when it is not assigned any more. */
    record Wanted(Optional<InstanceSpec> spec) implements MachineInput {}

    /** Whether a start that failed is tried again. */
    enum Again {
        /** As often as the recovery policy allows. */
        COUNTED,
        /** Without an end: what it needs from elsewhere does not answer, for which it cannot. */
        UNCOUNTED,
        /** Trying again without a change would fail alike. */
        NEVER
    }

    /** A run that outlived the agent was found and is watched again. */
    record Adopted(long run, long pid, String runToken) implements MachineInput {}

    /** The driver has started the run; its main process is {@code pid}. */
    record Started(long run, long pid) implements MachineInput {}

    record StartFailed(long run, String reason, Again again) implements MachineInput {}

    /**
     * The run's main process has ended and nothing of the run is left.
     *
     * @param exit exit code (128 + signal number), empty when nobody saw it
     * @param detail what is known besides, e.g. the last line of stderr; may be empty
     */
    record Ended(long run, Optional<Integer> exit, String detail) implements MachineInput {}

    /** The shim of the run was killed; the run itself goes on and is watched directly. */
    record ShimLost(long run) implements MachineInput {}

    record Probed(long run, boolean passed, String message) implements MachineInput {}

    /**
     * A run is there that nobody here has started, or not knowingly: it takes the place of whatever
     * was live.
     */
    record Appeared(long run, long pid, String runToken, String how) implements MachineInput {}

    /**
     * What a health check that runs elsewhere says of the run.
     *
     * @param failures in a row
     */
    record HealthSeen(long run, Health health, int failures, String message)
            implements MachineInput {}

    /**
     * What another hand did to the run without ending it; an empty text takes it back.
     *
     * @param isHalted it is paused: it cannot answer, and that is not held against it
     */
    record Noticed(long run, String what, boolean isHalted) implements MachineInput {}

    /** What is going on while an instance starts, or while its next run is prepared. */
    record Progressed(String what) implements MachineInput {}

    /** All is ready for the run of this token to replace the live one. */
    record Prepared(String runToken) implements MachineInput {}

    record PrepareFailed(String runToken, String reason) implements MachineInput {}

    /** Nothing that was begun with it is under way any more; it is somebody else's. */
    record LetGone() implements MachineInput {}

    /** Something around may have changed, or time has passed: look again. */
    record Tick() implements MachineInput {}
}
