package olympus.zeus.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import olympus.model.ServiceId;
import olympus.model.stack.DeployPolicy;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord;
import olympus.model.state.InstanceRecord.Phase;
import olympus.model.state.ServiceState;

/**
 * Plans the next move of an update or restart: batches of {@code parallelism}, each of which must
 * stay well for {@code monitor}, with {@code delay} between them. Start-first adds extra instances
 * first, and replaces the others once those are well.
 */
final class RolloutPlanner {

    /** An updated instance that is ordered to run and is not well within this time has failed. */
    static final Duration DEADLINE = Duration.ofMinutes(10);

    private final PlanDraft draft;
    private final ServicePlanner planner;
    private final ServiceState.Rollout rollout;
    private final DeployPolicy.UpdatePolicy policy;
    private final List<Versioned<InstanceRecord>> outdated = new ArrayList<>();
    private final List<Versioned<InstanceRecord>> unconfirmed = new ArrayList<>();
    private final List<InstanceRecord> updated = new ArrayList<>();
    private final int surge;
    private int present;

    /**
     * @param instances those that nothing else is planned for, lowest ordinal first
     */
    RolloutPlanner(
            PlanDraft draft,
            ServicePlanner planner,
            List<Versioned<InstanceRecord>> instances,
            int surge) {
        this.draft = draft;
        this.planner = planner;
        this.rollout = planner.state().rollout().orElseThrow();
        this.policy = planner.definition().deploy().update();
        this.surge = surge;
        this.present = instances.size();
        for (var stored : instances) {
            var run = stored.value().run();
            if (!Trials.isNew(stored.value(), planner.state())) {
                outdated.add(stored);
                continue;
            }
            updated.add(stored.value());
            if (!run.confirmed()) {
                unconfirmed.add(stored);
            }
        }
    }

    void run() {
        if (rollout.failed().isPresent()) {
            draft.waits(planner.service(), "the update is halted: " + rollout.failed().get());
            return;
        }
        var failure = confirmOrFail();
        var trial =
                rollout.isTried()
                        ? Optional.of(new TrialPlanner(draft, planner, updated, outdated))
                        : Optional.<TrialPlanner>empty();
        failure =
                failure.or(() -> trial.flatMap(one -> one.failure(this::failureOf)))
                        .or(() -> trial.flatMap(TrialPlanner::tooLate));
        if (failure.isPresent()) {
            fail(failure.get());
        } else if (!unconfirmed.isEmpty()) {
            draft.waits(
                    planner.service(), "the update watches " + unconfirmed.getFirst().value().id());
        } else if (trial.isPresent()) {
            tryOut(trial.get());
        } else if (outdated.isEmpty()) {
            finish();
        } else {
            outdated.sort(
                    Comparator.comparing((Versioned<InstanceRecord> r) ->
                                    draft.observed.isWell(r.value()))
                            .thenComparingLong(r -> -failedRevision(r.value()))
                            .thenComparing(r -> r.value().id()));
            nextBatch(outdated);
        }
    }

    /** On the way back what runs the newest declaration goes first: that is what has failed. */
    private long failedRevision(InstanceRecord record) {
        return rollout.cause() == ServiceState.Cause.ROLLBACK ? record.run().revision() : 0;
    }

    private void tryOut(TrialPlanner trial) {
        if (trial.advance()) {
            return;
        }
        var next = trial.next();
        if (next.isEmpty()) {
            draft.waits(
                    planner.service(), blockedBy().orElse("the new version is to be tried first"));
        } else {
            nextBatch(next);
        }
    }

    /** Confirms what has stayed well; the answer is the first failure. */
    private Optional<String> confirmOrFail() {
        for (var stored : unconfirmed) {
            var record = stored.value();
            var failure = failureOf(record);
            if (failure.isPresent()) {
                if (goesBack()
                        || rollout.isTried()
                        || policy.failureAction() != DeployPolicy.FailureAction.CONTINUE) {
                    return failure;
                }
                confirm(stored, "the update goes on although " + failure.get());
            } else if (hasProved(record)) {
                confirm(stored, "it has stayed well");
            }
        }
        return Optional.empty();
    }

    private void confirm(Versioned<InstanceRecord> stored, String why) {
        var record = stored.value();
        draft.add(new Step.ConfirmInstance(stored, record.withRun(record.run().confirm()), why));
    }

    private Optional<String> failureOf(InstanceRecord record) {
        var seen = draft.observed.of(record);
        if (seen.isEmpty() || record.order().phase() != Phase.RUN) {
            return Optional.empty();
        }
        var observation = seen.get().observation();
        if (observation.state() == State.GIVEN_UP) {
            return Optional.of("%s was given up: %s".formatted(record.id(), observation.reason()));
        }
        if (observation.restarts() > 0 || observation.state() == State.BACKOFF) {
            return Optional.of(
                    "%s did not stay up: %s".formatted(record.id(), observation.reason()));
        }
        if (observation.health() == Health.FAILING) {
            return Optional.of("%s is unhealthy: %s".formatted(record.id(), observation.reason()));
        }
        var deadline = seen.get().firstNanos() + DEADLINE.toNanos();
        if (!observation.isWell()
                && observation.state() != State.COMPLETED
                && draft.now.nanos() - deadline >= 0) {
            return Optional.of("%s was not well within %s".formatted(record.id(), DEADLINE));
        }
        return Optional.empty();
    }

