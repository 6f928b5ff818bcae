package olympus.agent.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import olympus.agent.internal.MachineAction.Forget;
import olympus.agent.internal.MachineAction.Prepare;
import olympus.agent.internal.MachineAction.Start;
import olympus.agent.internal.MachineAction.Stop;
import olympus.agent.internal.MachineAction.Tell;
import olympus.agent.internal.MachineAction.Wake;
import olympus.agent.internal.Phase.Resting;
import olympus.agent.internal.Phase.Running;
import olympus.agent.internal.Phase.Starting;
import olympus.agent.internal.Phase.Stopping;
import olympus.agent.internal.Phase.Then;
import olympus.agent.internal.Phase.Waiting;
import olympus.foundation.Clock;
import olympus.foundation.Invariant;
import olympus.model.InstanceId;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.RecoveryPolicy.Restart;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec;
import olympus.model.state.InstanceSpec.Desired;

/**
 * The life of one instance as a pure state machine: inputs in, actions out, no I/O.
 *
 * <pre>
 *           ┌───────── Resting (pending, stopped, completed, given up) ◀──────────┐
 *           │ wanted, not paused, nothing to wait for                             │ ended on order, completed,
 *           ▼                                                                     │ attempts used up, hopeless
 *        Starting ──started──▶ Running ──unhealthy, ordered, replaced──▶ Stopping ┤
 *           ▲   │                 │ ended by itself                               │ ended, unhealthy
 *           │   └─failed──┐       ▼                                               │
 *           └──due────── Waiting (back-off) ◀─────────────────────────────────────┘
 * </pre>
 *
 * <p>Invariants: at most one run is live at any time (Starting, Running or Stopping); a new run
 * begins only after the driver has said that nothing of the one before is left; while paused
 * nothing starts by itself; run numbers only grow. Threading: one thread.
 */
final class InstanceMachine {

    private static final String RELEASED = "released";

    private final InstanceId id;
    private final String bootId;
    private final Clock clock;
    private final RandomGenerator random;
    private final RestartWindow window = new RestartWindow();
    private final HealthCounter health = new HealthCounter();
    private final List<MachineAction> actions = new ArrayList<>();

    private final Wish wish = new Wish();
    private final Replacing replacing = new Replacing();

    private Phase phase = new Resting(State.PENDING);
    private Surroundings surroundings = Surroundings.FREE;
    private String runToken = "";
    private String nextStartIs = "";
    private String reason = "";
    private String remark = "";
    private boolean isHalted;
    private boolean wasUnknown;
    private long lastRun;
    private int restarts;
    private Optional<Integer> lastExit = Optional.empty();
    private Instant since;
    private State shown = State.PENDING;

    InstanceMachine(
            InstanceId id,
            InstanceRecord record,
            String bootId,
            Clock clock,
            RandomGenerator random) {
        this.id = id;
        this.bootId = bootId;
        this.clock = clock;
        this.random = random;
        this.since = clock.wall();
        this.runToken = record.runToken();
        this.lastRun = record.lastRun();
        this.restarts = record.restarts();
        this.lastExit = record.lastExit();
        if (record.bootId().equals(bootId)) {
            window.resume(record.recent(), clock.uptimeNanos());
            reason = record.reason();
        }
        // After a reboot the world is another one: what was given up gets a new chance, what
        // completed stays so.
        record.outcome()
                .filter(outcome -> outcome == State.COMPLETED || record.bootId().equals(bootId))
                .ifPresent(outcome -> rest(outcome, record.reason()));
    }

    InstanceId id() {
        return id;
    }

    /** What is wanted, told before a run that was found on disk, without acting on it yet. */
    void know(Optional<InstanceSpec> wanted) {
        wanted(wanted);
    }

    /** The brake is released: what failed while the checker was suspected does not count. */
    void forgiveFailures() {
        health.forgive();
        if (remark.startsWith("unhealthy")) {
            remark = "";
        }
    }

    /** This run ended while no agent watched; its {@link MachineInput.Ended} follows. */
    void endedUnseen(long run, String token) {
        runToken = token;
        phase = new Running(run, 0, clock.monotonicNanos());
    }

