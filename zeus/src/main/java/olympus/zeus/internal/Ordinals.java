package olympus.zeus.internal;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /**
     * What is there keeps its ordinal, first what runs the version to come; new ones get the lowest
     * free ordinals.
     */
    Set<Integer> wanted() {
        if (definition.deploy().mode() == DeployPolicy.Mode.GLOBAL) {
            return new TreeSet<>(everywhere().values());
        }
        var there =
                draft.desired.instancesOf(service).values().stream()
                        .map(Versioned::value)
                        .filter(Ordinals::isKept)
                        .filter(record -> hasPorts(record.id().ordinal()))
                        .toList();
        return isBesideTheOther() ? both(there) : some(there);
    }

    private Set<Integer> some(List<InstanceRecord> there) {
        var ordinals = new TreeSet<Integer>();
        var count = definition.deploy().replicas() + surge();
        there.stream()
                .sorted(
                        Comparator.comparing((InstanceRecord record) -> !isToCome(record))
                                .thenComparing(InstanceRecord::id))
                .limit(count)
                .forEach(record -> ordinals.add(record.id().ordinal()));
        return filled(ordinals, count);
    }

    /** The old version as it is, and as many of the new one as there are to be. */
    private Set<Integer> both(List<InstanceRecord> there) {
        var rollout = state.rollout().orElseThrow();
        var ordinals = new TreeSet<Integer>();
        var old = 0;
        for (var record : there) {
            ordinals.add(record.id().ordinal());
            if (!Trials.isNew(record, state)
                    && Trials.isOfGoodVersion(record, rollout, draft.desired)) {
                old++;
            }
        }
        return filled(ordinals, Math.max(ordinals.size(), old + definition.deploy().replicas()));
    }

    /** Also by ordinals of instances that are still ending: these are placed once that is over. */
    private static Set<Integer> filled(Set<Integer> ordinals, int count) {
        for (var n = 1; ordinals.size() < count; n++) {
            ordinals.add(n);
        }
        return ordinals;
    }

    private boolean hasPorts(int ordinal) {
        return definition.ports().stream().allMatch(port -> ordinal <= port.count());
    }

    /** Where an update was halted nobody knows which version that is, unless one was tried. */
    private boolean isToCome(InstanceRecord record) {
        var halted = state.rollout().filter(rollout -> rollout.failed().isPresent());
        if (halted.isPresent()) {
            return halted.get().gate().isEmpty()
                    || Trials.isOfGoodVersion(record, halted.get(), draft.desired);
        }
        return Trials.isNew(record, state) || Trials.isDeclared(record, draft.desired);
    }

    /** Two whole versions are there, each at instances of its own. */
    private boolean isBesideTheOther() {
        return draft.desired.isActedOn(service)
                && definition.deploy().isBlueGreen()
                && Trials.isUnderWay(state);
    }

    /** Extra instances while a start-first update is on its way. */
    int surge() {
        var rollout = state.rollout().filter(one -> one.failed().isEmpty());
        if (!draft.desired.isActedOn(service) || rollout.isEmpty() || !startsFirst(definition)) {
            return 0;
        }
        if (definition.deploy().isBlueGreen() && rollout.get().gate().isPresent()) {
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
        return draft.desired.instancesOf(service).values().stream()
                        .map(Versioned::value)
                        .filter(record ->
                                record.run().confirmed()
                                        && isKept(record)
                                        && Trials.isDeclared(record, draft.desired))
                        .count()
                >= definition.deploy().replicas();
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

    /**
     * How many more may be placed: while a new version is tried, no more than try it, and none in a
     * pause.
     */
    int mayBePlaced() {
        if (!Trials.isUnderWay(state)) {
            return Integer.MAX_VALUE;
        }
        var isPaused = draft.desired.pauseOf(service.stack(), Optional.empty()).isPresent();
        if (isPaused && !state.rollout().orElseThrow().orderedInPause()) {
            return 0;
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
