package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord;
import olympus.model.state.InstanceRecord.Phase;
import olympus.model.state.NodeReport;
import olympus.zeus.ClusterView;

/**
 * Makes the immutable view that everybody reads from what is stored, observed and planned. Pure.
 */
final class ViewBuilder {

    private final Desired desired;
    private final Observed observed;
    private final Plan plan;

    private ViewBuilder(Desired desired, Observed observed, Plan plan) {
        this.desired = desired;
        this.observed = observed;
        this.plan = plan;
    }

    static ClusterView build(Desired desired, Observed observed, Plan plan) {
        var builder = new ViewBuilder(desired, observed, plan);
        return new ClusterView(
                desired.revision(),
                builder.services(),
                builder.nodes(),
                builder.stacks(),
                builder.pauses());
    }

    private List<ClusterView.ServiceView> services() {
        var ids = new TreeSet<>(desired.instances().keySet());
        desired.stacks()
                .forEach((name, stack) ->
                        stack.current()
                                .ifPresent(d ->
                                        d.services()
                                                .keySet()
                                                .forEach(s -> ids.add(new ServiceId(name, s)))));
        return ids.stream().map(this::service).toList();
    }

    private ClusterView.ServiceView service(ServiceId id) {
        var declared = desired.declared(id);
        var instances = new ArrayList<ClusterView.InstanceView>();
        desired.instancesOf(id).values().forEach(r -> instances.add(instance(r.value())));
        var running = count(instances, o -> o.state() == State.RUNNING);
        var healthy = count(instances, InstanceObservation::isWell);
        var wanted = declared.map(this::wanted).orElse(0);
        var state = state(id, declared, instances, wanted, healthy);
        var revision =
                desired.stack(id.stack())
                        .flatMap(Desired.StackRecords::pointer)
                        .map(p -> p.value().revision())
                        .orElse(0L);
        return new ClusterView.ServiceView(
                id, revision, wanted, running, healthy, state.word(), state.reason(), instances);
    }

    private int wanted(ServiceDefinition definition) {
        return definition.deploy().mode() == DeployPolicy.Mode.GLOBAL
                ? desired.nodes().size()
                : definition.deploy().replicas();
    }

    private static int count(
            List<ClusterView.InstanceView> instances,
            java.util.function.Predicate<InstanceObservation> test) {
        return (int) instances.stream().filter(i -> test.test(i.observed())).count();
    }

    private record StateAndReason(String word, String reason) {}

    private StateAndReason state(
            ServiceId id,
            Optional<ServiceDefinition> declared,
            List<ClusterView.InstanceView> instances,
            int wanted,
            int healthy) {
        var waits = Optional.ofNullable(plan.waits().get(id));
        if (declared.isEmpty()) {
            return new StateAndReason(
                    "removing", waits.orElse("it is no longer declared; it is being stopped"));
        }
        var stored = desired.state(id);
        if (stored.hold().isPresent()) {
            var hold = stored.hold().get();
            var stopping = instances.stream().anyMatch(i -> i.observed().pid() != 0);
            return new StateAndReason(
                    "stopped",
                    "%sstopped by %s since %s; `olympus start %s` ends that"
                            .formatted(stopping ? "stopping: " : "", hold.by(), hold.since(), id));
        }
        if (stored.rollout().isPresent()) {
            var failed = stored.rollout().get().failed();
            return failed.map(reason ->
                            new StateAndReason(
                                    healthy >= wanted ? "paused" : "degraded",
                                    "the update is halted: %s; apply a corrected declaration, or `olympus rollback %s`"
                                            .formatted(reason, id)))
                    .orElseGet(() ->
                            new StateAndReason(
                                    "updating", waits.orElse("instances are being replaced")));
        }
        return settled(id, instances, wanted, healthy, waits);
    }

