package olympus.agent.internal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import olympus.agent.internal.Phase.Resting;
import olympus.agent.internal.Phase.Running;
import olympus.agent.internal.Phase.Starting;
import olympus.agent.internal.Phase.Stopping;
import olympus.agent.internal.Phase.Then;
import olympus.agent.internal.Phase.Waiting;
import olympus.foundation.Clock;
import olympus.foundation.Invariant;
import olympus.model.InstanceId;
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
    private final RestartWindow window = new RestartWindow();
    private final HealthCounter health = new HealthCounter();
    private final Story story;
    private final Wish wish = new Wish();
    private final Replacing replacing = new Replacing();
    private final Aftermath aftermath;

    private Phase phase = new Resting(State.PENDING);
    private Surroundings surroundings = Surroundings.FREE;
    private String runToken = "";
    private String nextStartIs = "";
    private Optional<String> halted = Optional.empty();
    private long lastRun;

    /** A run was ended, or ended itself, to be followed by another, whoever looks after that. */
    private boolean owed;

    InstanceMachine(
            InstanceId id,
            InstanceRecord record,
            String bootId,
            Clock clock,
            RandomGenerator random) {
        this.id = id;
        this.bootId = bootId;
        this.clock = clock;
        this.story = new Story(id, clock);
        this.aftermath = new Aftermath(wish, window, story, clock, random);
        this.runToken = record.runToken();
        this.lastRun = record.lastRun();
        story.restarts = record.restarts();
        story.lastExit = record.lastExit();
        if (record.bootId().equals(bootId)) {
            window.resume(record.recent(), clock.uptimeNanos());
            story.reason = record.reason();
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
        story.healed();
    }

    /** This run ended while no agent watched; its {@link MachineInput.Ended} follows. */
    void endedUnseen(long run, String token) {
        runToken = token;
        phase = new Running(run, 0, clock.monotonicNanos());
    }

    /** Takes an input and tells what is to be done about it. */
    List<MachineAction> on(MachineInput input, Surroundings now) {
        surroundings = now;
        story.actions().clear();
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
            case MachineInput.Progressed progressed -> story.remark = progressed.what();
            case MachineInput.Prepared prepared -> replacing.prepared(prepared.runToken());
            case MachineInput.PrepareFailed failed -> prepareFailed(failed);
            case MachineInput.LetGone ignored -> story.isLettingGo = false;
            case MachineInput.Tick ignored -> {}
        }
        settle();
        story.show(phase);
        return List.copyOf(story.actions());
    }

    // ---- inputs

    private void wanted(Optional<InstanceSpec> wanted) {
        if (wish.spec().isEmpty() && wanted.isPresent()) {
            story.remark = "";
        }
        wish.become(wanted);
        story.isLettingGo &= wish.is(Desired.RELEASE);
        wanted.ifPresent(specification -> health.redeclared(specification.definition().probe()));
    }

    private void adopted(MachineInput.Adopted adopted) {
        Invariant.check(
                !phase.isLive(),
                () -> "%s: adopted run %d while %s".formatted(id, adopted.run(), phase));
        take(adopted.run(), adopted.pid(), adopted.runToken());
        story.reason = "adopted";
        story.tell(
                "adopt", "it was running when the agent started", "running, pid " + adopted.pid());
    }

    private void take(long run, long pid, String token) {
        owed = false;
        lastRun = Math.max(lastRun, run);
        runToken = token;
        story.remark = "";
        halted = Optional.empty();
        health.reset(wish.probe(), clock.monotonicNanos());
        phase = new Running(run, pid, clock.monotonicNanos());
    }

    /** Whoever started it: it is there, so it is not started a second time. */
    private void appeared(MachineInput.Appeared appeared) {
        if (phase instanceof Stopping stopping && stopping.run() == appeared.run()) {
            return;
        }
        take(appeared.run(), appeared.pid(), appeared.runToken());
        story.reason = appeared.how();
        story.tell("adopt", appeared.how(), "running, pid " + appeared.pid());
    }

    private void started(MachineInput.Started started) {
        if (phase instanceof Starting starting && starting.run() == started.run()) {
            phase = new Running(started.run(), started.pid(), clock.monotonicNanos());
            owed = false;
            aftermath.begun();
            health.begun(wish.probe(), clock.monotonicNanos());
            story.tell(nextStartIs, story.reason, "started, pid " + started.pid());
            story.reason = "";
            story.remark = "";
            wish.healthyWhile()
                    .ifPresent(span -> story.actions().add(new MachineAction.Wake(span)));
        } else if (phase instanceof Stopping stopping && stopping.run() == started.run()) {
            phase = stopping.of(started.pid());
        }
    }

    private void startFailed(MachineInput.StartFailed failed) {
        var wasOwed = owed;
        if (phase instanceof Starting starting && starting.run() == failed.run()) {
            if (wish.isOnlyWatched()) {
                rest(State.STOPPED, "could not be started: " + failed.reason());
            } else {
                after(aftermath.startFailed(failed));
            }
        } else if (phase instanceof Stopping stopping && stopping.run() == failed.run()) {
            afterStop(stopping, "did not start: " + failed.reason());
        }
        owed &= wasOwed;
    }

    private void ended(MachineInput.Ended ended) {
        if (liveRun().isEmpty() || liveRun().getAsLong() != ended.run()) {
            return;
        }
        story.lastExit = ended.exit();
        var how = Sentences.end(ended);
        if (phase instanceof Stopping stopping) {
            afterStop(stopping, how);
        } else if (wish.isOnlyWatched()) {
            rest(State.STOPPED, how);
        } else if (wish.spec().isEmpty() || wish.is(Desired.STOP) || !wish.isOf(runToken)) {
            rest(State.PENDING, how);
        } else if (window.hasCounted(ended.run())) {
            // The agent before this one counted it and died during the back-off.
            restartAfter(window.left(wish.policy(), clock.uptimeNanos()), story.reason);
        } else if (phase.isUnwatched()
                && ended.exit().isEmpty()
                && wish.isProcess()
                && wish.policy().restart() != Restart.NO) {
            restartAfter(Duration.ZERO, how + "; not counted: its shim ended with it");
        } else {
            endedByItself(ended.exit(), how);
        }
    }

    private void shimLost(MachineInput.ShimLost lost) {
        if (liveRun().isPresent() && liveRun().getAsLong() == lost.run()) {
            story.remark = "its shim was killed; it is watched directly";
            story.tell(
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
        if ((phase instanceof Running running && running.run() == seen.run())
                || (phase instanceof Starting starting && starting.run() == seen.run())) {
            health.seen(seen.health(), seen.failures(), seen.message());
        }
    }

    private void noticed(MachineInput.Noticed noticed) {
        if (liveRun().isPresent() && liveRun().getAsLong() == noticed.run()) {
            halted = Optional.of(noticed.what()).filter(what -> noticed.isHalted());
            story.remark = noticed.what();
        }
    }

    /** The old run goes on; it is tried again later. */
    private void prepareFailed(MachineInput.PrepareFailed failed) {
        var again = replacing.failed(failed, clock.monotonicNanos());
        again.ifPresent(delay -> {
            story.remark = Replacing.remark(failed, delay);
            story.actions().add(new MachineAction.Wake(delay));
        });
    }

    // ---- what follows an end

    private void afterStop(Stopping stopping, String how) {
        switch (stopping.then()) {
            case REST, FORGET -> {
                rest(State.STOPPED, stopping.why());
                story.tell("stop", stopping.why(), how);
            }
            case REPLACE -> {
                rest(State.PENDING, stopping.why());
                owed = true;
            }
            case RECOVER -> after(aftermath.recover(stopping.why(), lastRun));
        }
    }

    private void endedByItself(Optional<Integer> exit, String how) {
        after(aftermath.endedByItself(exit, how, lastRun));
    }

    private void restartAfter(Duration delay, String why) {
        after(aftermath.restartAfter(delay, why));
    }

    private void after(Phase next) {
        phase = next;
        owed = next instanceof Waiting;
        if (next instanceof Waiting waiting && !waiting.isPutOff()) {
            nextStartIs = "restart";
        }
    }

    private void rest(State state, String why) {
        phase = new Resting(state);
        owed &= state == State.PENDING;
        story.reason = why;
        story.remark = "";
    }

    // ---- level-triggered part: whatever happened, compare what is wanted with what is

    private void settle() {
        if (story.isHeldBack(surroundings.unknown())) {
            return;
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
        if (replacing.abandon(wish.spec(), runToken)) {
            story.actions().add(new MachineAction.Discard());
        }
        switch (wanted.desired()) {
            case STOP -> stop(run, pid, Then.REST, wish.why("stopped on order"));
            case RELEASE -> {
                // A process has nobody to be left to; what is being started is waited for.
                if (!wish.isProcess() && phase instanceof Running) {
                    letGo();
                }
            }
            case WATCH -> runToken = wanted.runToken();
            case RUN, HOLD -> {
                if (!wish.isOf(runToken)) {
                    replace(run, pid, wanted);
                }
            }
        }
    }

    private void replace(long run, long pid, InstanceSpec wanted) {
        if (surroundings.paused().isPresent()) {
            story.remark = "to be replaced, but paused: " + surroundings.paused().get();
        } else if (replacing.isReady(wanted)) {
            stop(run, pid, Then.REPLACE, "replaced by a new run on order");
        } else if (replacing.begin(wanted, clock.monotonicNanos())) {
            story.actions().add(new MachineAction.Prepare(wanted));
        }
    }

    /** A pause halts this too: what nobody ordered to end by name is not ended behind a back. */
    private void settleUnassigned(long run, long pid) {
        if (wish.isOnlyWatched()) {
            leave("no longer assigned; left as it is");
            return;
        }
        var kept = Obstacles.toEnding(surroundings);
        if (kept.isPresent()) {
            story.remark = kept.get();
        } else if (wish.isUnit()) {
            story.tell("leave", "no longer assigned", "the unit is systemd's and goes on as it is");
            leave("no longer assigned; left as it is");
        } else {
            stop(run, pid, Then.FORGET, "no longer assigned");
        }
    }

    private void letGo() {
        rest(State.STOPPED, RELEASED);
        story.isLettingGo = true;
        story.actions().add(new MachineAction.LetGo());
    }

    private void leave(String why) {
        rest(State.STOPPED, why);
        story.actions().add(new MachineAction.Forget());
    }

    private void stop(long run, long pid, Then then, String why) {
        phase = new Stopping(run, pid, then, why);
        story.reason = why;
        story.actions().add(new MachineAction.Stop(run, wish.stopPolicy(), then.isRestart()));
    }

    /** An order may change its mind while the old run still ends. */
    private void settleStopping(Stopping stopping) {
        var then = stopping.then();
        if (wish.spec().isEmpty()) {
            then = Then.FORGET;
        } else if (wish.is(Desired.STOP)) {
            then = Then.REST;
        } else if ((then == Then.FORGET || then == Then.REST) && !wish.isOnlyWatched()) {
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
            wish.healthyWhile()
                    .filter(span ->
                            health.failures() == 0
                                    && clock.monotonicNanos() - running.sinceNanos()
                                            >= span.toNanos())
                    .ifPresent(span -> window.clear());
            story.healed();
        }
    }

    private void unhealthy(Running running) {
        var why = health.verdict();
        Obstacles.toHealing(surroundings, wish, halted)
                .ifPresentOrElse(
                        obstacle -> story.remark = obstacle.isEmpty() ? why : why + "; " + obstacle,
                        () -> stop(running.run(), running.pid(), Then.RECOVER, why));
    }

    private void settleResting(Resting resting) {
        if (wish.spec().isEmpty()) {
            story.actions().add(new MachineAction.Forget());
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
                if (owed) {
                    startOnOrder(wanted);
                    return;
                }
                runToken = wanted.runToken();
                if (resting.state() == State.PENDING || story.reason.isEmpty()) {
                    rest(State.STOPPED, "not running");
                }
            }
            case RELEASE -> {
                if (owed) {
                    startOnOrder(wanted);
                } else if (!story.reason.equals(RELEASED)) {
                    letGo();
                }
            }
        }
    }

    private boolean isFinished() {
        return phase.outcome().isPresent() && wish.isOf(runToken);
    }

    private void startOnOrder(InstanceSpec wanted) {
        var obstacle = Obstacles.toStart(surroundings);
        if (obstacle.isPresent()) {
            rest(State.PENDING, obstacle.get());
            return;
        }
        var isNewRun = !wish.isOf(runToken);
        if (isNewRun) {
            story.restarts = 0;
            window.clear();
        }
        nextStartIs = "start";
        aftermath.begun();
        story.reason = isNewRun && !runToken.isEmpty() ? "a new run was ordered" : "it is to run";
        start(wanted);
    }

    private void settleWaiting(Waiting waiting) {
        if (wish.spec().isEmpty()) {
            leave("no longer assigned");
            return;
        }
        var wanted = wish.spec().get();
        if (wanted.desired() == Desired.STOP) {
            rest(State.STOPPED, wish.why("stopped on order"));
        } else if (wish.isOnlyWatched() || !wish.isOf(runToken)) {
            rest(State.PENDING, wish.isOnlyWatched() ? story.reason : "a new run was ordered");
            settleResting((Resting) phase);
        } else if (wanted.desired() == Desired.HOLD) {
            story.remark = "held: " + wish.why("on order");
        } else if (Obstacles.toRestart(surroundings).isPresent()) {
            story.remark = Obstacles.toRestart(surroundings).get();
        } else if (waiting.dueNanos() - clock.monotonicNanos() <= 0) {
            start(wanted);
        } else {
            story.remark = "";
        }
    }

    private void start(InstanceSpec wanted) {
        halted = Optional.empty();
        runToken = wanted.runToken();
        lastRun++;
        story.remark = "";
        phase = new Starting(lastRun);
        health.reset(wish.probe(), clock.monotonicNanos());
        story.actions().add(new MachineAction.Start(lastRun, wanted));
    }

    // ---- views

    /** What of this must outlive the agent. */
    InstanceRecord record() {
        var outcome = phase.outcome();
        return new InstanceRecord(
                runToken,
                lastRun,
                story.restarts,
                window.recent(),
                outcome,
                outcome.isPresent() || phase instanceof Waiting ? story.reason : "",
                story.lastExit,
                bootId);
    }

    InstanceObservation observation() {
        return story.observation(wish, runToken, phase, health.health());
    }

    Optional<InstanceSpec> spec() {
        return wish.spec();
    }

    /** Whether it ends with Olympus, if that is to take its instances with it. */
    boolean isOurs() {
        return !wish.isUnit() && !wish.isOnlyWatched();
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

    boolean isEndingForGood() {
        return phase.isEndingForGood();
    }

    /** Whether its probe failed the last time although its process is there. */
    boolean isFailingAlive() {
        return phase instanceof Running && health.failures() > 0;
    }

    boolean hasPassed() {
        return health.everPassed();
    }
}
