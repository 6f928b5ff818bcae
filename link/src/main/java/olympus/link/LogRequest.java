package olympus.link;

import java.time.Instant;
import java.util.Optional;
import olympus.model.InstanceId;

/**
 * Which lines of an instance are wanted.
 *
 * @param since empty for the oldest that is kept
 * @param tail 0 for all, else only the last so many of those
 */
public record LogRequest(InstanceId instance, Optional<Instant> since, int tail, boolean follow) {}
