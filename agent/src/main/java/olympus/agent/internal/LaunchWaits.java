package olympus.agent.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import olympus.foundation.EventLoop;

/**
 * Starts of containers that wait for an engine or a registry that does not answer. They are no
 * failures of the instance, so they are not counted and never given up: an engine is asked again
 * every second, a registry after a pause that doubles from {@link #FIRST_PAUSE} to {@link
 * #LONGEST_PAUSE}. Threading: the supervision loop.
 */
final class LaunchWaits {

    static final Duration ENGINE_PAUSE = Duration.ofSeconds(1);
    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final EventLoop loop;
    private final Supplier<Instant> now;

    LaunchWaits(EventLoop loop, Supplier<Instant> now) {
        this.loop = loop;
        this.now = now;
    }

    static boolean isToBeWaitedFor(EngineException refused) {
        return refused.isUnanswered() || refused.kind() == Kind.REGISTRY_AWAY;
    }

    /** After so many times in a row. */
    static Duration pause(int timesAway) {
        var pause = FIRST_PAUSE;
        for (var n = 1; n < timesAway && pause.compareTo(LONGEST_PAUSE) < 0; n++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    /**
     * Answers what is to be told meanwhile.
     *
     * @param again once, when the pause is over, or before by {@link ContainerEntry#nextTry}
     */
    String begin(ContainerEntry entry, EngineException refused, Runnable again) {
        var why = String.valueOf(refused.getMessage());
        var isDue = new AtomicBoolean(true);
        Runnable next =
                () -> {
                    if (isDue.getAndSet(false)) {
                        entry.nextTry = Optional.empty();
                        again.run();
                    }
                };
        entry.nextTry = Optional.of(next);
        if (refused.isUnanswered()) {
            loop.schedule(ENGINE_PAUSE, next);
            return why;
        }
        entry.timesAway++;
        var pause = pause(entry.timesAway);
        loop.schedule(pause, next);
        return "%s; next try at %s"
                .formatted(why, now.get().plus(pause).truncatedTo(ChronoUnit.SECONDS));
    }
}
