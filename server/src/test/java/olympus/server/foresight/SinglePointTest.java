package olympus.server.foresight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.zeus.Foresight;
import olympus.zeus.Supposition;
import org.junit.jupiter.api.Test;

/** What is told of each machine and server whose loss is thought through. */
final class SinglePointTest {

    private static final NodeId MARS = new NodeId(new UUID(7, 1));
    private static final NodeId VENUS = new NodeId(new UUID(7, 2));
    private static final long NEVER = System.nanoTime() + Duration.ofDays(1).toNanos();

    /** An island of these nodes, in which suppositions lead to what a test says. */
    private record Scripted(
            Map<NodeId, String> nodes, Function<Supposition, List<Foresight.Loss>> losses)
            implements Foresight {

        @Override
        public long revision() {
            return 7;
        }

        @Override
        public Instant at() {
            return Instant.EPOCH;
        }

        @Override
        public Duration lossDelay() {
            return Duration.ofSeconds(15);
        }

        @Override
        public boolean isConnected(NodeId node) {
            return true;
        }

        @Override
        public Optional<String> label(NodeId node, String key) {
            return Optional.empty();
        }

        @Override
        public Forecast suppose(Supposition supposition) {
            return new Forecast(List.of(), losses.apply(supposition));
        }
    }

    private static Scripted island(Function<Supposition, List<Foresight.Loss>> losses) {
        return new Scripted(new TreeMap<>(Map.of(MARS, "mars", VENUS, "venus")), losses);
    }

    private static List<Foresight.Loss> loss(Foresight.Gravity gravity) {
        return List.of(
                new Foresight.Loss(ServiceId.parse("shop/web"), gravity, 1, 0, 0, "because"));
    }

    private static Quorum onMars(String... members) {
        var voters = new TreeMap<String, Boolean>();
        List.of(members).forEach(member -> voters.put(member, true));
        return new Quorum(voters, Map.of(members[0], MARS));
    }

    /** As in {@code "NODE mars STOPS"}. */
    private static List<String> text(List<SinglePoint> points) {
        return points.stream()
                .map(point -> "%s %s %s".formatted(point.kind(), point.name(), point.gravity()))
                .toList();
    }

    @Test
    void theGravestComesFirstAndTheOnlyServerIsOne() {
        var island =
                island(supposed ->
                        supposed.lost().contains(VENUS)
                                ? loss(Foresight.Gravity.STOPS)
                                : List.of());

        assertThat(text(SinglePoint.of(island, onMars("one"), NEVER)))
                .containsExactly("NODE venus STOPS", "NODE mars NO_ORDERS", "SERVER one NO_ORDERS");
    }

    @Test
    void whatEndsWithoutALeaderIsLostWithTheServerAlone() {
        var island =
                island(supposed ->
                        supposed.undecided().isPresent()
                                ? loss(Foresight.Gravity.STOPS)
                                : List.of());
        var points = SinglePoint.of(island, onMars("one"), NEVER);

        assertThat(text(points))
                .containsExactly("NODE mars STOPS", "SERVER one STOPS", "NODE venus FINE");
        assertThat(points.get(1).losses()).hasSize(1);
        assertThat(points.get(1).orders()).isPresent();
    }

    @Test
    void ofThreeServersAnyOneMayFail() {
        var points = SinglePoint.of(island(_ -> List.of()), onMars("one", "two", "three"), NEVER);

        assertThat(points).allMatch(point -> point.gravity() == SinglePoint.Gravity.FINE);
        assertThat(points)
                .filteredOn(point -> point.name().equals("mars"))
                .extracting(SinglePoint::remark)
                .containsExactly("the other servers go on, and bear no further loss");
        assertThat(points)
                .filteredOn(point -> point.name().equals("venus"))
                .extracting(SinglePoint::remark)
                .containsExactly("");
    }

    @Test
    void whatMovesOrIsDegradedIsLessGraveThanAnIslandWithoutOrders() {
        for (var less : List.of(Foresight.Gravity.DOWN_UNTIL_MOVED, Foresight.Gravity.DEGRADED)) {
            var island = island(supposed -> supposed.lost().isEmpty() ? List.of() : loss(less));

            assertThat(text(SinglePoint.of(island, onMars("one"), NEVER)))
                    .containsExactly(
                            "NODE mars NO_ORDERS", "SERVER one NO_ORDERS", "NODE venus " + less);
        }
    }

    @Test
    void itEndsWhenItsTimeIsOver() {
        var over = System.nanoTime() - 1;

        assertThatThrownBy(() -> SinglePoint.of(island(_ -> List.of()), onMars("one"), over))
                .isInstanceOf(OlympusException.class)
                .hasMessageContaining("thinking 2 machines away took too long")
                .hasMessageContaining("olympus plan --what-if node-lost=NODE");
    }

    @Test
    void moreMachinesThanCanBeThoughtAwayAreRefused() {
        var many = new TreeMap<NodeId, String>();
        for (var n = 0; n <= SinglePoint.MOST_NODES; n++) {
            many.put(new NodeId(new UUID(8, n)), "node" + n);
        }

        assertThatThrownBy(() ->
                        SinglePoint.of(new Scripted(many, _ -> List.of()), onMars("one"), NEVER))
                .isInstanceOf(OlympusException.class)
                .hasMessageContaining("there are 1001 machines; at most 1000");
    }
}