    /** Takes an input and tells what is to be done about it. */
    List<MachineAction> on(MachineInput input, Surroundings now) {
        surroundings = now;
        actions.clear();
        switch (input) {
            case MachineInput.Wanted wanted -> wanted(wanted.spec());
            case MachineInput.Adopted adopted -> adopted(adopted);
            case MachineInput.Started started -> started(started);
            case MachineInput.StartFailed failed -> startFailed(failed);
            case MachineInput.Ended ended -> ended(ended);
            case MachineInput.ShimLost lost -> shimLost(lost);
            case MachineInput.Probed probed -> probed(probed);
            case MachineInput.Appeared appeared -> appeared(appeared);
            case MachineInput.HealthSeen seen -> healthSeen(seen);
            case MachineInput.Noticed noticed -> noticed(noticed);
            case MachineInput.Progressed progressed -> remark = progressed.what();
            case MachineInput.Prepared prepared -> replacing.prepared(prepared.runToken());
            case MachineInput.PrepareFailed failed -> prepareFailed(failed);
            case MachineInput.Tick ignored -> {}
        }
        settle();
        show();
        return List.copyOf(actions);
    }

    // ---- inputs

    private void wanted(Optional<InstanceSpec> wanted) {
        if (wish.spec().isEmpty() && wanted.isPresent()) {
            remark = "";
        }
        wish.become(wanted);
        wanted.ifPresent(specification -> health.redeclared(specification.definition().probe()));
    }

    private void adopted(MachineInput.Adopted adopted) {
        Invariant.check(
                !phase.isLive(),
                () -> "%s: adopted run %d while %s".formatted(id, adopted.run(), phase));
        take(adopted.run(), adopted.pid(), adopted.runToken());
        reason = "adopted";
        tell("adopt", "it was running when the agent started", "running, pid " + adopted.pid());
    }

    private void take(long run, long pid, String token) {
        lastRun = Math.max(lastRun, run);
        runToken = token;
        remark = "";
        isHalted = false;
        health.reset(wish.probe(), clock.monotonicNanos());
        phase = new Running(run, pid, clock.monotonicNanos());
    }

    /** Whoever started it: it is there, so it is not started a second time. */
    private void appeared(MachineInput.Appeared appeared) {
        if (phase instanceof Stopping stopping && stopping.run() == appeared.run()) {
            return;
        }
        take(appeared.run(), appeared.pid(), appeared.runToken());
        reason = appeared.how();
        tell("adopt", appeared.how(), "running, pid " + appeared.pid());
    }

    private void started(MachineInput.Started started) {
        if (phase instanceof Starting starting && starting.run() == started.run()) {
            phase = new Running(started.run(), started.pid(), clock.monotonicNanos());
            health.reset(wish.probe(), clock.monotonicNanos());
            tell(nextStartIs, reason, "started, pid " + started.pid());
            reason = "";
            remark = "";
            healthyWhile().ifPresent(span -> actions.add(new Wake(span)));
        } else if (phase instanceof Stopping stopping && stopping.run() == started.run()) {
            phase = stopping.of(started.pid());
        }
    }

    private void startFailed(MachineInput.StartFailed failed) {
        if (phase instanceof Starting starting && starting.run() == failed.run()) {
            if (failed.hopeless()) {
                giveUp("cannot start: " + failed.reason());
            } else {
                recover("could not be started: " + failed.reason());
            }
        } else if (phase instanceof Stopping stopping && stopping.run() == failed.run()) {
            afterStop(stopping, "did not start: " + failed.reason());
        }
    }

    private void ended(MachineInput.Ended ended) {
        if (liveRun().isEmpty() || liveRun().getAsLong() != ended.run()) {
            return;
        }
        lastExit = ended.exit();
        var how = Sentences.end(ended);
        if (phase instanceof Stopping stopping) {
            afterStop(stopping, how);
        } else if (wish.isOnlyWatched()) {
            rest(State.STOPPED, how + "; it is only observed");
        } else if (wish.spec().isEmpty() || wish.is(Desired.STOP) || !isOfWantedToken()) {
            rest(State.PENDING, how);
        } else if (window.hasCounted(ended.run())) {
            // The agent before this one counted it and died during the back-off.
            restartAfter(window.left(policy(), clock.uptimeNanos()), reason);
        } else if (endedWithItsShim(ended) && policy().restart() != Restart.NO) {
            restartAfter(Duration.ZERO, how + "; not counted: its shim ended with it");
        } else {
            endedByItself(ended.exit(), how);
        }
    }

    /**
     * Nothing was left of Olympus to see it end: whatever ended agent and shim (a service manager,
     * a container) ended the instance too, which is no fault of the service.
     */
    private boolean endedWithItsShim(MachineInput.Ended ended) {
        return phase instanceof Running running
                && running.pid() == 0
                && ended.exit().isEmpty()
                && !wish.isContainer();
    }

