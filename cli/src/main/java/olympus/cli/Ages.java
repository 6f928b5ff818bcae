package olympus.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** Instants as people read them: an age in lists, a local time in histories. */
final class Ages {

    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private Ages() {}

    /**
     * {@code 5s}, {@code 3m12s}, {@code 2h05m}, {@code 4d}; the text itself when it is no instant.
     */
    static String age(String instant, Instant now) {
        try {
            return of(Math.max(0, Duration.between(Instant.parse(instant), now).toSeconds()));
        } catch (DateTimeParseException e) {
            return instant;
        }
    }

    /** So many seconds, in the same way. */
    static String of(long seconds) {
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3_600) {
            return "%dm%02ds".formatted(seconds / 60, seconds % 60);
        }
        return seconds < 172_800
                ? "%dh%02dm".formatted(seconds / 3_600, seconds / 60 % 60)
                : seconds / 86_400 + "d";
    }

    static String local(String instant) {
        try {
            return LOCAL.format(Instant.parse(instant).atZone(ZoneId.systemDefault()));
        } catch (DateTimeParseException e) {
            return instant;
        }
    }
}
