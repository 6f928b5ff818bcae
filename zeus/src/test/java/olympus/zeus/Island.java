package olympus.zeus;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import olympus.foundation.simulation.SimulatedClock;
import olympus.foundation.simulation.SimulatedLoop;
import olympus.hermes.Entry;
import olympus.hermes.HermesNode;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.state.Assignment;
import olympus.model.state.Codecs;
import olympus.model.state.Decision;
import olympus.model.state.LeaseGrant;
import olympus.model.state.NodeFacts;

/**
 * A whole island on one simulated loop: an in-memory store, Zeus, and agents behind a link that can
 * be cut.
 */
final class Island {

    static final StackCommands.Actor ANA = new StackCommands.Actor("user:ana", "10.0.0.7");

    final SimulatedClock clock = new SimulatedClock(Instant.parse("2026-11-21T00:00:00Z"));
    final SimulatedLoop loop = new SimulatedLoop(clock);
    BrokenWatches hermes = new BrokenWatches(HermesNode.inMemory(loop, clock));
    final SplittableRandom random;
    final Map<NodeId, SimulatedAgent> agents = new LinkedHashMap<>();
    final List<Assignment> assignments = new ArrayList<>();
    Zeus zeus;

    /** Told of each assignment as it is sent. */
    Consumer<Assignment> onAssign = assignment -> {};

    /**
     * Delays, losses and doublings of reports and orders; none unless a simulation asks for them.
     */
    int lossPercent;

    int maxDelayMillis = 1;

    /** What every node tells that it has; nothing unless a simulation asks for it. */
    Optional<NodeFacts> machine = Optional.empty();

    /** Of every Zeus that is started from then on. */
    final Duration lossDelay;

    private final List<Instant> zeusStarts = new ArrayList<>();
    private final Map<NodeId, List<Absence>> absences = new HashMap<>();

    /** A time in which a node is not connected; until the end of time while it lasts. */
    record Absence(Instant from, Instant to) {
        boolean covers(Instant at) {
            return !at.isBefore(from) && at.isBefore(to);
        }
    }

    Island(long seed, int nodes) {
        this(seed, nodes, ZeusOptions.DEFAULT.lossDelay());
    }

    Island(long seed, int nodes, Duration lossDelay) {
        this.lossDelay = lossDelay;
        this.random = new SplittableRandom(seed);
        this.zeus = newZeus();
        for (var n = 1; n <= nodes; n++) {
            join(n);
        }
        run(Duration.ofMillis(100));
    }

    /** A new node connects. */
    void join(int number) {
        var agent = new SimulatedAgent(number, loop, clock, random.split());
        agents.put(agent.id, agent);
        connect(agent);
    }

    private Zeus newZeus() {
        var options = ZeusOptions.of("node1").withLossDelay(lossDelay);
        var made = new Zeus(hermes, loop, clock, random.split(), new Link(), options);
        made.start();
        zeusStarts.add(clock.wall());
        return made;
    }

    /** The server process ends and another one starts over the same store. */
    void restartZeus() {
        zeus.close();
        zeus = newZeus();
        agents.values().forEach(this::connect);
    }

    /** The same while the node {@code away} is not connected. */
    void restartZeusWithout(SimulatedAgent away) {
        zeus.close();
        zeus = newZeus();
        cut(away);
        agents.values().stream().filter(agent -> agent != away).forEach(this::connect);
    }

    Foresight foresight() {
        return now(zeus.foresight());
    }

    /** All that is stored of Zeus at this moment. */
    List<Entry> backup() {
        var entries = new ArrayList<Entry>();
        var after = Optional.<Key>empty();
        while (true) {
            var page = now(hermes.list(Key.of("zeus"), after, 100));
            entries.addAll(page.entries());
            if (!page.more()) {
                return entries;
            }
            after = Optional.of(page.entries().getLast().key());
        }
    }

    /**
     * The store is lost; one of a higher incarnation takes its place, which knows {@code entries}.
     */
    void loseStore(List<Entry> entries) {
        zeus.close();
        run(Duration.ofSeconds(2));
        hermes = new BrokenWatches(HermesNode.inMemory(loop, clock));
        for (var entry : entries) {
            now(hermes.transact(Transaction.of(new Operation.Put(entry.key(), entry.value()))));
        }
        zeus = newZeus();
        agents.values().forEach(this::connect);
    }