    private void shimLost(MachineInput.ShimLost lost) {
        if (liveRun().isPresent() && liveRun().getAsLong() == lost.run()) {
            remark = "its shim was killed; it is watched directly";
            tell(
                    "watch directly",
                    "the shim of run %d was killed".formatted(lost.run()),
                    "still running");
        }
    }

    private void probed(MachineInput.Probed probed) {
        if (phase instanceof Running running && running.run() == probed.run()) {
            wish.probe()
                    .ifPresent(probe ->
                            health.probed(
                                    probe,
                                    probed.passed(),
                                    probed.message(),
                                    clock.monotonicNanos()));
        }
    }

    private void healthSeen(MachineInput.HealthSeen seen) {
        if (phase instanceof Running running && running.run() == seen.run()) {
            health.seen(seen.health(), seen.failures(), seen.message());
        }
    }

    private void noticed(MachineInput.Noticed noticed) {
        if (liveRun().isPresent() && liveRun().getAsLong() == noticed.run()) {
            isHalted = noticed.isHalted();
            remark = noticed.what();
        }
    }

    /** The old run goes on; it is tried again later. */
    private void prepareFailed(MachineInput.PrepareFailed failed) {
        var again = replacing.failed(failed, clock.monotonicNanos());
        again.ifPresent(delay -> {
            remark =
                    "not replaced, the old run goes on: %s; tried again in %s"
                            .formatted(failed.reason(), Sentences.duration(delay));
            actions.add(new Wake(delay));
        });
    }

    // ---- what follows an end

    private void afterStop(Stopping stopping, String how) {
        switch (stopping.then()) {
            case REST -> rest(State.STOPPED, stopping.why());
            case REPLACE -> rest(State.PENDING, stopping.why());
            case RECOVER -> recover(stopping.why());
            case FORGET -> {
                rest(State.STOPPED, stopping.why());
                tell("stop", stopping.why(), how);
            }
        }
        if (stopping.then() == Then.REST) {
            tell("stop", stopping.why(), how);
        }
    }

    private void endedByItself(Optional<Integer> exit, String how) {
        var restart = policy().restart();
        var succeeded = exit.isPresent() && exit.get() == 0;
        if (succeeded && restart != Restart.ALWAYS) {
            rest(State.COMPLETED, how);
            tell(
                    "complete",
                    how,
                    "not started again (restart: %s)".formatted(Sentences.restart(restart)));
        } else if (restart == Restart.NO) {
            giveUp(how + "; not started again (restart: no)");
        } else {
            recover(how);
        }
    }

    private void recover(String why) {
        if (wish.is(Desired.RUN) && !window.allows(policy(), clock.uptimeNanos())) {
            giveUp(
                    "%s; given up after %d restarts within %s"
                            .formatted(why, window.size(), Sentences.duration(policy().within())));
            return;
        }
        restarts++;
        restartAfter(window.count(policy(), lastRun, clock.uptimeNanos(), random), why);
    }

    private void restartAfter(Duration delay, String why) {
        nextStartIs = "restart";
        reason = why;
        phase = new Waiting(clock.monotonicNanos() + delay.toNanos());
        actions.add(new Wake(delay));
    }

    private void giveUp(String why) {
        rest(State.GIVEN_UP, why);
        tell(
                "give up",
                why,
                policy().then() == RecoveryPolicy.Then.MOVE ? "reported, to be moved" : "reported");
    }

    private void rest(State state, String why) {
        phase = new Resting(state);
        reason = why;
        remark = "";
    }

    // ---- level-triggered part: whatever happened, compare what is wanted with what is

    private void settle() {
        if (surroundings.unknown().isPresent()) {
            remark = surroundings.unknown().get();
            wasUnknown = true;
            return;
        }
        if (wasUnknown) {
            wasUnknown = false;
            remark = "";
        }
        switch (phase) {
            case Starting starting -> settleLive(starting.run(), 0);
            case Running running -> {
                settleLive(running.run(), running.pid());
                settleHealth();
            }
            case Stopping stopping -> settleStopping(stopping);
            case Resting resting -> settleResting(resting);
            case Waiting waiting -> settleWaiting(waiting);
        }
    }

    private void settleLive(long run, long pid) {
        if (wish.spec().isEmpty()) {
            settleUnassigned(run, pid);
            return;
        }
        var wanted = wish.spec().get();
        switch (wanted.desired()) {
            case STOP -> stop(run, pid, Then.REST, wish.why("stopped on order"));
            case RELEASE -> {
                // A process has nobody to be left to.
                if (wish.isContainer()) {
                    rest(State.STOPPED, RELEASED);
                }
            }
            case WATCH -> runToken = wanted.runToken();
            case RUN, HOLD -> {
                if (!isOfWantedToken()) {
                    replace(run, pid, wanted);
                }
            }
        }
    }

