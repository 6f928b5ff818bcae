package olympus.zeus.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.state.Assignment;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.NodeAway;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeReport;
import org.jspecify.annotations.Nullable;

/** Collects what agents report, and which assignment each was sent. Threading: Zeus' loop only. */
final class ObservedNodes {

    /** Assignments that are remembered until the agent acknowledges them. */
    private static final int MAX_SENT = 64;

    /** Standing still for longer than this is no watching. */
    private static final Duration BLINK = Duration.ofSeconds(2);

    private final Map<NodeId, Entry> nodes = new HashMap<>();
    private final Map<ServiceId, Long> batchEnded = new HashMap<>();
    private final Duration lossDelay;
    private long watchedSinceNanos;
    private long watchedNanos;

    /**
     * @param lossDelay a node that has been away for so long, under eyes that were open all the
     *     time, counts as lost
     */
    ObservedNodes(Duration lossDelay, long nanos) {
        this.lossDelay = lossDelay;
        this.watchedSinceNanos = nanos;
        this.watchedNanos = nanos;
    }

    /**
     * To be called often. When that was not done for a while, this process stood still: what it
     * would have heard meanwhile it learns only now.
     */
    void watching(long nanos) {
        if (nanos - watchedNanos > BLINK.toNanos()) {
            watchAnew(nanos);
        }
        watchedNanos = nanos;
    }

    /** Who was away until now may have been there without being seen: the delay counts anew. */
    void watchAnew(long nanos) {
        watchedSinceNanos = nanos;
    }

    /** An assignment on its way: its stamp and the revision it was computed from. */
    private record Sent(Assignment.Stamp stamp, long revision) {}

    private static final class Entry {
        private boolean connected;
        private String name = "";
        private Optional<Instant> lastSeen = Optional.empty();
        private Optional<NodeReport> report = Optional.empty();
        private Optional<NodeFacts> facts = Optional.empty();
        private Map<InstanceId, Observed.Instance> instances = Map.of();
        private long lastSequence = -1;
        private long awayNanos;
        private long acceptedRevision;
        private final Deque<Sent> sent = new ArrayDeque<>();
        private long sentNanos;

        /** Acts on the last assignment that it was sent from here, and that is the present one. */
        private boolean isUpToDate(long changed) {
            var last = sent.peekLast();
            return last != null && acceptedRevision >= last.revision && last.revision >= changed;
        }

        /**
         * The generation is the revision that the assignment was computed from, or a little more.
         */
        private long acceptedOf(Office.Term term) {
            return report.map(NodeReport::accepted)
                    .filter(stamp ->
                            stamp.incarnation() == term.incarnation()
                                    && stamp.epoch() == term.epoch())
                    .map(Assignment.Stamp::generation)
                    .orElse(0L);
        }
    }

    void connected(NodeId node, String name, Instant wall) {
        var entry = nodes.computeIfAbsent(node, n -> new Entry());
        entry.connected = true;
        entry.name = name;
        entry.lastSeen = Optional.of(wall);
        entry.lastSequence = -1;
        // What was under way may be lost, and the agent may have been set back: learn it anew.
        entry.sent.clear();
        entry.acceptedRevision = 0;
    }

    void disconnected(NodeId node, long nanos) {
        var entry = nodes.get(node);
        if (entry != null && entry.connected) {
            entry.connected = false;
            entry.awayNanos = nanos;
        }
    }

    /** False when the report is older than one before, and was dropped. */
    boolean reported(NodeReport report, long nanos, Instant wall) {
        var entry = nodes.get(report.node());
        if (entry == null || !entry.connected || report.sequence() <= entry.lastSequence) {
            return false;
        }
        entry.lastSequence = report.sequence();
        entry.lastSeen = Optional.of(wall);
        entry.report = Optional.of(report);
        entry.instances = merge(entry.instances, report, nanos, wall);
        for (var sent : entry.sent) {
            if (sent.stamp.equals(report.accepted())) {
                entry.acceptedRevision = Math.max(entry.acceptedRevision, sent.revision);
            }
        }
        return true;
    }

