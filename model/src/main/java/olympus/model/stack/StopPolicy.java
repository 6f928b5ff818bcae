package olympus.model.stack;

import java.time.Duration;

/**
 * How an instance is ended: the signal, then after the grace period SIGKILL to all that is left of
 * it.
 */
public record StopPolicy(String signal, Duration gracePeriod) {
    public static final StopPolicy DEFAULT = new StopPolicy("SIGTERM", Duration.ofSeconds(10));
}