    private void replace(long run, long pid, InstanceSpec wanted) {
        if (surroundings.paused().isPresent()) {
            remark = "to be replaced, but paused: " + surroundings.paused().get();
        } else if (replacing.isReady(wanted)) {
            stop(run, pid, Then.REPLACE, "replaced by a new run on order");
        } else if (replacing.begin(wanted, clock.monotonicNanos())) {
            actions.add(new Prepare(wanted));
        }
    }

    /** A pause halts this too: what nobody ordered to end by name is not ended behind a back. */
    private void settleUnassigned(long run, long pid) {
        if (wish.isOnlyWatched()) {
            rest(State.STOPPED, "no longer assigned; left as it is");
            actions.add(new Forget());
            return;
        }
        var kept =
                surroundings
                        .unclaimed()
                        .or(() ->
                                surroundings
                                        .paused()
                                        .map(why ->
                                                "no longer assigned; stops after resume, paused: "
                                                        + why));
        kept.ifPresentOrElse(
                why -> remark = why, () -> stop(run, pid, Then.FORGET, "no longer assigned"));
    }

    private void stop(long run, long pid, Then then, String why) {
        phase = new Stopping(run, pid, then, why);
        reason = why;
        actions.add(new Stop(run, wish.stopPolicy()));
    }

    /** An order may change its mind while the old run still ends. */
    private void settleStopping(Stopping stopping) {
        var then = stopping.then();
        if (wish.spec().isEmpty()) {
            then = Then.FORGET;
        } else if (wish.is(Desired.STOP)) {
            then = Then.REST;
        } else if (then == Then.FORGET || then == Then.REST) {
            then = Then.REPLACE;
        }
        if (then != stopping.then()) {
            phase = stopping.followedBy(then);
        }
    }

    private void settleHealth() {
        if (!(phase instanceof Running running)) {
            return;
        }
        if (health.health() == Health.FAILING) {
            unhealthy(running);
        } else {
            healthyWhile()
                    .filter(span ->
                            health.failures() == 0
                                    && clock.monotonicNanos() - running.sinceNanos()
                                            >= span.toNanos())
                    .ifPresent(span -> window.clear());
            if (health.health() == Health.PASSING
                    && restarts > 0
                    && remark.startsWith("unhealthy")) {
                remark = "";
            }
        }
    }

    private void unhealthy(Running running) {
        var why =
                "unhealthy: %d probes failed in a row, the last: %s"
                        .formatted(health.failures(), health.lastMessage());
        if (wish.isOnlyWatched()) {
            remark = why + "; it is only observed";
        } else if (isHalted) {
            remark = why + "; not restarted: paused by another hand";
        } else if (surroundings.paused().isPresent()) {
            remark = why + "; not restarted, paused: " + surroundings.paused().get();
        } else if (surroundings.brake().isPresent()) {
            remark = why + "; not restarted: " + surroundings.brake().get();
        } else if (policy().restart() == Restart.NO) {
            remark = why + "; not restarted (restart: no)";
        } else if (policy().leavesUnhealthy()) {
            remark = why + "; not restarted (recovery: unhealthy: report)";
        } else {
            stop(running.run(), running.pid(), Then.RECOVER, why);
        }
    }

    private void settleResting(Resting resting) {
        if (wish.spec().isEmpty()) {
            actions.add(new Forget());
            return;
        }
        var wanted = wish.spec().get();
        switch (wanted.desired()) {
            case STOP -> {
                if (resting.state() != State.STOPPED) {
                    rest(State.STOPPED, wish.why("stopped on order"));
                }
            }
            case HOLD -> {
                if (!isFinished()) {
                    rest(State.PENDING, wish.why("held on order"));
                }
            }
            case RUN -> {
                if (!isFinished()) {
                    startOnOrder(wanted);
                }
            }
            case WATCH -> {
                runToken = wanted.runToken();
                if (resting.state() == State.PENDING || reason.isEmpty()) {
                    rest(State.STOPPED, "not running; it is only observed");
                }
            }
            case RELEASE -> rest(State.STOPPED, RELEASED);
        }
    }

    private boolean isFinished() {
        return phase.outcome().isPresent() && isOfWantedToken();
    }

