package olympus.zeus;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceSpec;
import olympus.model.state.StackRevision;

/**
 * What people may order Zeus to do. Threading: any thread. Futures are completed on Zeus' loop.
 * They fail with an {@link olympus.foundation.OlympusException}: NOT_FOUND, CONFLICT,
 * PRECONDITION_FAILED, CONFIRMATION_REQUIRED, UNAVAILABLE (no leader, store halted), DISK_FULL.
 *
 * <p>An {@code expectedRevision} is the revision of the stack that an order was made for (0: no
 * such stack). When the stack is at another one nothing happens, and the order fails with
 * PRECONDITION_FAILED, which names the present one; this is judged in the transaction that carries
 * the order out. Empty: whatever the revision is.
 */
public interface StackCommands {

    /**
     * What applying would change, and why; changes nothing.
     *
     * @param mode as for {@link #apply}
     */
    CompletionStage<StackPlan> plan(
            StackDefinition definition, Optional<StackDefinition.Mode> mode);

    /**
     * Makes {@code definition} the current revision of its stack, unless it equals the present one.
     *
     * @param prune whether services that are no longer declared may be removed; without it such an
     *     apply fails with CONFIRMATION_REQUIRED naming them
     * @param mode what Olympus may do with the stack from now on; empty: as ordered before, unless
     *     the definition's own mode has changed
     */
    CompletionStage<StackPlan> apply(
            StackDefinition definition,
            Optional<Long> expectedRevision,
            boolean prune,
            Optional<StackDefinition.Mode> mode,
            Actor actor);

    /**
     * Gives services other images, the rest of the stack as it is, as a new revision. A service
     * that is not well with its new image goes back to the revision before by itself, whatever its
     * update policy says. In mode {@code ask} it approves that. Fails with CONFLICT when the stack
     * is only observed, or a service has another update that nobody has approved.
     *
     * @param images reference by service
     */
    CompletionStage<StackPlan> updateImages(
            StackName stack,
            Map<String, String> images,
            Optional<Long> expectedRevision,
            Actor actor);

    /** {@link #plan(StackDefinition, Optional)} in the mode that is in force. */
    default CompletionStage<StackPlan> plan(StackDefinition definition) {
        return plan(definition, Optional.empty());
    }

    /** {@link #apply(StackDefinition, Optional, boolean, Optional, Actor)} without a mode. */
    default CompletionStage<StackPlan> apply(
            StackDefinition definition,
            Optional<Long> expectedRevision,
            boolean prune,
            Actor actor) {
        return apply(definition, expectedRevision, prune, Optional.empty(), actor);
    }

    /**
     * Orders what Olympus may do with a stack, whatever its files say, until they say something
     * new. What {@code manage} does at once is what {@link #handover} tells.
     */
    CompletionStage<Void> mode(
            StackName stack,
            StackDefinition.Mode mode,
            Optional<Long> expectedRevision,
            Actor actor);

    /**
     * Has a pending decision carried out. Fails with NOT_FOUND when it is not pending (any more),
     * with CONFLICT when its stack is only observed.
     *
     * @param decision an id of {@link ClusterView#pending}
     */
    CompletionStage<Void> approve(String decision, Actor actor);

    /** What happens to each instance once its stack is managed; nothing when it is already. */
    CompletionStage<Handover> handover(StackName stack);

    /** What each instance of a stack shall be by the revision that is in force. */
    CompletionStage<List<InstanceSpec>> declared(StackName stack);

    /**
     * Says that a pending decision is not wanted; another cause asks anew. It can be approved
     * still.
     */
    CompletionStage<Void> deny(String decision, Actor actor);

    /**
     * Forgets a stack and leaves its containers and units as they are, to whoever manages them
     * next. Fails with CONFLICT when it holds host processes, which nobody could take over.
     */
    CompletionStage<List<ServiceId>> release(
            StackName stack, Optional<Long> expectedRevision, Actor actor);

    /** Stops the services in reverse dependency order and forgets the stack. Their data is kept. */
    CompletionStage<List<ServiceId>> remove(
            StackName stack, Optional<Long> expectedRevision, Actor actor);

