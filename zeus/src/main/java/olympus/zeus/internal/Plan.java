package olympus.zeus.internal;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import olympus.model.InstanceId;
import olympus.model.ServiceId;

/**
 * What to do next and what is waited for.
 *
 * @param steps in the order in which they are carried out
 * @param waits why a service does not get further at present, as a sentence
 * @param stays why an instance stays on a node that it would leave
 * @param wakeNanos when to look again even if nothing changes
 */
public record Plan(
        List<Step> steps,
        Map<ServiceId, String> waits,
        Map<InstanceId, String> stays,
        OptionalLong wakeNanos) {
    public Plan {
        steps = List.copyOf(steps);
        waits = new TreeMap<>(waits);
        stays = Map.copyOf(stays);
    }

    /** Where nothing is to leave its node. */
    public Plan(List<Step> steps, Map<ServiceId, String> waits, OptionalLong wakeNanos) {
        this(steps, waits, Map.of(), wakeNanos);
    }
}
