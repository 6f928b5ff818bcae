package olympus.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes lines of the bytes of one stream; those longer than {@link #MAX_LINE} bytes come in parts.
 * What is not UTF-8 becomes U+FFFD. Threading: one thread.
 */
final class OutputLines {

    static final int MAX_LINE = 16 * 1024;

    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

    /** The lines that are complete with these bytes, without their ends. */
    List<String> add(ByteBuffer data) {
        var lines = new ArrayList<String>();
        while (data.hasRemaining()) {
            var one = data.get();
            if (one == '\n') {
                lines.add(line());
            } else {
                if (begun.size() + length(one) > MAX_LINE) {
                    lines.add(part());
                }
                begun.write(one);
            }
        }
        return lines;
    }

    /** Of the character of UTF-8 that begins with this byte; 1 for a byte that begins none. */
    private static int length(byte first) {
        return switch (Integer.numberOfLeadingZeros(~first << 24)) {
            case 2 -> 2;
            case 3 -> 3;
            case 4 -> 4;
            default -> 1;
        };
    }

    /** What came after the last line end. */
    Optional<String> rest() {
        return begun.size() == 0 ? Optional.empty() : Optional.of(line());
    }

    private String line() {
        var text = part();
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private String part() {
        var text = begun.toString(UTF_8);
        begun.reset();
        return text;
    }
}
