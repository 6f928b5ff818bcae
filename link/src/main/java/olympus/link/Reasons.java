package olympus.link;

import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashSet;
import org.jspecify.annotations.Nullable;

/**
 * Says in one sentence why a stream ended, down to the first cause: gRPC alone says only {@code
 * UNAVAILABLE}.
 */
final class Reasons {

    private static final int MAX_CAUSES = 8;

    private Reasons() {}

    /** Whether a reason says that this agent is not let in, so that a person must act. */
    static boolean isRefusal(String reason) {
        return reason.endsWith(suffix(Status.Code.PERMISSION_DENIED));
    }

    private static String suffix(Status.Code code) {
        return " (" + code + ")";
    }

    static String of(Throwable failure) {
        var status = Status.fromThrowable(failure);
        var parts = new ArrayList<String>();
        var said = new HashSet<String>();
        var description = status.getDescription();
        if (description != null && said.add(description)) {
            parts.add(description);
        }
        @Nullable Throwable cause = status.getCause();
        for (var depth = 0;
                cause != null && depth < MAX_CAUSES;
                depth++, cause = cause.getCause()) {
            var message = cause.getMessage();
            if (message != null && said.add(message)) {
                parts.add(message);
            }
        }
        var text = parts.isEmpty() ? "the connection was cut" : String.join(": ", parts);
        return LinkLimits.reason(text + suffix(status.getCode()));
    }
}
