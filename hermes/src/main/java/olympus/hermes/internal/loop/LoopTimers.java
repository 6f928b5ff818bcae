package olympus.hermes.internal.loop;

import java.time.Duration;
import java.util.Optional;
import olympus.foundation.Clock;
import olympus.foundation.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The timers of the loop: one that looks for overdue writes while there are writes, one that fires
 * when applied time must move on. A store without leases and without ageing streams sets none.
 */
final class LoopTimers {

    static final Duration RETRY = Duration.ofSeconds(1);

    /** After which an entry goes again that nobody took, e.g. while another leader is elected. */
    static final Duration SEND_AGAIN = Duration.ofMillis(50);

    private static final Duration SWEEP = Duration.ofMillis(250);

    /**
     * Elements of streams may be overdue by this much, so that ageing writes at most one entry per
     * minute.
     */
    private static final long AGE_GRAIN_TICKS = 60_000;

    private static final long MIN_TICKS = 20;

    private final EventLoop loop;
    private final Clock clock;
    private final Runnable onSweep;
    private final Runnable onSendAgain;
    private final Runnable onTick;
    private boolean sweepArmed;
    private boolean sendAgainArmed;
    private boolean stopped;
    private long tickDueNanos = Long.MAX_VALUE;
    private EventLoop.@Nullable Cancellable tickTimer;

    LoopTimers(
            EventLoop loop, Clock clock, Runnable onSweep, Runnable onSendAgain, Runnable onTick) {
        this.loop = loop;
        this.clock = clock;
        this.onSweep = onSweep;
        this.onSendAgain = onSendAgain;
        this.onTick = onTick;
    }

    void armSweep() {
        if (!sweepArmed) {
            sweepArmed = true;
            later(
                    SWEEP,
                    () -> {
                        sweepArmed = false;
                        onSweep.run();
                    });
        }
    }

    void armSendAgain() {
        if (!sendAgainArmed) {
            sendAgainArmed = true;
            later(
                    SEND_AGAIN,
                    () -> {
                        sendAgainArmed = false;
                        onSendAgain.run();
                    });
        }
    }

    /**
     * Makes the tick timer fire when the earlier of the two is due; takes it back when neither
     * exists.
     */
    void armTick(Optional<Long> leaseDeadline, Optional<Long> ageDeadline, long nowTick) {
        if (leaseDeadline.isEmpty() && ageDeadline.isEmpty()) {
            cancelTick();
            return;
        }
        var due =
                Math.min(
                        leaseDeadline.orElse(Long.MAX_VALUE),
                        ageDeadline
                                .map(deadline -> deadline + AGE_GRAIN_TICKS)
                                .orElse(Long.MAX_VALUE));
        var wait = Duration.ofMillis(Math.max(MIN_TICKS, due - nowTick));
        var dueNanos = clock.monotonicNanos() + wait.toNanos();
        if (tickTimer != null
                && Math.abs(dueNanos - tickDueNanos) < Duration.ofMillis(1).toNanos()) {
            return;
        }
        cancelTick();
        if (!stopped) {
            tickDueNanos = dueNanos;
            tickTimer =
                    loop.schedule(
                            wait,
                            () -> {
                                tickTimer = null;
                                if (!stopped) {
                                    onTick.run();
                                }
                            });
        }
    }

    void later(Duration delay, Runnable task) {
        loop.schedule(
                delay,
                () -> {
                    if (!stopped) {
                        task.run();
                    }
                });
    }

    void stop() {
        stopped = true;
        cancelTick();
    }

    private void cancelTick() {
        if (tickTimer != null) {
            tickTimer.cancel();
            tickTimer = null;
        }
    }
}
