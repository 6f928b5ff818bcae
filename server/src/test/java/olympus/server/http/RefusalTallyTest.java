package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RefusalTallyTest {

    private static final long WINDOW = RefusalTally.WINDOW.toNanos();

    private final RefusalTally<String> tally = new RefusalTally<>();

    private void flood(String token, int count, long now) {
        for (var n = 1; n <= count; n++) {
            tally.tell(token, token + " " + n, now);
        }
    }

    @Test
    void tellsTheFirstOnesAndCountsTheOthersUntilTheWindowEnds() {
        for (var n = 0; n < RefusalTally.MOST_TOLD; n++) {
            assertThat(tally.tell("ana", "early", 0)).isTrue();
        }
        assertThat(tally.tell("ana", "late", 1)).isFalse();
        assertThat(tally.tell("ana", "last", WINDOW - 1)).isFalse();

        assertThat(tally.over(WINDOW - 1)).isEmpty();
        assertThat(tally.over(WINDOW)).containsExactly(new RefusalTally.Counted<>(2, "last"));
        assertThat(tally.over(WINDOW)).isEmpty();
        assertThat(tally.tell("ana", "again", WINDOW)).isTrue();
    }

    @Test
    void oneTokenDoesNotHideWhatAnotherIsRefused() {
        flood("ana", 1_000, 0);
        assertThat(tally.tell("bob", "first", 0)).isTrue();
        assertThat(tally.over(WINDOW))
                .containsExactly(
                        new RefusalTally.Counted<>(1_000L - RefusalTally.MOST_TOLD, "ana 1000"));
    }

    @Test
    void saysNothingMoreOfATokenThatWasRefusedSeldom() {
        flood("ana", RefusalTally.MOST_TOLD, 0);
        assertThat(tally.next(0)).contains(RefusalTally.WINDOW);
        assertThat(tally.over(WINDOW)).isEmpty();
        assertThat(tally.next(WINDOW)).isEmpty();
    }

    @Test
    void theNextEndIsThatOfTheOldestWindow() {
        flood("ana", 1, 0);
        flood("bob", 1, WINDOW / 2);
        assertThat(tally.next(WINDOW / 2)).contains(Duration.ofNanos(WINDOW / 2));
        tally.over(WINDOW);
        assertThat(tally.next(WINDOW)).contains(Duration.ofNanos(WINDOW / 2));
    }
}
