package olympus.server.deadline;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;

/**
 * How long an answer of another part is waited for.
 *
 * <p>Threading: {@link #await} blocks; only for virtual threads of requests and for the start and
 * stop of the process, never on a loop.
 */
public record Deadline(Duration duration) {

    /**
     * The value of {@code stage}.
     *
     * @param what what is waited for, as error messages name it
     * @throws OlympusException what the stage failed with; UNAVAILABLE when the deadline passed
     */
    public <T> T await(CompletionStage<T> stage, String what) {
        try {
            return stage.toCompletableFuture().get(duration.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "%s: no answer within %d ms; what was ordered may still happen, look before trying again"
                            .formatted(what, duration.toMillis()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OlympusException(ErrorCode.UNAVAILABLE, what + ": the server is stopping", e);
        } catch (ExecutionException e) {
            throw unwrap(e, what);
        }
    }

    private static RuntimeException unwrap(Throwable wrapped, String what) {
        var cause = wrapped;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return switch (cause) {
            case OlympusException known -> known;
            case IllegalArgumentException invalid -> invalid;
            default -> new IllegalStateException(what + " failed: " + cause, cause);
        };
    }
}
