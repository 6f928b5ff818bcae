package olympus.model.state;

import java.time.Instant;
import java.util.Optional;
import olympus.model.ServiceId;

/**
 * What Zeus remembers of a service beside its declaration. A service without this record has
 * generation 1, no hold and no rollout.
 *
 * @param generation counts up whenever every instance must be replaced: a changed program, a
 *     restart
 * @param hold set by a manual stop, until a manual start
 * @param rollout the replacement in progress
 */
public record ServiceState(
        ServiceId service, long generation, Optional<Hold> hold, Optional<Rollout> rollout) {

    /** The state of a service of which nothing is remembered. */
    public static ServiceState initial(ServiceId service) {
        return new ServiceState(service, 1, Optional.empty(), Optional.empty());
    }

    public ServiceState withHold(Optional<Hold> newHold) {
        return new ServiceState(service, generation, newHold, rollout);
    }

    public ServiceState withRollout(Optional<Rollout> newRollout) {
        return new ServiceState(service, generation, hold, newRollout);
    }

    /** Stopped by hand. */
    public record Hold(String by, Instant since) {}

    /**
     * The replacement of every instance, some at a time.
     *
     * @param cause what started it
     * @param fromRevision the last revision known to be good, where a failed update returns to
     * @param by who ordered it
     * @param failed why it does not go on, empty while it does
     * @param orderedInPause it was ordered while automatic action was halted, so it does not wait
     * @param gate where its trial stands; empty when the new version replaces the old one untried
     */
    public record Rollout(
            Cause cause,
            long fromRevision,
            String by,
            Instant startedAt,
            Optional<String> failed,
            boolean orderedInPause,
            Optional<Gate> gate) {

        /** One without a trial. */
        public Rollout(
                Cause cause,
                long fromRevision,
                String by,
                Instant startedAt,
                Optional<String> failed,
                boolean orderedInPause) {
            this(cause, fromRevision, by, startedAt, failed, orderedInPause, Optional.empty());
        }

        public Rollout withFailed(String reason) {
            return new Rollout(
                    cause, fromRevision, by, startedAt, Optional.of(reason), orderedInPause, gate);
        }

        public Rollout withGate(Gate newGate) {
            return new Rollout(
                    cause,
                    fromRevision,
                    by,
                    startedAt,
                    failed,
                    orderedInPause,
                    Optional.of(newGate));
        }

        /** Whether the old version is still to run wherever the new one is not tried. */
        public boolean isTried() {
            return failed.isEmpty()
                    && gate.map(Gate::stage)
                            .filter(stage ->
                                    switch (stage) {
                                        case TRIAL, APPROVAL, KEPT -> true;
                                        case OPEN, BACK -> false;
                                    })
                            .isPresent();
        }

        /** Whether the new version has passed its trial. */
        public boolean hasPassed() {
            return failed.isEmpty()
                    && gate.map(Gate::stage)
                            .filter(stage -> stage == Stage.KEPT || stage == Stage.OPEN)
                            .isPresent();
        }
    }

    /**
     * Where the trial of a new version stands.
     *
     * <pre>
     *   TRIAL --all that try it are well--&gt; APPROVAL --approved--&gt; OPEN, or KEPT --time is over--&gt; OPEN
     *   TRIAL --all that try it are well, and nobody is to be asked--&gt; OPEN, or KEPT --time is over--&gt; OPEN
     * </pre>
     *
     * What fails, is rejected or is not approved in time before the gate is open ends the rollout
     * with a return to the version before, which is one at {@code BACK}.
     *
     * @param since when this stage began
     * @param by who opened it, or began the trial
     */
    public record Gate(Stage stage, Instant since, String by) {}

    /** The stages of a trial. */
    public enum Stage {
        /** Its instances are started and watched. */
        TRIAL,
        /** They are well; a person has to approve. */
        APPROVAL,
        /** All of the new version takes over; the old one is kept, to return to at once. */
        KEPT,
        /** The rest is replaced, or ends. */
        OPEN,
        /** The version before takes over again; nothing is tried. */
        BACK
    }

    /**
     * What starts a rollout; {@code IMAGES}: other images of the same declaration, which goes back
     * by itself when it fails.
     */
    public enum Cause {
        UPDATE,
        IMAGES,
        RESTART,
        ROLLBACK
    }
}
