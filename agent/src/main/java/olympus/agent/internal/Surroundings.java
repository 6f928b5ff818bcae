package olympus.agent.internal;

import java.util.Optional;

/**
 * What a machine must know of the rest of the node when it decides; each entry is the sentence that
 * says why.
 *
 * @param paused automatic action is halted for this instance
 * @param waiting it may not start yet: a dependency is not there
 * @param brake restarts of unhealthy instances are held back
 * @param rationed a start must wait for its turn (only while the brake is on)
 * @param unclaimed it goes on although nothing is said of it: the store has lost it
 * @param unknown it is still asked what is there of it: nothing may be done
 */
record Surroundings(
        Optional<String> paused,
        Optional<String> waiting,
        Optional<String> brake,
        Optional<String> rationed,
        Optional<String> unclaimed,
        Optional<String> unknown) {

    static final Surroundings FREE =
            new Surroundings(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
}
