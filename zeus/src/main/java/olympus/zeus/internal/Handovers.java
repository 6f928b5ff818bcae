package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.List;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceRecord;
import olympus.zeus.StackCommands.Handover;

/**
 * What coming under {@code manage} does to each instance of a stack that was only watched: what was
 * not approved, or denied, is done then. Pure.
 */
final class Handovers {

    private final Desired desired;
    private final Observed observed;

    private Handovers(Desired desired, Observed observed) {
        this.desired = desired;
        this.observed = observed;
    }

    static Handover of(StackName stack, Desired desired, Observed observed) {
        var steps =
                desired.stack(stack)
                        .flatMap(Desired.StackRecords::current)
                        .map(declared -> steps(declared, desired, observed))
                        .orElse(List.of());
        var revision =
                desired.stack(stack)
                        .flatMap(Desired.StackRecords::pointer)
                        .map(pointer -> pointer.value().revision())
                        .orElse(0L);
        return new Handover(stack, revision, desired.mode(stack), steps);
    }

    /** The same once a stack is declared so; empty when it is managed already. */
    static List<Handover.Step> steps(StackDefinition stack, Desired desired, Observed observed) {
        var steps = new ArrayList<Handover.Step>();
        if (desired.isManaged(stack.name())) {
            return steps;
        }
        var handovers = new Handovers(desired, observed);
        stack.services()
                .forEach((service, declared) ->
                        desired.instancesOf(new ServiceId(stack.name(), service)).values().stream()
                                .map(Versioned::value)
                                .filter(record -> !record.order().phase().isGoing())
                                .map(record -> handovers.step(record, declared))
                                .forEach(steps::add));
        return steps;
    }

    private Handover.Step step(InstanceRecord record, ServiceDefinition declared) {
        var node = record.placement().node();
        var hold = desired.state(record.id().service()).hold();
        var behind = desired.behind(record, declared);
        var seen = observed.any(record).map(Observed.Instance::observation);
        if (hold.isPresent()) {
            return step(record, "stop", "it was stopped by " + hold.get().by());
        }
        if (behind.isPresent()) {
            return step(
                    record,
                    "replace",
                    "declared otherwise meanwhile: "
                            + StackDifference.paths(behind.get(), declared));
        }
        if (seen.isEmpty() || !observed.connected(node)) {
            return step(
                    record,
                    "unknown",
                    "node %s does not tell how it is".formatted(desired.nodeName(node)));
        }
        return step(record, declared, seen.get());
    }

    private Handover.Step step(
            InstanceRecord record, ServiceDefinition declared, InstanceObservation seen) {
        return switch (seen.state()) {
            case PENDING, STOPPED -> step(record, "start", "it does not run: " + seen.reason());
            case COMPLETED, GIVEN_UP -> step(record, "keep", "it is left ended: " + seen.reason());
            case RUNNING ->
                    seen.health() == Health.FAILING && isRestarted(declared.recovery())
                            ? step(record, "restart", "it is unhealthy")
                            : step(record, "keep", goesOn(declared));
            case STARTING, BACKOFF, STOPPING -> step(record, "keep", goesOn(declared));
        };
    }

    private static boolean isRestarted(RecoveryPolicy recovery) {
        return recovery.restart() != RecoveryPolicy.Restart.NO && !recovery.leavesUnhealthy();
    }

    private static String goesOn(ServiceDefinition declared) {
        return switch (declared.workload()) {
            case Workload.Container ignored ->
                    "it goes on as it is; its engine's restart policy becomes \"no\", as Olympus restarts it from then on";
            case Workload.Unit ignored -> "it goes on as it is";
            case Workload.Process ignored -> "it goes on as it is";
        };
    }

    private Handover.Step step(InstanceRecord record, String action, String why) {
        return new Handover.Step(
                record.id(), desired.nodeName(record.placement().node()), action, why);
    }
}
