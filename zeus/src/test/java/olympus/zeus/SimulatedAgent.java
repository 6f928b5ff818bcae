package olympus.zeus;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import olympus.foundation.simulation.SimulatedClock;
import olympus.foundation.simulation.SimulatedLoop;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.stack.Workload;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec;
import olympus.model.state.LeaseGrant;
import olympus.model.state.NodeReport;

/**
 * An agent in miniature: keeps the last assignment, starts and stops with delays, restarts and
 * gives up. A command that contains {@code bad} crashes soon after each start, one with {@code
 * never} cannot start at all, one with {@code once} ends successfully.
 */
final class SimulatedAgent {

    /** Attempts before an instance is given up. */
    private static final int ATTEMPTS = 2;

    final NodeId id;
    final String name;
    private final SimulatedLoop loop;
    private final SimulatedClock clock;
    private final RandomGenerator random;
    private final Map<InstanceId, Run> runs = new TreeMap<>();

    /** What runs without this agent: made by another tool, or released; taken when assigned. */
    final Map<InstanceId, Run> left = new TreeMap<>();

    private final Map<InstanceId, InstanceSpec> specs = new HashMap<>();
    private final Map<InstanceId, InstanceSpec> held = new TreeMap<>();
    private final List<AgentEvent> events = new ArrayList<>();

    /** Everything that it ever noted, recorded or not. */
    final List<AgentEvent> happened = new ArrayList<>();

    /** Somebody has broken into it: it says that it knows no store, and holds these. */
    private Optional<List<InstanceSpec>> forged = Optional.empty();

    private Assignment.Stamp accepted = Assignment.Stamp.NONE;
    private long sequence;
    private long eventSequence;
    Consumer<NodeReport> reports = report -> {};
    Consumer<List<AgentEvent>> eventSink = list -> {};
    Runnable afterChange = () -> {};

    /** Told of the first start of each run, before anything else happens. */
    Consumer<InstanceSpec> onStart = spec -> {};

    // Leases of singletons, and the guardians that end them; the clock of the node may be a little
    // off.

    /** How many of its seconds pass in a true one. */
    double rate = 1;

    /** A mistake to be found: how many times as long as it was granted a lease counts here. */
    double stretch = 1;

    Consumer<Long> asks = number -> {};
    private final Map<InstanceId, Lease> leases = new HashMap<>();
    private final Map<Long, Long> askedNanos = new HashMap<>();
    private long lastAsk;
    private boolean asking;
    private boolean killed;

    private record Lease(String token, long endNanos) {}

    /** One instance as it runs. */
    static final class Run {
        long leaseEndNanos;
        boolean guarded;
        InstanceSpec spec;
        State state = State.PENDING;
        int restarts;
        boolean released;
        Health health = Health.NONE;
        Optional<State> shown = Optional.empty();
        Instant since = Instant.EPOCH;
        long change;

        Run(InstanceSpec spec) {
            this.spec = spec;
        }

        /** When it entered its state, as far as was reported. */
        Instant since(Instant now) {
            if (!shown.equals(Optional.of(state))) {
                shown = Optional.of(state);
                since = now;
            }
            return since;
        }

        boolean isAlive() {
            return state == State.RUNNING || state == State.STARTING || state == State.STOPPING;
        }
    }

    SimulatedAgent(int number, SimulatedLoop loop, SimulatedClock clock, RandomGenerator random) {
        this.id = new NodeId(new UUID(7, number));
        this.name = "node" + number;
        this.loop = loop;
        this.clock = clock;
        this.random = random;
    }

    Map<InstanceId, Run> runs() {
        return runs;
    }

