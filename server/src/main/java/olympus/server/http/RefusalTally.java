package olympus.server.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which refusals are told one by one, and how many are told together: the first {@link #MOST_TOLD}
 * of a token within {@link #WINDOW}, which begins with the first of them; those beyond are counted
 * until the window ends.
 *
 * <p>Not thread-safe. Limits: one entry for each token that was refused within a window, of which
 * there are only so many as tokens.
 *
 * @param <R> what is known of a refusal
 */
final class RefusalTally<R> {

    static final int MOST_TOLD = 10;
    static final Duration WINDOW = Duration.ofMinutes(10);

    private final Map<String, Window<R>> windows = new HashMap<>();

    private static final class Window<R> {
        private final long end;
        private int told;
        private long counted;
        private Optional<R> last = Optional.empty();

        private Window(long end) {
            this.end = end;
        }
    }

    /**
     * Refusals that were not told one by one.
     *
     * @param last the last of them
     */
    record Counted<R>(long refusals, R last) {}

    /** Whether this one is told by itself; else it is counted. */
    boolean tell(String token, R refusal, long nowNanos) {
        var window = windows.computeIfAbsent(token, _ -> new Window<>(nowNanos + WINDOW.toNanos()));
        if (window.told < MOST_TOLD) {
            window.told++;
            return true;
        }
        window.counted++;
        window.last = Optional.of(refusal);
        return false;
    }

    /** Ends the windows that are over, and answers what was counted in them. */
    List<Counted<R>> over(long nowNanos) {
        var counted = new ArrayList<Counted<R>>();
        windows.values()
                .removeIf(window -> {
                    if (nowNanos - window.end < 0) {
                        return false;
                    }
                    window.last.ifPresent(last -> counted.add(new Counted<>(window.counted, last)));
                    return true;
                });
        return counted;
    }

    /** Until the next window ends; empty when none is open. */
    Optional<Duration> next(long nowNanos) {
        return windows.values().stream()
                .map(window -> Duration.ofNanos(Math.max(0, window.end - nowNanos)))
                .min(Duration::compareTo);
    }
}
