package olympus.server.config;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import olympus.model.json.DurationText;

/**
 * One thing that can be set.
 *
 * @param key path in the file, {@code section.name}
 * @param fallback the text of the value that holds when nothing is set
 * @param expected what a value looks like, for error messages and the reference page
 * @param about one sentence
 * @param read empty when a text is no value
 */
public record Setting<T>(
        String key,
        String fallback,
        String expected,
        String about,
        Function<String, Optional<T>> read) {

    /** {@code http.max_body} is {@code OLYMPUS_HTTP_MAX_BODY}. */
    public String variable() {
        return "OLYMPUS_" + key.toUpperCase(java.util.Locale.ROOT).replace('.', '_');
    }

    static Setting<Long> bytes(String key, String fallback, long least, long most, String about) {
        return new Setting<>(
                key,
                fallback,
                "a size from %s to %s, such as 512KiB, 8MiB or 1GiB"
                        .formatted(size(least), size(most)),
                about,
                text -> Sizes.parse(text).filter(n -> n >= least && n <= most));
    }

    static Setting<Integer> count(String key, int fallback, int least, int most, String about) {
        return new Setting<>(
                key,
                Integer.toString(fallback),
                "a number from %d to %d".formatted(least, most),
                about,
                text -> number(text).filter(n -> n >= least && n <= most));
    }

    static Setting<Duration> duration(
            String key, String fallback, Duration least, Duration most, String about) {
        return new Setting<>(
                key,
                fallback,
                "%s, from %s to %s"
                        .formatted(
                                DurationText.EXPECTED,
                                DurationText.format(least),
                                DurationText.format(most)),
                about,
                text ->
                        DurationText.parse(text)
                                .filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0));
    }

    static Setting<String> text(String key, String fallback, String expected, String about) {
        return new Setting<>(key, fallback, expected, about, Optional::of);
    }

    private static Optional<Integer> number(String text) {
        try {
            return Optional.of(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String size(long bytes) {
        return Sizes.text(bytes);
    }
}
