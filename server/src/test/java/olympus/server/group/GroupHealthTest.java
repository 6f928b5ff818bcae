package olympus.server.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import olympus.hermes.MemberReport;
import olympus.hermes.log.LogDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the loss of a server would mean, by how many there are and how many answer. */
final class GroupHealthTest {

    @ParameterizedTest(name = "{0} servers, {1} answer: {2}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    1 | 1 | no orders until it is back; services run on
                    2 | 2 | no orders until 2 of 2 run again; services run on
                    3 | 3 | the island goes on, and bears no further loss
                    3 | 2 | no orders until 2 of 3 run again; services run on
                    4 | 4 | the island goes on, and bears no further loss
                    5 | 5 | the island goes on, and bears 1 more
                    5 | 4 | the island goes on, and bears no further loss
                    5 | 3 | no orders until 3 of 5 run again; services run on
                    """)
    void theLossOfOneThatAnswersMeans(int voters, int answering, String meaning) {
        assertThat(health(voters, answering).without("s0")).isEqualTo(meaning);
    }

    @Test
    void theLossOfOneThatIsAwayAlreadyCostsNothingMore() {
        assertThat(health(3, 2).without("s2"))
                .isEqualTo("the island goes on, and bears no further loss");
    }

    @Test
    void theLossOfOneThatDoesNotCountChangesNothing() {
        assertThat(health(3, 3).without("newcomer"))
                .isEqualTo("nothing changes: it does not count yet");
    }

    @Test
    void whoeverHasLessThanTheNewestIsBehindByThat() {
        var health =
                new GroupHealth(
                        Map.of(
                                "a", Optional.of(report(120)),
                                "b", Optional.of(report(100)),
                                "c", Optional.empty()));
        assertThat(health.behind("a")).contains(0L);
        assertThat(health.behind("b")).contains(20L);
        assertThat(health.behind("c")).isEmpty();
        assertThat(health.furthestBehind()).isEqualTo(20);
        assertThat(health.voting()).isEqualTo(3);
        assertThat(health.answering()).isEqualTo(2);
        assertThat(health.needed()).isEqualTo(2);
    }

    @Test
    void nobodyIsCountedWhereTheStoreIsNotOpen() {
        var health = new GroupHealth(Map.of());
        assertThat(health.voting()).isZero();
        assertThat(health.needed()).isZero();
        assertThat(health.furthestBehind()).isZero();
    }

    private static GroupHealth health(int voters, int answering) {
        var reports = new HashMap<String, Optional<MemberReport>>();
        for (var n = 0; n < voters; n++) {
            reports.put("s" + n, n < answering ? Optional.of(report(1)) : Optional.empty());
        }
        return new GroupHealth(reports);
    }

    private static MemberReport report(long applied) {
        return new MemberReport(
                2,
                applied,
                1,
                Optional.empty(),
                Optional.empty(),
                0,
                LogDisk.none(),
                Optional.empty());
    }
}
