package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.json.EnumWords;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.state.InstanceRecord;
import olympus.zeus.ClusterView;

/** What people want of nodes, for a view, with what keeps instances on nodes that are emptied. */
final class Wishes {

    private final Desired desired;
    private final Observed observed;
    private final LastHeard lastHeard;
    private final Plan plan;
    private final Neighbours neighbours;

    Wishes(Desired desired, Observed observed, LastHeard lastHeard, Plan plan) {
        this.desired = desired;
        this.observed = observed;
        this.lastHeard = lastHeard;
        this.plan = plan;
        this.neighbours = new Neighbours(desired);
    }

    /** How many instances of a service are wanted. */
    int instances(ServiceId service, ServiceDefinition definition) {
        return definition.deploy().mode() == DeployPolicy.Mode.GLOBAL
                ? (int)
                        desired.nodes().keySet().stream()
                                .filter(node -> runsOn(service, definition, node))
                                .count()
                : definition.deploy().replicas();
    }

    /** What runs there already stays as long as the node is not emptied. */
    private boolean runsOn(ServiceId everywhere, ServiceDefinition definition, NodeId node) {
        var isThere =
                desired.instancesOf(everywhere).values().stream()
                        .anyMatch(one -> isOn(node, one.value()));
        return isThere
                ? desired.leaving(everywhere, node).isEmpty()
                : desired.withdrawal(node).isEmpty() && desired.meets(definition, node, observed);
    }

    private static boolean isOn(NodeId node, InstanceRecord record) {
        return record.placement().node().equals(node);
    }

    ClusterView.Wanted of(NodeId node) {
        return new ClusterView.Wanted(
                desired.labels(node),
                desired.withdrawal(node),
                desired.emptying(node).isPresent() ? staying(node) : List.of());
    }

    private List<ClusterView.Staying> staying(NodeId node) {
        var staying = new ArrayList<ClusterView.Staying>();
        for (var ofService : desired.instances().values()) {
            for (var stored : ofService.values()) {
                var record = stored.value();
                if (isOn(node, record) && mayRun(record)) {
                    staying.add(staying(record));
                }
            }
        }
        return staying;
    }

    /** As far as is known. */
    private boolean mayRun(InstanceRecord record) {
        return lastHeard
                .of(record)
                .map(seen ->
                        switch (seen.state()) {
                            case STARTING, RUNNING, BACKOFF, STOPPING -> true;
                            case PENDING, STOPPED, COMPLETED, GIVEN_UP -> false;
                        })
                .orElse(true);
    }

    private ClusterView.Staying staying(InstanceRecord record) {
        var service = record.id().service();
        if (record.order().phase().isGoing()) {
            return new ClusterView.Staying(record.id(), "it is stopping", false);
        }
        var bound =
                desired.isManaged(service.stack())
                        ? desired.definitionOf(record)
                                .flatMap(definition ->
                                        Departures.bound(desired, neighbours, service, definition))
                        : Optional.of(
                                "its stack is in mode "
                                        + EnumWords.of(desired.mode(service.stack())));
        return new ClusterView.Staying(
                record.id(),
                bound.or(() -> Optional.ofNullable(plan.waits().get(service))).orElse(""),
                bound.isPresent());
    }
}
