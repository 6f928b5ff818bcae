package olympus.zeus.internal;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import olympus.model.json.DurationText;
import olympus.model.stack.DeployPolicy;
import olympus.model.state.InstanceRecord;
import olympus.model.state.ServiceState;
import olympus.model.state.ServiceState.Gate;
import olympus.model.state.ServiceState.Stage;

/**
 * Plans the trial of a new version: starts as many instances of it as the declaration says, then
 * asks for approval or opens the gate. What was tried before in the same rollout and is neither the
 * good version nor the new one is replaced too.
 */
final class TrialPlanner {

    private final PlanDraft draft;
    private final ServicePlanner planner;
    private final ServiceState.Rollout rollout;
    private final Gate gate;
    private final List<InstanceRecord> tried;
    private final List<Versioned<InstanceRecord>> outdated;

    /**
     * @param tried instances of the new version
     * @param outdated all others
     */
    TrialPlanner(
            PlanDraft draft,
            ServicePlanner planner,
            List<InstanceRecord> tried,
            List<Versioned<InstanceRecord>> outdated) {
        this.draft = draft;
        this.planner = planner;
        this.rollout = planner.state().rollout().orElseThrow();
        this.gate = rollout.gate().orElseThrow();
        this.tried = tried;
        this.outdated = outdated;
    }

    /** The first instance of the new version that has failed, in words, whatever it has proved. */
    Optional<String> failure(Function<InstanceRecord, Optional<String>> failureOf) {
        return tried.stream().flatMap(record -> failureOf.apply(record).stream()).findFirst();
    }

    /** Why a person did not approve in time; empty while there is time. */
    Optional<String> tooLate() {
        return left().filter(left -> !left.isPositive())
                .map(_ ->
                        "nobody approved it within "
                                + DurationText.format(
                                        Trials.approvalWithin(planner.definition()).orElseThrow()));
    }

    private Optional<Duration> left() {
        return Trials.approvalWithin(planner.definition())
                .filter(_ -> gate.stage() == Stage.APPROVAL)
                .map(within -> Duration.between(draft.now.wall(), gate.since().plus(within)));
    }

    /** Whether as many try it as are to, and nothing else but the good version runs. */
    private boolean isComplete() {
        var wanted = Math.min(Trials.size(planner.definition()), planner.wantedInstances());
        return tried.size() >= wanted && outdated.stream().noneMatch(this::isLeftOver);
    }

    /**
     * Of an earlier trial in this rollout. What an update that had passed was still to replace is
     * not; but beside a whole version there is room for one more, and not for two.
     */
    private boolean isLeftOver(Versioned<InstanceRecord> stored) {
        var record = stored.value();
        return !Trials.isOfGoodVersion(record, rollout, draft.desired)
                && (planner.definition().deploy().isBlueGreen()
                        || record.run().revision() > rollout.fromRevision());
    }

    /**
     * What is replaced next: what was tried before, then what is not well. Beside the old version
     * nothing of it is replaced.
     */
    List<Versioned<InstanceRecord>> next() {
        var spare = spare();
        var missing = Math.max(0, Trials.size(planner.definition()) - tried.size());
        var candidates =
                outdated.stream()
                        .filter(stored -> isLeftOver(stored) || spare.contains(stored))
                        .sorted(
                                Comparator.comparing((Versioned<InstanceRecord> stored) ->
                                                !isLeftOver(stored))
                                        .thenComparing(
                                                stored -> draft.observed.isWell(stored.value()))
                                        .thenComparing(stored -> stored.value().id()))
                        .toList();
        var leftOver = (int) candidates.stream().filter(this::isLeftOver).count();
        return candidates.subList(0, Math.min(candidates.size(), Math.max(missing, leftOver)));
    }

    /** Of the old version: all, or beside it only what is more than it has by itself. */
    private List<Versioned<InstanceRecord>> spare() {
        var deploy = planner.definition().deploy();
        if (deploy.isBlueGreen()) {
            return List.of();
        }
        if (!Ordinals.startsFirst(planner.definition())) {
            return outdated;
        }
        return outdated.stream()
                .sorted(
                        Comparator.comparing((Versioned<InstanceRecord> stored) ->
                                        draft.observed.isWell(stored.value()))
                                .thenComparing(
                                        stored -> stored.value().id(), Comparator.reverseOrder()))
                .limit(Math.max(0, outdated.size() - deploy.replicas()))
                .toList();
    }

    /** What is waited for, or the step through the gate. Nothing is being watched any more. */
    boolean advance() {
        if (gate.stage() == Stage.KEPT) {
            keep();
            return true;
        }
        if (gate.stage() == Stage.APPROVAL) {
            left().ifPresentOrElse(
                            this::awaitApproval, () -> pass("nobody has to approve it any more"));
            return true;
        }
        if (!isComplete()) {
            return false;
        }
        var update = planner.definition().deploy().update();
        if (update.trial().isEmpty()) {
            pass("it is no longer declared to be tried");
        } else if (Trials.approvalWithin(planner.definition()).isEmpty()) {
            pass(proved(update));
        } else {
            step(new Gate(Stage.APPROVAL, draft.now.wall(), rollout.by()), proved(update));
        }
        return true;
    }

    private String proved(DeployPolicy.UpdatePolicy update) {
        return "%s stayed well for %s"
                .formatted(
                        String.join(", ", tried.stream().map(one -> one.id().toString()).toList()),
                        DurationText.format(update.monitor()));
    }

    private void awaitApproval(Duration left) {
        draft.wakeAt(draft.now.nanos() + left.toNanos());
        draft.waits(
                planner.service(),
                Trials.words(planner.service(), gate.since(), draft.now.wall().plus(left)));
    }

    /** The old version is there still, and goes when its time is over. */
    private void keep() {
        var keep = Trials.keep(planner.definition());
        var left = Duration.between(draft.now.wall(), gate.since().plus(keep));
        if (!left.isPositive()) {
            step(
                    new Gate(Stage.OPEN, draft.now.wall(), gate.by()),
                    "the new version has been well for " + DurationText.format(keep));
            return;
        }
        draft.wakeAt(draft.now.nanos() + left.toNanos());
        draft.waits(
                planner.service(),
                "the new version has taken over; the old one is kept until %s: olympus rollout reject %s returns to it at once"
                        .formatted(draft.now.wall().plus(left), planner.service()));
    }

    private void pass(String why) {
        step(new Gate(Trials.passed(planner.definition()), draft.now.wall(), StepWriter.ZEUS), why);
    }

    private void step(Gate next, String why) {
        var stored = draft.desired.services().get(planner.service());
        if (stored != null) {
            draft.add(new Step.AdvanceRollout(stored, next, why));
        }
    }
}
