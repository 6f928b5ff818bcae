package olympus.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeoutException;

/**
 * A folder that containers see as {@code /marks}: a container touches the file of its name when it
 * starts, and is ill while there is a file {@code sick-NAME}. The kernel notes the time.
 */
record Marks(Path folder) {

    private static final Duration LOOK_EVERY = Duration.ofMillis(1);

    /** What a container of this name runs. */
    String script(String name) {
        return "trap 'exit 0' TERM; touch /marks/%s; while :; do sleep 600 & wait $!; done"
                .formatted(name);
    }

    Path sick(String name) {
        return folder.resolve("sick-" + name);
    }

    Instant last(String name) {
        try {
            var file = folder.resolve(name);
            return Files.exists(file) ? Files.getLastModifiedTime(file).toInstant() : Instant.EPOCH;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a start after this one; when it was. */
    Instant awaitAfter(String name, Instant before, Duration deadline) throws TimeoutException {
        Waiting.until(
                deadline,
                LOOK_EVERY,
                () -> name + " starts again",
                () -> last(name).isAfter(before));
        return last(name);
    }

    static double millis(Instant from, Instant to) {
        return from.until(to, ChronoUnit.MICROS) / 1000.0;
    }
}
