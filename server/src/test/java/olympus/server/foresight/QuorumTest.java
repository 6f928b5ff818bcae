package olympus.server.foresight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import olympus.model.NodeId;
import org.junit.jupiter.api.Test;

/** When nobody would lead any more. */
final class QuorumTest {

    private static final NodeId MARS = new NodeId(new UUID(7, 1));
    private static final NodeId VENUS = new NodeId(new UUID(7, 2));

    private static Quorum of(String... members) {
        var voters = new LinkedHashMap<String, Boolean>();
        List.of(members).forEach(member -> voters.put(member, true));
        return new Quorum(voters, Map.of());
    }

    @Test
    void theOnlyServerIsMissed() {
        assertThat(of("one").missing(Set.of("one")))
                .hasValue("it is the only server: nothing is changed or moved until it is back");
        assertThat(of("one").missing(Set.of())).isEmpty();
    }

    @Test
    void ofTwoEitherIsMissed() {
        assertThat(of("one", "two").missing(Set.of("two")))
                .hasValue(
                        "1 of 2 servers would be left, and 2 must run: nothing is changed or moved until then");
    }

    @Test
    void ofThreeOneMayFailAndTwoMayNot() {
        var three = of("one", "two", "three");
        assertThat(three.missing(Set.of("two"))).isEmpty();
        assertThat(three.spare(Set.of("two"))).isZero();
        assertThat(three.missing(Set.of("two", "three"))).isPresent();
    }

    @Test
    void oneThatDoesNotAnswerCountsAsAwayAlready() {
        var three = new Quorum(Map.of("one", true, "two", true, "three", false), Map.of());
        assertThat(three.missing(Set.of("two"))).isPresent();
        assertThat(three.missing(Set.of("three"))).isEmpty();
    }

    @Test
    void nothingIsSaidWhereItIsNotKnownWhoCounts() {
        assertThat(new Quorum(Map.of(), Map.of()).missing(Set.of("one"))).isEmpty();
    }

    @Test
    void aMachineMayHoldSeveralServers() {
        var quorum =
                new Quorum(
                        Map.of("one", true, "two", true, "three", true),
                        Map.of("one", MARS, "two", MARS, "three", VENUS));
        assertThat(quorum.on(Set.of(MARS))).containsExactlyInAnyOrder("one", "two");
        assertThat(quorum.missing(quorum.on(Set.of(MARS)))).isPresent();
        assertThat(quorum.missing(quorum.on(Set.of(VENUS)))).isEmpty();
    }
}