    /** False when that is known already. They stay while it is away: machines change slowly. */
    boolean facts(NodeId node, NodeFacts facts) {
        var entry = nodes.get(node);
        if (entry == null || entry.facts.equals(Optional.of(facts))) {
            return false;
        }
        entry.facts = Optional.of(facts);
        return true;
    }

    private static Map<InstanceId, Observed.Instance> merge(
            Map<InstanceId, Observed.Instance> before,
            NodeReport report,
            long nanos,
            Instant wall) {
        var merged = new LinkedHashMap<InstanceId, Observed.Instance>();
        for (var seen : report.instances()) {
            var old = before.get(seen.id());
            var same =
                    old != null
                            && old.observation().runToken().equals(seen.runToken())
                            && old.observation().restarts() == seen.restarts();
            var first = old != null && same ? old.firstNanos() : nanos;
            var well =
                    !seen.isWell()
                            ? Optional.<Long>empty()
                            : Optional.of(
                                    old != null && same ? old.wellNanos().orElse(nanos) : nanos);
            var failing =
                    Optional.of(seen.health())
                            .filter(health -> health == Health.FAILING)
                            .map(_ ->
                                    Optional.ofNullable(old)
                                            .filter(_ -> same)
                                            .flatMap(Observed.Instance::failingSince)
                                            .orElse(wall));
            merged.put(seen.id(), new Observed.Instance(seen, first, well, failing));
        }
        return Collections.unmodifiableMap(merged);
    }

    void batchEnded(ServiceId service, long nanos) {
        batchEnded.put(service, nanos);
    }

    void forget(ServiceId service) {
        batchEnded.remove(service);
    }

    /**
     * Whether the node has to be sent the state as of {@code changed}, or what it was sent got
     * lost.
     */
    boolean needsAssignment(NodeId node, long changed, long nanos, long resendNanos) {
        var entry = nodes.get(node);
        if (entry == null || !entry.connected) {
            return false;
        }
        var last = entry.sent.peekLast();
        if (last == null || last.revision < changed) {
            return true;
        }
        var accepted = entry.report.map(NodeReport::accepted).orElse(Assignment.Stamp.NONE);
        return !accepted.equals(last.stamp) && nanos - entry.sentNanos >= resendNanos;
    }

    /**
     * The stamp for an assignment computed from {@code changed}: the generation never goes back,
     * and overtakes one that somebody set ahead on the agent's disk.
     */
    Assignment.Stamp stamp(NodeId node, long incarnation, long epoch, long changed) {
        var entry = nodes.get(node);
        var generation = Math.max(1, changed);
        if (entry != null) {
            var last = entry.sent.peekLast();
            if (last != null
                    && last.stamp.epoch() == epoch
                    && last.stamp.generation() > generation) {
                generation = last.stamp.generation() + (last.revision < changed ? 1 : 0);
            }
            var accepted = entry.report.map(NodeReport::accepted).orElse(Assignment.Stamp.NONE);
            if (accepted.incarnation() == incarnation
                    && accepted.epoch() == epoch
                    && accepted.generation() > generation) {
                generation = accepted.generation() + 1;
            }
        }
        return new Assignment.Stamp(incarnation, epoch, generation);
    }

    void sent(NodeId node, Assignment.Stamp stamp, long revision, long nanos) {
        var entry = nodes.get(node);
        if (entry == null) {
            return;
        }
        entry.sent.addLast(new Sent(stamp, revision));
        entry.sentNanos = nanos;
        if (entry.sent.size() > MAX_SENT) {
            entry.sent.removeFirst();
        }
    }

    /** Makes the next look send this node's assignment again. */
    void resend(NodeId node) {
        var entry = nodes.get(node);
        if (entry != null) {
            entry.sent.clear();
        }
    }

