package olympus.server.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.ServiceId;
import olympus.model.json.DurationText;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What services print, from the nodes they run on. */
@RestController
final class LogsController {

    /** Lines of one answer that is not a stream. */
    static final int MAX_LINES = 10_000;

    /** How many of the last lines where the request does not say: all. */
    private static final String ALL = "0";

    private final Backend backend;
    private final EventStreams streams;

    LogsController(Backend backend, EventStreams streams) {
        this.backend = backend;
        this.streams = streams;
    }

    @GetMapping(path = Api.V1 + "/services/{stack}/{service}/logs", produces = Api.JSON)
    Answers.LogLines lines(
            @PathVariable String stack,
            @PathVariable String service,
            @RequestParam Optional<String> since,
            @RequestParam(defaultValue = ALL) int tail) {
        var id = ServicesController.id(stack, service);
        var wanted = new LogFanIn.Wanted(id, instant(since), tail(tail), false);
        try (var lines = LogFanIn.open(backend.island(), wanted)) {
            return new Answers.LogLines(lines.readAll(MAX_LINES, backend.deadline()));
        }
    }

    @GetMapping(path = Api.V1 + "/services/{stack}/{service}/logs", produces = Api.SSE)
    void stream(
            @PathVariable String stack,
            @PathVariable String service,
            @RequestParam Optional<String> since,
            @RequestParam(defaultValue = ALL) int tail,
            @RequestParam(defaultValue = "false") boolean follow,
            @RequestHeader(name = EventStreams.LAST_ID, required = false) Optional<String> last,
            HttpServletResponse response)
            throws IOException {
        ServiceId id = ServicesController.id(stack, service);
        var wanted = new LogFanIn.Wanted(id, instant(since), tail(tail), follow);
        try (var lines = LogFanIn.open(backend.island(), wanted);
                var events = streams.open(response)) {
            lines.skipUntil(last);
            while (!events.closing()) {
                var batch = lines.next(EventStreams.HEARTBEAT);
                if (batch.isEmpty() && lines.ended()) {
                    break;
                }
                for (var line : batch) {
                    events.send("line", line.id(), line);
                }
                events.flush();
            }
            events.end(lines.failure());
        }
    }

    private static int tail(int tail) {
        if (tail < 0) {
            throw new OlympusException(
                    ErrorCode.INVALID, "tail=%d: expected 0 (all) or more".formatted(tail));
        }
        return tail;
    }

    /** {@code 5m} ago, or an RFC 3339 instant. */
    private Optional<Instant> instant(Optional<String> since) {
        return since.map(text ->
                DurationText.parse(text)
                        .map(age -> backend.clock().wall().minus(age))
                        .orElseGet(() -> parsed(text)));
    }

    private static Instant parsed(String text) {
        try {
            return Instant.parse(text);
        } catch (java.time.format.DateTimeParseException e) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "since=%s: expected %s, or an instant such as 2026-01-31T12:00:00Z"
                            .formatted(text, DurationText.EXPECTED),
                    e);
        }
    }
}
