package olympus.zeus.internal;

import java.util.List;
import java.util.Map;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.stack.PlacementPolicy;

/**
 * What a node must have for one instance, or for several that go together.
 *
 * @param apart services of which nothing may be there
 * @param policies that all hold; preferences are those of the first
 */
record Needs(
        List<Placement.Claim> claims,
        Map<InstanceId, Reservation> reservations,
        List<ServiceId> apart,
        List<PlacementPolicy> policies) {

    PlacementPolicy preferred() {
        return policies.getFirst();
    }

    /** Whether anything is reserved at all. */
    boolean reserves() {
        return reservations.values().stream().anyMatch(one -> !one.equals(Reservation.NONE));
    }
}
