package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.function.Supplier;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;

/** Requests without a token of the API, whose body brings one: how many wrong ones one may try. */
record BroughtTokens(FailedLogins failures) {

    /** Carries {@code task} out unless too many wrong tokens came from where the request does. */
    <A> A guarded(HttpServletRequest request, HttpServletResponse response, Supplier<A> task) {
        var from = request.getRemoteAddr();
        failures.waiting(from).ifPresent(wait -> tooMany(from, wait, response));
        try {
            return task.get();
        } catch (OlympusException e) {
            if (e.code() == ErrorCode.UNAUTHENTICATED) {
                failures.failed(from).ifPresent(wait -> tooMany(from, wait, response));
            }
            throw e;
        }
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
