package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.model.InstanceId;
import olympus.model.json.InvalidRecordException;
import olympus.model.state.AgentEvent;
import olympus.model.state.Codecs;

/**
 * The events that no server has recorded yet, on disk as one JSON line each ({@code events.json}).
 *
 * <p>Limits: {@link #MAX_EVENTS}, the oldest go first and their number is told. Sequences only
 * grow: after a start they go on with a gap, so that a line which a power failure took back can
 * never lend its number to another event. Failure: a disk that refuses leaves the events in memory;
 * lines that are damaged are left out; both are told in {@link #problems}. Threading: the
 * supervision loop.
 */
final class EventJournal {

    static final int MAX_EVENTS = 5_000;
    private static final long GAP_AFTER_START = 1_000;
    private static final long REWRITE_BYTES = 1 << 20;
    private static final Pattern MARK = Pattern.compile("\\{\"sequence\":(\\d{1,18})}");

    private final Path file;
    private final ArrayDeque<AgentEvent> pending = new ArrayDeque<>();
    private long lastSequence;
    private long fileBytes;
    private long dropped;
    private int damagedLines;
    private Optional<String> diskRefusal = Optional.empty();

    EventJournal(Path root) {
        this.file = root.resolve("events.json");
    }

    void load() {
        try {
            if (Files.exists(file)) {
                // Not every byte need be text after a power failure.
                var text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
                text.lines().forEach(this::loadLine);
                if (damagedLines > 0 || text.isEmpty()) {
                    skipUnknownSequences();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        lastSequence += GAP_AFTER_START;
        rewrite();
    }

    /**
     * What is lost may have held any number. The milliseconds since 1970 are above all that were
     * given out by counting, and above those that began at an earlier time.
     */
    private void skipUnknownSequences() throws IOException {
        lastSequence = Math.max(lastSequence, Files.getLastModifiedTime(file).toMillis());
    }

    /** A torn last line is expected after a power failure; it was never sent as recorded. */
    private void loadLine(String line) {
        var mark = MARK.matcher(line);
        if (mark.matches()) {
            lastSequence = Math.max(lastSequence, Long.parseLong(mark.group(1)));
            return;
        }
        try {
            var event = Codecs.AGENT_EVENT.decode(line);
            pending.add(event);
            lastSequence = Math.max(lastSequence, event.sequence());
        } catch (InvalidRecordException torn) {
            damagedLines++;
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
            diskRefusal = Optional.empty();
            if (fileBytes > REWRITE_BYTES && fileBytes > 2L * pending.size() * bytes.length) {
                rewrite();
            }
        } catch (IOException e) {
            // Kept in memory and written with the next rewrite.
            refused(e);
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
            // Not forced: lines are appended without that too, and what is lost is told.
            RecordFile.replaceUnforced(file, text.toString().getBytes(StandardCharsets.UTF_8));
            fileBytes = text.length();
            diskRefusal = Optional.empty();
        } catch (UncheckedIOException e) {
            refused(e);
        }
    }

    private void refused(Exception e) {
        fileBytes = Long.MAX_VALUE / 4;
        diskRefusal =
                Optional.of(
                        "events cannot be written to %s and are in memory only: %s"
                                .formatted(file, e.getMessage()));
    }

    List<AgentEvent> pending() {
        return List.copyOf(pending);
    }

    /** What was lost, and why events are not on disk, in sentences. */
    List<String> problems() {
        var problems = new ArrayList<String>();
        diskRefusal.ifPresent(problems::add);
        if (dropped > 0) {
            problems.add("%d events were lost: no server recorded them in time".formatted(dropped));
        }
        if (damagedLines > 0) {
            problems.add(
                    "%d lines of %s were damaged when the agent started and are lost"
                            .formatted(damagedLines, file));
        }
        return problems;
    }
}
