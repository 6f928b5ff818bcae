package olympus.hermes.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import olympus.hermes.internal.loop.TermRound.Verdict;
import olympus.hermes.log.Group.Member;
import olympus.hermes.log.Group.Members;
import org.junit.jupiter.api.Test;

final class TermRoundTest {

    private static final long TERM = 7;

    @Test
    void aMajorityInNoHigherTermConfirms() {
        var round = of("a", "b", "c", "d", "e");
        assertThat(round.verdict()).isEqualTo(Verdict.OPEN);
        assertThat(round.open()).containsExactlyInAnyOrder("b", "c", "d", "e");
        assertThat(round.answered("b", TERM)).isEqualTo(Verdict.OPEN);
        assertThat(round.answered("d", TERM - 1)).isEqualTo(Verdict.CONFIRMED);
        assertThat(round.index()).isEqualTo(42);
    }

    @Test
    void whoeverIsInAHigherTermOrSilentDoesNotCount() {
        var round = of("a", "b", "c", "d", "e");
        assertThat(round.answered("b", TERM + 1)).isEqualTo(Verdict.OPEN);
        assertThat(round.failed("c")).isEqualTo(Verdict.OPEN);
        assertThat(round.answered("d", TERM)).isEqualTo(Verdict.OPEN);
        assertThat(round.answered("e", TERM)).isEqualTo(Verdict.CONFIRMED);
    }

    @Test
    void itFailsOnceNoMajorityIsLeft() {
        var round = of("a", "b", "c");
        assertThat(round.failed("b")).isEqualTo(Verdict.OPEN);
        assertThat(round.answered("c", TERM + 1)).isEqualTo(Verdict.FAILED);
    }

    @Test
    void nobodyCountsTwiceAndStrangersNever() {
        var round = of("a", "b", "c", "d", "e");
        assertThat(round.answered("b", TERM)).isEqualTo(Verdict.OPEN);
        assertThat(round.answered("b", TERM)).isEqualTo(Verdict.OPEN);
        assertThat(round.answered("a", TERM)).isEqualTo(Verdict.OPEN);
        assertThat(round.answered("stranger", TERM)).isEqualTo(Verdict.OPEN);
    }

    @Test
    void ofTwoBothAreNeededAndOfOneNobodyElse() {
        assertThat(of("a", "b").verdict()).isEqualTo(Verdict.OPEN);
        assertThat(of("a", "b").failed("b")).isEqualTo(Verdict.FAILED);
        assertThat(of("a", "b").answered("b", TERM)).isEqualTo(Verdict.CONFIRMED);
        assertThat(of("a").verdict()).isEqualTo(Verdict.CONFIRMED);
    }

    @Test
    void whoeverDoesNotVoteConfirmsNothing() {
        assertThat(of("b", "c").verdict()).isEqualTo(Verdict.FAILED);
        assertThat(of("b", "c").answered("b", TERM)).isEqualTo(Verdict.FAILED);
    }

    private static TermRound of(String... voters) {
        return new TermRound(TERM, 42, members(voters), "a");
    }

    static Members members(String... names) {
        return new Members(Stream.of(names).map(name -> new Member(name, name, 1)).toList());
    }
}
