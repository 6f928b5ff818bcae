package olympus.hermes.internal.state;

/**
 * This replica must not go on: its state differs from the leader's, or an entry is beyond its
 * abilities.
 */
public final class Divergence extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Divergence(String message) {
        super(message);
    }
}