    void connect(SimulatedAgent agent) {
        var target = zeus;
        absence(agent.id, clock.wall())
                .ifPresent(open -> {
                    var all = absences(agent.id);
                    all.remove(open);
                    all.add(new Absence(open.from(), clock.wall()));
                });
        target.nodeConnected(agent.id, agent.name);
        machine.ifPresent(facts -> target.facts(agent.id, facts));
        agent.reports = report -> carry(() -> target.reported(report));
        agent.asks = number -> carry(() -> target.askedForLeases(agent.id, number));
        agent.eventSink = events -> carry(() -> target.happened(agent.id, events));
        agent.connected();
    }

    void disconnect(SimulatedAgent agent) {
        cut(agent);
        zeus.nodeDisconnected(agent.id, "cut");
    }

    private void cut(SimulatedAgent agent) {
        agent.reports = report -> {};
        agent.eventSink = events -> {};
        agent.asks = number -> {};
        if (absence(agent.id, clock.wall()).isEmpty()) {
            absences(agent.id).add(new Absence(clock.wall(), Instant.MAX));
        }
    }

    private List<Absence> absences(NodeId node) {
        return absences.computeIfAbsent(node, _ -> new ArrayList<>());
    }

    /** The one in which a moment lies. */
    Optional<Absence> absence(NodeId node, Instant at) {
        return absences(node).stream().filter(one -> one.covers(at)).findFirst();
    }

    boolean wasAway(NodeId node) {
        return !absences(node).isEmpty();
    }

    /** When a node was last connected anew, which is to come while it is away. */
    Instant connectedSince(NodeId node) {
        return absences(node).getLast().to();
    }

    /** The last start of Zeus up to a moment. */
    Instant zeusStartedBefore(Instant at) {
        return zeusStarts.stream()
                .filter(start -> !start.isAfter(at))
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    /** Carries a message over the link, with the faults of the moment. */
    private void carry(Runnable message) {
        var copies = lossPercent == 0 ? 1 : copies();
        for (var i = 0; i < copies; i++) {
            var _ =
                    loop.schedule(
                            Duration.ofMillis(random.nextInt(1, maxDelayMillis + 1)), message);
        }
    }

    private int copies() {
        var dice = random.nextInt(100);
        return dice < lossPercent ? 0 : dice < 2 * lossPercent ? 2 : 1;
    }

    private final class Link implements NodeOrders {
        @Override
        public void assign(Assignment assignment) {
            assignments.add(assignment);
            onAssign.accept(assignment);
            carry(() -> agent(assignment.node()).accept(assignment));
        }

        @Override
        public void eventsRecorded(NodeId node, long upToSequence) {
            carry(() -> agent(node).eventsRecorded(upToSequence));
        }

        @Override
        public void leased(NodeId node, LeaseGrant grant) {
            carry(() -> agent(node).leased(grant));
        }
    }

    SimulatedAgent agent(NodeId id) {
        return agents.values().stream().filter(a -> a.id.equals(id)).findFirst().orElseThrow();
    }

    SimulatedAgent agent() {
        return agents.values().iterator().next();
    }

    void run(Duration duration) {
        loop.runFor(duration);
    }

    /** Lets time pass until the answer is there. */
    <T> T now(CompletionStage<T> stage) {
        var future = stage.toCompletableFuture();
        for (var i = 0; i < 20_000 && !future.isDone(); i++) {
            loop.runFor(Duration.ofMillis(1));
        }
        return future.join();
    }

    StackPlan apply(olympus.model.stack.StackDefinition definition) {
        return now(zeus.apply(definition, Optional.empty(), true, ANA));
    }

    ClusterView.ServiceView service(String id) {
        return zeus.view().services().stream()
                .filter(s -> s.service().equals(ServiceId.parse(id)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no service " + id + " in " + zeus.view()));
    }

    boolean has(String stack) {
        return zeus.view().stacks().stream().anyMatch(s -> s.name().equals(new StackName(stack)));
    }

    List<Decision> decisions() {
        var decisions = new ArrayList<Decision>();
        var next = 1L;
        while (true) {
            var page = now(hermes.readStream(Key.of("zeus/decisions"), next, 1_000));
            page.entries()
                    .forEach(e -> decisions.add(Codecs.DECISION.decode(e.value().unsafeArray())));
            if (page.entries().isEmpty()) {
                return decisions;
            }
            next = page.entries().getLast().sequence() + 1;
        }
    }
}
