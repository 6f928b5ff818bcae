package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import olympus.model.InstanceId;
import olympus.model.ServiceId;

/** What is on one node, and what it is. Used by one thread within one planning. */
final class NodeLoad {
    final PlacementRules.Node node;
    final Room room;
    private final Observed.Link link;
    private final Optional<String> closed;
    private final Map<ServiceId, Integer> byService = new HashMap<>();
    final Set<InstanceId> idle = new HashSet<>();
    private final Map<ServiceId, Integer> idleByService = new HashMap<>();
    private final Map<Integer, List<Placement.Claim>> claims = new HashMap<>();
    private int total;

    /**
     * @param closed why it takes nothing new, as the rest of a sentence
     */
    NodeLoad(PlacementRules.Node node, Observed.Link link, Optional<String> closed) {
        this.node = node;
        this.room = new Room(node.facts());
        this.link = link;
        this.closed = closed;
    }

    /** Instances of whatever service. */
    int total() {
        return total;
    }

    int of(ServiceId service) {
        return byService.getOrDefault(service, 0);
    }

    /** Those of which something is here, or was. */
    Set<ServiceId> services() {
        return byService.keySet();
    }

    void add(InstanceId instance, List<Placement.Claim> wanted) {
        total++;
        byService.merge(instance.service(), 1, Integer::sum);
        claim(wanted);
    }

    void remove(InstanceId instance) {
        total--;
        byService.merge(instance.service(), -1, Integer::sum);
        if (idle.remove(instance)) {
            idleByService.merge(instance.service(), -1, Integer::sum);
        }
    }

    void idle(InstanceId instance) {
        idle.add(instance);
        idleByService.merge(instance.service(), 1, Integer::sum);
    }

    /** How much an instance draws its neighbours here; 0 when it is elsewhere. */
    int weight(InstanceId instance, Desired desired) {
        var isHere =
                desired.instance(instance)
                        .filter(stored -> stored.value().placement().node().equals(node.id()))
                        .isPresent();
        return !isHere ? 0 : idle.contains(instance) ? 1 : Placement.DRAWS;
    }

    int weight(ServiceId service) {
        var atRest = idleByService.getOrDefault(service, 0);
        return (of(service) - atRest) * Placement.DRAWS + atRest;
    }

    void claim(List<Placement.Claim> wanted) {
        wanted.forEach(c -> claims.computeIfAbsent(c.port(), p -> new ArrayList<>()).add(c));
    }

    void reserve(InstanceId instance, Reservation reservation) {
        room.reserve(instance, reservation);
    }

    /** Why these cannot be there; empty when they can. */
    String refusal(InstanceId id, Needs needs) {
        switch (link) {
            case Observed.Link.Down ignored -> {
                return " is not connected";
            }
            case Observed.Link.Up(var told) -> {
                if (!told) {
                    return " has not told yet what it runs";
                }
            }
        }
        if (closed.isPresent()) {
            return closed.get();
        }
        var most = needs.preferred().maxPerNode();
        if (most.filter(n -> of(id.service()) >= n).isPresent()) {
            return " has %d of this service, and there are to be %d on one node at most"
                    .formatted(of(id.service()), most.get());
        }
        return PlacementRules.refusal(needs.policies(), node)
                .or(() -> company(needs))
                .orElseGet(() -> roomRefusal(needs));
    }

    /** It takes instances, as far as it itself is concerned. */
    boolean isOpen() {
        return link instanceof Observed.Link.Up(var told) && told && closed.isEmpty();
    }

    private Optional<String> company(Needs needs) {
        return needs.apart().stream()
                .filter(other -> of(other) > 0)
                .findFirst()
                .map(" has %s, from which it is to be apart"::formatted);
    }

    /** Why there is no room for these; empty when there is. */
    String roomRefusal(Needs needs) {
        var ports = portRefusal(needs.claims());
        return ports.isEmpty() && needs.reserves() ? room.refusal(needs.reservations()) : ports;
    }

    private String portRefusal(List<Placement.Claim> wanted) {
        for (var claim : wanted) {
            for (var taken : claims.getOrDefault(claim.port(), List.of())) {
                if (claim.collidesWith(taken)) {
                    return " has port %d in use by %s".formatted(claim.port(), taken.owner());
                }
            }
        }
        return "";
    }
}
