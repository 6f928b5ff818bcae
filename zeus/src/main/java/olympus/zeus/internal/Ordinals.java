package olympus.zeus.internal;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceRecord;
import olympus.model.state.ServiceState;

/** Which instances a declared service is to have at this stage of its rollout. Changes nothing. */
final class Ordinals {

    private final PlanDraft draft;
    private final ServiceId service;
    private final ServiceDefinition definition;
    private final ServiceState state;

    Ordinals(PlanDraft draft, ServiceId service, ServiceDefinition definition) {
        this.draft = draft;
        this.service = service;
        this.definition = definition;
        this.state = draft.desired.state(service);
    }

    Set<Integer> wanted() {
        var ordinals = new TreeSet<Integer>();
        if (definition.deploy().mode() == DeployPolicy.Mode.GLOBAL) {
            ordinals.addAll(everywhere().values());
        } else {
            for (var n = 1; n <= definition.deploy().replicas() + surge(); n++) {
                ordinals.add(n);
            }
        }
        return ordinals;
    }

    /** Extra instances while a start-first update is on its way. */
    int surge() {
        var rollout = state.rollout().filter(one -> one.failed().isEmpty());
        if (!draft.desired.isActedOn(service) || rollout.isEmpty() || !startsFirst(definition)) {
            return 0;
        }
        if (Trials.isUnderWay(state)) {
            return Trials.size(definition);
        }
        return rollout.get().cause() == ServiceState.Cause.ROLLBACK && isBack()
                ? 0
                : definition.deploy().extra();
    }

    /** Whether all that is to go back runs what it is to run: the extra ones can end. */
    private boolean isBack() {
        var replicas = definition.deploy().replicas();
        var there = draft.desired.instancesOf(service).headMap(replicas, true).values();
        return there.size() == replicas
                && there.stream()
                        .map(Versioned::value)
                        .allMatch(record ->
                                record.run().confirmed()
                                        && !record.order().phase().isGoing()
                                        && Trials.isDeclared(record, draft.desired));
    }

    /** Start-first needs ports for the extra instances, and a free choice of their number. */
    static boolean startsFirst(ServiceDefinition definition) {
        var deploy = definition.deploy();
        return deploy.update().order() == DeployPolicy.Order.START_FIRST
                && deploy.mode() != DeployPolicy.Mode.GLOBAL
                && !(definition.workload() instanceof Workload.Unit)
                && definition.ports().stream()
                        .allMatch(p -> p.count() >= deploy.replicas() + deploy.extra());
    }

    /** Each node in use keeps the ordinal it has; a new node gets the lowest free one. */
    Map<NodeId, Integer> everywhere() {
        var byNode = new TreeMap<NodeId, Integer>();
        var used = new TreeSet<Integer>();
        for (var entry : draft.desired.instancesOf(service).entrySet()) {
            var node = entry.getValue().value().placement().node();
            if (draft.desired.leaving(service, node).isEmpty()) {
                byNode.putIfAbsent(node, entry.getKey());
            }
            used.add(entry.getKey());
        }
        var next = 1;
        for (var node : draft.placement.nodes()) {
            if (!byNode.containsKey(node)
                    && draft.desired.withdrawal(node).isEmpty()
                    && draft.desired.meets(definition, node, draft.observed)) {
                while (used.contains(next)) {
                    next++;
                }
                byNode.put(node, next);
                used.add(next);
            }
        }
        return byNode;
    }

    /** How many more may be placed: while a new version is tried, no more than try it. */
    int mayBePlaced() {
        if (!Trials.isUnderWay(state)) {
            return Integer.MAX_VALUE;
        }
        var there =
                draft.desired.instancesOf(service).values().stream()
                        .map(Versioned::value)
                        .filter(Ordinals::isKept)
                        .filter(record -> Trials.isNew(record, state))
                        .count();
        return Math.max(0, Trials.size(definition) - (int) there);
    }

    private static boolean isKept(InstanceRecord record) {
        return !record.order().phase().isGoing();
    }
}
