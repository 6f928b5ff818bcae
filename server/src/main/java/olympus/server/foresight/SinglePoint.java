package olympus.server.foresight;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import olympus.model.ServiceId;
import olympus.zeus.Foresight;

/**
 * A part of the island that fails in thought, and what that does.
 *
 * @param orders why nothing would be changed or moved without it; empty when that goes on
 * @param remark what else there is to say; may be empty
 * @param hits services that it concerns, the gravest first
 * @param goOn how many services that run now would go on as if nothing had happened, or with others
 *     of their instances
 * @param remedies against what is not the matter of one service, as sentences without an end
 */
public record SinglePoint(
        Part part,
        Optional<String> orders,
        String remark,
        List<Hit> hits,
        int goOn,
        List<String> remedies) {

    static final Comparator<SinglePoint> GRAVEST_FIRST =
            Comparator.comparing(SinglePoint::gravity)
                    .thenComparing(SinglePoint::kind)
                    .thenComparing(SinglePoint::name);

    public SinglePoint {
        hits = List.copyOf(hits);
        remedies = List.copyOf(remedies);
    }

    /** What fails. */
    public enum Kind {
        /** A machine with all that is on it, also a server. */
        NODE,
        /** The process of a server alone. */
        SERVER,
        /** All machines with the same value of a label, at once. */
        DOMAIN,
        /** The way between some machines and all others; everything runs on. */
        LINK,
        /** The disk with the data folder of a machine takes no writes; everything runs on. */
        DISK
    }

    /** How grave it is, the gravest first. */
    public enum Gravity {
        /** A service stops until it is back. */
        STOPS,
        /** Orders are refused and nothing is moved until it is back; services run on. */
        NO_ORDERS,
        /** A service runs on, but only where the rest of the island does not reach it. */
        CUT_OFF,
        DOWN_UNTIL_MOVED,
        /** A service runs on, and is started elsewhere too, until it is back. */
        TWICE,
        DEGRADED,
        FINE;

        static Gravity of(Foresight.Gravity gravity) {
            return switch (gravity) {
                case STOPS -> STOPS;
                case DOWN_UNTIL_MOVED -> DOWN_UNTIL_MOVED;
                case DEGRADED -> DEGRADED;
                case FINE -> FINE;
            };
        }
    }

    /**
     * @param name of the node, of the server in the group, or {@code KEY=VALUE}
     * @param nodes the names of the machines that it takes along or cuts off; empty for a server
     */
    public record Part(Kind kind, String name, List<String> nodes) {
        public Part {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * What a service loses.
     *
     * @param why as a sentence
     * @param remedies as sentences without an end
     */
    public record Hit(
            ServiceId service, Gravity gravity, Counts counts, String why, List<String> remedies) {

        static final Comparator<Hit> GRAVEST_FIRST =
                Comparator.comparing(Hit::gravity).thenComparing(Hit::service);

        public Hit {
            remedies = List.copyOf(remedies);
        }

        static Hit of(Foresight.Loss loss) {
            return new Hit(
                    loss.service(),
                    Gravity.of(loss.gravity()),
                    new Counts(loss.lost(), loss.left(), loss.moved()),
                    loss.why(),
                    List.of());
        }

        Hit with(List<String> others) {
            return new Hit(service, gravity, counts, why, others);
        }
    }

    /**
     * @param lost how many running instances end, or are out of reach
     * @param left how many run on elsewhere, and are not touched
     * @param moved how many are started elsewhere
     */
    public record Counts(int lost, int left, int moved) {}

    public Kind kind() {
        return part.kind();
    }

    public String name() {
        return part.name();
    }

    /** That of the gravest of its services, and of the island that takes no orders. */
    public Gravity gravity() {
        var worst = hits.isEmpty() ? Gravity.FINE : hits.getFirst().gravity();
        if (kind() == Kind.DISK && worst == Gravity.FINE) {
            // It takes orders for as long as it runs, and not for longer.
            worst = Gravity.DEGRADED;
        }
        return orders.isPresent() && worst.compareTo(Gravity.NO_ORDERS) > 0
                ? Gravity.NO_ORDERS
                : worst;
    }
}
