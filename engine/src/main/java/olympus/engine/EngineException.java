package olympus.engine;

/**
 * What an engine refused or could not do. The message says what was attempted, on which object, and
 * what the engine answered.
 */
public final class EngineException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What kind of refusal, as far as a caller can act on it. */
    public enum Kind {
        /** Nothing answers at the address, or the connection broke. */
        ABSENT,
        /** It does not answer within the deadline. */
        SLOW,
        /** This user may not use it. */
        FORBIDDEN,
        NO_SUCH_CONTAINER,
        NO_SUCH_IMAGE,
        /** The registry of an image does not answer, or not now; asking again later may help. */
        REGISTRY_AWAY,
        /** A network or volume is not there. */
        NOT_FOUND,
        /** The name is taken, or the object is in a state that does not allow it. */
        CONFLICT,
        PORT_TAKEN,
        OUT_OF_SPACE,
        /** The request can never succeed as it is. */
        INVALID,
        /** This engine cannot do such a thing. */
        UNSUPPORTED,
        /** The program of the container cannot be run at all. */
        CANNOT_RUN,
        /** The caller was interrupted. */
        CANCELLED,
        OTHER
    }

    public EngineException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public EngineException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether nothing is known of the object: the engine itself could not be asked. */
    public boolean isUnanswered() {
        return kind == Kind.ABSENT || kind == Kind.SLOW || kind == Kind.FORBIDDEN;
    }
}
