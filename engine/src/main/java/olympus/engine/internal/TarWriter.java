package olympus.engine.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a tar archive (POSIX ustar, with pax headers for names that are longer). Source: POSIX.1,
 * pax interchange format.
 */
final class TarWriter {

    static final char FILE = '0';
    static final char LINK = '2';
    static final char FOLDER = '5';

    private static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;
    private static final char PAX = 'x';

    private final OutputStream out;

    TarWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * What stands in front of an entry's content.
     *
     * @param link where a link leads; empty for others
     */
    record Head(
            String name,
            char type,
            int mode,
            long uid,
            long gid,
            long size,
            long seconds,
            String link) {}

    /** Content of {@code size} bytes and {@link #pad} must follow for a file. */
    void head(Head head) throws IOException {
        var extended = new StringBuilder();
        if (bytes(head.name()).length > NAME_BYTES) {
            extended.append(record("path", head.name()));
        }
        if (bytes(head.link()).length > NAME_BYTES) {
            extended.append(record("linkpath", head.link()));
        }
        if (!extended.isEmpty()) {
            var content = bytes(extended.toString());
            block(new Head("pax", PAX, 0644, 0, 0, content.length, head.seconds(), ""));
            out.write(content);
            pad(content.length);
        }
        block(head);
    }

    void file(Head head, byte[] content) throws IOException {
        head(head);
        out.write(content);
        pad(content.length);
    }

    void pad(long size) throws IOException {
        var rest = (int) (size % BLOCK);
        if (rest > 0) {
            out.write(new byte[BLOCK - rest]);
        }
    }

    void end() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }

    /** {@code length key=value\n}, where the length counts itself. */
    private static String record(String key, String value) {
        var rest = bytes(" " + key + "=" + value + "\n").length;
        var length = rest;
        while (Integer.toString(length).length() + rest != length) {
            length = Integer.toString(length).length() + rest;
        }
        return length + " " + key + "=" + value + "\n";
    }

    private void block(Head head) throws IOException {
        var block = new byte[BLOCK];
        text(block, 0, NAME_BYTES, head.name());
        octal(block, 100, 8, head.mode());
        octal(block, 108, 8, head.uid());
        octal(block, 116, 8, head.gid());
        octal(block, 124, 12, head.size());
        octal(block, 136, 12, head.seconds());
        block[156] = (byte) head.type();
        text(block, 157, NAME_BYTES, head.link());
        text(block, 257, 6, "ustar");
        text(block, 263, 2, "00");
        Arrays.fill(block, 148, 156, (byte) ' ');
        var sum = 0;
        for (var value : block) {
            sum += value & 0xFF;
        }
        text(block, 148, 8, "%06o\0 ".formatted(sum));
        out.write(block);
    }

    private static void text(byte[] block, int at, int length, String text) {
        var bytes = bytes(text);
        System.arraycopy(bytes, 0, block, at, Math.min(length, bytes.length));
    }

    private static void octal(byte[] block, int at, int length, long value) {
        text(block, at, length, ("%0" + (length - 1) + "o").formatted(Math.max(0, value)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
