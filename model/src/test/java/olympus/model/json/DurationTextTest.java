package olympus.model.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DurationTextTest {

    @Test
    void readsWhatComposeAndGoWrite() {
        assertThat(DurationText.parse("1m30s")).contains(Duration.ofSeconds(90));
        assertThat(DurationText.parse("1.5s")).contains(Duration.ofMillis(1500));
        assertThat(DurationText.parse("26h")).contains(Duration.ofHours(26));
        assertThat(DurationText.parse("250us")).contains(Duration.ofNanos(250_000));
        assertThat(DurationText.parse("0")).contains(Duration.ZERO);
    }

    @Test
    void refusesTheRest() {
        for (var text :
                new String[] {"", "5", "-5s", "5 s", "s", "1d", "5S", "9999999999h", "1e3s"}) {
            assertThat(DurationText.parse(text)).as(text).isEmpty();
        }
    }

    @Test
    void everyDurationReturnsFromItsText() {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++) {
            var duration = Duration.ofNanos(random.nextLong(1L << random.nextInt(1, 60)));
            assertThat(DurationText.parse(DurationText.format(duration))).contains(duration);
        }
    }
}
