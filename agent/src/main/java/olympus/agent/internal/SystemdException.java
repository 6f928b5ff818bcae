package olympus.agent.internal;

/** What was asked of systemd was not done; the message is a sentence for a person. */
final class SystemdException extends Exception {

    private static final long serialVersionUID = 1;

    private final Kind kind;

    /** Why not. */
    enum Kind {
        /** It, or its tools, did not answer: nothing is known of what it did. */
        UNANSWERED,
        /** It said no, and may say yes another time. */
        REFUSED,
        /** It said no, and will until a person changes something. */
        NEVER
    }

    SystemdException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
