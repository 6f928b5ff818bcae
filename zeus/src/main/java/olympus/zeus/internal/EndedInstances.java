package olympus.zeus.internal;

import java.util.List;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.ServiceId;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord;

/** Instances that were given up or have completed, which a person starts anew where they are. */
final class EndedInstances {

    private EndedInstances() {}

    /** Those of a service; what was stopped by hand starts anew by itself once it is to run. */
    static List<Versioned<InstanceRecord>> of(
            ServiceId service, Desired desired, Observed observed) {
        return desired.instancesOf(service).values().stream()
                .filter(r -> r.value().order().phase() == InstanceRecord.Phase.RUN)
                .filter(r ->
                        observed.of(r.value())
                                .map(i -> i.observation().state())
                                .filter(s -> s == State.GIVEN_UP || s == State.COMPLETED)
                                .isPresent())
                .toList();
    }

    /**
     * What has completed has given its room back, so that it may be another's by now.
     *
     * @throws OlympusException {@code CONFLICT} when its node has no room for one of these
     */
    static void requireRoom(
            List<Versioned<InstanceRecord>> ended, Desired desired, Observed observed) {
        if (ended.isEmpty()) {
            return;
        }
        var placement =
                Placement.of(
                        desired,
                        observed,
                        new Neighbours(desired),
                        Unclaimed.of(desired, observed));
        for (var stored : ended) {
            var id = stored.value().id();
            var node = stored.value().placement().node();
            var definition = desired.definitionOf(stored.value());
            var refusal = definition.map(it -> placement.refusalOn(node, id, it)).orElse("");
            if (!refusal.isEmpty()) {
                throw new OlympusException(
                        ErrorCode.CONFLICT,
                        "%s cannot start anew where it is: %s%s"
                                .formatted(id, desired.nodeName(node), refusal));
            }
            definition.ifPresent(it -> placement.reserved(node, id, it));
        }
    }
}
