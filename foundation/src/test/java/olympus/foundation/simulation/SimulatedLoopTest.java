package olympus.foundation.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

final class SimulatedLoopTest {

    private final SimulatedClock clock = new SimulatedClock(Instant.EPOCH);
    private final SimulatedLoop loop = new SimulatedLoop(clock);
    private final ArrayList<String> seen = new ArrayList<>();

    @Test
    void runsEachTaskAtItsOwnInstantInOrder() {
        loop.schedule(Duration.ofSeconds(2), () -> seen.add("b@" + clock.wall()));
        loop.schedule(Duration.ofSeconds(1), () -> seen.add("a@" + clock.wall()));
        loop.execute(() -> seen.add("now"));
        loop.schedule(Duration.ofSeconds(9), () -> seen.add("too late"));

        loop.runFor(Duration.ofSeconds(5));

        assertThat(seen).containsExactly("now", "a@1970-01-01T00:00:01Z", "b@1970-01-01T00:00:02Z");
        assertThat(clock.wall()).isEqualTo(Instant.ofEpochSecond(5));
    }

    @Test
    void aTaskMayHandInMoreAndCancelOthers() {
        var victim = loop.schedule(Duration.ZERO, () -> seen.add("cancelled"));
        loop.execute(() -> seen.add("first"));
        victim.cancel();
        loop.execute(() -> {
            assertThat(loop.inLoop()).isTrue();
            loop.execute(() -> seen.add("handed in"));
        });
        loop.runReady();

        assertThat(seen).containsExactly("first", "handed in");
        assertThat(loop.inLoop()).isFalse();
    }

    @Test
    void aWallClockStepMovesNoTimer() {
        loop.schedule(Duration.ofSeconds(1), () -> seen.add("on time"));
        clock.stepWall(Duration.ofHours(-1));
        loop.runFor(Duration.ofMillis(999));
        assertThat(seen).isEmpty();
        loop.runFor(Duration.ofMillis(1));

        assertThat(seen).containsExactly("on time");
        assertThatThrownBy(() -> clock.advance(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
