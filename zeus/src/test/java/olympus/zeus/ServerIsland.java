package olympus.zeus;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import olympus.foundation.EventLoop;
import olympus.foundation.simulation.SimulatedClock;
import olympus.foundation.simulation.SimulatedLoop;
import olympus.hermes.HermesNode;
import olympus.hermes.Key;
import olympus.hermes.SimulatedMember;
import olympus.hermes.simulated.SimulatedGroup;
import olympus.hermes.simulated.SimulatedMachine;
import olympus.model.NodeId;
import olympus.model.state.Assignment;
import olympus.model.state.Codecs;
import olympus.model.state.Decision;
import olympus.model.state.LeaseGrant;

/**
 * An island with three servers on one simulated loop: each has its member of the store and its
 * Zeus, on a loop that is late by a little or by much; every agent has a link to every server. A
 * link carries in order and loses nothing until it breaks, then everything that is under way.
 */
final class ServerIsland {

    static final StackCommands.Actor ANA = new StackCommands.Actor("user:ana", "10.0.0.7");
    static final List<String> NAMES = List.of("a", "b", "c");

    private static final int ELECTION_MILLIS = 1_000;

    /** Until a server that is slow knows that a link is there, and has written what it planned. */
    private static final Duration LATE = Duration.ofSeconds(3);

    final SimulatedClock clock = new SimulatedClock(Instant.parse("2026-11-21T00:00:00Z"));
    final SimulatedLoop world = new SimulatedLoop(clock);
    final SplittableRandom random;
    final SimulatedGroup group;
    final Map<String, Server> servers = new LinkedHashMap<>();
    final Map<NodeId, SimulatedAgent> agents = new LinkedHashMap<>();
    final List<String> trace = new ArrayList<>();
    final ServerInvariants invariants = new ServerInvariants(this);
    int maxDelayMillis = 5;

    /** Nodes that no server can reach. */
    private final Set<NodeId> isolated = new HashSet<>();

    final Duration lossDelay;
    private final long snapshotAfterBytes;
    private final Map<String, Wire> wires = new HashMap<>();
    private boolean electing;

    ServerIsland(long seed, int nodes, Path folder) {
        this.random = new SplittableRandom(seed);
        this.lossDelay = IslandSimulationTest.lossDelay(random);
        this.snapshotAfterBytes = random.nextInt(4) == 0 ? 32 << 10 : 64 << 20;
        this.group = new SimulatedGroup(world, new Random(random.nextLong()), folder);
        for (var name : NAMES) {
            servers.put(name, new Server(name));
        }
        for (var n = 1; n <= nodes; n++) {
            var agent = new SimulatedAgent(n, world, clock, random.split());
            agents.put(agent.id, agent);
            agent.onStart = invariants::begun;
            agent.reports = report -> toAll(agent, server -> server.zeus.reported(report));
            agent.asks =
                    number -> toAll(agent, server -> server.zeus.askedForLeases(agent.id, number));
            agent.eventSink = list -> toAll(agent, server -> server.zeus.happened(agent.id, list));
        }
        servers.values().forEach(Server::begin);
        world.afterEvent(invariants::check);
        group.elect(NAMES.get(random.nextInt(NAMES.size())));
    }

    /** A server's machine, and its present process. */
    final class Server {
        final String name;
        final SimulatedMachine machine = new SimulatedMachine(clock, world);
        HermesNode store;
        Zeus zeus;
        boolean up;

        Server(String name) {
            this.name = name;
            this.store = newStore();
            this.zeus = newZeus();
        }

        private HermesNode newStore() {
            return SimulatedMember.start(
                    name, machine, group, new Random(random.nextLong()), snapshotAfterBytes);
        }

        private Zeus newZeus() {
            return new Zeus(
                    store,
                    new LateLoop(machine.loop()),
                    machine,
                    random.split(),
                    new Orders(this),
                    ZeusOptions.of(name).withLossDelay(lossDelay));
        }

        void begin() {
            zeus.start();
            up = true;
            agents.values().forEach(agent -> wire(this, agent).dialSoon());
        }

        void restart() {
            machine.restart();
            store = newStore();
            zeus = newZeus();
            begin();
        }

        void crash() {
            trace("crash " + name);
            up = false;
            agents.values().forEach(agent -> wire(this, agent).cut());
            group.crash(name);
            machine.end();
        }
    }

    /** What a thread of its own adds: what is told comes later, in order. */
    private final class LateLoop implements EventLoop {
        private final EventLoop process;
        private final int maxLateMillis = random.nextInt(3) == 0 ? 500 : 3;
        private long lastNanos;

        LateLoop(EventLoop process) {
            this.process = process;
        }

        @Override
        public void execute(Runnable task) {
            var now = clock.monotonicNanos();
            lastNanos = Math.max(lastNanos, now + random.nextInt(maxLateMillis) * 1_000_000L);
            process.schedule(Duration.ofNanos(lastNanos - now), task);
        }

        @Override
        public Cancellable schedule(Duration delay, Runnable task) {
            return process.schedule(delay, task);
        }

        @Override
        public boolean inLoop() {
            return process.inLoop();
        }
    }

    private final class Orders implements NodeOrders {
        private final Server server;

        Orders(Server server) {
            this.server = server;
        }

        @Override
        public void assign(Assignment assignment) {
            trace(server.name + " orders " + assignment.node() + " " + assignment.stamp());
            invariants.ordered(server.name, assignment, server.zeus.view().revision());
            var agent = agent(assignment.node());
            wire(server, agent)
                    .down(() -> {
                        agent.accept(assignment);
                        invariants.accepted(agent);
                    });
        }

