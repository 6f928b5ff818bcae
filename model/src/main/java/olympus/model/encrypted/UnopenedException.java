package olympus.model.encrypted;

/**
 * An encrypted file could not be opened: the message is a sentence that says why, and the expected
 * part what would be right. Neither holds anything secret.
 */
public final class UnopenedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String expected;

    UnopenedException(String message, String expected) {
        super(message);
        this.expected = expected;
    }

    UnopenedException(String message, String expected, Throwable cause) {
        super(message, cause);
        this.expected = expected;
    }

    public String expected() {
        return expected;
    }
}
