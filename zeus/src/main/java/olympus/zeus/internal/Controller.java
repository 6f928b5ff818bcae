package olympus.zeus.internal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import olympus.foundation.Clock;
import olympus.foundation.DurationHistogram;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.foundation.Ulid;
import olympus.hermes.Hermes;
import olympus.hermes.StreamLimits;
import olympus.hermes.WatchEvent;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.model.state.AgentEvent;
import olympus.model.state.InstanceSpec;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeReport;
import olympus.zeus.ClusterView;
import olympus.zeus.NodeOrders;
import olympus.zeus.StackCommands;
import olympus.zeus.StackCommands.Actor;
import olympus.zeus.StackCommands.Cause;
import olympus.zeus.StackCommands.RevisionView;
import olympus.zeus.StackPlan;
import olympus.zeus.ZeusOptions;

/**
 * The shell around the planner: owns the projection and the observed state, looks when something
 * happened or time has passed, carries out plans and sends assignments.
 *
 * <p>Threading: everything but {@link #view}, {@link #reconcileTimes} and {@link #onChange} runs on
 * Zeus' loop.
 */
public final class Controller {

    static final StreamLimits DECISION_LIMITS =
            new StreamLimits(16L << 20, 50_000, Duration.ofDays(90));

    private static final Duration WATCH_AGAIN = Duration.ofMillis(500);

    /** The store tells nobody that it leads here; it is asked. */
    private static final Duration LOOK_FOR_OFFICE = Duration.ofMillis(200);

    private final Hermes hermes;
    private final EventLoop loop;
    private final Clock clock;
    private final RandomGenerator random;
    private final NodeOrders orders;
    private final ZeusOptions options;
    private final Projection projection = new Projection();
    private final ObservedNodes observed;
    private final WriteQueue writes;
    private final Office office;
    private final Orders commands = new Orders(this);
    private final ModeOrders modes = new ModeOrders(this, commands);
    private final RolloutOrders rollouts = new RolloutOrders(this, commands);
    private final Acquaintance acquaintance;
    private final NodeRecords nodeRecords;
    private final DurationHistogram looks = new DurationHistogram();
    private final DriftGrace drifts;
    private final Set<Consumer<ClusterView>> listeners =
            java.util.concurrent.ConcurrentHashMap.newKeySet();
    private volatile ClusterView view =
            new ClusterView(0, List.of(), List.of(), List.of(), List.of(), List.of());
    private Plan plan = new Plan(List.of(), Map.of(), OptionalLong.empty());
    private Optional<Hermes.Watch> watch = Optional.empty();
    private final Alarm alarm;
    private volatile boolean ready;
    private boolean listedOnce;
    private boolean stopped;
    private boolean lookQueued;
    private boolean planning;
    private long houseKeptNanos;

    public Controller(
            Hermes hermes,
            EventLoop loop,
            Clock clock,
            RandomGenerator random,
            NodeOrders orders,
            ZeusOptions options) {
        this.hermes = hermes;
        this.loop = loop;
        this.clock = clock;
        this.random = random;
        this.orders = orders;
        this.options = options;
        this.alarm = new Alarm(loop, this::rang);
        this.houseKeptNanos = clock.monotonicNanos();
        this.observed = new ObservedNodes(options.lossDelay(), clock.monotonicNanos());
        this.nodeRecords = new NodeRecords(this, orders, clock);
        this.acquaintance = new Acquaintance(this, loop, clock);
        this.drifts = new DriftGrace(options.driftGrace());
        var server = new DecidingServer(options.server());
        this.office =
                new Office(
                        hermes,
                        loop,
                        clock,
                        server,
                        () -> ready,
                        projection::revision,
                        new OfficeTold());
        this.writes =
                new WriteQueue(
                        hermes,
                        loop,
                        server,
                        () -> office.term().map(Office.Term::epoch),
                        office::elsewhere,
                        this::afterWrite);
    }

    public void start() {
        watch(0);
        alarm.within(options.lookAgain());
        lookForOffice();
    }

    private void lookForOffice() {
        if (!stopped) {
            observed.watching(clock.monotonicNanos());
            office.look();
            var _ = loop.schedule(LOOK_FOR_OFFICE, this::lookForOffice);
        }
    }

