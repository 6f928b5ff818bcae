package olympus.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes lines of the bytes of one stream; those longer than {@link #MAX_LINE} come in parts. What
 * is not UTF-8 becomes U+FFFD. Threading: one thread.
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
                lines.add(take());
            } else {
                if (begun.size() >= MAX_LINE && isStart(one)) {
                    lines.add(take());
                }
                begun.write(one);
            }
        }
        return lines;
    }

    /** Whether no character of UTF-8 is cut before this byte. */
    private static boolean isStart(byte one) {
        return (one & 0xC0) != 0x80;
    }

    /** What came after the last line end. */
    Optional<String> rest() {
        return begun.size() == 0 ? Optional.empty() : Optional.of(take());
    }

    private String take() {
        var text = begun.toString(UTF_8);
        begun.reset();
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
