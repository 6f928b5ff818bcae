package olympus.hermes.internal.codec;

/**
 * Bytes that are not what they should be: damaged, cut off, or of an unknown format. The message
 * says where and how.
 */
public final class MalformedData extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MalformedData(String message) {
        super(message);
    }
}