    private void startOnOrder(InstanceSpec wanted) {
        var obstacle =
                surroundings
                        .paused()
                        .map(why -> "paused: " + why)
                        .or(surroundings::waiting)
                        .or(surroundings::rationed);
        if (obstacle.isPresent()) {
            rest(State.PENDING, obstacle.get());
            return;
        }
        var isNewRun = !isOfWantedToken();
        if (isNewRun) {
            restarts = 0;
            window.clear();
        }
        nextStartIs = "start";
        reason = isNewRun && !runToken.isEmpty() ? "a new run was ordered" : "it is to run";
        start(wanted);
    }

    private void settleWaiting(Waiting waiting) {
        if (wish.spec().isEmpty()) {
            rest(State.STOPPED, "no longer assigned");
            actions.add(new Forget());
            return;
        }
        var wanted = wish.spec().get();
        if (wanted.desired() == Desired.STOP) {
            rest(State.STOPPED, wish.why("stopped on order"));
        } else if (wish.isOnlyWatched()) {
            rest(State.PENDING, reason);
            settleResting((Resting) phase);
        } else if (!isOfWantedToken()) {
            rest(State.PENDING, "a new run was ordered");
            settleResting((Resting) phase);
        } else if (wanted.desired() == Desired.HOLD) {
            remark = "held: " + wish.why("on order");
        } else if (surroundings.paused().isPresent()) {
            remark = "not restarted, paused: " + surroundings.paused().get();
        } else if (surroundings.waiting().isPresent()) {
            remark = surroundings.waiting().get();
        } else if (surroundings.rationed().isPresent()) {
            remark = surroundings.rationed().get();
        } else if (waiting.dueNanos() - clock.monotonicNanos() <= 0) {
            start(wanted);
        } else {
            remark = "";
        }
    }

    private void start(InstanceSpec wanted) {
        isHalted = false;
        runToken = wanted.runToken();
        lastRun++;
        remark = "";
        phase = new Starting(lastRun);
        health.reset(wish.probe(), clock.monotonicNanos());
        actions.add(new Start(lastRun, wanted));
    }

    // ---- views

    /** What of this must outlive the agent. */
    InstanceRecord record() {
        var outcome = phase.outcome();
        return new InstanceRecord(
                runToken,
                lastRun,
                restarts,
                window.recent(),
                outcome,
                outcome.isPresent() || phase instanceof Waiting ? reason : "",
                lastExit,
                bootId);
    }

    InstanceObservation observation() {
        return new InstanceObservation(
                id,
                wish.spec()
                        .filter(wanted -> runToken.isEmpty())
                        .map(InstanceSpec::runToken)
                        .orElse(runToken),
                wish.spec()
                        .map(wanted -> wanted.definition().workload().driver())
                        .orElse("process"),
                shown,
                shownHealth(),
                phase.processId(),
                restarts,
                since,
                shownReason(),
                lastExit);
    }

    private Health shownHealth() {
        return phase instanceof Running || wish.probe().isEmpty()
                ? health.health()
                : Health.STARTING;
    }

    private String shownReason() {
        if (remark.isEmpty()) {
            return reason;
        }
        return reason.isEmpty() ? remark : reason + "; " + remark;
    }

    Optional<InstanceSpec> spec() {
        return wish.spec();
    }

    /** The run whose health is to be probed, if any. */
    OptionalLong probedRun() {
        return phase instanceof Running running && wish.probe().isPresent()
                ? OptionalLong.of(running.run())
                : OptionalLong.empty();
    }

    /** Whether something tells how well it is. */
    boolean isJudged() {
        return phase instanceof Running && health.health() != Health.NONE;
    }

    OptionalLong liveRun() {
        return phase.liveRun();
    }

    /** Whether its run is being ended and is not to be followed by another. */
    boolean isEndingForGood() {
        return phase instanceof Stopping stopping
                && (stopping.then() == Then.REST || stopping.then() == Then.FORGET);
    }

    /** Whether its probe failed the last time although its process is there. */
    boolean isFailingAlive() {
        return phase instanceof Running && health.failures() > 0;
    }

    boolean hasPassed() {
        return health.everPassed();
    }

    private void show() {
        if (phase.shown() != shown) {
            shown = phase.shown();
            since = clock.wall();
        }
    }

    private boolean isOfWantedToken() {
        return wish.spec().filter(wanted -> wanted.runToken().equals(runToken)).isPresent();
    }

    private RecoveryPolicy policy() {
        return wish.policy();
    }

    /** How long an instance must have been well for its restarts to be forgotten. */
    private Optional<Duration> healthyWhile() {
        return wish.spec().map(wanted -> wanted.definition().recovery().within());
    }

    private void tell(String action, String why, String result) {
        actions.add(new Tell(action, why, result));
    }
}
