package olympus.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import olympus.engine.EngineAddress;
import olympus.foundation.Clock;
import olympus.link.AgentSide;
import olympus.link.LinkLimits;
import olympus.link.LogGap;
import olympus.link.LogLine;
import olympus.link.LogRequest;
import olympus.link.LogSink;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceSpec;
import olympus.model.state.LeaseGrant;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeReport;

/**
 * An agent over a folder of its own, seen as a server sees it. Closing it ends its instances too.
 */
public final class RunningAgent implements AutoCloseable, AgentSide.Reports {

    public static final Duration DEADLINE = Duration.ofSeconds(20);

    private static final AtomicLong GENERATIONS = new AtomicLong();

    private final Path data;
    private final NodeId node;
    private volatile Optional<Duration> leaseTime = Optional.empty();
    private volatile List<InstanceSpec> assigned = List.of();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final List<String> refusals = new CopyOnWriteArrayList<>();
    private final List<AgentEvent> events = new ArrayList<>();
    private Optional<NodeReport> report = Optional.empty();
    private final Map<InstanceId, Set<InstanceObservation.Health>> healthWhileRunning =
            new HashMap<>();
    private Optional<NodeReport> before = Optional.empty();
    private final CompletableFuture<NodeFacts> facts = new CompletableFuture<>();
    private AgentConfig config;
    private Agent agent;

    public RunningAgent(Path data) {
        this(data, OutputLimits.STANDARD, Brake.STANDARD);
    }

    public RunningAgent(Path data, OutputLimits output, Brake brake) {
        this(data, output, brake, EngineAddress.ofSocket(data.resolve("no-engine.sock")));
    }

    public RunningAgent(Path data, EngineAddress engine) {
        this(data, OutputLimits.STANDARD, Brake.STANDARD, engine);
    }

    public RunningAgent(Path data, SystemdTools systemd) {
        this(
                data,
                OutputLimits.STANDARD,
                Brake.STANDARD,
                EngineAddress.ofSocket(data.resolve("no-engine.sock")),
                systemd);
    }

    private RunningAgent(Path data, OutputLimits output, Brake brake, EngineAddress engine) {
        this(data, output, brake, engine, SystemdTools.IN_PATH);
    }

