package olympus.cli.imports;

/** Something cannot be imported as asked; the message says why and what would be right. */
public final class ImportRefusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ImportRefusal(String message) {
        super(message);
    }
}