    void accept(Assignment assignment) {
        if (killed || assignment.stamp().compareTo(accepted) < 0) {
            return;
        }
        var raised = assignment.stamp().incarnation() > accepted.incarnation();
        var anotherLeads = assignment.stamp().epoch() != accepted.epoch() || raised;
        var before = Map.copyOf(raised ? specs : held);
        accepted = assignment.stamp();
        specs.clear();
        held.clear();
        assignment.instances().forEach(spec -> specs.put(spec.id(), spec));
        before.values().stream()
                .filter(spec -> !assignment.stacks().contains(spec.id().service().stack()))
                .filter(spec -> !isNamed(spec))
                .forEach(spec -> held.put(spec.id(), spec));
        specs.putAll(held);
        reconcile();
        report();
        askForLeases();
        if (anotherLeads) {
            tellEvents();
        }
    }

    private boolean isNamed(InstanceSpec spec) {
        var named = specs.get(spec.id());
        return named != null && named.runToken().equals(spec.runToken());
    }

    private void reconcile() {
        for (var id : List.copyOf(runs.keySet())) {
            var spec = specs.get(id);
            var run = present(id);
            if (spec == null && run.released) {
                left.put(id, run);
                runs.remove(id);
            } else if (spec != null && isLeftAlone(spec)) {
                run.spec = spec;
                run.released = spec.desired() == InstanceSpec.Desired.RELEASE;
            } else if (spec == null || !spec.runToken().equals(run.spec.runToken())) {
                end(id, run, spec == null || spec.desired() != InstanceSpec.Desired.HOLD);
            } else if (spec.desired() == InstanceSpec.Desired.STOP) {
                end(id, run, false);
            }
        }
        specs.values().forEach(this::begin);
    }

    private static boolean isLeftAlone(InstanceSpec spec) {
        return spec.desired() == InstanceSpec.Desired.WATCH
                || spec.desired() == InstanceSpec.Desired.RELEASE;
    }

    private Run present(InstanceId id) {
        var run = runs.get(id);
        if (run == null) {
            throw new IllegalStateException("no run of " + id);
        }
        return run;
    }

    private void begin(InstanceSpec spec) {
        var found = left.remove(spec.id());
        if (found != null) {
            found.spec = spec;
            found.released = false;
            runs.put(spec.id(), found);
        }
        var run = runs.get(spec.id());
        if (run != null && (run.isAlive() || run.spec.runToken().equals(spec.runToken()))) {
            var mayStart = run.state == State.PENDING || run.state == State.STOPPED;
            if (mayStart && spec.desired() == InstanceSpec.Desired.RUN) {
                startRun(spec.id(), run);
            } else if (run.state == State.PENDING && spec.desired() == InstanceSpec.Desired.STOP) {
                run.state = State.STOPPED;
            }
            return;
        }
        var fresh = new Run(spec);
        runs.put(spec.id(), fresh);
        switch (spec.desired()) {
            case RUN -> startRun(spec.id(), fresh);
            case STOP, WATCH, RELEASE -> fresh.state = State.STOPPED;
            case HOLD -> {}
        }
    }

    private void startRun(InstanceId id, Run run) {
        if (killed || (isSingleton(run.spec) && !isLeased(run.spec))) {
            run.state = State.PENDING;
            return;
        }
        guard(id, run);
        run.state = State.STARTING;
        if (run.restarts == 0) {
            onStart.accept(run.spec);
        }
        later(
                20,
                200,
                id,
                run,
                () -> {
                    run.state = command(run).contains("never") ? State.GIVEN_UP : State.RUNNING;
                    if (run.state == State.GIVEN_UP) {
                        event(id, "give up", "it can never start");
                    } else if (command(run).contains("once")) {
                        later(50, 100, id, run, () -> run.state = State.COMPLETED);
                    } else if (isBad(run)) {
                        later(100, 800, id, run, () -> crash(id));
                    }
                });
    }

    private static boolean isBad(Run run) {
        return command(run).contains("bad");
    }

    private static String command(Run run) {
        return switch (run.spec.definition().workload()) {
            case Workload.Process process -> process.command().getFirst();
            case Workload.Container container -> container.image().reference();
            case Workload.Unit unit -> unit.name();
        };
    }

