package olympus.server.http;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.function.Supplier;
import olympus.foundation.OlympusException;
import olympus.server.group.GroupHealth;

/**
 * How the servers stand to each other: each scrape asks them once, and waits for one that is away
 * no longer than {@code GET /servers} does.
 */
record GroupCollector(Supplier<GroupHealth> asking) implements MultiCollector {

    @Override
    public MetricSnapshots collect() {
        var health = health();
        return MetricSnapshots.of(
                gauge(
                        "olympus_servers_voting",
                        "Servers that the log counts; 0 while this server's store does not answer",
                        health.voting()),
                gauge(
                        "olympus_servers_answering",
                        "Those of them that answered this server just now, itself among them",
                        health.answering()),
                gauge(
                        "olympus_servers_needed",
                        "How many of them must run for orders to be taken: the quorum",
                        health.needed()),
                gauge(
                        "olympus_servers_behind_entries",
                        "Entries of the log that the server furthest behind, of those that answered, has yet to apply",
                        (double) health.furthestBehind()));
    }

    /** A store that cannot be asked must not cost the other figures: it counts nobody then. */
    private GroupHealth health() {
        try {
            return asking.get();
        } catch (OlympusException notAsked) {
            return new GroupHealth(Map.of());
        }
    }

    private static GaugeSnapshot gauge(String name, String help, double value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
                .build();
    }
}
