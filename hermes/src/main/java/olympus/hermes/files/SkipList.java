package olympus.hermes.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import olympus.foundation.Durable;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;

/**
 * The file {@code skips.json}: which entries apply passes over. A JSON array, one object a line;
 * only the offline tool writes it, and only whole.
 */
public final class SkipList {

    private static final Pattern LINE =
            Pattern.compile(
                    "\\s*\\{\"index\": (\\d{1,18}), \"hash\": \"([0-9a-f]{16})\", \"reason\": \"((?:[^\"\\\\]|\\\\[\"\\\\])*)\","
                            + " \"at\": \"([^\"]+)\"\\},?\\s*");

    private SkipList() {}

    /** The entries to skip; none when there is no file. */
    public static List<Skip> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        var skips = new ArrayList<Skip>();
        // Damage that makes it no text is told as a line that is no entry, not as a fault of
        // reading.
        var text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        for (var line : text.lines().toList()) {
            if (line.isBlank() || line.strip().equals("[") || line.strip().equals("]")) {
                continue;
            }
            skips.add(parse(file, line));
        }
        return skips;
    }

    /** Adds an entry to the list; adding it twice changes nothing. */
    public static void add(Path file, Skip skip) throws IOException {
        var skips = new ArrayList<>(read(file));
        if (skips.stream()
                .anyMatch(known -> known.index() == skip.index() && known.hash() == skip.hash())) {
            return;
        }
        skips.add(skip);
        Durable.replace(file, json(skips).getBytes(StandardCharsets.UTF_8));
    }

    private static String json(List<Skip> skips) {
        return skips.stream()
                .map(SkipList::line)
                .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }

    private static String line(Skip skip) {
        return "  {\"index\": %d, \"hash\": \"%s\", \"reason\": \"%s\", \"at\": \"%s\"}"
                .formatted(
                        skip.index(),
                        HexFormat.of().toHexDigits(skip.hash()),
                        skip.reason().replace("\\", "\\\\").replace("\"", "\\\""),
                        skip.at());
    }

    private static Skip parse(Path file, String line) {
        var matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new OlympusException(
                    ErrorCode.CORRUPT,
                    "%s: the line '%s' is not an entry as `olympus store skip-entry` writes it; remove it or restore the file"
                            .formatted(file, line.strip()));
        }
        return new Skip(
                Long.parseLong(matcher.group(1)),
                HexFormat.fromHexDigitsToLong(matcher.group(2)),
                matcher.group(3).replaceAll("\\\\(.)", "$1"),
                Instant.parse(matcher.group(4)));
    }
}
