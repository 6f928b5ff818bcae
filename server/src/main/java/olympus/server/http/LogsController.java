package olympus.server.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
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

    /** Lines of one answer that is not a stream, unless more are asked for. */
    static final int STANDARD_LINES = 10_000;

    /** Lines that may be asked for. */
    static final int MAX_TAIL = 100_000;

    /** Answers that are put together at a time; each takes memory. */
    static final int MAX_ANSWERS = 4;

    /** How many of the last lines where the request does not say: all. */
    private static final String ALL = "0";

    private final Backend backend;
    private final EventStreams streams;
    private final Semaphore answers = new Semaphore(MAX_ANSWERS);

    LogsController(Backend backend, EventStreams streams) {
        this.backend = backend;
        this.streams = streams;
    }

    @GetMapping(path = Api.V1 + "/services/{stack}/{service}/logs", produces = Api.JSON)
    Answers.LogLines lines(
            @PathVariable String stack,
            @PathVariable String service,
            @RequestParam Optional<String> since,
            @RequestParam Optional<String> until,
            @RequestParam(defaultValue = ALL) int tail) {
        var id = ServicesController.id(stack, service);
        var asked = tail(tail);
        var limit = asked == 0 ? STANDARD_LINES : asked;
        var wanted =
                new LogFanIn.Wanted(
                        id,
                        instant("since", since),
                        instant("until", until),
                        limit,
                        false,
                        Optional.empty());
        admit(id);
        try (var source = LogFanIn.open(backend.island(), backend.clock(), wanted)) {
            return new LogAnswer(source, limit, asked > 0, since.isPresent())
                    .read(backend.clock(), backend.deadline());
        } finally {
            answers.release();
        }
    }

    private void admit(ServiceId service) {
        try {
            if (answers.tryAcquire(backend.deadline().duration().toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new OlympusException(
                ErrorCode.UNAVAILABLE,
                "the lines of %s: %d such answers are being put together already, try again"
                        .formatted(service, MAX_ANSWERS));
    }

    @GetMapping(path = Api.V1 + "/services/{stack}/{service}/logs", produces = Api.SSE)
    void stream(
            @PathVariable String stack,
            @PathVariable String service,
            @RequestParam Optional<String> since,
            @RequestParam Optional<String> until,
            @RequestParam(defaultValue = ALL) int tail,
            @RequestParam(defaultValue = "false") boolean follow,
            @RequestHeader(name = EventStreams.LAST_ID, required = false) Optional<String> last,
            HttpServletResponse response)
            throws IOException {
        var id = ServicesController.id(stack, service);
        var after = last.flatMap(text -> LogCursor.parse(text, id));
        if (follow && until.isPresent()) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "until=%s with follow=true: what is followed has no end; give one of them"
                            .formatted(until.get()));
        }
        var wanted =
                new LogFanIn.Wanted(
                        id,
                        instant("since", since),
                        instant("until", until),
                        tail(tail),
                        follow,
                        after);
        try (var source = LogFanIn.open(backend.island(), backend.clock(), wanted);
                var events = streams.open(response)) {
            new LogEvents(source, events, wanted).run(last);
        }
    }

    private static int tail(int tail) {
        if (tail < 0 || tail > MAX_TAIL) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "tail=%d: expected a number of lines up to %d, or 0 for all that one answer may have"
                            .formatted(tail, MAX_TAIL));
        }
        return tail;
    }

    /** {@code 5m} ago, or an RFC 3339 instant. */
    private Optional<Instant> instant(String name, Optional<String> given) {
        return given.map(text ->
                DurationText.parse(text)
                        .map(age -> backend.clock().wall().minus(age))
                        .orElseGet(() -> parsed(name, text)));
    }

    private static Instant parsed(String name, String text) {
        try {
            return Instant.parse(text);
        } catch (java.time.format.DateTimeParseException e) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "%s=%s: expected %s, or an instant such as 2026-01-31T12:00:00Z"
                            .formatted(name, text, DurationText.EXPECTED),
                    e);
        }
    }
}
