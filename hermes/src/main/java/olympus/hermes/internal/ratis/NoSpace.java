package olympus.hermes.internal.ratis;

import java.io.IOException;

/** Recognises a full disk or an exhausted quota in a failure; the JDK has no type for them. */
final class NoSpace {

    private static final int MAX_DEPTH = 16;

    private NoSpace() {}

    static boolean in(Throwable failure) {
        Throwable cause = failure;
        for (var depth = 0; cause != null && depth < MAX_DEPTH; depth++) {
            var message = cause.getMessage();
            if (cause instanceof IOException && message != null && tellsOfNoSpace(message)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean tellsOfNoSpace(String message) {
        return message.contains("No space left on device")
                || message.contains("Disk quota exceeded");
    }
}
