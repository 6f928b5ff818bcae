package olympus.link;

import java.time.Instant;
import olympus.model.InstanceId;

/**
 * One line of an instance's output. (node, instance, sourceEpoch, sequence) identifies it for ever.
 *
 * @param stream {@code stdout} or {@code stderr}
 * @param text UTF-8 with malformed bytes replaced, without the line end; at most 64 KiB, longer
 *     lines are cut into parts
 */
public record LogLine(
        InstanceId instance,
        Instant at,
        String stream,
        String text,
        long sourceEpoch,
        long sequence) {

    /** Its place in the output of its instance. */
    public LogPoint point() {
        return new LogPoint(sourceEpoch, sequence);
    }
}
