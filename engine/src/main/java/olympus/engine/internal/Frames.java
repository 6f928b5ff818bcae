package olympus.engine.internal;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.function.Consumer;
import olympus.engine.LogChunk;

/**
 * Reads the output of a container as the engine sends it: frames of eight bytes' head (stream,
 * length) without a terminal, one plain stream with one. Each line, or part of a long one, begins
 * with a time when those were asked for.
 */
final class Frames {

    private static final int STDERR = 2;
    private static final int LONGEST_FRAME = 16 << 20;
    private static final int LONGEST_LINE = 1 << 20;
    private static final int LONGEST_TIME = 40;

    private Frames() {}

    /** Takes the content of one frame. */
    @FunctionalInterface
    interface Sink {
        void accept(boolean error, byte[] content);
    }

    /** False at the end. */
    static boolean next(DataInputStream input, Sink sink) throws IOException {
        var stream = input.read();
        if (stream < 0) {
            return false;
        }
        input.skipNBytes(3);
        var length = input.readInt();
        if (stream > STDERR || length < 0 || length > LONGEST_FRAME) {
            throw new IOException(
                    "not the head of a frame: stream %d, length %d".formatted(stream, length));
        }
        var content = input.readNBytes(length);
        if (content.length < length) {
            throw new EOFException("the stream ended within a frame");
        }
        sink.accept(stream == STDERR, content);
        return true;
    }

    static void lines(InputStream input, boolean terminal, Consumer<LogChunk> sink)
            throws IOException {
        if (terminal) {
            plainLines(input, sink);
            return;
        }
        var data = new DataInputStream(input);
        var more = true;
        while (more) {
            more = next(data, (error, content) -> sink.accept(chunk(error, content)));
        }
    }

    private static void plainLines(InputStream input, Consumer<LogChunk> sink) throws IOException {
        var line = new ByteArrayOutputStream();
        for (var next = input.read(); next >= 0; next = input.read()) {
            line.write(next);
            if (next == '\n' || line.size() >= LONGEST_LINE) {
                sink.accept(chunk(false, line.toByteArray()));
                line.reset();
            }
        }
        if (line.size() > 0) {
            sink.accept(chunk(false, line.toByteArray()));
        }
    }

    /** What has no readable time keeps all its text. */
    private static LogChunk chunk(boolean error, byte[] content) {
        for (var i = 0; i < Math.min(content.length, LONGEST_TIME); i++) {
            if (content[i] == ' ') {
                var at =
                        Json.time(
                                new String(
                                        content, 0, i, java.nio.charset.StandardCharsets.US_ASCII));
                if (at.isAfter(Instant.EPOCH)) {
                    return new LogChunk(
                            at,
                            error,
                            java.util.Arrays.copyOfRange(content, i + 1, content.length));
                }
                break;
            }
        }
        return new LogChunk(Instant.EPOCH, error, content);
    }
}
