package olympus.zeus;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;

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

    /** What applying would change, and why; changes nothing. */
    CompletionStage<StackPlan> plan(StackDefinition definition);

    /**
     * Makes {@code definition} the current revision of its stack, unless it equals the present one.
     *
     * @param prune whether services that are no longer declared may be removed; without it such an
     *     apply fails with CONFIRMATION_REQUIRED naming them
     */
    CompletionStage<StackPlan> apply(
            StackDefinition definition,
            Optional<Long> expectedRevision,
            boolean prune,
            Actor actor);

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

    /** Ends a hold, and gives one that was given up a new chance. */
    CompletionStage<Void> start(ServiceId service, Optional<Long> expectedRevision, Actor actor);

    /** Replaces every instance, as an update would. */
    CompletionStage<Void> restart(ServiceId service, Optional<Long> expectedRevision, Actor actor);

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

    /** One line of {@code olympus why}. */
    record Cause(Instant at, String kind, String sentence) {}

    /**
     * @param summary one line: what changed against the revision before
     */
    record RevisionView(
            StackName stack,
            long revision,
            boolean current,
            Instant appliedAt,
            String actor,
            String summary,
            StackDefinition definition) {}
}
