package olympus.server.foresight;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.zeus.Foresight;
import olympus.zeus.Foresight.Loss;
import olympus.zeus.Supposition;

/**
 * A machine or server that is powered off in thought, and what that does.
 *
 * @param name of the node, or of the server in the group
 * @param orders why nothing would be changed or moved without it; empty when that goes on
 * @param remark what there is to say although nothing fails; may be empty
 * @param losses of services, the gravest first
 */
public record SinglePoint(
        Kind kind, String name, Optional<String> orders, String remark, List<Loss> losses) {

    /** How many machines are thought away in one answer. */
    public static final int MOST_NODES = 1_000;

    public SinglePoint {
        losses = List.copyOf(losses);
    }

    /** What is powered off. */
    public enum Kind {
        /** A machine with all that is on it, also a server. */
        NODE,
        /** The process of a server alone. */
        SERVER
    }

    /** How grave it is, the gravest first. */
    public enum Gravity {
        /** A service stops until it is back. */
        STOPS,
        /** Orders are refused and nothing is moved until it is back; services run on. */
        NO_ORDERS,
        DOWN_UNTIL_MOVED,
        DEGRADED,
        FINE
    }

    public Gravity gravity() {
        var worst = losses.isEmpty() ? Foresight.Gravity.FINE : losses.getFirst().gravity();
        return switch (worst) {
            case STOPS -> Gravity.STOPS;
            case DOWN_UNTIL_MOVED ->
                    orders.isPresent() ? Gravity.NO_ORDERS : Gravity.DOWN_UNTIL_MOVED;
            case DEGRADED -> orders.isPresent() ? Gravity.NO_ORDERS : Gravity.DEGRADED;
            case FINE -> orders.isPresent() ? Gravity.NO_ORDERS : Gravity.FINE;
        };
    }

    /**
     * Powers off each machine and each server, one at a time; the gravest first.
     *
     * @param deadlineNanos by {@link System#nanoTime}; when it has passed it fails
     */
    public static List<SinglePoint> of(Foresight foresight, Quorum quorum, long deadlineNanos) {
        var points = new ArrayList<SinglePoint>();
        var nodes = foresight.nodes();
        if (nodes.size() > MOST_NODES) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "there are %d machines; at most %d are thought away in one answer; ask about single ones: olympus plan --what-if node-lost=NODE"
                            .formatted(nodes.size(), MOST_NODES));
        }
        nodes.forEach((node, name) -> {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new OlympusException(
                        ErrorCode.UNAVAILABLE,
                        "thinking %d machines away took too long; ask about single ones: olympus plan --what-if node-lost=NODE"
                                .formatted(nodes.size()));
            }
            var servers = quorum.on(Set.of(node));
            var orders = quorum.missing(servers);
            var forecast = foresight.suppose(Supposition.lost(node).undecidedAs(orders));
            points.add(
                    new SinglePoint(
                            Kind.NODE,
                            name,
                            orders,
                            servers.isEmpty() || orders.isPresent() ? "" : spare(quorum, servers),
                            forecast.losses()));
        });
        for (var server : quorum.voters().keySet()) {
            var orders = quorum.missing(Set.of(server));
            points.add(
                    new SinglePoint(
                            Kind.SERVER,
                            server,
                            orders,
                            orders.isPresent() ? "" : spare(quorum, Set.of(server)),
                            foresight
                                    .suppose(new Supposition(Set.of(), Set.of(), orders))
                                    .losses()));
        }
        points.sort(
                Comparator.comparing(SinglePoint::gravity)
                        .thenComparing(SinglePoint::kind)
                        .thenComparing(SinglePoint::name));
        return List.copyOf(points);
    }

    private static String spare(Quorum quorum, Set<String> without) {
        var spare = quorum.spare(without);
        return spare == 0
                ? "the other servers go on, and bear no further loss"
                : "the other servers go on, and bear %d more".formatted(spare);
    }
}
