package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.zip.CRC32;
import olympus.foundation.Durable;

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

    /** Throws {@link UncheckedIOException} when the disk does not tell what is in the file. */
    static Content read(Path file) {
        try {
            return parse(file, Files.readString(file));
        } catch (NoSuchFileException e) {
            return new Content.Missing();
        } catch (CharacterCodingException e) {
            return new Content.Damaged(file + " is not text");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** The values of a good file; throws {@link UncheckedIOException} as {@link #read} does. */
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
     * What is written may be lost with the power, which its checksum tells.
     */
    static void write(Path file, SequencedMap<String, String> values) {
        replace(file, content(values), false);
    }

    /** The same; nothing where the folder was removed meanwhile, as nobody will read it there. */
    static void writeUnlessRemoved(Path file, SequencedMap<String, String> values) {
        try {
            write(file, values);
        } catch (UncheckedIOException e) {
            if (Files.exists(file.toAbsolutePath().getParent())) {
                throw e;
            }
        }
    }

    /** The same as {@link #write}, and on the disk when this returns. */
    static void writeForced(Path file, SequencedMap<String, String> values) {
        replace(file, content(values));
    }

    private static byte[] content(SequencedMap<String, String> values) {
        var text = new StringBuilder();
        values.forEach(
                (name, value) -> text.append(name).append('=').append(escape(value)).append('\n'));
        var body = text.toString();
        return (body + CHECKSUM + checksum(body) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Replaces a file by way of a new one beside it. When this returns the new one is on the disk;
     * a power failure leaves the old or the new one, never half of it.
     */
    static void replace(Path file, byte[] content) {
        replace(file, content, true);
    }

    /** The same, but a power failure may leave an empty file. */
    static void replaceUnforced(Path file, byte[] content) {
        replace(file, content, false);
    }

    private static void replace(Path file, byte[] content, boolean forced) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            if (forced) {
                Durable.replace(file, content);
            } else {
                Durable.replaceUnforced(file, content);
            }
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
