package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LaunchWaitsTest {

    @Test
    void asksARegistryThatIsAwayLessAndLessOftenButNeverLessThanEveryFiveMinutes() {
        assertThat(IntStream.of(1, 2, 3, 9, 10, 1_000_000).mapToObj(LaunchWaits::pause))
                .containsExactly(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(256),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(5));
    }
}
