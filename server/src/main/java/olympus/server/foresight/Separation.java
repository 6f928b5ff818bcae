package olympus.server.foresight;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.DeployPolicy;
import olympus.server.foresight.SinglePoint.Counts;
import olympus.server.foresight.SinglePoint.Gravity;
import olympus.server.foresight.SinglePoint.Hit;
import olympus.zeus.Foresight;
import olympus.zeus.Foresight.Fate;
import olympus.zeus.Foresight.Outcome;
import olympus.zeus.Supposition;

/**
 * Some machines that neither reach the others nor are reached by them, while everything runs on.
 * The side with enough servers takes the other for lost and decides; agents of the other side look
 * after what they have, and end singletons, whose leases nobody renews. People are thought to be on
 * the side of the rest. Pure.
 */
final class Separation {

    private final Foresight foresight;
    private final Set<NodeId> cut;
    private final Supposition supposition;
    private final Map<NodeId, String> names;

    private Separation(Foresight foresight, Set<NodeId> cut, Supposition supposition) {
        this.foresight = foresight;
        this.cut = cut;
        this.supposition = supposition;
        this.names = foresight.nodes();
    }

    static Separation of(Foresight foresight, Quorum quorum, Set<NodeId> cut) {
        var there = quorum.on(cut);
        var orders = quorum.missing(there);
        if (orders.isEmpty()) {
            return new Separation(foresight, cut, new Supposition(cut, Set.of(), Optional.empty()));
        }
        var rest =
                foresight.nodes().keySet().stream()
                        .filter(node -> !cut.contains(node))
                        .collect(Collectors.toSet());
        return new Separation(
                foresight,
                cut,
                quorum.suffices(there)
                        ? new Supposition(rest, Set.of(), Optional.empty())
                        : new Supposition(Set.of(), Set.of(), orders));
    }

    /** What whoever decides takes for true. */
    Supposition supposition() {
        return supposition;
    }

    /** Whether the machines that are cut off decide, and the rest does not. */
    boolean isDecidedByTheCut() {
        return supposition.undecided().isEmpty() && !supposition.lost().equals(cut);
    }

    /** What becomes of each service, by what the supposition leads to; the gravest first. */
    List<Hit> hits(List<Fate> fates) {
        var byService =
                fates.stream()
                        .filter(Fate::runs)
                        .collect(
                                Collectors.groupingBy(
                                        fate -> fate.instance().service(),
                                        TreeMap::new,
                                        Collectors.toList()));
        var hits = new ArrayList<Hit>();
        byService.forEach((service, of) -> hit(service, of).ifPresent(hits::add));
        hits.sort(Hit.GRAVEST_FIRST);
        return hits;
    }

    /** The running instances of one service. */
    private final class Tally {
        private final boolean leased;
        private final List<Fate> ended;
        private final List<Fate> beyond;
        private final List<Fate> twice;
        private final int reached;

        Tally(ServiceId service, List<Fate> fates) {
            leased = isLeased(service);
            ended = fates.stream().filter(this::ends).toList();
            var going = fates.stream().filter(fate -> !ends(fate)).toList();
            beyond = going.stream().filter(fate -> cut.contains(fate.node())).toList();
            twice = going.stream().filter(Separation.this::isReplaced).toList();
            reached = going.size() - beyond.size();
        }

        private boolean ends(Fate fate) {
            return leased
                    && (supposition.undecided().isPresent()
                            || supposition.lost().contains(fate.node()));
        }

        /** What is started within reach of the rest, for something that is not there any more. */
        long startedInReach() {
            return Stream.concat(ended.stream(), beyond.stream())
                    .filter(Separation.this::isReplaced)
                    .flatMap(fate -> fate.target().stream())
                    .filter(target -> !cut.contains(target))
                    .count();
        }
    }

    private boolean isLeased(ServiceId service) {
        return foresight
                .definition(service)
                .filter(is -> is.deploy().singleton().isPresent())
                .isPresent();
    }

    private boolean isReplaced(Fate fate) {
        return fate.outcome() == Outcome.MOVES && supposition.lost().contains(fate.node());
    }

    private Optional<Hit> hit(ServiceId service, List<Fate> fates) {
        var tally = new Tally(service, fates);
        if (tally.ended.isEmpty() && tally.beyond.isEmpty() && tally.twice.isEmpty()) {
            return Optional.empty();
        }
        var gravity = gravity(service, tally);
        var moved = (int) fates.stream().filter(this::isReplaced).count();
        return Optional.of(
                new Hit(
                        service,
                        gravity,
                        new Counts(tally.ended.size() + tally.beyond.size(), tally.reached, moved),
                        why(tally),
                        List.of()));
    }

    private Gravity gravity(ServiceId service, Tally tally) {
        if (!tally.twice.isEmpty() && tally.reached + tally.startedInReach() > 0) {
            return Gravity.TWICE;
        }
        if (tally.reached > 0) {
            return tally.ended.isEmpty() && isEverywhere(service) ? Gravity.FINE : Gravity.DEGRADED;
        }
        if (tally.startedInReach() > 0) {
            return Gravity.DOWN_UNTIL_MOVED;
        }
        return tally.beyond.isEmpty() && tally.ended.stream().noneMatch(this::isReplaced)
                ? Gravity.STOPS
                : Gravity.CUT_OFF;
    }

    private boolean isEverywhere(ServiceId service) {
        return foresight
                .definition(service)
                .filter(is -> is.deploy().mode() == DeployPolicy.Mode.GLOBAL)
                .isPresent();
    }

    private String why(Tally tally) {
        if (!tally.ended.isEmpty()) {
            return "it ends with its lease on %s, which nobody there renews%s"
                    .formatted(names(tally.ended), further(tally.ended.getFirst()));
        }
        if (!tally.twice.isEmpty()) {
            return "it goes on on %s, and is started on %s as well: it runs twice until the link is back"
                    .formatted(names(tally.twice), targets(tally.twice));
        }
        return "it goes on on %s, out of reach of the rest%s"
                .formatted(names(tally.beyond), further(tally.beyond.getFirst()));
    }

    private String further(Fate fate) {
        if (isReplaced(fate)) {
            return "; it is started on " + targets(List.of(fate));
        }
        return supposition.lost().contains(fate.node()) && !fate.why().isEmpty()
                ? "; it is not started elsewhere: " + fate.why()
                : "";
    }

    private String names(List<Fate> fates) {
        return joined(fates.stream().map(Fate::node).toList());
    }

    private String targets(List<Fate> fates) {
        return joined(fates.stream().flatMap(fate -> fate.target().stream()).toList());
    }

    private String joined(List<NodeId> nodes) {
        return nodes.stream()
                .map(node -> names.getOrDefault(node, node.toString()))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
