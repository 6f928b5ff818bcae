package olympus.benchmarks;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import olympus.agent.internal.FakeRuns;
import olympus.foundation.ThreadEventLoop;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.stack.Workload;
import olympus.model.state.Assignment;
import olympus.model.state.InstanceSpec;

/**
 * Agents of many machines in this process, each with a data folder, a certificate and a link of its
 * own; what they are assigned is up after {@link #START_TAKES} and has ended after {@link
 * #STOP_TAKES}. They share {@link #LOOPS} loops. The process id that is reported of an instance
 * says of which definition it is, so that the server's own word tells what runs.
 *
 * <p>Threading: any.
 */
final class Fleet implements AutoCloseable {

    static final Duration START_TAKES = Duration.ofMillis(200);
    static final Duration STOP_TAKES = Duration.ofMillis(100);

    /** The variable by which one definition of a service differs from the next: a number. */
    static final String GENERATION = "GENERATION";

    private static final int LOOPS = 4;
    private static final int ENROL_AT_A_TIME = 4;
    private static final Duration LOOK_EVERY = Duration.ofMillis(5);
    private static final Duration ENROL_DEADLINE = Duration.ofMinutes(4);
    private static final long PIDS_OF_A_GENERATION = 1_000_000;

    private final List<FleetNode> nodes;
    private final List<ThreadEventLoop> loops;
    private final ThreadEventLoop linkLoop;
    private final Map<NodeId, Assignment> assigned = new ConcurrentHashMap<>();
    private final Map<InstanceId, NodeId> startedLast = new ConcurrentHashMap<>();
    private final Map<InstanceId, Long> startedNanos = new ConcurrentHashMap<>();
    private final Map<InstanceId, Run> wanted = new ConcurrentHashMap<>();
    private volatile Optional<String> failure = Optional.empty();

    /**
     * A run that is wanted.
     *
     * @param nanos when an agent heard of it first
     */
    private record Run(String token, long nanos) {}

    private Fleet(List<FleetNode> nodes) {
        this.nodes = nodes;
        this.loops = IntStream.range(0, LOOPS).mapToObj(number -> loop("fleet-" + number)).toList();
        this.linkLoop = loop("fleet-links");
    }

    private ThreadEventLoop loop(String name) {
        return new ThreadEventLoop(
                name, (thread, bug) -> failure = Optional.of(thread + ": " + bug));
    }

    /**
     * Lets so many machines in, a few at a time.
     *
     * @param millis gets the time that each took, its keys and the island's answer included
     */
    static Fleet enrol(Path folder, URI address, String token, int size, List<Double> millis)
            throws Exception {
        try (var threads = Executors.newFixedThreadPool(ENROL_AT_A_TIME)) {
            var all = new ArrayList<Callable<FleetNode>>();
            for (var number = 1; number <= size; number++) {
                var name = "node-%03d".formatted(number);
                all.add(() -> {
                    var began = System.nanoTime();
                    var node = FleetNode.enrol(folder.resolve(name), address, token, name);
                    synchronized (millis) {
                        millis.add((System.nanoTime() - began) / 1e6);
                    }
                    return node;
                });
            }
            var nodes = new ArrayList<FleetNode>();
            for (Future<FleetNode> node :
                    threads.invokeAll(all, ENROL_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                nodes.add(node.get());
            }
            return new Fleet(List.copyOf(nodes));
        }
    }

    List<FleetNode> nodes() {
        return nodes;
    }

    /** Links all of them, so many at a time: each lot when the one before is linked. */
    void connect(int atATime, Duration deadline) throws TimeoutException {
        for (var first = 0; first < nodes.size(); first += atATime) {
            var lot = nodes.subList(first, Math.min(nodes.size(), first + atATime));
            for (var node : lot) {
                connect(node, loops.get(first / atATime % LOOPS));
            }
            Waiting.until(
                    deadline,
                    LOOK_EVERY,
                    () ->
                            "%d of these %d are linked, after %d others"
                                    .formatted(
                                            lot.stream().filter(FleetNode::isConnected).count(),
                                            lot.size(),
                                            nodes.indexOf(lot.getFirst())),
                    () -> lot.stream().allMatch(FleetNode::isConnected));
        }
    }

    private void connect(FleetNode node, ThreadEventLoop loop) {
        node.connect(
                loop,
                linkLoop,
                new FakeRuns(
                        START_TAKES,
                        STOP_TAKES,
                        Fleet::pid,
                        assignment -> received(node.id(), assignment),
                        spec -> started(node.id(), spec)));
    }

    /** A process id that tells the definition. */
    private static long pid(InstanceSpec spec) {
        var environment =
                spec.definition().workload() instanceof Workload.Process process
                        ? process.environment()
                        : Map.<String, Workload.EnvironmentValue>of();
        var generation =
                environment.get(GENERATION) instanceof Workload.EnvironmentValue.Literal literal
                        ? Long.parseLong(literal.value())
                        : 0;
        return generation * PIDS_OF_A_GENERATION + 1 + spec.id().ordinal();
    }

    static long generation(long pid) {
        return pid / PIDS_OF_A_GENERATION;
    }

    private void received(NodeId node, Assignment assignment) {
        var now = System.nanoTime();
        assigned.put(node, assignment);
        for (var spec : assignment.instances()) {
            wanted.compute(
                    spec.id(),
                    (_, last) ->
                            last != null && last.token().equals(spec.runToken())
                                    ? last
                                    : new Run(spec.runToken(), now));
        }
    }

    private void started(NodeId node, InstanceSpec spec) {
        startedNanos.put(spec.id(), System.nanoTime());
        startedLast.put(spec.id(), node);
    }

    /** The instances that a node was told last to run. */
    List<InstanceId> instancesOf(NodeId node) {
        var last = assigned.get(node);
        return last == null
                ? List.of()
                : last.instances().stream()
                        .filter(spec -> spec.desired() == InstanceSpec.Desired.RUN)
                        .map(InstanceSpec::id)
                        .toList();
    }

    /** On which node an instance came up last. */
    Optional<NodeId> nodeOf(InstanceId instance) {
        return Optional.ofNullable(startedLast.get(instance));
    }

    /** When it did, by {@link System#nanoTime}. */
    long startedNanos(InstanceId instance) {
        return startedNanos.getOrDefault(instance, Long.MIN_VALUE);
    }

    /**
     * When the run that is wanted last of an instance was wanted first, by {@link System#nanoTime};
     * long ago when it never was.
     */
    long wantedNanos(InstanceId instance) {
        return Optional.ofNullable(wanted.get(instance)).map(Run::nanos).orElse(Long.MIN_VALUE);
    }

    /** Throws when one of its loops has stopped because of a bug. */
    void requireWell() {
        failure.ifPresent(what -> {
            throw new IllegalStateException("a loop of the fleet stopped: " + what);
        });
    }

    @Override
    public void close() throws Exception {
        for (var node : nodes) {
            node.close();
        }
        linkLoop.close();
        loops.forEach(ThreadEventLoop::close);
    }
}
