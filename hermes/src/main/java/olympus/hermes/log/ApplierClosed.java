package olympus.hermes.log;

/** Answers an entry that came after the applier was closed in order: nothing has gone wrong. */
public final class ApplierClosed extends RuntimeException {

    private static final long serialVersionUID = 1;

    public ApplierClosed() {
        super("the store was closed before this entry was applied; the next start applies it");
    }
}
