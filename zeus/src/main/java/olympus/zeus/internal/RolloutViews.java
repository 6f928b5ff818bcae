package olympus.zeus.internal;

import java.time.Instant;
import java.util.Optional;
import olympus.model.ServiceId;
import olympus.model.json.EnumWords;
import olympus.model.state.InstanceRecord;
import olympus.model.state.ServiceState;
import olympus.model.state.ServiceState.Gate;
import olympus.model.state.ServiceState.Rollout;
import olympus.model.state.ServiceState.Stage;
import olympus.zeus.ClusterView.RolloutView;

/** Shows how far the rollout of a service is. Pure. */
final class RolloutViews {

    private RolloutViews() {}

    static Optional<RolloutView> of(ServiceId service, Desired desired) {
        var state = desired.state(service);
        return state.rollout()
                .filter(_ -> desired.isActedOn(service))
                .map(rollout -> view(state, rollout, desired));
    }

    private static RolloutView view(ServiceState state, Rollout rollout, Desired desired) {
        var gate = rollout.gate();
        var updated =
                desired.instancesOf(state.service()).values().stream()
                        .map(Versioned::value)
                        .filter(record -> !record.order().phase().isGoing())
                        .filter(record -> Trials.isNew(record, state))
                        .map(InstanceRecord::id)
                        .toList();
        return new RolloutView(
                EnumWords.of(rollout.cause()),
                stage(rollout),
                rollout.by(),
                rollout.startedAt(),
                gate.map(Gate::since).orElse(rollout.startedAt()),
                rollout.fromRevision(),
                updated,
                gate.filter(one -> one.stage() == Stage.OPEN || one.stage() == Stage.KEPT)
                        .map(Gate::by),
                until(state, desired));
    }

    private static String stage(Rollout rollout) {
        if (rollout.failed().isPresent()) {
            return "halted";
        }
        return switch (rollout.gate().map(Gate::stage).orElse(Stage.OPEN)) {
            case TRIAL -> "trial";
            case APPROVAL -> "approval";
            case KEPT -> "switched";
            case OPEN, BACK -> "replacing";
        };
    }

    private static Optional<Instant> until(ServiceState state, Desired desired) {
        var gate = state.rollout().filter(Rollout::isTried).flatMap(Rollout::gate);
        return desired.declared(state.service())
                .flatMap(is ->
                        gate.flatMap(one ->
                                switch (one.stage()) {
                                    case APPROVAL ->
                                            Trials.approvalWithin(is).map(one.since()::plus);
                                    case KEPT -> Optional.of(one.since().plus(Trials.keep(is)));
                                    case TRIAL, OPEN, BACK -> Optional.<Instant>empty();
                                }));
    }
}
