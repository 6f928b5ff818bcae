package olympus.server.foresight;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.Pinning;
import olympus.model.state.NodeFacts;
import olympus.server.foresight.SinglePoint.Gravity;
import olympus.server.foresight.SinglePoint.Hit;
import olympus.server.foresight.SinglePoint.Kind;
import olympus.server.foresight.SinglePoint.Part;
import olympus.zeus.Foresight;
import olympus.zeus.Foresight.Fate;
import olympus.zeus.Foresight.Forecast;
import olympus.zeus.Supposition;

/**
 * Takes parts of the island away in thought, one at a time: machines, servers, machines that share
 * a rack, links, disks. Used by one thread.
 */
public final class Topology {

    /** How many machines are thought away in one answer. */
    public static final int MOST_NODES = 1_000;

    /** How many values of labels are. */
    static final int MOST_DOMAINS = 1_000;

    private final Foresight foresight;
    private final Quorum quorum;
    private final Scope scope;
    private final long deadlineNanos;
    private final Map<NodeId, String> nodes;
    private final Remedies remedies;
    private final List<String> labels;
    private final Set<ServiceId> running;
    private final Map<NodeId, TreeSet<ServiceId>> placed;
    private final List<SinglePoint> points = new ArrayList<>();

    /** The last thought: the same machine is lost and cut off one after the other. */
    private Supposition supposed;

    private Forecast forecast;

    private Topology(Foresight foresight, Quorum quorum, Scope scope, long deadlineNanos) {
        this.foresight = foresight;
        this.quorum = quorum;
        this.scope = scope;
        this.deadlineNanos = deadlineNanos;
        this.nodes = foresight.nodes();
        this.remedies = new Remedies(foresight, quorum);
        this.labels = labels();
        // Where nobody decides nothing is planned, so that this tells only what there is.
        this.supposed = new Supposition(Set.of(), Set.of(), Optional.of("nothing is supposed"));
        this.forecast = foresight.suppose(supposed);
        this.running =
                forecast.fates().stream()
                        .filter(Fate::runs)
                        .map(Topology::service)
                        .collect(Collectors.toSet());
        this.placed =
                forecast.fates().stream()
                        .collect(
                                Collectors.groupingBy(
                                        Fate::node,
                                        Collectors.mapping(
                                                Topology::service,
                                                Collectors.toCollection(TreeSet::new))));
    }

    /**
     * Takes away each part that is in the scope.
     *
     * @param deadlineNanos by {@link System#nanoTime}; when it has passed it fails
     * @throws OlympusException INVALID for labels that no machine has, UNAVAILABLE where there is
     *     too much to think of
     */
    public static Findings of(Foresight foresight, Quorum quorum, Scope scope, long deadlineNanos) {
        return new Topology(foresight, quorum, scope, deadlineNanos).findings();
    }

