package olympus.model.state;

import java.time.Instant;
import java.util.Optional;
import olympus.model.InstanceId;

/**
 * What an agent sees of one instance. Soft state: reported whole, kept in memory by the servers.
 *
 * @param runToken of the run this is about
 * @param driver the driver's word, e.g. {@code process}
 * @param pid main process, 0 while there is none
 * @param restarts automatic restarts since it was last started on order
 * @param since when it entered {@code state}
 * @param reason the sentence that explains the state: exit status, failed probe, why given up, what
 *     it waits for
 * @param lastExit exit code (128 + signal number when killed) of the last run that ended, if any
 */
public record InstanceObservation(
        InstanceId id,
        String runToken,
        String driver,
        State state,
        Health health,
        long pid,
        int restarts,
        Instant since,
        String reason,
        Optional<Integer> lastExit) {

    /** Where an instance is in its life. */
    public enum State {
        /** Known, not started: held, or its turn has not come. */
        PENDING,
        STARTING,
        RUNNING,
        /** Ended by itself or restarted as unhealthy; waits for its back-off. */
        BACKOFF,
        STOPPING,
        STOPPED,
        /** Ended with 0 and is not to be restarted. */
        COMPLETED,
        /** Not tried again: the recovery attempts are used up, or it can never start. */
        GIVEN_UP
    }

    /** What the probe says. */
    public enum Health {
        /** No probe declared. */
        NONE,
        /** Not yet known. */
        STARTING,
        PASSING,
        /** Some failures, fewer than {@code retries}. */
        WARNING,
        FAILING
    }

    public InstanceObservation withReason(String other) {
        return new InstanceObservation(
                id, runToken, driver, state, health, pid, restarts, since, other, lastExit);
    }

    /** Counts as there for dependants and updates: running, and passing if there is a probe. */
    public boolean isWell() {
        return state == State.RUNNING
                && (health == Health.NONE || health == Health.PASSING || health == Health.WARNING);
    }
}
