package olympus.agent.internal;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import olympus.foundation.EventLoop;

/**
 * Starts of containers that wait for an engine that does not answer, which is asked again every
 * second: it may have begun what it was asked for, so nothing is taken for failed. They are not
 * counted and never given up. Threading: the supervision loop.
 */
final class LaunchWaits {

    static final Duration ENGINE_PAUSE = Duration.ofSeconds(1);

    private final EventLoop loop;

    LaunchWaits(EventLoop loop) {
        this.loop = loop;
    }

    /**
     * @param again once, when the pause is over, or before by {@link ContainerEntry#nextTry}
     */
    void begin(ContainerEntry entry, Runnable again) {
        var isDue = new AtomicBoolean(true);
        Runnable next =
                () -> {
                    if (isDue.getAndSet(false)) {
                        entry.nextTry = Optional.empty();
                        again.run();
                    }
                };
        entry.nextTry = Optional.of(next);
        loop.schedule(ENGINE_PAUSE, next);
    }
}
