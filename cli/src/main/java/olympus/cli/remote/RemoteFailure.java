package olympus.cli.remote;

/** Why something could not be done on a machine, as a sentence for the person. */
public final class RemoteFailure extends Exception {

    private static final long serialVersionUID = 1L;

    public RemoteFailure(String message) {
        super(message);
    }

    RemoteFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
