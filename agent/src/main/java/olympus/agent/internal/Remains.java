package olympus.agent.internal;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import olympus.foundation.Poll;

/**
 * What is left of a run whose main process has ended. Says that nothing is left only after having
 * seen so. Blocks; one use.
 */
final class Remains {

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

    private final Supplier<List<Long>> look;
    private final LongConsumer kill;
    private final Set<Long> killed = new HashSet<>();
    private String seen = "nobody has looked yet";

    /**
     * @param look the processes that are there; throws {@link UncheckedIOException} when that
     *     cannot be told
     */
    Remains(Supplier<List<Long>> look, LongConsumer kill) {
        this.look = look;
        this.kill = kill;
    }

    sealed interface Outcome {
        /**
         * Nothing is there any more.
         *
         * @param killed how many processes had to be killed for that
         */
        record Gone(int killed) implements Outcome {}

        /**
         * @param what is still there, or why that cannot be told
         */
        record Left(String what) implements Outcome {}
    }

    /**
     * Leaves the processes alone until {@code killAtNanos} (of {@link System#nanoTime}), then kills
     * them and gives them the time {@code within} to be gone.
     */
    Outcome end(long killAtNanos, Duration within) {
        var now = System.nanoTime();
        var killAt = killAtNanos - now > 0 ? killAtNanos : now;
        return Poll.<Outcome>within(
                        Duration.ofNanos(killAt - now).plus(within),
                        LONGEST_PAUSE,
                        () -> outcome(killAt))
                .orElseGet(() -> new Outcome.Left(seen));
    }

    private Optional<Outcome> outcome(long killAt) {
        try {
            var left = look.get();
            if (left.isEmpty()) {
                return Optional.of(new Outcome.Gone(killed.size()));
            }
            seen = "processes %s are still there".formatted(left);
            if (System.nanoTime() - killAt >= 0) {
                killed.addAll(left);
                left.forEach(kill::accept);
            }
        } catch (UncheckedIOException e) {
            seen = String.valueOf(e.getMessage());
        }
        return Optional.empty();
    }
}
