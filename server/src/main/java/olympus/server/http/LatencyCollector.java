package olympus.server.http;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.function.Supplier;
import olympus.foundation.DurationHistogram;

/**
 * A histogram that a part of Olympus keeps itself, without knowing of metrics; read when {@code
 * /metrics} is asked.
 *
 * @param name with its prefix, without its unit
 */
record LatencyCollector(
        String name, String description, Supplier<DurationHistogram.Reading> reading)
        implements Collector {

    @Override
    public MetricSnapshot collect() {
        var now = reading.get();
        var buckets = ClassicHistogramBuckets.builder();
        for (var i = 0; i < now.counts().size(); i++) {
            var last = i == now.boundsSeconds().size();
            buckets.bucket(
                    last ? Double.POSITIVE_INFINITY : now.boundsSeconds().get(i),
                    now.counts().get(i));
        }
        return HistogramSnapshot.builder()
                .name(name + "_seconds")
                .help(description)
                .unit(Unit.SECONDS)
                .dataPoint(
                        HistogramDataPointSnapshot.builder()
                                .classicHistogramBuckets(buckets.build())
                                .sum(now.sumSeconds())
                                .build())
                .build();
    }
}