    private Findings findings() {
        if (nodes.size() > MOST_NODES) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "there are %d machines; at most %d are thought away in one answer; ask about single ones: olympus plan --what-if node-lost=NODE"
                            .formatted(nodes.size(), MOST_NODES));
        }
        nodes.forEach(this::takeAway);
        if (scope.has(Kind.SERVER)) {
            quorum.voters().keySet().forEach(this::stop);
        }
        if (scope.has(Kind.DOMAIN) || scope.has(Kind.LINK)) {
            domains().forEach(this::takeAway);
        }
        points.sort(SinglePoint.GRAVEST_FIRST);
        return new Findings(
                points, labels, new Unknowns(foresight, quorum, scope, labels, domainless()).all());
    }

    private void takeAway(NodeId node, String name) {
        var machine = Set.of(node);
        if (scope.has(Kind.NODE)) {
            lose(new Part(Kind.NODE, name, List.of(name)), machine);
        }
        if (scope.has(Kind.LINK)) {
            cutOff(new Part(Kind.LINK, name, List.of(name)), machine);
        }
        if (scope.has(Kind.DISK)) {
            loseDisk(new Part(Kind.DISK, name, List.of(name)), node);
        }
    }

    private void takeAway(String domain, Set<NodeId> machines) {
        var names = machines.stream().map(this::name).sorted().toList();
        if (scope.has(Kind.DOMAIN)) {
            lose(new Part(Kind.DOMAIN, domain, names), machines);
        }
        if (scope.has(Kind.LINK)) {
            cutOff(new Part(Kind.LINK, domain, names), machines);
        }
    }

    // Each kind.

    private void lose(Part part, Set<NodeId> machines) {
        var servers = quorum.on(machines);
        var orders = quorum.missing(servers);
        var losses = suppose(new Supposition(machines, Set.of(), orders)).losses();
        var hits = losses.stream().map(Hit::of).map(hit -> advised(part, machines, orders, hit));
        add(part, orders, spare(servers, orders), hits.toList(), forOrders(part, servers, orders));
    }

    private void stop(String server) {
        var part = new Part(Kind.SERVER, server, List.of());
        var orders = quorum.missing(Set.of(server));
        add(
                part,
                orders,
                spare(Set.of(server), orders),
                withoutOrders(orders),
                forOrders(part, Set.of(server), orders));
    }

    /** What ends although nothing but a decision is missing. */
    private List<Hit> withoutOrders(Optional<String> orders) {
        return orders.isEmpty()
                ? List.of()
                : suppose(new Supposition(Set.of(), Set.of(), orders)).losses().stream()
                        .map(Hit::of)
                        .toList();
    }

    private void cutOff(Part part, Set<NodeId> machines) {
        var servers = quorum.on(machines);
        var orders = quorum.missing(servers);
        var separation = Separation.of(foresight, quorum, machines);
        var fates = suppose(separation.supposition()).fates();
        var hits =
                separation.hits(fates).stream()
                        .map(hit -> advised(part, machines, orders, hit))
                        .toList();
        var advice = forOrders(part, servers, orders);
        if (machines.size() < nodes.size() && (!hits.isEmpty() || orders.isPresent())) {
            advice.add(Remedies.forLink(part.name()));
        }
        add(part, orders, linkRemark(machines, servers, separation), hits, advice);
    }

    private String linkRemark(Set<NodeId> machines, Set<String> servers, Separation separation) {
        if (machines.size() == nodes.size()) {
            return "no other machine is there to be cut off from; who comes from elsewhere reaches nothing";
        }
        if (separation.isDecidedByTheCut()) {
            return "it goes on deciding alone; what runs on the others goes on, and nobody decides for them";
        }
        if (separation.supposition().undecided().isPresent()) {
            return "what runs goes on on both sides";
        }
        return servers.isEmpty()
                ? "what runs there goes on"
                : "what runs there goes on; server %s loses its vote, and %s"
                        .formatted(
                                String.join(", ", new TreeSet<>(servers)),
                                spare(servers, Optional.empty()));
    }

    private void loseDisk(Part part, NodeId node) {
        var servers = quorum.on(Set.of(node));
        var orders = quorum.missing(servers);
        var advice = forOrders(part, servers, orders);
        advice.add(Remedies.forDisk(part.name()));
        add(part, orders, diskRemark(node, servers, orders), withoutOrders(orders), advice);
    }

    private String diskRemark(NodeId node, Set<String> servers, Optional<String> orders) {
        var text =
                new StringBuilder(
                        "what runs there goes on; orders are kept in memory only, what services print is dropped, and no singleton begins");
        if (!servers.isEmpty()) {
            text.append("; server ")
                    .append(String.join(", ", new TreeSet<>(servers)))
                    .append(" takes no writes");
            if (orders.isEmpty()) {
                text.append(", and ").append(spare(servers, orders));
            }
        }
        var bound = withDataOn(node);
        if (!bound.isEmpty()) {
            text.append("; whether data of ")
                    .append(
                            bound.stream()
                                    .map(ServiceId::toString)
                                    .collect(Collectors.joining(", ")))
                    .append(" is on that disk is not known");
        }
        return text.append("; ").append(disks(node)).toString();
    }

    /** Services with data on a machine, that run there. */
    private Set<ServiceId> withDataOn(NodeId node) {
        return placed.getOrDefault(node, new TreeSet<>()).stream()
                .filter(service ->
                        foresight.definition(service).flatMap(Pinning::reason).isPresent())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private String disks(NodeId node) {
        var told = foresight.facts(node).map(NodeFacts::disks).orElse(List.of());
        return switch (told.size()) {
            case 0 -> "which disks it has is not known";
            case 1 -> "it has one disk, at %s".formatted(told.getFirst().mount());
            default ->
                    "it has %d disks (%s), and which of them holds the data folder is not told"
                            .formatted(
                                    told.size(),
                                    told.stream()
                                            .map(NodeFacts.Disk::mount)
                                            .sorted()
                                            .collect(Collectors.joining(", ")));
        };
    }

    // What they have in common.

    private Forecast suppose(Supposition supposition) {
        if (!supposition.equals(supposed)) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new OlympusException(
                        ErrorCode.UNAVAILABLE,
                        "thinking %d machines away took too long; ask about single ones: olympus plan --what-if node-lost=NODE"
                                .formatted(nodes.size()));
            }
            forecast = foresight.suppose(supposition);
            supposed = supposition;
        }
        return forecast;
    }

    private void add(
            Part part,
            Optional<String> orders,
            String remark,
            List<Hit> hits,
            List<String> advice) {
        points.add(new SinglePoint(part, orders, remark, hits, goOn(hits), advice));
    }

    /** Services that run now, without those that would be the worse for it. */
    private int goOn(List<Hit> hits) {
        var worse =
                hits.stream()
                        .filter(hit -> hit.gravity() != Gravity.FINE)
                        .map(Hit::service)
                        .filter(running::contains)
                        .count();
        return Math.toIntExact(running.size() - worse);
    }

    private static ServiceId service(Fate fate) {
        return fate.instance().service();
    }

    private Hit advised(Part part, Set<NodeId> lost, Optional<String> orders, Hit hit) {
        return hit.with(remedies.forService(part, lost, hit, orders.isEmpty()));
    }

    private List<String> forOrders(Part part, Set<String> servers, Optional<String> orders) {
        return new ArrayList<>(orders.isEmpty() ? List.of() : remedies.forOrders(part, servers));
    }

    private String spare(Set<String> without, Optional<String> orders) {
        if (without.isEmpty() || orders.isPresent() || quorum.voters().isEmpty()) {
            return "";
        }
        var spare = quorum.spare(without);
        return spare == 0
                ? "the other servers go on, and bear no further loss"
                : "the other servers go on, and bear %d more".formatted(spare);
    }

    private String name(NodeId node) {
        return nodes.getOrDefault(node, node.toString());
    }

    // Machines that fail together.

    private List<String> labels() {
        var known = new TreeSet<String>();
        nodes.keySet().forEach(node -> known.addAll(foresight.labels(node).keySet()));
        if (scope.labels().isEmpty()) {
            return Scope.USUAL_LABELS.stream().filter(known::contains).toList();
        }
        for (var key : scope.labels()) {
            if (!known.contains(key)) {
                throw new OlympusException(
                        ErrorCode.INVALID,
                        "no node has the label \"%s\"; nodes have the labels %s"
                                .formatted(key, known));
            }
        }
        return List.copyOf(new LinkedHashSet<>(scope.labels()));
    }

    /** By {@code KEY=VALUE}; what only one machine has is that machine, and is left out. */
    private Map<String, Set<NodeId>> domains() {
        var domains = new TreeMap<String, Set<NodeId>>();
        for (var key : labels) {
            nodes.keySet()
                    .forEach(node ->
                            Optional.ofNullable(foresight.labels(node).get(key))
                                    .ifPresent(value ->
                                            domains.computeIfAbsent(
                                                            key + "=" + value,
                                                            _ -> new LinkedHashSet<>())
                                                    .add(node)));
        }
        domains.values().removeIf(machines -> machines.size() < 2);
        if (domains.size() > MOST_DOMAINS) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "the labels %s have %d values; at most %d are thought away in one answer; name labels with fewer"
                            .formatted(labels, domains.size(), MOST_DOMAINS));
        }
        return domains;
    }

    /** For each key, the machines that do not say a value. */
    private Map<String, List<String>> domainless() {
        var without = new TreeMap<String, List<String>>();
        for (var key : labels) {
            var names =
                    nodes.keySet().stream()
                            .filter(node -> !foresight.labels(node).containsKey(key))
                            .map(this::name)
                            .sorted()
                            .toList();
            if (!names.isEmpty()) {
                without.put(key, names);
            }
        }
        return without;
    }
}