    /**
     * Applies the definition of an earlier revision as a new revision; empty: the one before the
     * current.
     */
    CompletionStage<StackPlan> rollback(
            StackName stack,
            Optional<Long> toRevision,
            Optional<Long> expectedRevision,
            Actor actor);

    /**
     * Takes one service's declaration from an earlier revision, the rest of the stack as it is, as
     * a new revision.
     */
    CompletionStage<StackPlan> rollbackService(
            ServiceId service,
            Optional<Long> toRevision,
            Optional<Long> expectedRevision,
            Actor actor);

    /** Holds a service stopped until {@link #start}, also over the next apply. */
    CompletionStage<Void> stop(ServiceId service, Optional<Long> expectedRevision, Actor actor);

    /**
     * Ends a hold, and gives one that was given up a new chance. In mode {@code ask} it approves
     * that, and nothing else: what is started is as it was when it last ran.
     */
    CompletionStage<Void> start(ServiceId service, Optional<Long> expectedRevision, Actor actor);

    /**
     * Replaces every instance, as an update would. In mode {@code ask} each is started anew as it
     * was.
     */
    CompletionStage<Void> restart(ServiceId service, Optional<Long> expectedRevision, Actor actor);

    /**
     * Lets a rollout go on whose new version has proved itself on trial. Fails with CONFLICT when
     * there is none that waits for that.
     */
    CompletionStage<Void> approveRollout(
            ServiceId service, Optional<Long> expectedRevision, Actor actor);

    /**
     * Ends the trial of a new version: the service returns to the version before, as a new
     * revision, which keeps the reason. Fails with CONFLICT when no new version is being tried.
     *
     * @param reason may be empty
     */
    CompletionStage<StackPlan> rejectRollout(
            ServiceId service, String reason, Optional<Long> expectedRevision, Actor actor);

    /** A longer reason for a rejection is refused, so that none is kept in part. */
    int MAX_REJECT_REASON = 500;

    /** Refuses a reason for a rejection that is too long to be kept whole. */
    static void checkRejectReason(String reason) {
        if (reason.length() > MAX_REJECT_REASON) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "nothing was rejected: the reason has %d characters; expected at most %d"
                            .formatted(reason.length(), MAX_REJECT_REASON));
        }
    }

    /** A longer reason for a pause is refused, so that none is kept in part. */
    int MAX_PAUSE_REASON = 500;

    /** Refuses a reason for a pause that is too long to be kept whole. */
    static void checkPauseReason(String reason) {
        if (reason.length() > MAX_PAUSE_REASON) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "nothing was paused: the reason has %d characters; expected at most %d"
                            .formatted(reason.length(), MAX_PAUSE_REASON));
        }
    }

    /**
     * Records a pause; the caller has already told the agents. Scope {@code all}, {@code
     * stack:NAME} or {@code node:NAME}.
     */
    CompletionStage<Void> pause(String scope, String reason, Actor actor);

    CompletionStage<Void> resume(String scope, Actor actor);

    /** Revisions of a stack, newest first. */
    CompletionStage<List<RevisionView>> history(StackName stack);

    /**
     * Why a service, instance, node or stack is as it is: causes and decisions, newest first, in
     * sentences.
     */
    CompletionStage<List<Cause>> why(String thing);

    /** Who ordered it: {@code user:<token name>} and from where. */
    record Actor(String name, String from) {}

    /**
     * What a stack's coming under {@code manage} does.
     *
     * @param revision that it was worked out for
     */
    record Handover(
            StackName stack, long revision, StackDefinition.Mode mode, List<Step> instances) {
        public Handover {
            instances = List.copyOf(instances);
        }

        /**
         * @param action {@code replace}, {@code start}, {@code restart}, {@code stop}, {@code
         *     keep}, or {@code unknown} where its node does not tell how it is
         */
        public record Step(InstanceId instance, String nodeName, String action, String why) {}
    }

    /** One line of {@code olympus why}. */
    record Cause(Instant at, String kind, String sentence) {}

    /**
     * @param summary one line: what changed against the revision before
     * @param returned the service that it takes back because its update had failed
     */
    record RevisionView(
            StackName stack,
            long revision,
            boolean current,
            Instant appliedAt,
            String actor,
            String summary,
            StackDefinition definition,
            Optional<StackRevision.Returned> returned) {}
}
