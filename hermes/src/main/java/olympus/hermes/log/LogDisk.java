package olympus.hermes.log;

import java.time.Duration;
import java.util.Optional;

/**
 * The disk under a log, as looked at within the last second.
 *
 * @param usableBytes free for the log and others
 * @param flushP99 how long the slowest of a hundred flushes took lately; empty before the first
 */
public record LogDisk(long usableBytes, Optional<Duration> flushP99) {

    /** Of a log that lives in memory. */
    public static LogDisk none() {
        return new LogDisk(Long.MAX_VALUE, Optional.empty());
    }
}
