package olympus.hermes.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HybridTimeTest {

    private static final long NOON = 1_800_000_000_000L;

    @Test
    void staysAheadOfAClockThatWasSteppedBackALittle() {
        var before = HybridTime.of(NOON);

        var after = HybridTime.next(before, NOON - HybridTime.MAX_LEAD_MILLIS);

        assertThat(after).isEqualTo(before + 1);
    }

    @Test
    void followsAClockThatWasPutRightAfterStandingYearsAhead() {
        var wrong = HybridTime.of(NOON + 70L * 365 * 86_400_000);

        assertThat(HybridTime.next(wrong, NOON)).isEqualTo(HybridTime.of(NOON));
        assertThat(HybridTime.follow(wrong, HybridTime.of(NOON))).isEqualTo(HybridTime.of(NOON));
    }

    @Test
    void followsTheClockForward() {
        assertThat(HybridTime.next(HybridTime.of(NOON), NOON + 5))
                .isEqualTo(HybridTime.of(NOON + 5));
    }
}
