package olympus.model.stack;

import java.time.Duration;
import java.util.Locale;
import olympus.model.json.EnumWords;

/**
 * What happens when an instance ends by itself or becomes unhealthy.
 *
 * @param restart whether it is started again at all
 * @param attempts restarts within {@code within} before giving up; the counter resets after an
 *     instance was healthy (or, without a probe, running) for {@code within}
 * @param then what follows giving up
 */
public record RecoveryPolicy(
        Restart restart, int attempts, Duration within, Backoff backoff, Then then) {

    public static final RecoveryPolicy DEFAULT =
            new RecoveryPolicy(
                    Restart.ALWAYS,
                    5,
                    Duration.ofMinutes(2),
                    new Backoff(Duration.ofMillis(50), Duration.ofSeconds(30)),
                    Then.REPORT);

    /**
     * Delay before restart n (from 1) within the window: between half and all of {@code min(max,
     * initial * 2^(n-1))}, jittered.
     */
    public record Backoff(Duration initial, Duration max) {}

    /**
     * Compose's {@code restart}: {@code always}/{@code unless-stopped}, {@code on-failure}, {@code
     * no}.
     */
    public enum Restart implements EnumWords.Spelled {
        ALWAYS,
        ON_FAILURE,
        NO;

        @Override
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * {@code move} to another node, or only {@code report}. With a single node a move is reported
     * as impossible.
     */
    public enum Then {
        REPORT,
        MOVE
    }
}
