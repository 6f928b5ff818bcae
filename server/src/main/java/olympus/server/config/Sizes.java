package olympus.server.config;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Sizes in bytes as people write them: {@code 1048576}, {@code 512KiB}, {@code 8MiB}. */
final class Sizes {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})(B|KiB|MiB|GiB)?");
    private static final Map<String, Integer> SHIFT =
            Map.of("B", 0, "KiB", 10, "MiB", 20, "GiB", 30);

    private Sizes() {}

    static Optional<Long> parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            return Optional.empty();
        }
        var unit = match.group(2);
        var shift = SHIFT.getOrDefault(unit == null ? "B" : unit, 0);
        var number = Long.parseLong(match.group(1));
        return number > Long.MAX_VALUE >> shift ? Optional.empty() : Optional.of(number << shift);
    }

    static String text(long bytes) {
        if (bytes >= 1 << 30 && bytes % (1 << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + "MiB";
        }
        return bytes >= 1 << 10 && bytes % (1 << 10) == 0 ? (bytes >> 10) + "KiB" : bytes + "B";
    }
}
