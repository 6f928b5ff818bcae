package olympus.model.state;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import olympus.model.NodeId;

/**
 * A node that has ever connected.
 *
 * @param eventsRecorded the highest sequence of its events that stands in the decision stream
 */
public record NodeRecord(
        NodeId id,
        String name,
        Map<String, String> labels,
        Instant firstSeen,
        long eventsRecorded) {

    public NodeRecord {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }
}
