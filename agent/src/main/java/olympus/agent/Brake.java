package olympus.agent;

import java.util.Optional;

/**
 * Decides whether so many probes fail at once that the checker or the network is to be suspected
 * rather than the instances. Pure.
 *
 * @param atLeast failing instances from which on the brake may be on; 0 switches it off
 * @param share of the probed instances that must be exceeded
 */
public record Brake(int atLeast, double share) {

    public static final Brake STANDARD = new Brake(5, 0.5);

    public Brake {
        if (atLeast < 0 || share < 0 || share > 1) {
            throw new IllegalArgumentException(
                    "not a brake: at least %d, share %s; expected 0 or more and 0 to 1"
                            .formatted(atLeast, share));
        }
    }

    /**
     * The sentence that says why nothing is restarted for its health now, empty when the brake is
     * off.
     */
    public Optional<String> verdict(int probed, int failing) {
        if (atLeast == 0 || failing < atLeast || failing <= probed * share) {
            return Optional.empty();
        }
        return Optional.of(
                "%d of %d probed instances fail at once while their processes are alive: the checker or the network is suspected"
                        .formatted(failing, probed));
    }
}
