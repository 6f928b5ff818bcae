package olympus.model.stack;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import olympus.model.json.EnumWords;

/**
 * What happens when an instance ends by itself or becomes unhealthy.
 *
 * @param restart whether it is started again at all
 * @param attempts restarts within {@code within} before giving up; the counter resets after an
 *     instance was healthy (or, without a probe, running) for {@code within}
 * @param then what follows giving up
 * @param unhealthy what follows too many failed probes; empty: a restart
 */
public record RecoveryPolicy(
        Restart restart,
        int attempts,
        Duration within,
        Backoff backoff,
        Then then,
        Optional<Unhealthy> unhealthy) {

    /** One that restarts what is unhealthy. */
    public RecoveryPolicy(
            Restart restart, int attempts, Duration within, Backoff backoff, Then then) {
        this(restart, attempts, within, backoff, then, Optional.empty());
    }

    /** Whether an instance that runs, but is unhealthy, is left running. */
    public boolean leavesUnhealthy() {
        return unhealthy.equals(Optional.of(Unhealthy.REPORT));
    }

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

    /** {@code restart} what runs but is unhealthy, or only {@code report} it. */
    public enum Unhealthy {
        RESTART,
        REPORT
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
