package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import olympus.model.InstanceId;
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
    private final LastHeard lastHeard;
    private final Plan plan;
    private final Wishes wishes;
    private final NavigableMap<InstanceId, Unclaimed.Held> unclaimed;
    private final Placement placement;
    private final Optional<String> unread;
    private final List<ClusterView.PendingView> pending;
    private final NavigableMap<ServiceId, NavigableMap<InstanceId, NodeId>> undeclared;
    private final Map<InstanceId, List<ClusterView.PendingView>> pendingOf = new HashMap<>();

    private ViewBuilder(Desired desired, Observed observed, Plan plan, Optional<String> unread) {
        this.desired = desired;
        this.observed = observed;
        this.lastHeard = new LastHeard(desired, observed);
        this.plan = plan;
        this.wishes = new Wishes(desired, observed, lastHeard, plan);
        this.unread = unread;
        this.unclaimed = Unclaimed.of(desired, observed);
        this.placement = Placement.of(desired, observed, new Neighbours(desired), unclaimed);
        this.undeclared = undeclared();
        this.pending = Pending.of(desired, observed);
        this.pending.forEach(
                one -> pendingOf.computeIfAbsent(one.instance(), _ -> new ArrayList<>()).add(one));
    }

    /**
     * What runs although nothing is stored about it: unknown stacks, and what the store has lost.
     */
    private NavigableMap<ServiceId, NavigableMap<InstanceId, NodeId>> undeclared() {
        var found = new TreeMap<ServiceId, NavigableMap<InstanceId, NodeId>>();
        observed.nodes()
                .forEach((node, seen) ->
                        seen.instances().keySet().stream()
                                .filter(id -> Unclaimed.isOfUnknownStack(desired, id))
                                .forEach(id ->
                                        found.computeIfAbsent(id.service(), s -> new TreeMap<>())
                                                .merge(
                                                        id,
                                                        node,
                                                        (a, b) -> a.compareTo(b) <= 0 ? a : b)));
        unclaimed.forEach((id, held) ->
                found.computeIfAbsent(id.service(), s -> new TreeMap<>()).put(id, held.node()));
        return found;
    }

    /**
     * The view while what is stored cannot be read: what agents report, as they report it.
     *
     * @param why it cannot be read
     */
    static ClusterView ofReports(Desired desired, Observed observed, String why) {
        var nothing = new Plan(List.of(), Map.of(), OptionalLong.empty());
        return new ViewBuilder(desired, observed, nothing, Optional.of(why)).view();
    }

    static ClusterView build(Desired desired, Observed observed, Plan plan) {
        return new ViewBuilder(desired, observed, plan, Optional.empty()).view();
    }

    private ClusterView view() {
        return new ClusterView(
                desired.revision(),
                services(),
                nodes(),
                stacks(),
                pauses(),
                pending,
                ExternalNodes.shown(desired));
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
        ids.addAll(undeclared.keySet());
        return ids.stream()
                .map(id -> undeclared.containsKey(id) ? undeclared(id) : service(id))
                .toList();
    }

    private ClusterView.ServiceView undeclared(ServiceId id) {
        var instances = new TreeMap<InstanceId, ClusterView.InstanceView>();
        desired.instancesOf(id)
                .values()
                .forEach(r -> instances.put(r.value().id(), instance(r.value())));
        undeclared
                .getOrDefault(id, new TreeMap<>())
                .forEach((instance, node) ->
                        undeclared(instance, node).ifPresent(v -> instances.put(instance, v)));
        var views = List.copyOf(instances.values());
        var running = running(views);
        var healthy = healthy(views);
        var wanted =
                unclaimed.values().stream()
                        .filter(held -> held.spec().id().service().equals(id))
                        .map(held -> wishes.instances(id, held.spec().definition()))
                        .findFirst()
                        .orElse(views.size());
        var pointer = desired.stack(id.stack()).flatMap(Desired.StackRecords::pointer);
        var state =
                unread.map(why -> asReported(views, healthy, why))
                        .orElseGet(() ->
                                new StateAndReason("unclaimed", Unclaimed.reason(desired, id)));
        return new ClusterView.ServiceView(
                id,
                pointer.map(p -> p.value().revision()).orElse(0L),
                unread.isPresent() ? views.size() : wanted,
                running,
                healthy,
                state.word(),
                state.reason(),
                desired.mode(id.stack()),
                views);
    }

    private StateAndReason asReported(
            List<ClusterView.InstanceView> instances, int healthy, String why) {
        var reason = "as its agent reports it; what is declared is not known: " + why;
        if (healthy == instances.size()) {
            return new StateAndReason("running", reason);
        }
        if (healthy > 0) {
            return new StateAndReason("degraded", reason);
        }
        var only = instances.getFirst().observed().state();
        return new StateAndReason(
                switch (only) {
                    case GIVEN_UP -> "failed";
                    case STOPPED, STOPPING -> "stopped";
                    case COMPLETED -> "completed";
                    case PENDING -> "waiting";
                    case STARTING, RUNNING, BACKOFF -> "starting";
                },
                reason);
    }

    private Optional<ClusterView.InstanceView> undeclared(InstanceId id, NodeId node) {
        var ports =
                Optional.ofNullable(unclaimed.get(id))
                        .map(held -> List.copyOf(held.spec().ports().values()))
                        .orElse(List.of());
        return observed.node(node)
                .flatMap(n -> Optional.ofNullable(n.instances().get(id)))
                .map(seen ->
                        new ClusterView.InstanceView(
                                seen.observation(),
                                nodeName(node),
                                node,
                                ports,
                                lastHeard.away(node, seen.observation())));
    }

    /** Also of a node whose record cannot be read. */
    private String nodeName(NodeId node) {
        return desired.nodes().containsKey(node)
                ? desired.nodeName(node)
                : observed.node(node)
                        .flatMap(Observed.Node::report)
                        .map(NodeReport::name)
                        .orElse(node.toString());
    }

    private ClusterView.ServiceView service(ServiceId id) {
        var declared = desired.declared(id);
        var instances = new ArrayList<ClusterView.InstanceView>();
        desired.instancesOf(id).values().forEach(r -> instances.add(instance(r.value())));
        var running = running(instances);
        var healthy = healthy(instances);
        var wanted = declared.map(is -> wishes.instances(id, is)).orElse(0);
        var state = state(id, declared, instances, wanted, healthy);
        var revision =
                desired.stack(id.stack())
                        .flatMap(Desired.StackRecords::pointer)
                        .map(p -> p.value().revision())
                        .orElse(0L);
        return new ClusterView.ServiceView(
                id,
                revision,
                wanted,
                running,
                healthy,
                state.word(),
                state.reason(),
                desired.mode(id.stack()),
                instances,
                RolloutViews.of(id, desired));
    }

    /** Those of which it is known. */
    private static int running(List<ClusterView.InstanceView> instances) {
        return (int)
                instances.stream()
                        .filter(i -> i.away().isEmpty() && i.observed().state() == State.RUNNING)
                        .count();
    }

    private static int healthy(List<ClusterView.InstanceView> instances) {
        return (int) instances.stream().filter(ClusterView.InstanceView::isWell).count();
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
        if (declared.isEmpty() && desired.isReleased(id.stack())) {
            return new StateAndReason(
                    "releasing", waits.orElse("it is being let go, and left as it is"));
        }
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
        if (stored.rollout().isPresent() && desired.isActedOn(id)) {
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

    private boolean isEverywhere(ServiceId id) {
        return desired.declared(id)
                .filter(is -> is.deploy().mode() == DeployPolicy.Mode.GLOBAL)
                .isPresent();
    }

    private StateAndReason settled(
            ServiceId id,
            List<ClusterView.InstanceView> instances,
            int wanted,
            int healthy,
            Optional<String> waits) {
        if (wanted == 0 && instances.isEmpty() && isEverywhere(id)) {
            return new StateAndReason(
                    "waiting", "no node in use meets what it says of nodes, or there is none");
        }
        if (healthy >= wanted) {
            return new StateAndReason("running", "");
        }
        var completed = count(instances, o -> o.state() == State.COMPLETED);
        if (completed == instances.size() && completed >= wanted) {
            return new StateAndReason("completed", "every instance ended successfully");
        }
        var reason = reason(instances, waits);
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
        if (instances.stream().anyMatch(i -> i.away().isPresent())) {
            return new StateAndReason("unknown", reason);
        }
        if (count(instances, o -> o.health() == Health.FAILING && o.state() == State.RUNNING) > 0) {
            return new StateAndReason("unhealthy", reason);
        }
        var runs = count(instances, o -> o.pid() != 0 || o.state() == State.STARTING);
        if (!desired.isManaged(id.stack()) && !instances.isEmpty() && runs == 0) {
            return new StateAndReason("stopped", reason);
        }
        var held =
                desired.instancesOf(id).values().stream()
                        .anyMatch(r -> r.value().order().phase() == Phase.WAITING);
        if (held || instances.isEmpty()) {
            return new StateAndReason("waiting", waits.orElse(reason));
        }
        return new StateAndReason("starting", reason);
    }

    /** An agent's own sentence says what happened, the plan's why nothing else follows. */
    private static String reason(List<ClusterView.InstanceView> instances, Optional<String> waits) {
        var told =
                instances.stream()
                        .filter(i -> !i.isWell())
                        .filter(i -> !i.observed().reason().isEmpty())
                        .map(i -> i.observed().id() + ": " + i.observed().reason())
                        .findFirst();
        return Stream.concat(
                        told.stream(), waits.filter(w -> !told.orElse("").contains(w)).stream())
                .collect(Collectors.joining("; "));
    }

    private ClusterView.InstanceView instance(InstanceRecord record) {
        var node = record.placement().node();
        var heard = lastHeard.of(record);
        return new ClusterView.InstanceView(
                heard.map(seen -> observation(record, seen)).orElseGet(() -> notHeardOf(record)),
                desired.nodeName(node),
                node,
                List.copyOf(record.placement().ports().values()),
                lastHeard.away(record));
    }

    private InstanceObservation notHeardOf(InstanceRecord record) {
        var name = desired.nodeName(record.placement().node());
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

    private InstanceObservation observation(InstanceRecord record, InstanceObservation known) {
        var node = record.placement().node();
        if (!observed.connected(node)) {
            return known.withReason(
                    "node %s is not connected. %s"
                            .formatted(desired.nodeName(node), known.reason())
                            .strip());
        }
        return known.runToken().equals(record.run().token())
                ? known.withReason(asked(record, known).strip())
                : known.withReason(("an earlier run, being replaced. " + known.reason()).strip());
    }

    /** What its agent says, and what follows from that where Zeus may not act by itself. */
    private String asked(InstanceRecord record, InstanceObservation known) {
        var mode = desired.mode(record.id().service().stack());
        var follows =
                switch (mode) {
                    case MANAGE -> "";
                    case OBSERVE -> known.isWell() ? "" : "it is only observed";
                    case ASK -> Pending.words(pendingOf.getOrDefault(record.id(), List.of()));
                };
        return Stream.of(known.reason(), follows)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; "));
    }

    private String driver(InstanceRecord record) {
        return desired.definitionOf(record).map(d -> d.workload().driver()).orElse("");
    }

    private List<ClusterView.NodeView> nodes() {
        var views = new ArrayList<ClusterView.NodeView>();
        var ids = new TreeSet<>(desired.nodes().keySet());
        if (unread.isPresent()) {
            ids.addAll(observed.nodes().keySet());
        }
        ids.forEach(id -> views.add(node(id, nodeName(id))));
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
                                        .filter(r ->
                                                !undeclared.containsKey(r.value().id().service()))
                                        .filter(r -> r.value().placement().node().equals(id))
                                        .count()
                        + (int)
                                undeclared.values().stream()
                                        .flatMap(m -> m.values().stream())
                                        .filter(id::equals)
                                        .count();
        return new ClusterView.NodeView(
                id,
                name,
                observed.connected(id),
                lastHeard.of(id),
                instances,
                report.flatMap(NodeReport::paused),
                report.flatMap(NodeReport::brake),
                Stream.concat(
                                loss(id).stream(),
                                report.map(NodeReport::problems).orElse(List.of()).stream())
                        .toList(),
                wishes.of(id),
                placement.resources(id));
    }

    /** What is recorded of a node that was away for too long. */
    private Optional<String> loss(NodeId id) {
        return Optional.ofNullable(desired.lost().get(id))
                .filter(_ -> !desired.isInMaintenance(id))
                .map(Versioned::value)
                .map(lost ->
                        lost.heldBack()
                                .map(why ->
                                        "away for too long at %s, but not counted as lost: %s; nothing is moved from it before enough of them are back"
                                                .formatted(lost.since(), why))
                                .orElseGet(() ->
                                        "counts as lost since %s: what can run elsewhere is started there"
                                                .formatted(lost.since())));
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
                                                    p.value().removing(),
                                                    p.value().releasedBy().isPresent(),
                                                    desired.mode(name)));
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
