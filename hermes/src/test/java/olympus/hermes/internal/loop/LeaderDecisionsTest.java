package olympus.hermes.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import olympus.hermes.MemberReport;
import olympus.hermes.log.LogDisk;
import org.junit.jupiter.api.Test;

/** What a leader concludes from what the others say of themselves. */
final class LeaderDecisionsTest {

    private static final long OURS = 1;
    private static final long THEIRS = 2;

    @Test
    void theHashThatMostHaveHoldsAlsoAgainstTheLeader() {
        assertThat(HashComparison.agreed(OURS, hashes(OURS, THEIRS))).contains(OURS);
        assertThat(HashComparison.agreed(OURS, hashes(THEIRS, THEIRS))).contains(THEIRS);
        assertThat(HashComparison.agreed(OURS, hashes(THEIRS, THEIRS, THEIRS, OURS)))
                .contains(THEIRS);
    }

    @Test
    void whileAnswersDifferAndSomeAreMissingNothingHolds() {
        assertThat(HashComparison.agreed(OURS, hashes(THEIRS, 0))).isEmpty();
        assertThat(HashComparison.agreed(OURS, hashes(THEIRS, THEIRS, 0, 0))).isEmpty();
        assertThat(HashComparison.agreed(OURS, hashes(OURS, THEIRS, 0, 0))).isEmpty();
    }

    @Test
    void whatNobodyObjectsToHolds() {
        assertThat(HashComparison.agreed(OURS, Map.of())).contains(OURS);
        assertThat(HashComparison.agreed(OURS, hashes(0, 0))).contains(OURS);
        assertThat(HashComparison.agreed(OURS, hashes(OURS, 0))).contains(OURS);
    }

    @Test
    void ofTwoThatDifferTheLeaderIsBelieved() {
        assertThat(HashComparison.agreed(OURS, hashes(THEIRS))).contains(OURS);
    }

    @Test
    void theLevelIsTheOldestOnesAndStaysWhileOneIsSilent() {
        assertThat(LevelRise.common(1, Map.of())).isEqualTo(2);
        assertThat(LevelRise.common(1, levels(2, 2))).isEqualTo(2);
        assertThat(LevelRise.common(1, levels(2, 1))).isEqualTo(1);
        assertThat(LevelRise.common(1, levels(2, 0))).isEqualTo(1);
        assertThat(LevelRise.common(1, levels(3, 9))).isEqualTo(2);
    }

    @Test
    void theOneWithSpaceThatHasMostIsToLead() {
        var others = new HashMap<String, Optional<MemberReport>>();
        others.put("silent", Optional.empty());
        others.put("full", Optional.of(report(2, 90, 0, Optional.of("its disk is full"))));
        assertThat(HandOver.successor(others)).isEmpty();
        others.put("behind", Optional.of(report(2, 70, 0, Optional.empty())));
        others.put("ahead", Optional.of(report(2, 80, 0, Optional.empty())));
        assertThat(HandOver.successor(others)).contains("ahead");
    }

    /** Of 0, one that did not answer, or does not remember it. */
    private static Map<String, Optional<MemberReport>> hashes(long... of) {
        var reports = new HashMap<String, Optional<MemberReport>>();
        for (var hash : of) {
            reports.put(
                    "m" + reports.size(),
                    hash == 0
                            ? Optional.empty()
                            : Optional.of(report(2, 1, hash, Optional.empty())));
        }
        return reports;
    }

    private static Map<String, Optional<MemberReport>> levels(int... of) {
        var reports = new HashMap<String, Optional<MemberReport>>();
        for (var level : of) {
            reports.put(
                    "m" + reports.size(),
                    level == 0
                            ? Optional.empty()
                            : Optional.of(report(level, 1, OURS, Optional.empty())));
        }
        return reports;
    }

    private static MemberReport report(
            int level, long applied, long hash, Optional<String> refused) {
        return new MemberReport(
                level, applied, 1, Optional.of(hash), Optional.empty(), 0, LogDisk.none(), refused);
    }
}
