package olympus.agent.internal;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import olympus.engine.ContainerEngine;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import olympus.engine.Usage;
import olympus.model.InstanceId;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceSpec;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeAnswer.Flow;
import olympus.model.state.NodeAnswer.InstanceUse;
import olympus.model.state.NodeAnswer.Measured;

/**
 * What the instances of this node use at this moment: containers as their engine counts it,
 * processes by {@code /proc}, units as systemd counts it. All are looked at twice, {@link #SPAN}
 * apart, for the use of the processor. What does not answer within {@link #LOOKED_WITHIN} is said
 * to be not measured, and the others are told. Threading: any thread; blocks.
 */
final class NodeUse {

    static final Duration SPAN = Duration.ofSeconds(1);
    static final Duration LOOKED_WITHIN = Duration.ofSeconds(6);
    static final int AT_A_TIME = 16;

    private static final double PERCENT = 100.0;
    private static final Look UNKNOWN = new Look.Not("it is not assigned to this node");

    private final ContainerEngine engine;
    private final ContainerLaunch launch;
    private final InstanceFolders folders;
    private final Systemctl systemctl;
    private final AcceptedSpecs accepted;
    private final ProcessTable table = new ProcessTable();

    NodeUse(
            ContainerEngine engine,
            ContainerLaunch launch,
            InstanceFolders folders,
            Systemctl systemctl,
            AcceptedSpecs accepted) {
        this.engine = engine;
        this.launch = launch;
        this.folders = folders;
        this.systemctl = systemctl;
        this.accepted = accepted;
    }

    /** What was seen at one of the two looks. */
    private sealed interface Look {
        /**
         * @param source what tells one run from the next
         */
        record Seen(String source, Usage usage, boolean hasNetwork, boolean hasDisk)
                implements Look {}

        record Not(String why) implements Look {}
    }

    NodeAnswer answer(List<InstanceId> instances) {
        var specs = accepted.now();
        var first = look(instances, specs, Map.of());
        pause();
        var second = look(instances, specs, first);
        var all = new ArrayList<InstanceUse>();
        for (var id : instances) {
            all.add(use(id, first.getOrDefault(id, UNKNOWN), second.getOrDefault(id, UNKNOWN)));
        }
        return new NodeAnswer.Use(all);
    }

    private static void pause() {
        try {
            // Nobody ends it sooner but an interrupt.
            var _ = new CountDownLatch(1).await(SPAN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Kind.CANCELLED, "interrupted between two looks", e);
        }
    }

    /**
     * @param before who had nothing to show is not asked again
     */
    private Map<InstanceId, Look> look(
            List<InstanceId> instances,
            Map<InstanceId, InstanceSpec> specs,
            Map<InstanceId, Look> before) {
        var looks = new HashMap<InstanceId, Look>();
        var asked = new ArrayList<InstanceSpec>();
        for (var id : instances) {
            if (before.get(id) instanceof Look.Not not) {
                looks.put(id, not);
            } else {
                Optional.ofNullable(specs.get(id)).ifPresent(asked::add);
            }
        }
        var found =
                InParallel.each(
                        asked,
                        AT_A_TIME,
                        LOOKED_WITHIN,
                        this::look,
                        spec ->
                                new Look.Not(
                                        "no answer within %d s"
                                                .formatted(LOOKED_WITHIN.toSeconds())));
        for (var i = 0; i < asked.size(); i++) {
            looks.put(asked.get(i).id(), found.get(i));
        }
        return looks;
    }

    private Look look(InstanceSpec spec) {
        try {
            return switch (spec.definition().workload()) {
                case Workload.Container ignored -> container(spec);
                case Workload.Process ignored -> process(spec);
                case Workload.Unit unit -> unit(unit.name());
            };
        } catch (EngineException | UncheckedIOException e) {
            return new Look.Not(String.valueOf(e.getMessage()));
        }
    }

    private Look container(InstanceSpec spec) {
        var there =
                launch.find(ContainerRecord.NONE, ContainerPlan.of(spec))
                        .filter(ContainerLaunch::isUp);
        if (there.isEmpty()) {
            return notRunning();
        }
        var container = there.get();
        var usage = engine.stats(container.id());
        // On the machine's own network, or another container's, nothing is counted for it.
        var hasNetwork = !container.networkMode().matches("host|none|container:.*");
        return new Look.Seen(
                container.id() + container.state().startedAt(), usage, hasNetwork, true);
    }

    private Look process(InstanceSpec spec) {
        var run = folders.runs(spec.id()).stream().findFirst().orElse(0L);
        var marker = folders.marker(spec.id(), run);
        var pids =
                table.rows().stream()
                        .filter(row -> row.mark().equals(marker))
                        .map(row -> row.stat().pid())
                        .toList();
        if (pids.isEmpty()) {
            return notRunning();
        }
        var limit = spec.definition().deploy().resources().memoryBytes().orElse(0L);
        var used = ProcessUse.of(pids, launch.now());
        return new Look.Seen(marker, used.usage(limit), false, used.isDiskKnown());
    }

    private Look unit(String name) {
        try {
            return UnitUse.of(systemctl.use(name), launch.now())
                    .<Look>map(used ->
                            new Look.Seen(
                                    used.invocation(),
                                    used.usage(),
                                    used.hasNetwork(),
                                    used.hasDisk()))
                    .orElseGet(NodeUse::notRunning);
        } catch (SystemdException e) {
            return new Look.Not(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Look.Not("interrupted while systemd was asked");
        }
    }

    private static Look notRunning() {
        return new Look.Not("it does not run");
    }

    private static InstanceUse use(InstanceId id, Look first, Look second) {
        return switch (second) {
            case Look.Not not -> new InstanceUse(id, Optional.empty(), Optional.of(not.why()));
            case Look.Seen seen ->
                    first instanceof Look.Seen before && before.source().equals(seen.source())
                            ? new InstanceUse(
                                    id, Optional.of(measured(before, seen)), Optional.empty())
                            : new InstanceUse(
                                    id,
                                    Optional.empty(),
                                    Optional.of("it was started again meanwhile"));
        };
    }

    private static Measured measured(Look.Seen before, Look.Seen now) {
        var usage = now.usage();
        return new Measured(
                percent(
                        usage.cpuNanos() - before.usage().cpuNanos(),
                        before.usage().at(),
                        usage.at()),
                usage.memoryBytes(),
                Optional.of(usage.memoryLimitBytes()).filter(limit -> limit > 0),
                usage.processes(),
                Optional.of(flow(usage.network())).filter(_ -> now.hasNetwork()),
                Optional.of(flow(usage.disk())).filter(_ -> now.hasDisk()));
    }

    /** To a tenth. */
    private static double percent(long cpuNanos, Instant from, Instant to) {
        var span = Duration.between(from, to).toNanos();
        return span <= 0 ? 0 : Math.round(Math.max(0, cpuNanos) * PERCENT * 10 / span) / 10.0;
    }

    private static Flow flow(Usage.Flow flow) {
        return new Flow(flow.in(), flow.out());
    }
}