    public void stop() {
        stopped = true;
        watch.ifPresent(Hermes.Watch::close);
        alarm.cancel();
    }

    public ClusterView view() {
        return view;
    }

    /** Whether orders are given from here. Any thread. */
    public boolean leads() {
        return office.isHeld();
    }

    public DurationHistogram.Reading reconcileTimes() {
        return looks.read();
    }

    public EventLoop.Cancellable onChange(Consumer<ClusterView> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    // The projection.

    private void watch(long from) {
        if (stopped) {
            return;
        }
        if (from == 0) {
            ready = false;
            projection.reset();
        }
        watch = Optional.of(hermes.watch(ZeusKeys.ROOT, from, loop, this::watched));
    }

    private void watched(WatchEvent event) {
        if (stopped) {
            return;
        }
        switch (event) {
            case WatchEvent.Listed(var revision, var entries, var last) -> {
                projection.listed(entries, revision);
                ready = ready || last;
                listedOnce = listedOnce || last;
                if (last) {
                    projected();
                }
            }
            case WatchEvent.Changed(var revision, var changes) -> {
                projection.changed(changes, revision);
                projected();
            }
            case WatchEvent.Compacted(var oldest) -> watch(0);
            case WatchEvent.Lagged(var from) -> watch(from);
            case WatchEvent.Ended(var from, var reason) -> {
                var resume = ready ? from : 0;
                var _ = loop.schedule(WATCH_AGAIN, () -> watch(resume));
            }
        }
    }

    private void projected() {
        writes.projected(projection.revision());
        writes.answerWaiting();
        office.look();
        wake();
    }

    // Looking.

    void wake() {
        if (!lookQueued && !stopped) {
            lookQueued = true;
            var _ = loop.schedule(options.coalesce(), this::look);
        }
    }

    private void look() {
        lookQueued = false;
        if (stopped) {
            return;
        }
        keepHouse();
        if (!ready && !listedOnce) {
            show(ViewBuilder.ofReports(desired(), observedNow(), unread()));
            return;
        }
        if (!ready) {
            return;
        }
        var began = clock.monotonicNanos();
        reconcile();
        looks.record(clock.monotonicNanos() - began);
    }

    private void reconcile() {
        office.look();
        plan = makePlan();
        refreshView();
        var term = office.term();
        if (term.isPresent()) {
            sendAssignments(term.get());
            if (office.mayDecide(() -> observed.isAnySilent(desired().nodes().keySet()))) {
                carryOut();
            }
        }
        alarm.armFor(plan, clock.monotonicNanos(), options.lookAgain());
    }

    private Plan makePlan() {
        return Planner.plan(desired(), observedNow(), clock.monotonicNanos(), clock.wall());
    }

    private void rang() {
        alarm.within(options.lookAgain());
        wake();
    }

    /** Once in a while, also where reports come so often that the timer never fires. */
    private void keepHouse() {
        var now = clock.monotonicNanos();
        if (now - houseKeptNanos >= options.lookAgain().toNanos()) {
            houseKeptNanos = now;
            writes.pump();
            rememberNodes();
        }
    }

    private final class OfficeTold implements Office.Told {
        @Override
        public void began() {
            observed.termBegan(desired(), clock.monotonicNanos());
            rememberNodes();
            writes.pump();
            var _ = loop.schedule(Office.LISTEN, Controller.this::wake);
            wake();
        }

        @Override
        public void lost(OlympusException why) {
            writes.answerWaiting(why);
            wake();
        }

        @Override
        public void refused(OlympusException why) {
            writes.answerWaiting(why);
        }
    }

    /** Stores who is connected and who has gone away, if that is not known yet. */
    private void rememberNodes() {
        if (office.term().isPresent()) {
            observed.connectedNames().forEach(nodeRecords::rememberUnlessKnown);
            desired().nodes().keySet().forEach(node -> nodeRecords.rememberAway(node, observed));
        }
    }

    private void refreshView() {
        show(ViewBuilder.build(desired(), observedNow(), plan));
    }

    private void show(ClusterView fresh) {
        if (!fresh.equals(view)) {
            view = fresh;
            listeners.forEach(listener -> listener.accept(fresh));
        }
    }

    private void afterWrite() {
        if (ready) {
            plan = makePlan();
            refreshView();
        }
        wake();
    }

    private void carryOut() {
        plan = drifts.settle(plan, clock.monotonicNanos());
        if (plan.steps().isEmpty() || planning) {
            return;
        }
        planning = true;
        var _ =
                writes.submit(this::nextWrite)
                        .whenComplete((steps, error) -> {
                            planning = false;
                            if (error == null) {
                                steps.forEach(this::carriedOut);
                            }
                        });
    }

    private WriteQueue.Write<List<Step>> nextWrite() {
        var fresh = drifts.settle(makePlan(), clock.monotonicNanos());
        return new StepWriter(desired(), clock.wall(), this::newToken).write(fresh);
    }

    private String newToken() {
        return Ulid.next(clock.wall(), random).value();
    }

    private void carriedOut(Step step) {
        switch (step) {
            case Step.ConfirmInstance confirm ->
                    observed.batchEnded(confirm.to().id().service(), clock.monotonicNanos());
            case Step.FinishRollout finish -> observed.forget(finish.from().value().service());
            case Step.MendDrift drift -> {
                drifts.mended(drift, clock.monotonicNanos());
                observed.resend(drift.node());
                wake();
            }
            default -> {
                // Everything else is in the records, which the next look reads.
            }
        }
    }

    private void sendAssignments(Office.Term term) {
        var now = clock.monotonicNanos();
        for (var node : observed.ids()) {
            var changed = projection.nodeChanged(node);
            if (observed.needsAssignment(node, changed, now, options.resendAfter().toNanos())) {
                var stamp = observed.stamp(node, term.incarnation(), term.epoch(), changed);
                orders.assign(Assignments.of(node, desired(), stamp));
                observed.sent(node, stamp, changed, now);
            }
        }
    }

    // Nodes.

    public void nodeConnected(NodeId node, String name) {
        observed.connected(node, name, clock.wall());
        rememberNodes();
        wake();
    }

    public void nodeDisconnected(NodeId node, String reason) {
        observed.disconnected(node, clock.monotonicNanos());
        wake();
    }

    public void reported(NodeReport report) {
        if (observed.reported(report, clock.monotonicNanos(), clock.wall())) {
            wake();
        }
    }

    public void facts(NodeId node, NodeFacts facts) {
        if (observed.facts(node, facts)) {
            wake();
        }
    }

    public void happened(NodeId node, List<AgentEvent> events) {
        // Elsewhere nothing can be recorded: the agent tells whoever leads next again.
        if (office.term().isPresent()) {
            nodeRecords.happened(node, events);
        }
    }

    // What people order: see Orders. What singletons may go on: see Leases.

    Optional<Office.Term> term() {
        return office.term();
    }

    long termSinceNanos() {
        return office.sinceNanos();
    }

    Desired desired() {
        return projection.desired(hermes.status().incarnation());
    }

    Observed observedNow() {
        return observed.snapshot(projection, orderedElsewhere());
    }

    /** The term of whoever leads, as long as that is not this server. */
    private Optional<Office.Term> orderedElsewhere() {
        var status = hermes.status();
        return office.isHeld()
                ? Optional.empty()
                : Optional.of(new Office.Term(status.incarnation(), status.epoch()));
    }

    Optional<String> reportedName(NodeId node) {
        return observed.nameOf(node);
    }

    /** What a person's order about the stack takes over, if agents hold something of it. */
    Claim claim(StackName stack) {
        return Claim.of(stack, desired(), observedNow(), clock.wall());
    }

    Optional<Long> incarnation() {
        return Optional.of(hermes.status().incarnation());
    }

    /** Why the first order about a stack has to wait; see {@link Acquaintance}. */
    Optional<String> unacquainted(StackName stack) {
        var incarnation = hermes.status().incarnation();
        return office.term().isEmpty() || Unclaimed.isMeant(desired(), stack)
                ? Optional.empty()
                : observed.unacquainted(incarnation);
    }

    Clock clock() {
        return clock;
    }

    <T> CompletableFuture<T> submit(java.util.function.Supplier<WriteQueue.Write<T>> write) {
        return writes.submit(write);
    }

    String token() {
        return newToken();
    }

    /** Why the stored state is not known yet. */
    private String unread() {
        return hermes.status()
                .halted()
                .map(why -> "the store has halted: " + why)
                .orElse("the stored state is still being read");
    }

    /** Whether what is stored is known. Any thread. */
    public boolean isListed() {
        return ready;
    }

    /** Fails unless the stored state is known. */
    void requireReady() {
        if (!ready) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE, unread() + "; try again once that is over");
        }
    }

    public CompletionStage<StackPlan> plan(
            StackDefinition definition, Optional<StackDefinition.Mode> mode) {
        requireReady();
        return acquaintance.before(definition.name(), () -> commands.plan(definition, mode));
    }

    public CompletionStage<StackPlan> apply(
            StackDefinition definition,
            Optional<Long> expected,
            boolean prune,
            Optional<StackDefinition.Mode> mode,
            Actor actor) {
        return acquaintance.before(
                definition.name(), () -> commands.apply(definition, expected, prune, mode, actor));
    }

    public CompletionStage<StackPlan> updateImages(
            StackName stack,
            java.util.Map<String, String> images,
            Optional<Long> expected,
            Actor actor) {
        return acquaintance.before(
                stack,
                () -> new ImageOrders(this, commands).update(stack, images, expected, actor));
    }

    public CompletionStage<Void> mode(
            StackName stack, StackDefinition.Mode mode, Optional<Long> expected, Actor actor) {
        return modes.mode(stack, mode, expected, actor);
    }

    public CompletionStage<Void> approve(String decision, Actor actor) {
        requireReady();
        return modes.approve(decision, actor);
    }

    public CompletionStage<StackCommands.Handover> handover(StackName stack) {
        requireReady();
        var name = commands.stack(stack).pointer().orElseThrow().value().stack();
        return CompletableFuture.completedFuture(Handovers.of(name, desired(), observedNow()));
    }

    public CompletionStage<List<InstanceSpec>> declared(StackName stack) {
        requireReady();
        return CompletableFuture.completedFuture(Assignments.declared(stack, desired()));
    }

    public CompletionStage<Void> deny(String decision, Actor actor) {
        requireReady();
        return modes.deny(decision, actor);
    }

    public CompletionStage<List<ServiceId>> release(
            StackName stack, Optional<Long> expected, Actor actor) {
        return acquaintance.before(stack, () -> commands.release(stack, expected, actor));
    }

    public CompletionStage<List<ServiceId>> remove(
            StackName stack, Optional<Long> expected, Actor actor) {
        return acquaintance.before(stack, () -> commands.remove(stack, expected, actor));
    }

    public CompletionStage<StackPlan> rollback(
            StackName stack, Optional<Long> to, Optional<Long> expected, Actor actor) {
        return commands.rollback(stack, to, expected, actor);
    }

    public CompletionStage<StackPlan> rollbackService(
            ServiceId service, Optional<Long> to, Optional<Long> expected, Actor actor) {
        return commands.rollbackService(service, to, expected, actor);
    }

    public CompletionStage<Void> stop(ServiceId service, Optional<Long> expected, Actor actor) {
        return commands.stop(service, expected, actor);
    }

    public CompletionStage<Void> start(ServiceId service, Optional<Long> expected, Actor actor) {
        return modes.isAsked(service)
                ? modes.start(service, expected, actor)
                : commands.start(service, expected, actor);
    }

    public RolloutOrders rollouts() {
        return rollouts;
    }

    public CompletionStage<Void> restart(ServiceId service, Optional<Long> expected, Actor actor) {
        return modes.isAsked(service)
                ? modes.restart(service, expected, actor)
                : commands.restart(service, expected, actor);
    }

    public CompletionStage<Void> pause(String scope, String reason, Actor actor) {
        return commands.pause(scope, reason, actor);
    }

    public CompletionStage<Void> resume(String scope, Actor actor) {
        return commands.resume(scope, actor);
    }

    public CompletionStage<List<RevisionView>> history(StackName stack) {
        requireReady();
        return CompletableFuture.completedFuture(commands.history(stack));
    }

    public CompletionStage<List<Cause>> why(String thing) {
        requireReady();
        return DecisionSearch.of(hermes.stale(), loop, Explanations.concerning(thing, view))
                .thenApplyAsync(found -> Explanations.of(thing, view, found, clock.wall()), loop);
    }

    boolean isPaused(StackName stack) {
        return desired().pauseOf(stack, Optional.empty()).isPresent();
    }
}
