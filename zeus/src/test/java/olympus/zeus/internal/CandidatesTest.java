package olympus.zeus.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.PlacementPolicy;
import olympus.model.stack.PlacementPolicy.Constraint;
import olympus.model.stack.PortSpec;
import olympus.model.state.NodeFacts;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sorted nodes lead to the same choices as a look at every one of them. */
final class CandidatesTest {

    private static final int NODES = 12;
    private static final int CHANGES = 400;

    private final List<NodeLoad> loads = new ArrayList<>();
    private final Map<InstanceId, NodeLoad> placed = new HashMap<>();

    private static NodeLoad load(int n, Random random) {
        var labels = new HashMap<String, String>();
        if (random.nextInt(5) > 0) {
            labels.put("rack", "r" + random.nextInt(3));
        }
        labels.put("role", random.nextBoolean() ? "web" : "work");
        Optional<NodeFacts> facts =
                random.nextInt(4) == 0
                        ? Optional.empty()
                        : Optional.of(
                                new NodeFacts(
                                        new NodeFacts.Platform("linux", "amd64", "", ""),
                                        new NodeFacts.Processors(
                                                1 + random.nextInt(4), "", Optional.empty()),
                                        1L << 30,
                                        List.of(),
                                        List.of(),
                                        List.of()));
        var link =
                random.nextInt(6) == 0
                        ? new Observed.Link.Down(0)
                        : new Observed.Link.Up(random.nextInt(6) > 0);
        return new NodeLoad(
                new PlacementRules.Node(new NodeId(new UUID(1, n)), "node" + n, labels, facts),
                link,
                random.nextInt(8) == 0 ? Optional.of(" takes nothing new") : Optional.empty());
    }

    private static Needs needs(InstanceId id, Random random) {
        var constraints =
                random.nextInt(3) == 0
                        ? List.of(Constraint.parse("node.labels.role == web").orElseThrow())
                        : List.<Constraint>of();
        var policy =
                new PlacementPolicy(
                        constraints,
                        random.nextInt(3) == 0 ? List.of("rack", "role") : List.of(),
                        random.nextInt(4) == 0 ? Optional.of(2) : Optional.empty());
        var claims =
                random.nextInt(4) == 0
                        ? List.of(
                                new Placement.Claim(
                                        "0.0.0.0",
                                        PortSpec.Protocol.TCP,
                                        8_000 + random.nextInt(3),
                                        id))
                        : List.<Placement.Claim>of();
        var reservation = random.nextInt(3) == 0 ? new Reservation(250, 0, 0) : Reservation.NONE;
        var apart =
                random.nextInt(5) == 0 ? List.of(ServiceId.parse("shop/s0")) : List.<ServiceId>of();
        return new Needs(claims, Map.of(id, reservation), apart, List.of(policy));
    }

    /** What {@link Placement} says, written down once more. */
    private boolean prefers(NodeLoad one, NodeLoad other, ServiceId service, Needs needs) {
        if (needs.reserves() && one.room.isKnown() != other.room.isKnown()) {
            return one.room.isKnown();
        }
        for (var key : needs.preferred().spread()) {
            if (count(key, one, service) != count(key, other, service)) {
                return count(key, one, service) < count(key, other, service);
            }
        }
        return one.of(service) != other.of(service)
                ? one.of(service) < other.of(service)
                : one.total() < other.total();
    }

    private int count(String key, NodeLoad load, ServiceId service) {
        return loads.stream()
                .filter(other -> other.node.label(key).equals(load.node.label(key)))
                .mapToInt(other -> other.of(service))
                .sum();
    }

    private Optional<NodeLoad> looked(InstanceId id, Needs needs) {
        Optional<NodeLoad> best = Optional.empty();
        for (var load : loads) {
            if (load.refusal(id, needs).isEmpty()
                    && (best.isEmpty() || prefers(load, best.get(), id.service(), needs))) {
                best = Optional.of(load);
            }
        }
        return best;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void theyComeToTheSameChoices(long seed) {
        var random = new Random(seed);
        for (var n = 0; n < NODES; n++) {
            loads.add(load(n, random));
        }
        for (var n = 0; n < NODES; n++) {
            var id = InstanceId.parse("shop/s%d.%d".formatted(random.nextInt(4), 1_000 + n));
            loads.get(random.nextInt(NODES)).add(id, List.of());
        }
        var candidates = new Candidates(loads, Candidates.MOST);
        var found = 0;
        for (var n = 1; n <= CHANGES; n++) {
            var id = InstanceId.parse("shop/s%d.%d".formatted(random.nextInt(4), n));
            var needs = needs(id, random);
            var best =
                    candidates.best(
                            id, needs, (one, other) -> prefers(one, other, id.service(), needs));

            assertThat(best).as("instance %s, %s", id, needs).isEqualTo(looked(id, needs));
            best.ifPresent(load -> {
                candidates.add(load, id, needs.claims());
                load.reserve(id, needs.reservations().getOrDefault(id, Reservation.NONE));
                placed.put(id, load);
            });
            found += best.isPresent() ? 1 : 0;
            if (random.nextInt(3) == 0 && !placed.isEmpty()) {
                var gone = placed.keySet().stream().sorted().findFirst().orElseThrow();
                candidates.remove(java.util.Objects.requireNonNull(placed.remove(gone)), gone);
            }
            loads.forEach(load ->
                    assertThat(
                                    candidates.having(id.service()).contains(load)
                                            || load.of(id.service()) == 0)
                            .isTrue());
        }
        assertThat(found).isGreaterThan(CHANGES / 10);
    }
}
