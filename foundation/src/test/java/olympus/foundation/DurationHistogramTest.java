package olympus.foundation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationHistogramTest {

    @Test
    void countsADurationInTheFirstBucketThatHoldsIt() {
        var histogram = new DurationHistogram();

        histogram.record(Duration.ofMillis(1).toNanos());
        histogram.record(Duration.ofMillis(1).toNanos() + 1);
        histogram.record(Duration.ofMinutes(1).toNanos());

        var reading = histogram.read();
        var upToOneMillisecond = reading.boundsSeconds().indexOf(0.001);
        assertThat(reading.counts().get(upToOneMillisecond)).isEqualTo(1);
        assertThat(reading.counts().get(upToOneMillisecond + 1)).isEqualTo(1);
        assertThat(reading.counts().getLast()).isEqualTo(1);
        assertThat(reading.count()).isEqualTo(3);
    }

    @Test
    void keepsSumAndMaximum() {
        var histogram = new DurationHistogram();

        histogram.record(Duration.ofMillis(2).toNanos());
        histogram.record(Duration.ofMillis(5).toNanos());

        assertThat(histogram.read().sumSeconds()).isEqualTo(0.007);
        assertThat(histogram.read().maxSeconds()).isEqualTo(0.005);
    }
}
