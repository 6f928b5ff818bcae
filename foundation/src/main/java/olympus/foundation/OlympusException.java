package olympus.foundation;

/**
 * A fault of the caller or of the environment, with a code that maps to an HTTP status and an exit
 * code. The message says what was attempted, on which id, with which value, and what would be
 * right.
 */
public class OlympusException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public OlympusException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public OlympusException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
