package olympus.link;

import java.time.Instant;
import java.util.Optional;
import olympus.model.InstanceId;

/**
 * Which lines of an instance are wanted.
 *
 * @param since empty for the oldest that is kept
 * @param until empty for the newest; else only lines that are not younger
 * @param after only what follows this line; {@code since} and {@code tail} then only count where it
 *     is not known
 * @param tail 0 for all, else only the last so many of those
 */
public record LogRequest(
        InstanceId instance,
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<LogPoint> after,
        int tail,
        boolean follow) {

    /** Without an end and a line to go on after. */
    public LogRequest(InstanceId instance, Optional<Instant> since, int tail, boolean follow) {
        this(instance, since, Optional.empty(), Optional.empty(), tail, follow);
    }
}