    /** Runs {@code change} unless something else happened to the run first. */
    private void later(int minMillis, int maxMillis, InstanceId id, Run run, Runnable change) {
        var expected = ++run.change;
        var delay = Duration.ofMillis(random.nextInt(minMillis, maxMillis));
        var _ =
                loop.schedule(
                        delay,
                        () -> {
                            if (runs.get(id) == run && run.change == expected) {
                                change.run();
                                afterChange.run();
                                report();
                            }
                        });
    }

    private void end(InstanceId id, Run run, boolean forget) {
        if (run.state == State.STOPPING) {
            return;
        }
        if (!run.isAlive()) {
            run.change++;
            if (forget || !specs.containsKey(id)) {
                runs.remove(id);
            } else if (run.state == State.PENDING || run.state == State.BACKOFF) {
                run.state = State.STOPPED;
            }
            return;
        }
        run.state = State.STOPPING;
        later(
                50,
                500,
                id,
                run,
                () -> {
                    run.state = State.STOPPED;
                    var spec = specs.get(id);
                    if (spec == null) {
                        runs.remove(id);
                    } else if (!spec.runToken().equals(run.spec.runToken())) {
                        runs.remove(id);
                        begin(spec);
                    }
                });
    }

    /** The instance ends by itself. */
    void crash(InstanceId id) {
        var run = runs.get(id);
        if (run == null || run.state != State.RUNNING || killed) {
            return;
        }
        if (isLeftAlone(run.spec)) {
            run.state = State.STOPPED;
        } else if (run.restarts >= ATTEMPTS) {
            run.state = State.GIVEN_UP;
            event(id, "give up", "it ended %d times".formatted(run.restarts + 1));
        } else {
            run.state = State.BACKOFF;
            later(
                    50,
                    300,
                    id,
                    run,
                    () -> {
                        run.restarts++;
                        event(id, "restart", "it ended with exit status 1");
                        startRun(id, run);
                    });
        }
        afterChange.run();
        report();
    }

    private void event(InstanceId id, String action, String why) {
        events.add(
                new AgentEvent(
                        ++eventSequence, clock.wall(), Optional.of(id), action, why, "done"));
        happened.add(events.getLast());
        eventSink.accept(List.copyOf(events));
    }

    void leased(LeaseGrant grant) {
        var from = askedNanos.get(grant.number());
        if (killed || from == null) {
            return;
        }
        for (var lease : grant.leases()) {
            var end = from + (long) (lease.time().toNanos() * stretch);
            var fresh = new Lease(lease.runToken(), end);
            leases.merge(
                    lease.instance(),
                    fresh,
                    (a, b) -> a.token.equals(b.token) && a.endNanos > b.endNanos ? a : b);
            var run = runs.get(lease.instance());
            if (run != null && run.spec.runToken().equals(lease.runToken())) {
                run.leaseEndNanos = Math.max(run.leaseEndNanos, end);
            }
        }
        reconcile();
    }

    private void askForLeases() {
        if (asking || specs.values().stream().noneMatch(SimulatedAgent::isSingleton)) {
            return;
        }
        asking = true;
        var _ =
                loop.schedule(
                        Duration.ofSeconds(1),
                        () -> {
                            asking = false;
                            if (!killed) {
                                askedNanos.put(++lastAsk, ownNanos());
                                asks.accept(lastAsk);
                            }
                            askForLeases();
                        });
    }

    /** SIGKILL: what runs goes on, and so do the guardians. */
    void kill() {
        killed = true;
        leases.clear();
        askedNanos.clear();
    }

    void startAgain() {
        if (killed) {
            killed = false;
            reconcile();
            connected();
        }
    }

    private long ownNanos() {
        return (long) (clock.monotonicNanos() * rate);
    }

    static boolean isSingleton(InstanceSpec spec) {
        return spec.definition().deploy().singleton().isPresent();
    }

    private boolean isLeased(InstanceSpec spec) {
        var lease = leases.get(spec.id());
        return lease != null && lease.token.equals(spec.runToken()) && lease.endNanos > ownNanos();
    }

