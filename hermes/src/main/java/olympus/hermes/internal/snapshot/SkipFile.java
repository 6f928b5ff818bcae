package olympus.hermes.internal.snapshot;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.internal.state.SkippedEntry;

/**
 * The list of condemned entries in a store's folder, one per line: index and hash, e.g. {@code 4711
 * 0123456789abcdef}. Written by an operator's tool while the store is closed, read when it opens.
 */
public final class SkipFile {

    /** The file's name in the folder of the store. */
    public static final String NAME = "skips";

    private static final Pattern LINE = Pattern.compile("(\\d{1,18}) ([0-9a-f]{16})");

    private SkipFile() {}

    /** The list in {@code folder}; empty when there is no such file. */
    public static List<SkippedEntry> read(Path folder) throws IOException {
        var file = folder.resolve(NAME);
        var skips = new ArrayList<SkippedEntry>();
        if (!Files.exists(file)) {
            return skips;
        }
        var number = 0;
        for (var line : Files.readAllLines(file)) {
            number++;
            var matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new OlympusException(
                        ErrorCode.CORRUPT,
                        "%s line %d is \"%s\"; expected an index and 16 hex digits, e.g. \"4711 0123456789abcdef\""
                                .formatted(file, number, line));
            }
            skips.add(
                    new SkippedEntry(
                            Long.parseLong(matcher.group(1)),
                            Long.parseUnsignedLong(matcher.group(2), 16)));
        }
        return skips;
    }

    /** Replaces the list, whole and flushed. */
    public static void write(Path folder, List<SkippedEntry> skips) throws IOException {
        var text =
                skips.stream()
                        .map(skip -> "%d %016x%n".formatted(skip.index(), skip.hash()))
                        .collect(Collectors.joining());
        var temporary = folder.resolve(NAME + ".tmp");
        Files.writeString(temporary, text);
        try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(
                temporary,
                folder.resolve(NAME),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }
}
