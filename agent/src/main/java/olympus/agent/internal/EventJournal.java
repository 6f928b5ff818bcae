package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.model.json.InvalidRecordException;
import olympus.model.state.AgentEvent;
import olympus.model.state.Codecs;

/**
 * The events that no server has recorded yet, on disk as one JSON line each ({@code events.json}).
 *
 * <p>Limits: {@link #MAX_EVENTS}, the oldest go first and their number is told. Sequences only
 * grow: after a start they go on with a gap, so that a line which a power failure took back can
 * never lend its number to another event. Failure: a disk that refuses leaves the events in memory.
 * Threading: the supervision loop.
 */
final class EventJournal {

    static final int MAX_EVENTS = 5_000;
    private static final long GAP_AFTER_START = 1_000;
    private static final long REWRITE_BYTES = 1 << 20;

    private final Path file;
    private final ArrayDeque<AgentEvent> pending = new ArrayDeque<>();
    private long lastSequence;
    private long fileBytes;
    private long dropped;

    EventJournal(Path root) {
        this.file = root.resolve("events.json");
    }

    void load() {
        try {
            if (Files.exists(file)) {
                Files.readString(file).lines().forEach(this::loadLine);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        lastSequence += GAP_AFTER_START;
        rewrite();
    }

    /** A torn last line is expected after a power failure; it was never sent as recorded. */
    private void loadLine(String line) {
        if (line.startsWith("{\"sequence\":")
                && line.endsWith("}")
                && !line.contains("\"action\"")) {
            lastSequence =
                    Math.max(lastSequence, Long.parseLong(line.substring(12, line.length() - 1)));
            return;
        }
        try {
            var event = Codecs.AGENT_EVENT.decode(line);
            pending.add(event);
            lastSequence = Math.max(lastSequence, event.sequence());
        } catch (InvalidRecordException torn) {
            dropped++;
        }
    }

    AgentEvent add(
            Instant at, Optional<InstanceId> instance, String action, String why, String result) {
        var event = new AgentEvent(++lastSequence, at, instance, action, why, result);
        pending.add(event);
        if (pending.size() > MAX_EVENTS) {
            pending.removeFirst();
            dropped++;
        }
        append(Codecs.AGENT_EVENT.encode(event) + "\n");
        return event;
    }

    private void append(String line) {
        var bytes = line.getBytes(StandardCharsets.UTF_8);
        try {
            Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            fileBytes += bytes.length;
            if (fileBytes > REWRITE_BYTES && fileBytes > 2L * pending.size() * bytes.length) {
                rewrite();
            }
        } catch (IOException diskRefuses) {
            // Kept in memory and written with the next rewrite; the node's problems name the disk.
            fileBytes = Long.MAX_VALUE / 4;
        }
    }

    void recorded(long upToSequence) {
        var removed = pending.removeIf(event -> event.sequence() <= upToSequence);
        if (removed && pending.isEmpty()) {
            rewrite();
        }
    }

    private void rewrite() {
        var text = new StringBuilder("{\"sequence\":" + lastSequence + "}\n");
        pending.forEach(event -> text.append(Codecs.AGENT_EVENT.encode(event)).append('\n'));
        try {
            RecordFile.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
            fileBytes = text.length();
        } catch (UncheckedIOException diskRefuses) {
            fileBytes = Long.MAX_VALUE / 4;
        }
    }

    List<AgentEvent> pending() {
        return List.copyOf(pending);
    }

    /** Events that were lost because no server recorded them in time. */
    long dropped() {
        return dropped;
    }
}
