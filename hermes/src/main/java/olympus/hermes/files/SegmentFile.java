package olympus.hermes.files;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A log segment, as its name describes it: {@code log_FIRST-LAST} once it is closed, {@code
 * log_inprogress_FIRST} while entries are appended to it.
 */
public record SegmentFile(Path path, long first, OptionalLong last) {

    private static final Pattern CLOSED = Pattern.compile("log_(\\d{1,18})-(\\d{1,18})");
    private static final Pattern OPEN = Pattern.compile("log_inprogress_(\\d{1,18})");

    public boolean open() {
        return last.isEmpty();
    }

    public String name() {
        return path.getFileName().toString();
    }

    static Optional<SegmentFile> parse(Path path) {
        var name = path.getFileName().toString();
        var closed = CLOSED.matcher(name);
        if (closed.matches()) {
            return Optional.of(
                    new SegmentFile(
                            path,
                            Long.parseLong(closed.group(1)),
                            OptionalLong.of(Long.parseLong(closed.group(2)))));
        }
        var open = OPEN.matcher(name);
        return open.matches()
                ? Optional.of(
                        new SegmentFile(path, Long.parseLong(open.group(1)), OptionalLong.empty()))
                : Optional.empty();
    }
}
