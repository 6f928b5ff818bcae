package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** The request boundary: turns whatever a handler threw into a {@link Problem}. */
@RestControllerAdvice
final class ProblemAdvice {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    private static final Pattern SECRET = Pattern.compile(".*/secrets/.*");

    /** How deep a fault of ours may be wrapped by the framework's own exceptions. */
    private static final int MAX_CAUSES = 16;

    @ExceptionHandler(Exception.class)
    void answer(Exception fault, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (response.isCommitted()) {
            // A stream that its client closed, or that failed half-way: nothing more can be said in
            // it.
            LOG.atDebug().addKeyValue("path", request.getRequestURI()).log("stream ended", fault);
            return;
        }
        problemOf(fault, request).write(response);
    }

    private static Problem problemOf(Exception fault, HttpServletRequest request) {
        var own = ownFault(fault);
        if (own.isPresent()) {
            return own.get().code() == ErrorCode.UNAUTHENTICATED
                    ? Problem.of(
                            ErrorCode.UNAUTHENTICATED,
                            String.valueOf(own.get().getMessage()),
                            Map.of("WWW-Authenticate", BearerTokens.CHALLENGE))
                    : Problem.of(own.get());
        }
        return switch (fault) {
            case HttpMessageNotReadableException unreadable ->
                    Problem.of(
                            ErrorCode.INVALID,
                            "cannot read the body: "
                                    + (holdsSecret(request)
                                            ? "expected a JSON object with the text \"value\""
                                            : rootMessage(unreadable)));
            case MethodArgumentTypeMismatchException mismatch ->
                    Problem.of(
                            ErrorCode.INVALID,
                            "parameter %s: \"%s\" is not %s"
                                    .formatted(
                                            mismatch.getName(),
                                            mismatch.getValue(),
                                            article(mismatch.getRequiredType())));
            case ErrorResponse known -> Problem.of(known);
            case IllegalArgumentException invalid ->
                    Problem.of(ErrorCode.INVALID, String.valueOf(invalid.getMessage()));
            default -> bug(fault, request);
        };
    }

    /** What the parser says quotes the body: of a secret nothing may be quoted. */
    private static boolean holdsSecret(HttpServletRequest request) {
        return SECRET.matcher(request.getRequestURI()).matches();
    }

    private static Problem bug(Exception fault, HttpServletRequest request) {
        LOG.atError()
                .addKeyValue("method", request.getMethod())
                .addKeyValue("path", request.getRequestURI())
                .setCause(fault)
                .log("a request met a bug");
        return Problem.of(
                ErrorCode.INTERNAL,
                "%s %s met a bug in Olympus (%s); the server's log has the details"
                        .formatted(
                                request.getMethod(),
                                request.getRequestURI(),
                                fault.getClass().getSimpleName()));
    }

    private static Optional<OlympusException> ownFault(Throwable fault) {
        Throwable cause = fault;
        for (var depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof OlympusException own) {
                return Optional.of(own);
            }
            if (cause instanceof UncheckedIOException) {
                return Optional.empty();
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    private static String rootMessage(Throwable fault) {
        var cause = fault;
        for (var depth = 0; cause.getCause() != null && depth < MAX_CAUSES; depth++) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("empty");
    }

    private static String article(@org.jspecify.annotations.Nullable Class<?> type) {
        return type == null ? "right" : "a " + type.getSimpleName();
    }
}
