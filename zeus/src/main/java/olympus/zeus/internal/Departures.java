package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.stack.Pinning;
import olympus.model.stack.ServiceDefinition;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord;
import olympus.model.state.NodeSpec;
import olympus.model.state.ServiceState;

/**
 * Which instances of one service leave nodes that are being emptied, and what keeps the others: at
 * any moment no more of them are away by our doing than an update may replace at a time. For one
 * planning.
 */
final class Departures {

    private final PlanDraft draft;
    private final ServiceId service;
    private final ServiceDefinition definition;
    private final List<InstanceId> begun = new ArrayList<>();

    Departures(PlanDraft draft, ServiceId service, ServiceDefinition definition) {
        this.draft = draft;
        this.service = service;
        this.definition = definition;
    }

    /** Why it must stay where it is whatever happens to the node; empty when it can leave. */
    Optional<String> bound() {
        return bound(draft.desired, draft.neighbours, service, definition);
    }

    /** The same of any service. */
    static Optional<String> bound(
            Desired desired,
            Neighbours neighbours,
            ServiceId service,
            ServiceDefinition definition) {
        return Pinning.reason(definition)
                .or(() ->
                        neighbours.of(service).stream()
                                .map(name -> new ServiceId(service.stack(), name))
                                .flatMap(beside ->
                                        desired
                                                .declared(beside)
                                                .flatMap(Pinning::reason)
                                                .map(why ->
                                                        "%s, beside which it belongs, stays there: %s"
                                                                .formatted(beside, why))
                                                .stream())
                                .findFirst());
    }

    /** What keeps an instance at present; empty when it leaves now. */
    Optional<String> keeps(InstanceRecord record, NodeSpec.Withdrawal order) {
        var paused = draft.paused(service.stack(), record.placement().node());
        if (paused.isPresent()) {
            return paused;
        }
        if (isMovedByItsUpdate(draft.desired.state(service), order)) {
            return Optional.of("an update of it is under way");
        }
        if (!draft.observed.connected(record.placement().node())) {
            return Optional.of("its node is not connected");
        }
        return bound().or(() -> order.force() ? Optional.empty() : budget(record));
    }

    /**
     * An update that goes on takes what it replaces to other nodes; one that was halted does not,
     * and by force nothing waits for it.
     */
    static boolean isMovedByItsUpdate(ServiceState state, NodeSpec.Withdrawal order) {
        return !order.force()
                && state.rollout().filter(rollout -> rollout.failed().isEmpty()).isPresent();
    }

    void began(InstanceId instance) {
        begun.add(instance);
    }

    private Optional<String> budget(InstanceRecord record) {
        if (!draft.observed.isWell(record)) {
            return Optional.empty();
        }
        var parallelism = definition.deploy().update().parallelism();
        var away = new ArrayList<>(begun);
        for (var stored : draft.desired.instancesOf(service).values()) {
            var one = stored.value();
            if (!one.id().equals(record.id()) && isOnItsWay(one)) {
                away.add(one.id());
            }
        }
        return parallelism == 0 || away.size() < parallelism
                ? Optional.empty()
                : Optional.of(away.getFirst() + " has to be well first" + advice());
    }

    /** Nothing makes it well by itself where its update was halted. */
    private String advice() {
        return draft.desired.state(service).rollout().isPresent()
                ? "; its update is halted: apply what works, roll it back (olympus rollback %s), or drain with --force"
                        .formatted(service.stack())
                : "";
    }

    /** Wanted and not well, unless it has ended or is itself about to leave without waiting. */
    private boolean isOnItsWay(InstanceRecord record) {
        var leaves = draft.desired.emptying(record.placement().node()).isPresent();
        return !record.order().phase().isGoing()
                && !draft.observed.isWell(record)
                && draft.observed
                        .of(record)
                        .map(seen -> seen.observation().state())
                        .filter(state ->
                                state == State.COMPLETED || (leaves && state == State.GIVEN_UP))
                        .isEmpty();
    }
}
