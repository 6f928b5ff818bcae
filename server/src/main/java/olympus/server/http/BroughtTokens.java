package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests without a token of the API, whose body brings one: how many wrong ones one may try, and
 * that somebody notices. A token that is refused stands in the log and in the audit.
 *
 * <p>Threading: any thread. Limits: {@link #MOST_TOLD} refused tokens within {@link #WINDOW} are
 * told, from wherever they came, since each is a write to the store that nobody has to vouch for;
 * the next that is told says how many were not. Bodies of {@link #MAX_BODY_BYTES}.
 */
final class BroughtTokens {

    static final int MOST_TOLD = 20;
    static final Duration WINDOW = Duration.ofMinutes(1);

    /** A request with a key takes less than 2 KiB. */
    static final long MAX_BODY_BYTES = 32 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(BroughtTokens.class);

    private final FailedLogins failures;
    private final Clock clock;
    private final Deque<Long> told = new ArrayDeque<>();
    private long untold;

    BroughtTokens(FailedLogins failures, Clock clock) {
        this.failures = failures;
        this.clock = clock;
    }

    /** Carries {@code task} out unless too many wrong tokens came from where the request does. */
    <A> A guarded(HttpServletRequest request, HttpServletResponse response, Supplier<A> task) {
        var from = request.getRemoteAddr();
        failures.waiting(from).ifPresent(wait -> tooMany(from, wait, response));
        try {
            return task.get();
        } catch (OlympusException e) {
            if (e.code() == ErrorCode.UNAUTHENTICATED) {
                failures.failed(from).ifPresent(wait -> tooMany(from, wait, response));
                refused(request, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private void refused(HttpServletRequest request, String why) {
        var before = toldAfter();
        if (before < 0) {
            return;
        }
        var also = before == 0 ? "" : " (and %d more that are not told)".formatted(before);
        LOG.atWarn()
                .addKeyValue("from", request.getRemoteAddr())
                .addKeyValue("path", request.getRequestURI())
                .addKeyValue("cause", why + also)
                .log("a token was refused");
        new Caller("refused token", request.getRemoteAddr()).attachTo(request);
        request.setAttribute(AuditTrail.DETAIL, why + also);
    }

    /** How many were not told since the last that was; -1 when this one is not either. */
    synchronized long toldAfter() {
        var now = clock.monotonicNanos();
        while (!told.isEmpty() && now - told.getFirst() >= WINDOW.toNanos()) {
            told.removeFirst();
        }
        if (told.size() >= MOST_TOLD) {
            untold++;
            return -1;
        }
        told.addLast(now);
        var before = untold;
        untold = 0;
        return before;
    }

    private static void tooMany(String from, Duration wait, HttpServletResponse response) {
        var seconds = wait.toSeconds() + 1;
        response.setHeader("Retry-After", Long.toString(seconds));
        throw new OlympusException(
                ErrorCode.RATE_LIMITED,
                "too many wrong tokens from %s; try again in %d s with the right one"
                        .formatted(from, seconds));
    }
}
