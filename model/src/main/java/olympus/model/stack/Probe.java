package olympus.model.stack;

import java.time.Duration;
import java.util.List;

/**
 * How the agent finds out whether a running instance does its work.
 *
 * @param interval from the start of one probe to the start of the next, which never overlap
 * @param timeout after which a probe counts as failed
 * @param retries consecutive failures that make an instance unhealthy (and restart it)
 * @param startPeriod after a start, failures within this time do not count; a success ends it
 */
public record Probe(
        Target target, Duration interval, Duration timeout, int retries, Duration startPeriod) {

    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    public static final int DEFAULT_RETRIES = 3;

    /** A probe that is asked more often must also fail sooner, or a hang is noticed late. */
    public static Duration defaultTimeout(Duration interval) {
        return interval.compareTo(DEFAULT_TIMEOUT) < 0 ? interval : DEFAULT_TIMEOUT;
    }

    /** What is asked. Placeholders as in {@link Workload.Process}. */
    public sealed interface Target {
        /**
         * GET; passes on status 200 to 399. The file's {@code ":8080/health"} means {@code
         * http://127.0.0.1:8080/health}.
         */
        record Http(String url) implements Target {}

        /** Passes when a connection opens. {@code ":5432"} means 127.0.0.1. */
        record Tcp(String address) implements Target {}

        /** Passes on exit 0; runs with the instance's user, directory and environment. */
        record Command(List<String> command) implements Target {
            public Command {
                command = List.copyOf(command);
            }
        }
    }
}