    /**
     * Another term begins here: every node is sent its assignment anew, and counts as acting on
     * nothing of it before it says so. When the last batch of an update ended is not stored: at
     * worst the update pauses once more.
     */
    void termBegan(Desired desired, long nanos) {
        watchAnew(nanos);
        nodes.values()
                .forEach(entry -> {
                    entry.sent.clear();
                    entry.acceptedRevision = 0;
                });
        batchEnded.clear();
        desired.instances()
                .forEach((service, instances) -> {
                    var state = desired.state(service);
                    if (state.rollout().isPresent()
                            && instances.values().stream()
                                    .map(stored -> stored.value().run())
                                    .anyMatch(run ->
                                            run.generation() == state.generation()
                                                    && run.confirmed())) {
                        batchEnded.put(service, nanos);
                    }
                });
    }

    /** Whether one of these is away, or one that is connected has not told yet what it runs. */
    boolean isAnySilent(Set<NodeId> known) {
        return !known.stream().allMatch(id -> hasTold(nodes.get(id)))
                || !nodes.values().stream().allMatch(entry -> !entry.connected || hasTold(entry));
    }

    boolean hasTold(NodeId node) {
        return hasTold(nodes.get(node));
    }

    /** What was last heard of a node that told what it runs and has been away for so long. */
    Optional<NodeAway> awayFor(NodeId node, long atLeastNanos, long nanos) {
        return Optional.ofNullable(nodes.get(node))
                .filter(entry -> !entry.connected && nanos - entry.awayNanos >= atLeastNanos)
                .filter(entry -> entry.report.isPresent())
                .flatMap(entry ->
                        entry.lastSeen.map(heard ->
                                new NodeAway(
                                        node,
                                        heard,
                                        entry.instances.values().stream()
                                                .map(Observed.Instance::observation)
                                                .toList())));
    }

    private static boolean hasTold(@Nullable Entry entry) {
        return entry != null && entry.connected && entry.lastSequence >= 0;
    }

    /** The connected nodes with their names. */
    Map<NodeId, String> connectedNames() {
        var names = new LinkedHashMap<NodeId, String>();
        nodes.forEach((id, entry) -> {
            if (entry.connected) {
                names.put(id, entry.name);
            }
        });
        return names;
    }

    /**
     * A connected node that has not accepted anything of this incarnation; an empty name when no
     * node is connected; nothing when all have.
     */
    Optional<String> unacquainted(long incarnation) {
        var connected = nodes.values().stream().filter(e -> e.connected).toList();
        if (connected.isEmpty()) {
            return Optional.of("");
        }
        return connected.stream()
                .filter(e ->
                        e.report.filter(r -> r.accepted().incarnation() == incarnation).isEmpty())
                .map(e -> e.name)
                .findFirst();
    }

    Iterable<NodeId> ids() {
        return nodes.keySet();
    }

    Optional<String> nameOf(NodeId node) {
        return Optional.ofNullable(nodes.get(node)).map(e -> e.name);
    }

    /**
     * A value of what is known, for one planning or view.
     *
     * @param elsewhere the term of another server that orders; what agents accepted of it is then
     *     known by their word only, which is good enough to show
     */
    Observed snapshot(Projection projection, Optional<Office.Term> elsewhere) {
        var copy = new HashMap<NodeId, Observed.Node>();
        nodes.forEach((id, e) -> {
            var changed = projection.nodeChanged(id);
            var accepted = elsewhere.map(e::acceptedOf).orElse(e.acceptedRevision);
            var upToDate =
                    elsewhere.isPresent()
                            ? accepted > 0 && accepted >= changed
                            : e.isUpToDate(changed);
            copy.put(
                    id,
                    new Observed.Node(
                            link(e),
                            e.lastSeen,
                            e.report,
                            upToDate ? projection.revision() : accepted,
                            e.instances,
                            e.facts));
        });
        return new Observed(lostNanos(watchedSinceNanos), copy, Map.copyOf(batchEnded));
    }

    private Observed.Link link(Entry entry) {
        return entry.connected
                ? new Observed.Link.Up(hasTold(entry))
                : new Observed.Link.Down(lostNanos(entry.awayNanos));
    }

    private long lostNanos(long awayNanos) {
        var since = awayNanos - watchedSinceNanos > 0 ? awayNanos : watchedSinceNanos;
        return since + lossDelay.toNanos();
    }
}