    private boolean hasProved(InstanceRecord record) {
        var seen = draft.observed.of(record);
        if (seen.isEmpty()) {
            return false;
        }
        if (seen.get().observation().state() == State.COMPLETED) {
            return true;
        }
        if (seen.get().wellNanos().isEmpty()) {
            draft.wakeAt(seen.get().firstNanos() + DEADLINE.toNanos());
            return false;
        }
        var proved = seen.get().wellNanos().get() + policy.monitor().toNanos();
        if (draft.now.nanos() - proved >= 0) {
            return true;
        }
        draft.wakeAt(proved);
        return false;
    }

    private void fail(String reason) {
        var stored = draft.desired.services().get(planner.service());
        if (stored == null) {
            return;
        }
        var pause = draft.desired.pauseOf(planner.service().stack(), Optional.empty());
        if (!goesBack() || !canRollBack()) {
            draft.add(new Step.HaltRollout(stored, reason));
        } else if (pause.isPresent()) {
            draft.waits(
                    planner.service(),
                    "the update failed and is rolled back once automatic action, paused by %s, is resumed: %s"
                            .formatted(pause.get().by(), reason));
        } else {
            draft.add(new Step.RollBackService(stored, rollout.fromRevision(), reason));
        }
    }

    private boolean goesBack() {
        return switch (rollout.cause()) {
            case UPDATE ->
                    rollout.gate().isPresent()
                            || policy.failureAction() == DeployPolicy.FailureAction.ROLLBACK;
            case IMAGES -> true;
            case RESTART, ROLLBACK -> false;
        };
    }

    private boolean canRollBack() {
        var service = planner.service();
        return draft.desired
                .stack(service.stack())
                .map(s -> s.revisions().get(rollout.fromRevision()))
                .filter(r -> r.definition().services().containsKey(service.service()))
                .isPresent();
    }

    private void finish() {
        var wanted = planner.definition().deploy().replicas() + surge;
        var global = planner.definition().deploy().mode() == DeployPolicy.Mode.GLOBAL;
        var stored = draft.desired.services().get(planner.service());
        if (stored != null && (global || present >= wanted)) {
            draft.add(
                    new Step.FinishRollout(
                            stored, "every instance is replaced and has stayed well"));
        }
    }

    private void nextBatch(List<Versioned<InstanceRecord>> candidates) {
        var blocked = blockedBy();
        if (blocked.isPresent()) {
            draft.waits(planner.service(), blocked.get());
            return;
        }
        // Nobody is sent to what is tried beside a whole version.
        var isUnseen = rollout.isTried() && planner.definition().deploy().isBlueGreen();
        var isAtOnce = isUnseen || policy.parallelism() == 0;
        var size = isAtOnce ? candidates.size() : policy.parallelism();
        var why = words(rollout) + " ordered by " + rollout.by();
        for (var stored : candidates.subList(0, Math.min(size, candidates.size()))) {
            planner.replace(stored, words(rollout), why);
        }
    }

    /** Why the next batch does not begin yet. */
    private Optional<String> blockedBy() {
        var service = planner.service();
        var pause = draft.desired.pauseOf(service.stack(), Optional.empty());
        if (pause.isPresent() && !rollout.orderedInPause()) {
            return Optional.of(
                    "the update waits: automatic action is paused by %s (%s)"
                            .formatted(pause.get().by(), pause.get().reason()));
        }
        for (var name : planner.definition().dependsOn().keySet()) {
            var other = new ServiceId(service.stack(), name);
            if (draft.desired.state(other).rollout().isPresent()) {
                return Optional.of("the update waits until that of %s is done".formatted(other));
            }
        }
        if (planner.missing().isPresent()
                && outdated.stream().anyMatch(r -> draft.observed.isWell(r.value()))) {
            return Optional.of("the update " + planner.missing().get());
        }
        if (present < planner.definition().deploy().replicas() + surge && surge > 0) {
            return Optional.of("the update starts an extra instance first");
        }
        return delay();
    }

    private Optional<String> delay() {
        var ended = draft.observed.batchEndedNanos().get(planner.service());
        if (ended == null) {
            return Optional.empty();
        }
        var next = ended + policy.delay().toNanos();
        if (draft.now.nanos() - next >= 0) {
            return Optional.empty();
        }
        draft.wakeAt(next);
        return Optional.of("the update pauses %s between batches".formatted(policy.delay()));
    }

    private static String words(ServiceState.Rollout rollout) {
        return switch (rollout.cause()) {
            case UPDATE -> "update";
            case IMAGES -> "update of the image";
            case RESTART -> "restart";
            case ROLLBACK -> "roll back";
        };
    }
}
