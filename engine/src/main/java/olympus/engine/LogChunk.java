package olympus.engine;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** A line of output, or a part of a long one, with its line end if it has one. */
public final class LogChunk {

    private final Instant at;
    private final boolean error;
    private final byte[] text;

    public LogChunk(Instant at, boolean error, byte[] text) {
        this.at = at;
        this.error = error;
        this.text = text.clone();
    }

    /** When the engine read it. */
    public Instant at() {
        return at;
    }

    public boolean error() {
        return error;
    }

    public byte[] text() {
        return text.clone();
    }

    @Override
    public String toString() {
        return "%s %s %s"
                .formatted(
                        at, error ? "stderr" : "stdout", new String(text, StandardCharsets.UTF_8));
    }
}