    private RunningAgent(
            Path data,
            OutputLimits output,
            Brake brake,
            EngineAddress engine,
            SystemdTools systemd) {
        this.data = data;
        this.node =
                new NodeId(
                        UUID.nameUUIDFromBytes(
                                data.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        this.config =
                new AgentConfig(
                        data,
                        new AgentSide.Identity(node, "mars", "test"),
                        Clock.system(),
                        new Random(1),
                        output,
                        brake,
                        engine,
                        systemd,
                        (thread, failure) -> {
                            failure.printStackTrace();
                            failures.add(thread + ": " + failure);
                        });
        this.agent = begin();
    }

    private Agent begin() {
        var fresh = new Agent(config, List.of(this));
        fresh.start();
        return fresh;
    }

    public NodeId node() {
        return node;
    }

    public Agent agent() {
        return agent;
    }

    public Path data() {
        return data;
    }

    /** Ends the agent, leaves the instances and starts a new agent on the same folder. */
    public void restartAgent() {
        restartAgent(() -> {});
    }

    /** The same with something that happens while no agent is there. */
    public void restartAgent(Runnable meanwhile) {
        agent.close();
        synchronized (this) {
            before = report;
            report = Optional.empty();
        }
        meanwhile.run();
        agent = begin();
    }

    public void assign(Specs... specs) {
        assign(Map.of(), specs);
    }

    public void assign(Map<SecretRef, String> secrets, Specs... specs) {
        assign(secrets, Arrays.stream(specs).map(Specs::build).toList());
    }

    /** The same with specifications that are made already. */
    public void assign(Map<SecretRef, String> secrets, List<InstanceSpec> instances) {
        assigned = List.copyOf(instances);
        var stacks =
                instances.stream().map(spec -> spec.id().service().stack()).distinct().toList();
        var stamp = new Assignment.Stamp(1, 1, GENERATIONS.incrementAndGet());
        agent.assign(new Assignment(node, stamp, stacks, instances), secrets);
    }

    /** An assignment of a store of this incarnation, which has been told of these stacks. */
    public void assignOf(long incarnation, List<StackName> stacks, Specs... specs) {
        var stamp = new Assignment.Stamp(incarnation, 1, GENERATIONS.incrementAndGet());
        var instances = Arrays.stream(specs).map(Specs::build).toList();
        agent.assign(new Assignment(node, stamp, stacks, instances), Map.of());
    }

    public InstanceObservation await(String id, Predicate<InstanceObservation> condition) {
        var instance = InstanceId.parse(id);
        awaitReport(now ->
                now.instances().stream()
                        .anyMatch(seen -> seen.id().equals(instance) && condition.test(seen)));
        return seen(id).orElseThrow();
    }

    public InstanceObservation awaitState(String id, InstanceObservation.State state) {
        return await(id, seen -> seen.state() == state);
    }

    public InstanceObservation awaitRunning(String id) {
        return awaitState(id, InstanceObservation.State.RUNNING);
    }

    public synchronized Optional<InstanceObservation> seen(String id) {
        var instance = InstanceId.parse(id);
        return report.stream()
                .flatMap(now -> now.instances().stream())
                .filter(seen -> seen.id().equals(instance))
                .findFirst();
    }

    /** Each health that a running instance was ever reported with. */
    public synchronized Set<InstanceObservation.Health> healthWhileRunning(String id) {
        return Set.copyOf(healthWhileRunning.getOrDefault(InstanceId.parse(id), Set.of()));
    }

    /** What the agent before this one last reported. */
    public synchronized InstanceObservation seenBefore(String id) {
        var instance = InstanceId.parse(id);
        return before.orElseThrow().instances().stream()
                .filter(seen -> seen.id().equals(instance))
                .findFirst()
                .orElseThrow();
    }

    public synchronized NodeReport awaitReport(Predicate<NodeReport> condition) {
        var deadline = System.nanoTime() + DEADLINE.toNanos();
        while (report.filter(condition).isEmpty()) {
            waitUntil(
                    deadline, "the last report is " + report.map(Object::toString).orElse("none"));
        }
        return report.orElseThrow();
    }

    public synchronized AgentEvent awaitEvent(Predicate<AgentEvent> condition) {
        var deadline = System.nanoTime() + DEADLINE.toNanos();
        while (events.stream().noneMatch(condition)) {
            waitUntil(deadline, "events: " + events);
        }
        return events.stream().filter(condition).findFirst().orElseThrow();
    }

    @SuppressWarnings("WaitNotInLoop") // both callers are loops
    private void waitUntil(long deadline, String found) {
        var left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new AssertionError(
                    "not within %s; failures %s; %s".formatted(DEADLINE, failures, found));
        }
        try {
            wait(Math.max(1, left / 1_000_000));
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    public synchronized List<AgentEvent> events() {
        return List.copyOf(events);
    }

    public List<String> refusals() {
        return List.copyOf(refusals);
    }

    /** All kept lines of an instance, read until there are as many. */
    public List<LogLine> lines(String id, int atLeast) {
        var deadline = System.nanoTime() + DEADLINE.toNanos();
        var lines = new CopyOnWriteArrayList<LogLine>();
        while (System.nanoTime() - deadline < 0) {
            lines.clear();
            var ended = new java.util.concurrent.CountDownLatch(1);
            agent.streamLogs(
                    new LogRequest(InstanceId.parse(id), Optional.empty(), 0, false),
                    new LogSink() {
                        @Override
                        public boolean lines(List<LogLine> batch) {
                            lines.addAll(batch);
                            return true;
                        }

                        @Override
                        public void gap(LogGap gap) {}

                        @Override
                        public void ready(Runnable resume) {
                            resume.run();
                        }

                        @Override
                        public void end(Optional<String> error) {
                            ended.countDown();
                        }
                    });
            try {
                ended.await();
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
            if (lines.size() >= atLeast) {
                return List.copyOf(lines);
            }
            Thread.onSpinWait();
        }
        throw new AssertionError(
                "only %d lines of %s, wanted %d".formatted(lines.size(), id, atLeast));
    }

    @Override
    public void facts(NodeFacts found) {
        facts.complete(found);
    }

    /** What it told first of what the machine has. */
    public NodeFacts facts() throws Exception {
        return facts.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public synchronized void report(NodeReport fresh) {
        report = Optional.of(fresh);
        for (var seen : fresh.instances()) {
            if (seen.state() == InstanceObservation.State.RUNNING) {
                healthWhileRunning
                        .computeIfAbsent(seen.id(), _ -> new LinkedHashSet<>())
                        .add(seen.health());
            }
        }
        notifyAll();
    }

    @Override
    public synchronized void events(List<AgentEvent> fresh) {
        var last = events.isEmpty() ? 0 : events.getLast().sequence();
        fresh.stream().filter(event -> event.sequence() > last).forEach(events::add);
        if (fresh.size() >= LinkLimits.MAX_EVENTS_PER_MESSAGE) {
            // Later ones come only when these are recorded.
            agent.eventsRecorded(fresh.getLast().sequence());
        }
        notifyAll();
    }

    @Override
    public void refused(Assignment.Stamp refused, Assignment.Stamp inForce, String reason) {
        refusals.add(reason);
        synchronized (this) {
            notifyAll();
        }
    }

    /** From now on answers like a server that leads: all that is assigned may go on for so long. */
    public void lease(Duration time) {
        leaseTime = Optional.of(time);
    }

    /** From now on no lease is renewed. */
    public void leaseNothing() {
        leaseTime = Optional.empty();
    }

    @Override
    public void askForLeases(long number) {
        leaseTime.ifPresent(time ->
                agent.leased(
                        new LeaseGrant(
                                number,
                                new Assignment.Stamp(1, 1, GENERATIONS.get()),
                                assigned.stream()
                                        .map(spec ->
                                                new LeaseGrant.Lease(
                                                        spec.id(), spec.runToken(), time))
                                        .toList())));
    }

    @Override
    public void close() {
        var left = agent.stopAllInstances(DEADLINE);
        agent.close();
        if (!left.isEmpty() || !failures.isEmpty()) {
            throw new AssertionError("still running: %s; failures: %s".formatted(left, failures));
        }
    }
}
