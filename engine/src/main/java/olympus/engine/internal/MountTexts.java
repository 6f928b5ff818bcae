package olympus.engine.internal;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What is mounted at a path, in words. */
final class MountTexts {

    static final String UNNAMED = "a volume without a name";

    private MountTexts() {}

    static String of(String source, boolean readOnly) {
        return readOnly ? source + " (read-only)" : source;
    }

    static String memory(String options) {
        var sorted =
                Arrays.stream(options.split(","))
                        .filter(option -> !option.isEmpty())
                        .sorted()
                        .collect(Collectors.joining(","));
        return sorted.isEmpty() ? "tmpfs" : "tmpfs " + sorted;
    }

    static String path(String text) {
        return text.startsWith("/") ? Path.of(text).normalize().toString() : text;
    }
}
