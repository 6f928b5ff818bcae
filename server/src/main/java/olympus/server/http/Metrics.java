package olympus.server.http;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.function.ToDoubleFunction;
import olympus.hermes.StoreStatus;
import olympus.model.json.EnumWords;
import olympus.model.state.InstanceObservation;

/**
 * What {@code /metrics} shows; {@code docs/reference/metrics.md} lists it, a test compares the two.
 */
final class Metrics {

    private static final String PREFIX = "olympus.";

    /** What the store says of itself; names without the {@code hermes.} in front. */
    private static final List<StoreGauge> STORE =
            List.of(
                    new StoreGauge("revision", "Last applied revision", StoreStatus::revision),
                    new StoreGauge(
                            "compact.revision",
                            "Oldest revision that a watch can resume from",
                            StoreStatus::compactRevision),
                    new StoreGauge(
                            "applied.index",
                            "Last applied entry of the log",
                            StoreStatus::appliedIndex),
                    new StoreGauge("epoch", "Epoch of the present leader", StoreStatus::epoch),
                    new StoreGauge(
                            "incarnation", "Incarnation of the store", StoreStatus::incarnation),
                    new StoreGauge("entries", "Keys in the store", s -> s.sizes().entries()),
                    new StoreGauge(
                            "bytes", "Bytes of keys and values in memory", s -> s.sizes().bytes()),
                    new StoreGauge(
                            "log.bytes", "Bytes of the log on disk", s -> s.sizes().logBytes()),
                    new StoreGauge(
                            "disk.free.bytes",
                            "Free space on the disk under the log",
                            s -> s.disk().usableBytes()),
                    new StoreGauge(
                            "flush.p99.seconds",
                            "How long the slowest of a hundred flushes of the log took lately, 0 before the first",
                            s -> s.disk().flushP99().map(p99 -> p99.toNanos() / 1e9).orElse(0d)),
                    new StoreGauge(
                            "feature.level",
                            "The newest behaviour that is switched on for all servers",
                            StoreStatus::featureLevel),
                    new StoreGauge(
                            "last.snapshot.timestamp.seconds",
                            "When the newest snapshot was made, since 1970; 0 while there is none",
                            s -> s.lastSnapshot().map(at -> at.toEpochMilli() / 1e3).orElse(0d)),
                    new StoreGauge("watches", "Open watches", s -> s.sizes().watches()),
                    new StoreGauge(
                            "queued", "Commands that wait for the log", s -> s.sizes().queued()),
                    new StoreGauge(
                            "halted",
                            "1 while the store applies nothing",
                            s -> s.halted().isPresent() ? 1 : 0),
                    new StoreGauge(
                            "writes.refused",
                            "1 while writes are refused, e.g. because the disk is full",
                            s -> s.writesRefused().isPresent() ? 1 : 0),
                    new StoreGauge(
                            "problems",
                            "What does not work although the store does, e.g. snapshots; `olympus doctor` says what",
                            s -> s.problems().size()),
                    new StoreGauge(
                            "leader",
                            "1 while this server leads",
                            s -> s.role() == StoreStatus.Role.LEADER ? 1 : 0));

    private record StoreGauge(
            String name, String description, ToDoubleFunction<StoreStatus> value) {}

    private Metrics() {}

    static PrometheusMeterRegistry registry(Backend backend) {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.config()
                .meterFilter(
                        new MeterFilter() {
                            @Override
                            public Meter.Id map(Meter.Id id) {
                                return id.withName(PREFIX + id.getName());
                            }
                        });
        services(registry, backend);
        servers(registry, backend);
        store(registry, backend);
        certificates(registry, backend);
        latencies(backend).forEach(it -> registry.getPrometheusRegistry().register(it));
        process(registry);
        return registry;
    }

    private static List<LatencyCollector> latencies(Backend backend) {
        return List.of(
                new LatencyCollector(
                        "olympus_hermes_commit",
                        "From handing an entry to the log until it is applied; flushing the disk is in it",
                        () -> backend.hermes().times().commits()),
                new LatencyCollector(
                        "olympus_hermes_loop_turn",
                        "Turns of the store's loop: nothing else is answered while one lasts",
                        () -> backend.hermes().times().turns()),
                new LatencyCollector(
                        "olympus_reconcile",
                        "Looks of the reconcile loop: planning and handing out orders",
                        () -> backend.island().reconcileTimes().get()));
    }

    private static void services(PrometheusMeterRegistry registry, Backend backend) {
        for (var state : InstanceObservation.State.values()) {
            Gauge.builder("instances", backend, b -> instances(b, state))
                    .description("Instances in this state")
                    .tags(Tags.of(Tag.of("state", EnumWords.of(state))))
                    .register(registry);
        }
        gauge(
                registry,
                backend,
                "restarts",
                "Automatic restarts of the instances that exist, since each was started on order",
                b -> restarts(b));
        gauge(registry, backend, "services", "Declared services", b -> b.view().services().size());
        gauge(registry, backend, "nodes", "Known nodes", b -> b.view().nodes().size());
        gauge(
                registry,
                backend,
                "nodes.connected",
                "Nodes whose agent is connected",
                b -> b.island().agents().connected().size());
        gauge(registry, backend, "pauses", "Pauses in force", b -> b.view().pauses().size());
    }

    private static void servers(PrometheusMeterRegistry registry, Backend backend) {
        gauge(
                registry,
                backend,
                "servers",
                "Servers of the island, as far as this one knows",
                b -> b.island().servers().known().all().size());
        gauge(
                registry,
                backend,
                "leader.known",
                "1 while this server knows who leads, itself or another",
                b -> b.leadership().isKnown() ? 1 : 0);
        registry.getPrometheusRegistry()
                .register(new GroupCollector(() -> backend.island().servers().health()));
    }

    private static void certificates(PrometheusMeterRegistry registry, Backend backend) {
        for (var certificate : backend.outside().certificates().get()) {
            Gauge.builder(
                            "certificate.expiry.timestamp.seconds",
                            backend,
                            b -> expiry(b, certificate.name()))
                    .description("When this certificate of the server ends, since 1970")
                    .tags(Tags.of(Tag.of("certificate", certificate.name())))
                    .register(registry);
        }
    }

    private static double expiry(Backend backend, String name) {
        return backend.outside().certificates().get().stream()
                .filter(certificate -> certificate.name().equals(name))
                .mapToDouble(certificate -> certificate.expires().getEpochSecond())
                .min()
                .orElse(0);
    }

    private static double instances(Backend backend, InstanceObservation.State state) {
        return backend.view().services().stream()
                .flatMap(service -> service.instances().stream())
                .filter(instance -> instance.away().isEmpty())
                .filter(instance -> instance.observed().state() == state)
                .count();
    }

    private static double restarts(Backend backend) {
        return backend.view().services().stream()
                .flatMap(service -> service.instances().stream())
                .mapToLong(instance -> instance.observed().restarts())
                .sum();
    }

    private static void store(PrometheusMeterRegistry registry, Backend backend) {
        for (var gauge : STORE) {
            gauge(
                    registry,
                    backend,
                    "hermes." + gauge.name(),
                    gauge.description(),
                    b -> gauge.value().applyAsDouble(b.hermes().status()));
        }
    }

    private static void process(PrometheusMeterRegistry registry) {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    private static void gauge(
            PrometheusMeterRegistry registry,
            Backend backend,
            String name,
            String description,
            ToDoubleFunction<Backend> value) {
        Gauge.builder(name, backend, value).description(description).register(registry);
    }
}
