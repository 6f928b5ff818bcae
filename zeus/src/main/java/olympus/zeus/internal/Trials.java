package olympus.zeus.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import olympus.model.ServiceId;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.DeployPolicy.Trial;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceRecord;
import olympus.model.state.ServiceState;
import olympus.model.state.ServiceState.Gate;
import olympus.model.state.ServiceState.Rollout;
import olympus.model.state.ServiceState.Stage;
import olympus.model.state.StackRevision;

/**
 * Trials of new versions: which rollouts begin with one, what of a service is of which version, and
 * how many instances try it. Pure.
 */
final class Trials {

    private Trials() {}

    /**
     * The gate that a rollout begins with. What a person takes back, and what takes a service back
     * to the version that is known to be good, is not held up.
     *
     * @param good the revision where the service returns to when the trial fails
     */
    static Optional<Gate> first(
            StackChanges.Request request, ServiceId id, long good, Desired desired, Instant now) {
        var is = Optional.ofNullable(request.definition().services().get(id.service()));
        var isTriable =
                switch (request.cause()) {
                    case UPDATE, IMAGES ->
                            StackChanges.mode(request, desired, now) == StackDefinition.Mode.MANAGE;
                    case RESTART, ROLLBACK -> false;
                };
        return is.filter(_ -> isTriable)
                .filter(one -> one.deploy().update().trial().isPresent())
                .filter(one -> !isSame(stackAt(id, good, desired), request.definition(), id))
                .map(_ -> new Gate(Stage.TRIAL, now, request.actor().name()));
    }

    private static Optional<StackDefinition> stackAt(ServiceId id, long number, Desired desired) {
        return desired.stack(id.stack())
                .map(stack -> stack.revisions().get(number))
                .map(StackRevision::definition);
    }

    /** Whether instances of the one need not be replaced for the other. */
    private static boolean isSame(
            Optional<StackDefinition> before, StackDefinition after, ServiceId id) {
        var was = before.map(stack -> stack.services().get(id.service()));
        var is = Optional.ofNullable(after.services().get(id.service()));
        return was.isPresent()
                && is.isPresent()
                && before.get().directory().equals(after.directory())
                && !StackDifference.needsReplacement(was.get(), is.get());
    }

    /** Whether a record runs the version that the service returns to when the trial fails. */
    static boolean isOfGoodVersion(InstanceRecord record, Rollout rollout, Desired desired) {
        var id = record.id().service();
        var good = stackAt(id, rollout.fromRevision(), desired);
        return good.isEmpty()
                || desired.stackOf(record).filter(was -> isSame(good, was, id)).isPresent();
    }

    /** Whether a record runs what is declared now. */
    static boolean isDeclared(InstanceRecord record, Desired desired) {
        var id = record.id().service();
        var current = desired.stack(id.stack()).flatMap(Desired.StackRecords::current);
        return current.filter(is -> isSame(desired.stackOf(record), is, id)).isPresent();
    }

    /** Whether it is of the version that is tried. */
    static boolean isNew(InstanceRecord record, ServiceState state) {
        return record.run().generation() == state.generation();
    }

    /** A trial under way forbids whatever would start the new version besides. */
    static boolean isUnderWay(ServiceState state) {
        return state.rollout().filter(Rollout::isTried).isPresent();
    }

    /** How many instances try a new version at present; none when all may run it. */
    static int size(ServiceDefinition definition) {
        return definition
                .deploy()
                .update()
                .trial()
                .map(trial ->
                        switch (trial) {
                            case Trial.Canary canary -> canary.canaries();
                            case Trial.BlueGreen _ -> definition.deploy().replicas();
                        })
                .orElse(0);
    }

    /** Within which a person has to approve; empty when nobody is asked. */
    static Optional<Duration> approvalWithin(ServiceDefinition definition) {
        return definition.deploy().update().trial().flatMap(DeployPolicy.Trial::approvalWithin);
    }

    /** The stage of a rollout whose new version has passed. */
    static Stage passed(ServiceDefinition definition) {
        return definition.deploy().isBlueGreen() ? Stage.KEPT : Stage.OPEN;
    }

    /** How long the old version is kept once the new one has taken over. */
    static Duration keep(ServiceDefinition definition) {
        return definition
                .deploy()
                .update()
                .trial()
                .map(trial ->
                        switch (trial) {
                            case Trial.Canary _ -> Duration.ZERO;
                            case Trial.BlueGreen blueGreen -> blueGreen.keep();
                        })
                .orElse(Duration.ZERO);
    }

    /**
     * The revision where a service returns to when what is now ordered fails: where an update under
     * way returns to, unless its version has passed its trial: then that is the good one, except
     * for who takes it back.
     */
    static long good(ServiceState state, ServiceState.Cause cause, long current) {
        return state.rollout()
                .filter(rollout -> cause == ServiceState.Cause.ROLLBACK || !rollout.hasPassed())
                .map(Rollout::fromRevision)
                .orElse(current);
    }

    /** The gate of a rollout that takes back what was tried; empty where nothing was. */
    static Optional<Gate> back(
            StackChanges.Request request, ServiceId id, long good, Desired desired, Instant now) {
        var was = desired.state(id).rollout().filter(Rollout::isTried);
        var isBack =
                isSame(stackAt(id, good, desired), request.definition(), id)
                        || request.cause() == ServiceState.Cause.ROLLBACK;
        return was.filter(_ -> isBack).map(_ -> new Gate(Stage.BACK, now, request.actor().name()));
    }

    /**
     * Whether an instance may be sent requests as far as its service's rollout is concerned: of two
     * whole versions only one is published at a time, and of what was rejected nothing.
     */
    static boolean isPublished(InstanceRecord record, Desired desired) {
        var state = desired.state(record.id().service());
        var rollout = state.rollout().filter(one -> one.failed().isEmpty());
        return rollout.flatMap(Rollout::gate)
                .map(gate -> isPublished(record, rollout.get(), gate.stage(), desired))
                .orElse(true);
    }

    private static boolean isPublished(
            InstanceRecord record, Rollout rollout, Stage stage, Desired desired) {
        var id = record.id().service();
        var isBlueGreen = desired.declared(id).filter(is -> is.deploy().isBlueGreen()).isPresent();
        return switch (stage) {
            case TRIAL, APPROVAL -> !isBlueGreen || isOfGoodVersion(record, rollout, desired);
            case KEPT -> isNew(record, desired.state(id));
            case OPEN -> !isBlueGreen || isNew(record, desired.state(id));
            case BACK -> isDeclared(record, desired);
        };
    }

    /** What is said of a rollout that waits for a person. */
    static String words(ServiceId service, Instant since, Instant until) {
        return "waits for approval since %s: olympus rollout approve %s (or reject); without it the old version returns at %s"
                .formatted(since, service, until);
    }
}
