package olympus.model.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads text files with a limit, as strict UTF-8, and says exactly what is wrong with those that
 * are not.
 */
final class SourceText {

    /** Five thousand services of a kilobyte each, nearly. */
    static final int MAX_FILE_BYTES = 4 << 20;

    private SourceText() {}

    /**
     * Empty when the file cannot be read as text, which is then reported.
     *
     * @param at where to report a file that is missing or unreadable
     * @param what the file is, e.g. {@code env_file}
     * @param shown the file's path as it stands in messages
     */
    static Optional<String> read(
            Path file, String what, String shown, Place at, int maxBytes, ProblemLog problems) {
        return bytes(file, what, shown, at, maxBytes, problems)
                .flatMap(bytes -> text(bytes, what, shown, problems));
    }

    /** Empty when the file cannot be read or is too large, which is then reported. */
    static Optional<byte[]> bytes(
            Path file, String what, String shown, Place at, int maxBytes, ProblemLog problems) {
        byte[] bytes;
        try (var in = Files.newInputStream(regular(file))) {
            bytes = in.readNBytes(maxBytes + 1);
        } catch (IOException | SecurityException e) {
            problems.error(at, "cannot read %s %s: %s".formatted(what, shown, reason(e)));
            return Optional.empty();
        }
        if (bytes.length > maxBytes) {
            problems.error(at, "%s %s is larger than %d bytes".formatted(what, shown, maxBytes));
            return Optional.empty();
        }
        return Optional.of(bytes);
    }

    private static Path regular(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException("it is a folder");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException("it is not a regular file");
        }
        return file;
    }

    private static String reason(Exception e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "permission denied";
            default -> String.valueOf(e.getMessage());
        };
    }

    /** Empty when the bytes are not text, which is then reported. */
    static Optional<String> text(byte[] bytes, String what, String shown, ProblemLog problems) {
        var decoder = StandardCharsets.UTF_8.newDecoder();
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(bytes.length + 1);
        var result = decoder.decode(in, out, true);
        var text = out.flip().toString();
        if (text.startsWith("\uFEFF")) {
            text = text.substring(1);
        }
        if (result.isError()) {
            var bad = Byte.toUnsignedInt(bytes[in.position()]);
            problems.error(
                    endOf(shown, text),
                    "byte 0x%02x is not UTF-8".formatted(bad),
                    "a %s in UTF-8".formatted(what));
            return Optional.empty();
        }
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c < ' ' && c != '\n' && c != '\r' && c != '\t') {
                problems.error(
                        endOf(shown, text.substring(0, i)),
                        "control character 0x%02x".formatted((int) c),
                        "text");
                return Optional.empty();
            }
        }
        return Optional.of(text);
    }

    private static Place endOf(String file, String text) {
        var line = 1 + (int) text.chars().filter(c -> c == '\n').count();
        return new Place(file, line, text.length() - text.lastIndexOf('\n'));
    }
}
