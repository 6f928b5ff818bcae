package olympus.model.stack;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import olympus.model.json.EnumWords;

/**
 * How many instances, where, with which limits, and how they are replaced. Compose's {@code
 * deploy}.
 *
 * @param singleton present when it must never run twice; then there is one replica
 * @param reservations what a node must have room for; nothing, when nothing is said
 * @param priority 0 to {@link #HIGHEST_PRIORITY}: who is placed first when there is not room for
 *     all; {@link #USUAL_PRIORITY} when nothing is said
 */
public record DeployPolicy(
        Mode mode,
        int replicas,
        Resources resources,
        UpdatePolicy update,
        Optional<PlacementPolicy> placement,
        Optional<Singleton> singleton,
        Optional<Reservations> reservations,
        Optional<Integer> priority) {

    public static final int HIGHEST_PRIORITY = 100;
    public static final int USUAL_PRIORITY = 50;

    /** Of usual priority, which reserves nothing, and may run twice while it is moved. */
    public DeployPolicy(
            Mode mode,
            int replicas,
            Resources resources,
            UpdatePolicy update,
            Optional<PlacementPolicy> placement) {
        this(
                mode,
                replicas,
                resources,
                update,
                placement,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Anywhere. */
    public DeployPolicy(Mode mode, int replicas, Resources resources, UpdatePolicy update) {
        this(mode, replicas, resources, update, Optional.empty());
    }

    /** The same of a service that must never run twice, or may again. */
    public DeployPolicy with(Optional<Singleton> other) {
        return new DeployPolicy(
                mode, replicas, resources, update, placement, other, reservations, priority);
    }

    /**
     * What a node is told of it: how an instance runs there, not where it may be, what room it
     * needs, before whom it comes and how it is tried, which an agent of the version before may
     * have no words for.
     */
    public DeployPolicy onNode() {
        return new DeployPolicy(
                mode,
                replicas,
                resources,
                update.with(Optional.empty()),
                Optional.empty(),
                singleton,
                Optional.empty(),
                Optional.empty());
    }

    /**
     * Instances above {@code replicas} that an update which starts first has for a while; none
     * where it stops first.
     */
    public int extra() {
        if (update.order() != Order.START_FIRST || mode == Mode.GLOBAL) {
            return 0;
        }
        var parallelism = update.parallelism();
        var extra = parallelism == 0 ? replicas : Math.min(parallelism, replicas);
        return Math.max(extra, canaries());
    }

    private int canaries() {
        return update.trial()
                .map(trial ->
                        switch (trial) {
                            case Trial.Canary canary -> canary.canaries();
                            case Trial.BlueGreen _ -> 0;
                        })
                .orElse(0);
    }

    /** Instances that there are at most, while an update is under way. */
    public int most() {
        return replicas + Math.max(extra(), isBlueGreen() ? replicas : 0);
    }

    /** Whether a new version comes up beside the whole old one. */
    public boolean isBlueGreen() {
        return update.trial().filter(trial -> trial instanceof Trial.BlueGreen).isPresent();
    }

    /** Where instances may be; anywhere, when nothing is said. */
    public PlacementPolicy where() {
        return placement.orElse(PlacementPolicy.ANYWHERE);
    }

    /** Who is placed first: the higher one. */
    public int rank() {
        return priority.orElse(USUAL_PRIORITY);
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
     * What each instance needs of its node, whatever it uses of it; what is empty is nothing.
     *
     * @param devices which are then used by this instance alone
     */
    public record Reservations(
            Optional<Double> cpus, Optional<Long> memoryBytes, List<Devices> devices) {
        public static final Reservations NONE =
                new Reservations(Optional.empty(), Optional.empty(), List.of());

        public Reservations {
            devices = List.copyOf(devices);
        }
    }

    /**
     * A number of devices of one kind.
     *
     * @param count {@link #ALL} for all that the node has, at least one
     */
    public record Devices(List<String> capabilities, int count) {
        public static final int ALL = -1;

        public Devices {
            capabilities = List.copyOf(capabilities);
        }
    }

    /**
     * Compose's {@code update_config}.
     *
     * @param parallelism instances replaced at a time, 0 for all
     * @param delay between batches
     * @param monitor how long a replaced instance must stay well before it counts as good
     * @param trial how a new version is tried first; empty: it replaces the old one batch by batch
     */
    public record UpdatePolicy(
            int parallelism,
            Duration delay,
            Duration monitor,
            FailureAction failureAction,
            Order order,
            Optional<Trial> trial) {

        /** Batch by batch. */
        public UpdatePolicy(
                int parallelism,
                Duration delay,
                Duration monitor,
                FailureAction failureAction,
                Order order) {
            this(parallelism, delay, monitor, failureAction, order, Optional.empty());
        }

        /** The same with a trial first, or without one. */
        public UpdatePolicy with(Optional<Trial> other) {
            return new UpdatePolicy(parallelism, delay, monitor, failureAction, order, other);
        }

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

    /**
     * What a service is to show of a new version before all of it is replaced. Its instances must
     * be well for {@code monitor} without a restart; what fails goes back by itself, whatever
     * {@link FailureAction} says.
     */
    public sealed interface Trial {

        /**
         * Within which a person has to approve the new version, or it goes back; empty: it goes on
         * by itself.
         */
        Optional<Duration> approvalWithin();

        /**
         * Some instances of the new version: beside the old ones with {@link Order#START_FIRST},
         * else instead of some of them.
         */
        record Canary(int canaries, Optional<Duration> approvalWithin) implements Trial {}

        /**
         * All instances of the new version beside the old ones, which alone are published until it
         * has passed; from then on the new ones alone are.
         *
         * @param keep how long the old ones are kept after that, to return to at once
         */
        record BlueGreen(Duration keep, Optional<Duration> approvalWithin) implements Trial {}
    }

    /** How an update goes, as files say it. */
    public enum Strategy implements EnumWords.Spelled {
        ROLLING,
        CANARY,
        BLUE_GREEN;

        @Override
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Who lets an update go on that has proved itself. */
    public enum Approval {
        MANUAL,
        AUTOMATIC
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
