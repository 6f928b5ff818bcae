package olympus.model.stack;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import olympus.model.json.EnumWords;

/**
 * How many instances, where, with which limits, and how they are replaced. Compose's {@code
 * deploy}.
 *
 * @param singleton present when it must never run twice; then there is one replica
 */
public record DeployPolicy(
        Mode mode,
        int replicas,
        Resources resources,
        UpdatePolicy update,
        Optional<PlacementPolicy> placement,
        Optional<Singleton> singleton) {

    public DeployPolicy(
            Mode mode,
            int replicas,
            Resources resources,
            UpdatePolicy update,
            Optional<PlacementPolicy> placement) {
        this(mode, replicas, resources, update, placement, Optional.empty());
    }

    /** Anywhere. */
    public DeployPolicy(Mode mode, int replicas, Resources resources, UpdatePolicy update) {
        this(mode, replicas, resources, update, Optional.empty());
    }

    /** The same of a service that must never run twice, or may again. */
    public DeployPolicy with(Optional<Singleton> other) {
        return new DeployPolicy(mode, replicas, resources, update, placement, other);
    }

    /** Where instances may be; anywhere, when nothing is said. */
    public PlacementPolicy where() {
        return placement.orElse(PlacementPolicy.ANYWHERE);
    }

    /** {@code global}: one on every node; {@code replicas} is then ignored. */
    public enum Mode {
        REPLICATED,
        GLOBAL
    }

    /** Limits for each instance; what is empty is unlimited. */
    public record Resources(
            Optional<Double> cpus, Optional<Long> memoryBytes, Optional<Integer> pids) {
        public static final Resources UNLIMITED =
                new Resources(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * Compose's {@code update_config}.
     *
     * @param parallelism instances replaced at a time, 0 for all
     * @param delay between batches
     * @param monitor how long a replaced instance must stay well before it counts as good
     */
    public record UpdatePolicy(
            int parallelism,
            Duration delay,
            Duration monitor,
            FailureAction failureAction,
            Order order) {
        public static final UpdatePolicy DEFAULT =
                new UpdatePolicy(
                        1,
                        Duration.ZERO,
                        Duration.ofSeconds(5),
                        FailureAction.PAUSE,
                        Order.STOP_FIRST);
    }

    /**
     * What a failed update does: keep the state and ask, go on, or return to the revision before.
     */
    public enum FailureAction {
        PAUSE,
        CONTINUE,
        ROLLBACK
    }

    /** Whether the old instance stops before the new one starts, or after it is healthy. */
    public enum Order implements EnumWords.Spelled {
        STOP_FIRST,
        START_FIRST;

        @Override
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
