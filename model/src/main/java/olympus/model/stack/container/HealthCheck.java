package olympus.model.stack.container;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Compose's {@code healthcheck}, run by the engine inside the container.
 *
 * @param disabled also the image's own is switched off
 * @param test {@code CMD …} or {@code CMD-SHELL …}; empty: the image's own
 */
public record HealthCheck(
        boolean disabled,
        List<String> test,
        Optional<Duration> interval,
        Optional<Duration> timeout,
        Optional<Duration> startPeriod,
        Optional<Duration> startInterval,
        Optional<Integer> retries) {

    public HealthCheck {
        test = List.copyOf(test);
    }
}
