package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.zip.CRC32;

/**
 * A small file of {@code name=value} lines that is replaced as a whole and carries a checksum, so
 * that a torn or altered one is told from a good one.
 */
final class RecordFile {

    private static final String CHECKSUM = "crc32=";

    private RecordFile() {}

    /** What reading gives. */
    sealed interface Content {
        record Good(Map<String, String> values) implements Content {}

        record Missing() implements Content {}

        /**
         * @param why for a person: which file and what is wrong with it
         */
        record Damaged(String why) implements Content {}
    }

    static Content read(Path file) {
        try {
            return parse(file, Files.readString(file));
        } catch (NoSuchFileException e) {
            return new Content.Missing();
        } catch (IOException e) {
            return new Content.Damaged("%s cannot be read: %s".formatted(file, e));
        }
    }

    /** The values of a good file. */
    static Optional<Map<String, String>> values(Path file) {
        return read(file) instanceof Content.Good good
                ? Optional.of(good.values())
                : Optional.empty();
    }

    private static Content parse(Path file, String text) {
        var start = text.lastIndexOf(CHECKSUM);
        if (start < 0
                || !text.substring(start)
                        .strip()
                        .equals(CHECKSUM + checksum(text.substring(0, start)))) {
            return new Content.Damaged(file + " does not match its checksum");
        }
        var values = new LinkedHashMap<String, String>();
        text.substring(0, start)
                .lines()
                .forEach(line -> {
                    var equals = line.indexOf('=');
                    values.put(line.substring(0, equals), unescape(line.substring(equals + 1)));
                });
        return new Content.Good(values);
    }

    /**
     * Replaces the file atomically; an {@link UncheckedIOException} leaves the old one as it was.
     */
    static void write(Path file, SequencedMap<String, String> values) {
        var text = new StringBuilder();
        values.forEach(
                (name, value) -> text.append(name).append('=').append(escape(value)).append('\n'));
        var body = text.toString();
        replace(file, (body + CHECKSUM + checksum(body) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Replaces a file by way of a new one beside it. */
    static void replace(Path file, byte[] content) {
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(fresh, content);
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static String checksum(String body) {
        var crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return "%08x".formatted(crc.getValue());
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    private static String unescape(String value) {
        var plain = new StringBuilder(value.length());
        for (var i = 0; i < value.length(); i++) {
            var c = value.charAt(i);
            if (c == '\\' && i + 1 < value.length()) {
                var next = value.charAt(++i);
                plain.append(next == 'n' ? '\n' : next == 'r' ? '\r' : next);
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
