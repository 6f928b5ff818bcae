package olympus.server.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.link.LogGap;
import olympus.link.LogLine;

/**
 * The lines of a service written as server-sent events: {@code line} with the cursor to go on after
 * it as id, and without an id {@code gap} for lines that are missing and, while following, {@code
 * problem} for an instance whose lines cannot be had; otherwise that is the last event.
 */
final class LogEvents {

    private final LogFanIn source;
    private final EventStreams.Stream events;
    private final LogFanIn.Wanted wanted;
    private final LogCursor cursor;
    private final List<String> failures = new ArrayList<>();

    LogEvents(LogFanIn source, EventStreams.Stream events, LogFanIn.Wanted wanted) {
        this.source = source;
        this.events = events;
        this.wanted = wanted;
        this.cursor = wanted.after().orElseGet(LogCursor::new);
    }

    /**
     * @param lastEvent what the reader gave as the last event it has
     */
    void run(Optional<String> lastEvent) throws IOException {
        if (lastEvent.isPresent()) {
            resumed(lastEvent.get());
        }
        while (!events.closing()) {
            var batch = source.next(EventStreams.HEARTBEAT);
            if (batch.isEmpty() && source.ended()) {
                break;
            }
            for (var item : batch) {
                send(item);
            }
            events.flush();
        }
        events.end(
                failures.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", failures)));
    }

    /** Says from where lines are sent that do not follow on the last event. */
    private void resumed(String lastEvent) throws IOException {
        if (wanted.after().isEmpty()) {
            gap(
                    "",
                    "Last-Event-ID: %s is not an id of a line of %s; all lines are sent from the requested start"
                            .formatted(LogGaps.shown(lastEvent), wanted.service()));
        } else if (cursor.isPartial()) {
            gap(
                    "",
                    "Last-Event-ID does not name every instance of %s; lines of the others are sent from the requested start"
                            .formatted(wanted.service()));
        }
        for (var gone : source.gone()) {
            var ordinal = gone.substring(0, gone.indexOf('@'));
            gap(
                    wanted.service() + "." + ordinal,
                    "%s.%s is no longer on the node %s…: what it wrote there after its last line cannot be had"
                            .formatted(
                                    wanted.service(),
                                    ordinal,
                                    gone.substring(ordinal.length() + 1)));
            cursor.forget(gone);
        }
    }

    private void gap(String instance, String reason) throws IOException {
        events.remark("gap", new Answers.LogGap(instance, 0, true, reason));
    }

    private void send(LogFanIn.Item item) throws IOException {
        switch (item) {
            case LogFanIn.Item.Line(var from, LogLine line) -> {
                cursor.advance(from.key(), line.point());
                events.send("line", cursor.text(), Answers.Line.of(from.node(), line));
            }
            case LogFanIn.Item.Gap(var from, LogGap gap) -> {
                // So many lines of each instance is what was asked for.
                if (gap.kind() != LogGap.Kind.LEFT_OUT) {
                    events.remark("gap", LogGaps.of(from, gap));
                }
            }
            case LogFanIn.Item.Problem(var from, String detail) -> {
                if (wanted.follow()) {
                    var instance = from.instance().toString();
                    events.remark("problem", new Answers.LogProblem(instance, detail));
                } else if (failures.size() < LogAnswer.MAX_PROBLEMS) {
                    failures.add(from.instance() + ": " + detail);
                }
            }
        }
    }
}
