package olympus.model.json;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Durations as people and Compose write them: {@code 1m30s}, {@code 500ms}, {@code 1.5s}, {@code
 * 0s}.
 */
public final class DurationText {

    /** What an error message says was expected. */
    public static final String EXPECTED = "a duration such as 500ms, 30s, 1m30s or 2h";

    /** Schema and parser agree on this. */
    public static final Pattern PATTERN =
            Pattern.compile("0|(?:[0-9]{1,12}(?:\\.[0-9]{1,9})?(?:ns|us|µs|ms|s|m|h))+");

    private static final Pattern PART =
            Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s|m|h)");

    /** Longer than any sensible setting; keeps sums of durations far from overflow. */
    private static final Duration MAX = Duration.ofDays(36_525);

    private DurationText() {}

    /** Empty when the text is not a duration, or one of more than a hundred years. */
    public static Optional<Duration> parse(String text) {
        if (text.length() > 100 || !PATTERN.matcher(text).matches()) {
            return Optional.empty();
        }
        var nanos = BigDecimal.ZERO;
        var parts = PART.matcher(text);
        while (parts.find()) {
            nanos =
                    nanos.add(
                            new BigDecimal(parts.group(1))
                                    .multiply(BigDecimal.valueOf(nanosOf(parts.group(2)))));
        }
        if (nanos.compareTo(BigDecimal.valueOf(MAX.toSeconds()).movePointRight(9)) > 0) {
            return Optional.empty();
        }
        var whole = nanos.toBigInteger().divideAndRemainder(BigDecimal.TEN.pow(9).toBigInteger());
        return Optional.of(Duration.ofSeconds(whole[0].longValue(), whole[1].longValue()));
    }

    /** The shortest text that means exactly this duration, which must not be negative. */
    public static String format(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        if (duration.isNegative()) {
            throw new IllegalArgumentException("a duration cannot be negative: " + duration);
        }
        var text = new StringBuilder();
        append(text, duration.toHours(), "h");
        append(text, duration.toMinutesPart(), "m");
        append(text, duration.toSecondsPart(), "s");
        var nanos = duration.toNanosPart();
        append(text, nanos / 1_000_000, "ms");
        append(text, nanos / 1_000 % 1_000, "us");
        append(text, nanos % 1_000, "ns");
        return text.toString();
    }

    private static void append(StringBuilder text, long amount, String unit) {
        if (amount > 0) {
            text.append(amount).append(unit);
        }
    }

    private static long nanosOf(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "us", "µs" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        };
    }
}
