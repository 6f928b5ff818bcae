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
 * @param engineRestart Compose's {@code restart}, word for word ({@code always}, {@code
 *     on-failure:3}): what an engine does by itself with a container that Olympus has let go of.
 *     Empty: {@code unless-stopped}, {@code on-failure:<attempts>} or {@code no}, by {@code
 *     restart}
 */
public record RecoveryPolicy(
        Restart restart,
        int attempts,
        Duration within,
        Backoff backoff,
        Then then,
        Optional<Unhealthy> unhealthy,
        Optional<String> engineRestart) {

    public RecoveryPolicy {
        engineRestart.ifPresent(word -> {
            if (!Conversions.RESTART.matcher(word).matches()) {
                throw new IllegalArgumentException(
                        "engineRestart is \"%s\"; it is always, unless-stopped, on-failure, on-failure:N or no"
                                .formatted(word));
            }
        });
    }

    /** One that says nothing of the engine's own policy. */
    public RecoveryPolicy(
            Restart restart,
            int attempts,
            Duration within,
            Backoff backoff,
            Then then,
            Optional<Unhealthy> unhealthy) {
        this(restart, attempts, within, backoff, then, unhealthy, Optional.empty());
    }

    /** One that restarts what is unhealthy. */
    public RecoveryPolicy(
            Restart restart, int attempts, Duration within, Backoff backoff, Then then) {
        this(restart, attempts, within, backoff, then, Optional.empty());
    }

    /** The same with this word of Compose's for the engine; kept where it says more. */
    public RecoveryPolicy writtenAs(String word) {
        var tells = word.equals(impliedRestart()) ? Optional.<String>empty() : Optional.of(word);
        return new RecoveryPolicy(restart, attempts, within, backoff, then, unhealthy, tells);
    }

    /** What the engine does by itself when nobody manages the container, in Compose's words. */
    public String restartOfEngine() {
        return engineRestart.orElseGet(this::impliedRestart);
    }

    private String impliedRestart() {
        return switch (restart) {
            case ALWAYS -> "unless-stopped";
            case ON_FAILURE -> attempts > 0 ? "on-failure:" + attempts : "on-failure";
            case NO -> "no";
        };
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
