package olympus.zeus.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import olympus.model.NodeId;
import olympus.model.state.InstanceObservation;
import olympus.model.state.NodeAway;
import olympus.model.state.NodeLost;

/**
 * Which nodes are lost, and what is to be recorded of them. Pure.
 *
 * <pre>
 *                ┌──────────── connected, and has told what it runs ─────────────┐
 *                ▼                                                                │
 *  there or away ──away for the loss delay──▶ lost ◀──as soon as it is not── held back
 *                └──────────────── the same, with too many others ───────────────▶┘
 * </pre>
 *
 * <p>The brake: when more than half of the nodes, and at least {@link #MANY}, are away at once,
 * they probably live and it is the network, or this server, that is at fault. None of them counts
 * as lost before enough are back. Nodes that were lost before, and those being emptied, are not
 * among those that are counted.
 */
final class LostNodes {

    /** One of two may be lost; from this number on it is looked at how many there are. */
    static final int MANY = 2;

    private final Desired desired;
    private final Observed observed;
    private final long nowNanos;
    private final Set<NodeId> due = new TreeSet<>();
    private final Set<NodeId> lost = new HashSet<>();
    private int away;
    private int counted;

    LostNodes(Desired desired, Observed observed, long nowNanos) {
        this.desired = desired;
        this.observed = observed;
        this.nowNanos = nowNanos;
        desired.nodes().keySet().forEach(this::count);
    }

    private void count(NodeId node) {
        var isCountedAsLost =
                stored(node).filter(marked -> marked.value().heldBack().isEmpty()).isPresent();
        switch (observed.link(node)) {
            case Observed.Link.Up ignored -> counted++;
            case Observed.Link.Down(var lostNanos) -> {
                var isDue = nowNanos - lostNanos >= 0;
                if (isDue) {
                    due.add(node);
                }
                if (isDue && isCountedAsLost) {
                    lost.add(node);
                }
                if (!isCountedAsLost && desired.emptying(node).isEmpty()) {
                    counted++;
                    away++;
                }
            }
        }
    }

    private Optional<Versioned<NodeLost>> stored(NodeId node) {
        return Optional.ofNullable(desired.lost().get(node));
    }

    /** Recorded as lost, and still away after the delay of this server's own watching. */
    boolean isLost(NodeId node) {
        return lost.contains(node);
    }

    /** Whether there is nothing to say of any node. */
    boolean isEmpty() {
        return due.isEmpty();
    }

    /** Why nothing of a node is moved although it has been away for long enough. */
    Optional<String> heldBack(NodeId node) {
        return due.contains(node)
                ? stored(node).flatMap(marked -> marked.value().heldBack())
                : Optional.empty();
    }

    private Optional<String> brake() {
        return away >= MANY && 2 * away > counted
                ? Optional.of(
                        "%d of %d nodes went away at once, which looks like a fault of the network or of this server"
                                .formatted(away, counted))
                : Optional.empty();
    }

    /** What is to be recorded now, in the order of the nodes. */
    List<Step> steps(Instant wall) {
        var steps = new ArrayList<Step>();
        for (var node : desired.nodes().keySet()) {
            if (due.contains(node)) {
                lose(node, wall).ifPresent(steps::add);
            } else if (observed.hasTold(node)) {
                stored(node)
                        .ifPresent(marked ->
                                steps.add(
                                        new Step.ReturnNode(
                                                marked,
                                                "it is connected and has told what it runs")));
            }
        }
        return steps;
    }

    private Optional<Step> lose(NodeId node, Instant wall) {
        var marked = stored(node);
        var brake = brake();
        var isSettled = marked.filter(m -> m.value().heldBack().isEmpty() || brake.isPresent());
        if (isSettled.isPresent()) {
            return Optional.empty();
        }
        var why =
                brake.orElseGet(() ->
                        "this server has had no link to it for the loss delay"
                                + lastSeen(node)
                                        .map(at -> "; it was last heard at " + at)
                                        .orElse(""));
        return Optional.of(
                new Step.LoseNode(marked, new NodeLost(node, wall, brake), lastWord(node), why));
    }

    private Optional<Instant> lastSeen(NodeId node) {
        return new LastHeard(desired, observed).of(node);
    }

    /**
     * What it told last, where that is not stored yet: whoever leads next must know what had ended
     * there.
     */
    private Optional<NodeAway> lastWord(NodeId node) {
        return observed.node(node)
                .filter(seen -> seen.report().isPresent())
                .flatMap(seen ->
                        seen.lastSeen().map(at -> new NodeAway(node, at, observations(seen))))
                .filter(word ->
                        Optional.ofNullable(desired.away().get(node))
                                .filter(known ->
                                        !known.value().lastHeard().isBefore(word.lastHeard()))
                                .isEmpty());
    }

    private static List<InstanceObservation> observations(Observed.Node seen) {
        return seen.instances().values().stream().map(Observed.Instance::observation).toList();
    }

    /** When the next node that is away is due. */
    OptionalLong wakeNanos() {
        OptionalLong next = OptionalLong.empty();
        for (var node : desired.nodes().keySet()) {
            if (observed.link(node) instanceof Observed.Link.Down(var lostNanos)
                    && lostNanos - nowNanos > 0
                    && (next.isEmpty() || lostNanos - next.getAsLong() < 0)) {
                next = OptionalLong.of(lostNanos);
            }
        }
        return next;
    }
}