    /** Needs no agent. Looks once a second and takes all the time that it is allowed. */
    private void guard(InstanceId id, Run run) {
        if (!isSingleton(run.spec)) {
            return;
        }
        var lease = leases.get(id);
        if (lease != null) {
            run.leaseEndNanos = Math.max(run.leaseEndNanos, lease.endNanos);
        }
        if (!run.guarded) {
            run.guarded = true;
            lookAtLease(id, run);
        }
    }

    private void lookAtLease(InstanceId id, Run run) {
        var _ =
                loop.schedule(
                        Duration.ofSeconds(1),
                        () -> {
                            if (runs.get(id) != run || !run.isAlive()) {
                                run.guarded = false;
                            } else if (ownNanos() < run.leaseEndNanos) {
                                lookAtLease(id, run);
                            } else {
                                endByGuardian(id, run);
                            }
                        });
    }

    private void endByGuardian(InstanceId id, Run run) {
        var grace = run.spec.definition().stop().gracePeriod().toMillis() / rate;
        run.state = State.STOPPING;
        later(
                50,
                random.nextBoolean() ? (int) grace + 1_000 : 500,
                id,
                run,
                () -> {
                    run.guarded = false;
                    run.state = State.PENDING;
                    if (!killed) {
                        reconcile();
                    }
                });
    }

    void eventsRecorded(long upTo) {
        events.removeIf(event -> event.sequence() <= upTo);
    }

    /** As if somebody had set the stamp on its disk ahead. */
    void stampAhead(long generations) {
        accepted =
                new Assignment.Stamp(
                        accepted.incarnation(),
                        accepted.epoch(),
                        accepted.generation() + generations);
        report();
    }

    /** From now on tells what an honest agent would only tell of a store that was lost. */
    void forgeHeld(List<InstanceSpec> specs) {
        forged = Optional.of(specs);
        report();
    }

    Assignment.Stamp accepted() {
        return accepted;
    }

    long lastEvent() {
        return eventSequence;
    }

    /** Another tool has started it, as a container may be. */
    Run runsAlready(InstanceSpec spec) {
        var run = new Run(spec);
        run.state = State.RUNNING;
        left.put(spec.id(), run);
        return run;
    }

    /** Something that nobody ordered: drift. */
    void runUndeclared(InstanceSpec spec) {
        var run = new Run(spec);
        run.state = State.RUNNING;
        runs.put(spec.id(), run);
        report();
    }

    void report() {
        if (killed) {
            return;
        }
        reports.accept(snapshot());
    }

    void connected() {
        report();
        tellEvents();
    }

    /** All that nobody has recorded: also told again from time to time by a real agent. */
    void tellEvents() {
        if (!events.isEmpty() && !killed) {
            eventSink.accept(List.copyOf(events));
        }
    }

    private NodeReport snapshot() {
        var seen = new ArrayList<InstanceObservation>();
        runs.forEach((id, run) ->
                seen.add(
                        new InstanceObservation(
                                id,
                                run.spec.runToken(),
                                "process",
                                run.released ? State.STOPPED : run.state,
                                run.health,
                                run.isAlive() ? 100 : 0,
                                run.restarts,
                                run.since(clock.wall()),
                                reason(run),
                                run.state == State.COMPLETED ? Optional.of(0) : Optional.empty())));
        return new NodeReport(
                id,
                name,
                ++sequence,
                "boot",
                forged.isPresent() ? Assignment.Stamp.NONE : accepted,
                Optional.empty(),
                Optional.empty(),
                seen,
                forged.orElseGet(() -> List.copyOf(held.values())),
                List.of());
    }

    private static String reason(Run run) {
        return switch (run.state) {
            case GIVEN_UP -> "ended with exit status 1, %d times".formatted(run.restarts + 1);
            case BACKOFF -> "ended with exit status 1";
            case PENDING -> run.spec.desiredReason().orElse("");
            case STARTING, RUNNING, STOPPING, STOPPED, COMPLETED -> "";
        };
    }
}
