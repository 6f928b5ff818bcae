package olympus.zeus.internal;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import olympus.model.ServiceId;

/**
 * What to do next and what is waited for.
 *
 * @param steps in the order in which they are carried out
 * @param waits why a service does not get further at present, as a sentence
 * @param wakeNanos when to look again even if nothing changes
 */
public record Plan(List<Step> steps, Map<ServiceId, String> waits, OptionalLong wakeNanos) {
    public Plan {
        steps = List.copyOf(steps);
        waits = new TreeMap<>(waits);
    }
}
