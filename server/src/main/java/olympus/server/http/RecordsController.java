package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.Reads;
import olympus.hermes.StreamEntry;
import olympus.model.state.Codecs;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The streams of what was decided and of who changed what. */
@RestController
final class RecordsController {

    static final Key DECISIONS = Key.of("zeus/decisions");

    /** How many decisions a new follower gets first. */
    private static final int FIRST = 20;

    /** How many are read and sent at a time. */
    private static final int BATCH = 200;

    private final Backend backend;
    private final EventStreams streams;
    private final StreamSignal signal;

    RecordsController(Backend backend, EventStreams streams, StreamSignal signal) {
        this.backend = backend;
        this.streams = streams;
        this.signal = signal;
    }

    @GetMapping(path = Api.V1 + "/decisions", produces = Api.JSON)
    Answers.Decisions decisions(
            @RequestParam(defaultValue = Page.LIMIT) int limit,
            @RequestParam Optional<String> cursor,
            HttpServletRequest request) {
        var part =
                newestFirst(
                        AnsweredHere.reads(request, backend), DECISIONS, Page.of(limit, cursor));
        return new Answers.Decisions(
                part.entries().stream().map(RecordsController::decision).toList(), part.next());
    }

    @GetMapping(path = Api.V1 + "/decisions", produces = Api.SSE)
    void follow(
            @RequestHeader(name = EventStreams.LAST_ID, required = false) Optional<String> last,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        var reads = AnsweredHere.reads(request, backend);
        var next =
                last.map(RecordsController::after)
                        .orElseGet(() -> Math.max(1, end(reads, DECISIONS) - FIRST));
        try (var events = streams.open(response)) {
            while (!events.closing()) {
                var seen = signal.count();
                var part = read(reads, DECISIONS, next, BATCH);
                for (var entry : part.entries()) {
                    events.send("decision", Long.toString(entry.sequence()), decision(entry));
                    next = entry.sequence() + 1;
                }
                events.flush();
                if (part.entries().isEmpty()) {
                    signal.awaitMoreThan(seen, EventStreams.HEARTBEAT);
                }
            }
        }
    }

    @GetMapping(path = Api.V1 + "/audit", produces = Api.JSON)
    Answers.Audit audit(
            @RequestParam(defaultValue = Page.LIMIT) int limit,
            @RequestParam Optional<String> cursor,
            HttpServletRequest request) {
        var reads = AnsweredHere.reads(request, backend);
        var part = newestFirst(reads, AuditStream.KEY, Page.of(limit, cursor));
        return new Answers.Audit(
                part.entries().stream()
                        .map(entry -> AuditEntry.CODEC.decode(entry.value().unsafeArray()))
                        .toList(),
                part.next());
    }

    private record Entries(List<StreamEntry> entries, Optional<String> next) {}

    private Entries newestFirst(Reads reads, Key stream, Page page) {
        var end = page.below().orElseGet(() -> end(reads, stream));
        var from = Math.max(1, end - page.limit());
        var read = read(reads, stream, from, page.limit());
        var entries = new ArrayList<>(read.entries());
        entries.removeIf(entry -> entry.sequence() >= end);
        var oldest = entries.isEmpty() ? 0 : entries.getFirst().sequence();
        var next =
                oldest > Math.max(1, read.firstSequence())
                        ? Optional.of(Long.toString(oldest))
                        : Optional.<String>empty();
        return new Entries(entries.reversed(), next);
    }

    private long end(Reads reads, Key stream) {
        return read(reads, stream, Long.MAX_VALUE, 1).nextSequence();
    }

    private Hermes.StreamPage read(Reads reads, Key stream, long from, int limit) {
        return backend.deadline().await(reads.readStream(stream, from, limit), "reading " + stream);
    }

    private static Answers.Decided decision(StreamEntry entry) {
        Function<byte[], olympus.model.state.Decision> decode = Codecs.DECISION::decode;
        return Answers.Decided.of(entry.sequence(), decode.apply(entry.value().unsafeArray()));
    }

    private static long after(String id) {
        try {
            return Long.parseLong(id) + 1;
        } catch (NumberFormatException e) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "Last-Event-ID: %s: expected the id of a decision, a number".formatted(id),
                    e);
        }
    }
}
