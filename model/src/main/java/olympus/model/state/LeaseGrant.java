package olympus.model.state;

import java.time.Duration;
import java.util.List;
import olympus.model.InstanceId;

/**
 * What the server that leads answers to an agent that asked for leases: which runs of singletons
 * may go on. Never stored.
 *
 * @param number of the question; a lease counts from the moment at which that was asked
 * @param stamp of what the answer was computed from: its generation is a revision of the store and
 *     grows with every change of what is to run
 */
public record LeaseGrant(long number, Assignment.Stamp stamp, List<Lease> leases) {

    public LeaseGrant {
        leases = List.copyOf(leases);
    }

    /** A run that may go on for so long. */
    public record Lease(InstanceId instance, String runToken, Duration time) {}
}