        @Override
        public void eventsRecorded(NodeId node, long upToSequence) {
            var agent = agent(node);
            wire(server, agent).down(() -> agent.eventsRecorded(upToSequence));
        }

        @Override
        public void leased(NodeId node, LeaseGrant grant) {
            var agent = agent(node);
            wire(server, agent).down(() -> agent.leased(grant));
        }
    }

    /** The link of one agent to one server. */
    final class Wire {
        private final Server server;
        private final SimulatedAgent agent;
        private boolean open;
        private boolean dialling;
        private int life;
        private long upNanos;
        private long downNanos;
        private long brokenNanos;
        private final List<Broken> broken = new ArrayList<>();

        private record Broken(long fromNanos, long toNanos) {}

        Wire(Server server, SimulatedAgent agent) {
            this.server = server;
            this.agent = agent;
        }

        void dialSoon() {
            if (!dialling && !open) {
                dialling = true;
                later(random.nextInt(10, 2_000), this::dial);
            }
        }

        private void dial() {
            dialling = false;
            if (isolated.contains(agent.id)) {
                dialSoon();
                return;
            }
            if (!server.up || open) {
                return;
            }
            open = true;
            broken.add(new Broken(brokenNanos, clock.monotonicNanos()));
            life++;
            up(to -> to.zeus.nodeConnected(agent.id, agent.name));
            agent.connected();
        }

        void cut() {
            if (open) {
                open = false;
                brokenNanos = clock.monotonicNanos();
                life++;
                onServer(server, to -> to.zeus.nodeDisconnected(agent.id, "cut"));
            }
            dialSoon();
        }

        /** Whether it was broken all this time, as far as a server that is late can tell. */
        boolean wasBroken(long fromNanos, long toNanos) {
            return (!open && brokenNanos <= fromNanos)
                    || broken.stream()
                            .anyMatch(one ->
                                    one.fromNanos <= fromNanos
                                            && one.toNanos + LATE.toNanos() >= toNanos);
        }

        void up(Consumer<Server> message) {
            upNanos = carry(upNanos, () -> onServer(server, message));
        }

        void down(Runnable message) {
            downNanos = carry(downNanos, message);
        }

        private long carry(long last, Runnable message) {
            var now = clock.monotonicNanos();
            var at = Math.max(last, now + random.nextInt(1, maxDelayMillis + 1) * 1_000_000L);
            var present = life;
            if (open) {
                world.schedule(
                        Duration.ofNanos(at - now),
                        () -> {
                            if (open && life == present) {
                                message.run();
                            }
                        });
            }
            return at;
        }
    }

    private void onServer(Server server, Consumer<Server> message) {
        if (server.up) {
            message.accept(server);
        }
    }

    private void toAll(SimulatedAgent agent, Consumer<Server> message) {
        servers.values().forEach(server -> wire(server, agent).up(message));
    }

    Wire wire(Server server, SimulatedAgent agent) {
        return wires.computeIfAbsent(server.name + " " + agent.name, _ -> new Wire(server, agent));
    }

    void isolate(SimulatedAgent agent) {
        trace("isolate " + agent.name);
        isolated.add(agent.id);
        servers.values().forEach(server -> wire(server, agent).cut());
    }

    /** Who was isolated can dial again. */
    void reconnect() {
        isolated.clear();
    }

    /** As the members do by themselves when they hear nothing of a leader. */
    void electIfNobodyLeads() {
        var leader = servers.get(group.leader());
        if (electing || (leader != null && leader.up && !leader.machine.stopped())) {
            return;
        }
        electing = true;
        later(
                random.nextInt(ELECTION_MILLIS / 2, ELECTION_MILLIS),
                () -> {
                    electing = false;
                    elect();
                });
    }

    void elect() {
        var able =
                servers.values().stream()
                        .filter(server -> server.up && !server.machine.stopped())
                        .toList();
        if (!able.isEmpty()) {
            var chosen = able.get(random.nextInt(able.size())).name;
            trace("elect " + chosen);
            group.elect(chosen);
        }
    }

    private void later(int millis, Runnable task) {
        world.schedule(Duration.ofMillis(millis), task);
    }

    SimulatedAgent agent(NodeId id) {
        return Objects.requireNonNull(agents.get(id), id.toString());
    }

    /** The server whose Zeus gives orders, if one does. */
    Optional<Server> leading() {
        return servers.values().stream()
                .filter(server -> server.up && server.zeus.leads())
                .filter(server -> server.name.equals(group.leader()))
                .findFirst();
    }

    void trace(String what) {
        trace.add(clock.monotonicNanos() / 1_000_000 + " " + what);
    }

    void run(Duration duration) {
        world.runFor(duration);
    }

    /** Lets time pass until the answer is there. */
    <T> T now(CompletionStage<T> stage) {
        var future = stage.toCompletableFuture();
        for (var i = 0; i < 20_000 && !future.isDone(); i++) {
            world.runFor(Duration.ofMillis(1));
        }
        return future.join();
    }

    List<Decision> decisions() {
        var store = leading().orElseThrow().store;
        var decisions = new ArrayList<Decision>();
        var next = 1L;
        while (true) {
            var page = now(store.readStream(Key.of("zeus/decisions"), next, 1_000));
            page.entries()
                    .forEach(e -> decisions.add(Codecs.DECISION.decode(e.value().unsafeArray())));
            if (page.entries().isEmpty()) {
                return decisions;
            }
            next = page.entries().getLast().sequence() + 1;
        }
    }
}
