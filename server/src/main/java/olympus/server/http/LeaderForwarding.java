package olympus.server.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.server.group.ServerRecord;
import olympus.server.http.Leadership.Who;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Sends what only the leader may answer on to it, and gives back its answer; stands after
 * authentication. A request that was sent on is not sent on again.
 *
 * <pre>
 *   leader known ──▶ ask it ──▶ answered ─────────────────────────────▶ given back
 *                      │  ├──▶ not carried out ─▶ whoever leads now, once more
 *                      │  └──▶ not known whether ─▶ a read: likewise; else 504
 *   no leader ─▶ a read: here ── a write: waits for one, then 503
 * </pre>
 *
 * <p>Limits: {@link #MAX_FORWARDS} requests at a time, {@link EventStreams#MAX_STREAMS} streams
 * beside them, {@link #MAX_BODIES} bodies of the largest size; {@link #ELECTION} until somebody
 * leads.
 */
final class LeaderForwarding extends OncePerRequestFilter {

    /** Header of answers: whether a leader is known, whose answer this is or could be. */
    static final String KNOWN_LEADER = "Olympus-Known-Leader";

    /** Header of answers, where there are several servers: whose answer it is. */
    static final String SERVER = "Olympus-Server";

    /** Header of answers: this server does not lead, and nothing was carried out. */
    static final String NOT_LEADING = "Olympus-Not-Leading";

    /** Attribute of a request: not carried out by this server, so that it does not audit it. */
    static final String NOT_HERE = LeaderForwarding.class.getName() + ".not-here";

    static final int MAX_FORWARDS = 64;
    static final int MAX_BODIES = 8;

    /** How long a leader is waited for. */
    static final Duration ELECTION = Duration.ofSeconds(5);

    private static final int KIB = 1 << 10;

    private final Backend backend;
    private final Leadership leadership;
    private final LeaderClient leader;
    private final MeterRegistry metrics;
    private final long maxBodyBytes;
    private final Semaphore forwards = new Semaphore(MAX_FORWARDS);
    private final Semaphore streams = new Semaphore(EventStreams.MAX_STREAMS);
    private final Semaphore bodies;

    LeaderForwarding(
            Backend backend, LeaderClient leader, MeterRegistry metrics, long maxBodyBytes) {
        this.backend = backend;
        this.leadership = backend.leadership();
        this.leader = leader;
        this.metrics = metrics;
        this.maxBodyBytes = maxBodyBytes;
        this.bodies = new Semaphore(kib(maxBodyBytes) * MAX_BODIES);
        for (var outcome : Count.values()) {
            counter(outcome);
        }
    }

    /** How requests that were to be sent on ended. */
    enum Count {
        /** The leader's answer was given back. */
        ANSWERED,
        /** A read that the leader could not be asked. */
        ANSWERED_HERE,
        /** Nobody led, or it could not be reached. */
        REFUSED,
        /** Whether it was carried out is not known. */
        UNKNOWN
    }

    private static int kib(long bytes) {
        return (int) (bytes / KIB) + 1;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (backend.island().servers().known().all().size() > 1) {
            response.setHeader(SERVER, backend.outside().self().name());
        }
        var mark = request.getHeader(ForwardedMark.HEADER);
        if (mark != null) {
            received(mark, request, response, chain);
        } else if (AnsweredHere.always(request)) {
            here(request, response, chain);
        } else {
            try {
                sendOn(request, response, chain);
            } catch (OlympusException e) {
                request.setAttribute(NOT_HERE, true);
                Problem.of(e).write(response);
            }
        }
    }

    // -- from another server -----------------------------------------------------------------

    private void received(
            String header,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws ServletException, IOException {
        var spokenOf = ForwardedRequest.spokenOf(request);
        var mark = ForwardedMark.read(header, spokenOf, backend.others().vault());
        if (mark.isEmpty()) {
            Problem.of(
                            ErrorCode.FORBIDDEN,
                            "the header %s is said by servers of this island alone, sealed with its key; leave it out"
                                    .formatted(ForwardedMark.HEADER))
                    .write(response);
        } else if (leadership.leads()) {
            new Caller(Caller.of(request).name(), mark.get().from()).attachTo(request);
            here(request, response, chain);
        } else {
            request.setAttribute(NOT_HERE, true);
            Problem.of(
                            ErrorCode.UNAVAILABLE,
                            "%s does not lead%s; nothing was carried out"
                                    .formatted(backend.outside().self().name(), insteadOfIt()),
                            Map.of("Retry-After", "1", NOT_LEADING, "true"))
                    .write(response);
        }
    }

    private String insteadOfIt() {
        return switch (leadership.now()) {
            case Who.Another(ServerRecord server) ->
                    ", but %s (%s)".formatted(server.name(), server.api());
            case Who.Nobody(String why) -> ": " + why;
            case Who.Myself _ -> "";
        };
    }

    private void here(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader(KNOWN_LEADER, Boolean.toString(leadership.isKnown()));
        if (ForwardedRequest.isRead(request) && AnsweredHere.isStaleEnough(request)) {
            AnsweredHere.fromWhatIsKnown(request, response, backend);
        }
        chain.doFilter(request, response);
    }

    // -- to the leader -----------------------------------------------------------------------

    private void sendOn(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var who = leadership.now();
        if (who instanceof Who.Nobody && !AnsweredHere.withoutLeader(request)) {
            who = leadership.within(ELECTION, one -> !(one instanceof Who.Nobody));
        }
        switch (who) {
            case Who.Myself _ -> here(request, response, chain);
            case Who.Another another -> admitted(another, request, response, chain);
            case Who.Nobody(String why) -> alone(request, why, response, chain);
        }
    }

    /** Nobody can be asked. */
    private void alone(
            HttpServletRequest request, String why, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader(KNOWN_LEADER, "false");
        if (AnsweredHere.withoutLeader(request)) {
            count(Count.ANSWERED_HERE);
            request.removeAttribute(NOT_HERE);
            AnsweredHere.fromWhatIsKnown(request, response, backend);
            chain.doFilter(request, response);
            return;
        }
        count(Count.REFUSED);
        request.setAttribute(NOT_HERE, true);
        Problem.of(
                        ErrorCode.UNAVAILABLE,
                        "%s %s was not carried out: %s; services run on, and are supervised. More says: olympus doctor"
                                .formatted(request.getMethod(), request.getRequestURI(), why),
                        Map.of("Retry-After", Long.toString(ELECTION.toSeconds())))
                .write(response);
    }

    private void admitted(
            Who.Another to,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws ServletException, IOException {
        var body = kib(ForwardedRequest.bodyBytes(request, maxBodyBytes));
        var room = ForwardedRequest.wantsStream(request) ? streams : forwards;
        acquire(room, 1);
        try {
            acquire(bodies, body);
            try {
                ask(to, ForwardedRequest.read(request), response, chain);
            } finally {
                bodies.release(body);
            }
        } finally {
            room.release();
        }
    }

    private static void acquire(Semaphore room, int permits) {
        if (!room.tryAcquire(permits)) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "this server sends as many requests on to the leader as it does at a time (%d, and %d streams); try again, or ask the leader"
                            .formatted(MAX_FORWARDS, EventStreams.MAX_STREAMS));
        }
    }

    private void ask(
            Who.Another first,
            ForwardedRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws ServletException, IOException {
        var end = System.nanoTime() + request.deadline(backend.deadline().duration()).toNanos();
        var original = request.original();
        original.setAttribute(NOT_HERE, true);
        var unanswered = answeredBy(first, request, end, response);
        if (unanswered.isEmpty()) {
            return;
        }
        switch (leadership.within(election(end), who -> isOther(who, first))) {
            case Who.Myself _ -> {
                original.removeAttribute(NOT_HERE);
                here(request.again(), response, chain);
            }
            case Who.Nobody _ -> alone(request.again(), unanswered.get(), response, chain);
            case Who.Another second -> {
                var again = answeredBy(second, request, end, response);
                if (again.isPresent()) {
                    alone(request.again(), again.get(), response, chain);
                }
            }
        }
    }

    /** Empty once there is an answer; else why nothing was carried out, or nothing to be so. */
    private Optional<String> answeredBy(
            Who.Another leading, ForwardedRequest request, long end, HttpServletResponse response)
            throws IOException {
        var server = leading.server();
        var left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
        var self = backend.outside().self().name();
        var outcome =
                leader.ask(
                        request.to(server.api(), self, backend.others().vault(), left),
                        left,
                        () -> isOther(leadership.now(), leading),
                        response);
        return switch (outcome) {
            case LeaderClient.Outcome.Answered _ -> {
                count(Count.ANSWERED);
                yield Optional.empty();
            }
            case LeaderClient.Outcome.NotCarriedOut(String why) ->
                    Optional.of(
                            "%s (%s) leads, but %s".formatted(server.name(), server.api(), why));
            case LeaderClient.Outcome.Unknown(String why) -> {
                var said = "%s (%s), but %s".formatted(server.name(), server.api(), why);
                if (request.isRead()) {
                    yield Optional.of("it was asked " + said);
                }
                unknown(said, request, response);
                yield Optional.empty();
            }
        };
    }

    private static boolean isOther(Who who, Who.Another asked) {
        return switch (who) {
            case Who.Myself _ -> true;
            case Who.Another(ServerRecord server) ->
                    !server.member().equals(asked.server().member());
            case Who.Nobody _ -> false;
        };
    }

    /** How long the next leader may be waited for, so that it still has time to answer. */
    private static Duration election(long end) {
        var half = Duration.ofNanos(Math.max(0, end - System.nanoTime())).dividedBy(2);
        return half.compareTo(ELECTION) < 0 ? half : ELECTION;
    }

    private void unknown(String said, ForwardedRequest request, HttpServletResponse response)
            throws IOException {
        count(Count.UNKNOWN);
        Problem.of(
                        ErrorCode.OUTCOME_UNKNOWN,
                        "the outcome of %s is not known: it was sent on to %s. Whether it was carried out show: olympus status, olympus history, olympus audit"
                                .formatted(request, said))
                .write(response);
    }

    private void count(Count outcome) {
        counter(outcome).increment();
    }

    private Counter counter(Count outcome) {
        return Counter.builder("forwarded.requests")
                .description("Requests that this server was to send on to the leader, by outcome")
                .tag("outcome", olympus.model.json.EnumWords.of(outcome))
                .register(metrics);
    }
}