    private StateAndReason settled(
            ServiceId id,
            List<ClusterView.InstanceView> instances,
            int wanted,
            int healthy,
            Optional<String> waits) {
        if (healthy >= wanted) {
            return new StateAndReason("running", "");
        }
        var completed = count(instances, o -> o.state() == State.COMPLETED);
        if (completed == instances.size() && completed >= wanted) {
            return new StateAndReason("completed", "every instance ended successfully");
        }
        var told =
                instances.stream()
                        .filter(i -> !i.observed().isWell() && !i.observed().reason().isEmpty())
                        .map(i -> i.observed().id() + ": " + i.observed().reason())
                        .findFirst();
        // An agent's own sentence says what happened, the plan's why nothing else follows.
        var reason =
                Stream.concat(
                                told.stream(),
                                waits.filter(w -> !told.orElse("").contains(w)).stream())
                        .collect(Collectors.joining("; "));
        var pause = desired.pauseOf(id.stack(), Optional.empty());
        if (pause.isPresent()) {
            return new StateAndReason(
                    "paused",
                    "automatic action is paused by %s (%s); %s"
                            .formatted(pause.get().by(), pause.get().reason(), reason));
        }
        var givenUp = count(instances, o -> o.state() == State.GIVEN_UP);
        if (healthy > 0) {
            return new StateAndReason("degraded", reason);
        }
        if (givenUp > 0) {
            return new StateAndReason("failed", reason);
        }
        var held =
                desired.instancesOf(id).values().stream()
                        .anyMatch(r -> r.value().order().phase() == Phase.WAITING);
        if (held || instances.isEmpty()) {
            return new StateAndReason("waiting", waits.orElse(reason));
        }
        return new StateAndReason("starting", reason);
    }

    private ClusterView.InstanceView instance(InstanceRecord record) {
        var node = record.placement().node();
        return new ClusterView.InstanceView(
                observation(record),
                desired.nodeName(node),
                node,
                List.copyOf(record.placement().ports().values()));
    }

    private InstanceObservation observation(InstanceRecord record) {
        var name = desired.nodeName(record.placement().node());
        var seen = observed.any(record);
        if (seen.isEmpty()) {
            var why =
                    record.order().phase() == Phase.WAITING
                            ? record.order().reason()
                            : observed.connected(record.placement().node())
                                    ? "node %s has not reported it yet".formatted(name)
                                    : "node %s is not connected".formatted(name);
            return new InstanceObservation(
                    record.id(),
                    record.run().token(),
                    driver(record),
                    State.PENDING,
                    Health.NONE,
                    0,
                    0,
                    record.order().since(),
                    why,
                    Optional.empty());
        }
        var known = seen.get().observation();
        if (!observed.connected(record.placement().node())) {
            return withReason(
                    known,
                    "last known: node %s is not connected. %s".formatted(name, known.reason()));
        }
        return known.runToken().equals(record.run().token())
                ? known
                : withReason(known, "an earlier run, being replaced. " + known.reason());
    }

    private String driver(InstanceRecord record) {
        return desired.definitionOf(record).map(d -> d.workload().driver()).orElse("");
    }

    private static InstanceObservation withReason(InstanceObservation o, String reason) {
        return new InstanceObservation(
                o.id(),
                o.runToken(),
                o.driver(),
                o.state(),
                o.health(),
                o.pid(),
                o.restarts(),
                o.since(),
                reason.strip(),
                o.lastExit());
    }

    private List<ClusterView.NodeView> nodes() {
        var views = new ArrayList<ClusterView.NodeView>();
        desired.nodes().forEach((id, stored) -> views.add(node(id, stored.value().name())));
        views.sort(
                Comparator.comparing(ClusterView.NodeView::name)
                        .thenComparing(ClusterView.NodeView::id));
        return views;
    }

    private ClusterView.NodeView node(NodeId id, String name) {
        var node = observed.node(id);
        var report = node.flatMap(Observed.Node::report);
        var instances =
                (int)
                        desired.instances().values().stream()
                                .flatMap(m -> m.values().stream())
                                .filter(r -> r.value().placement().node().equals(id))
                                .count();
        return new ClusterView.NodeView(
                id,
                name,
                observed.connected(id),
                node.flatMap(Observed.Node::lastSeen),
                instances,
                report.flatMap(NodeReport::paused),
                report.flatMap(NodeReport::brake),
                report.map(NodeReport::problems).orElse(List.of()));
    }

    private List<ClusterView.StackView> stacks() {
        var views = new ArrayList<ClusterView.StackView>();
        desired.stacks()
                .forEach((name, stack) ->
                        stack.pointer()
                                .ifPresent(p -> {
                                    var services =
                                            stack.currentRevision()
                                                    .map(r -> r.definition().services().size())
                                                    .orElse(0);
                                    views.add(
                                            new ClusterView.StackView(
                                                    name,
                                                    p.value().revision(),
                                                    services,
                                                    p.value().changedAt(),
                                                    p.value().actor(),
                                                    p.value().removing()));
                                }));
        return views;
    }

    private List<ClusterView.PauseView> pauses() {
        return desired.pauses().values().stream()
                .map(Versioned::value)
                .map(p -> new ClusterView.PauseView(p.scope(), p.by(), p.since(), p.reason()))
                .toList();
    }
}
