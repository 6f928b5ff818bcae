package olympus.server.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import olympus.foundation.Clock;

/**
 * How often each source gave a wrong token of late.
 *
 * <p>Limits: remembers the {@link #MAX_SOURCES} sources that failed last. A right token is never
 * refused because of what others on the same address did: a table that locks people out would be an
 * attack by itself, and tokens of 256 random bits cannot be guessed.
 *
 * <p>Threading: any thread.
 */
final class FailedLogins {

    static final int MAX_SOURCES = 10_000;
    static final Duration WINDOW = Duration.ofMinutes(1);

    private final Clock clock;
    private final int allowed;
    private final Map<String, ArrayDeque<Long>> bySource = new LinkedHashMap<>();

    /**
     * @param allowed failures of one source within {@link #WINDOW} before it is told to wait
     */
    FailedLogins(Clock clock, int allowed) {
        this.clock = clock;
        this.allowed = allowed;
    }

    /** Counts a failure; returns how long the source shall wait if that was one too many. */
    synchronized Optional<Duration> failed(String source) {
        var now = clock.monotonicNanos();
        var failures = bySource.remove(source);
        if (failures == null) {
            failures = new ArrayDeque<>();
        }
        bySource.put(source, failures);
        if (bySource.size() > MAX_SOURCES) {
            var eldest = bySource.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
        while (!failures.isEmpty() && now - failures.getFirst() > WINDOW.toNanos()) {
            failures.removeFirst();
        }
        if (failures.size() < allowed) {
            failures.addLast(now);
            return Optional.empty();
        }
        return Optional.of(WINDOW.minusNanos(now - failures.getFirst()));
    }

    /** How long the source shall wait before it tries again; empty when it need not. */
    synchronized Optional<Duration> waiting(String source) {
        var failures = bySource.get(source);
        if (failures == null || failures.size() < allowed) {
            return Optional.empty();
        }
        var age = clock.monotonicNanos() - failures.getFirst();
        return Optional.of(WINDOW.minusNanos(age)).filter(Duration::isPositive);
    }

    synchronized int sources() {
        return bySource.size();
    }
}
