package olympus.agent.internal;

import java.util.Optional;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.RecoveryPolicy.Restart;

/** Why something that should be done to an instance is not done now, in words. */
final class Obstacles {

    private Obstacles() {}

    /** To starting it on order. */
    static Optional<String> toStart(Surroundings around) {
        return around.paused()
                .map(why -> "paused: " + why)
                .or(around::waiting)
                .or(around::rationed);
    }

    /** To ending it because it is assigned no more. */
    static Optional<String> toEnding(Surroundings around) {
        return around.unclaimed()
                .or(() ->
                        around.paused()
                                .map(why ->
                                        "no longer assigned; stops after resume, paused: " + why));
    }

    /** To starting it again after its back-off. */
    static Optional<String> toRestart(Surroundings around) {
        return around.paused()
                .map(why -> "not restarted, paused: " + why)
                .or(around::waiting)
                .or(around::rationed);
    }

    /**
     * To restarting it because it is unhealthy; without a word where that is for a person to
     * decide.
     *
     * @param halted why it cannot answer at present, if so
     */
    static Optional<String> toHealing(Surroundings around, Wish wish, Optional<String> halted) {
        if (wish.isOnlyWatched()) {
            return Optional.of("");
        }
        if (halted.isPresent()) {
            return halted.map(why -> "not restarted: " + why);
        }
        return around.paused()
                .map(why -> "not restarted, paused: " + why)
                .or(() -> around.brake().map(why -> "not restarted: " + why))
                .or(() -> byPolicy(wish.policy()));
    }

    private static Optional<String> byPolicy(RecoveryPolicy policy) {
        if (policy.restart() == Restart.NO) {
            return Optional.of("not restarted (restart: no)");
        }
        return policy.leavesUnhealthy()
                ? Optional.of("not restarted (recovery: unhealthy: report)")
                : Optional.empty();
    }
}
