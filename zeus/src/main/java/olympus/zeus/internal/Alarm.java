package olympus.zeus.internal;

import java.time.Duration;
import java.util.Optional;
import olympus.foundation.EventLoop;

/** When the controller looks next if nothing happens before. Only on its loop. */
final class Alarm {

    private final EventLoop loop;
    private final Runnable rings;
    private Optional<EventLoop.Cancellable> timer = Optional.empty();

    Alarm(EventLoop loop, Runnable rings) {
        this.loop = loop;
        this.rings = rings;
    }

    /** When the plan has to be made anew, and within {@code most}. */
    void armFor(Plan plan, long nowNanos, Duration most) {
        var delay = most;
        if (plan.wakeNanos().isPresent()) {
            var until = Duration.ofNanos(plan.wakeNanos().getAsLong() - nowNanos);
            delay = until.compareTo(delay) < 0 ? until : delay;
        }
        within(delay);
    }

    /** Instead of whatever was set. */
    void within(Duration delay) {
        cancel();
        timer = Optional.of(loop.schedule(delay.isNegative() ? Duration.ZERO : delay, rings));
    }

    void cancel() {
        timer.ifPresent(EventLoop.Cancellable::cancel);
    }
}
