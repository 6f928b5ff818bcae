package olympus.agent.internal;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import olympus.agent.SystemdTools;
import olympus.agent.internal.SystemdException.Kind;
import olympus.agent.internal.UnitEntry.Ending;
import olympus.foundation.EventLoop;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceSpec;

/**
 * Watches and manages units of the machine's systemd, which stay its own: no unit file is written,
 * none is enabled or disabled, and what is no longer assigned runs on.
 *
 * <p>What is so is looked up, by one question for all units ({@link UnitWatch}); the end of a main
 * process is heard at once and only says that it is time to look. What systemd restarts itself it
 * is left to restart. While systemd does not answer nothing is taken for ended. Ownership: the
 * entries and their records on disk. Threading: the supervision loop; what blocks runs on {@code
 * blocking}.
 */
final class UnitDriver implements Driver, AutoCloseable {

    /** How long a unit that is to be restarted waits for its start, before it is stopped. */
    private static final Duration START_FOLLOWS_WITHIN = Duration.ofSeconds(5);

    private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final Executor blocking;
    private final Systemctl systemctl;
    private final UnitRecords records;
    private final UnitSight sight;
    private final UnitJournals journals;
    private final UnitWatch watch;
    private final DriverReports reports;
    private final Problems problems = new Problems();
    private final Map<InstanceId, UnitEntry> entries = new HashMap<>();

    UnitDriver(
            InstanceFolders folders,
            String bootId,
            EventLoop loop,
            Executor blocking,
            PidWatcher watcher,
            SystemdTools tools,
            DriverReports reports) {
        this.loop = loop;
        this.blocking = blocking;
        this.reports = reports;
        systemctl = new Systemctl(tools.systemctl());
        records = new UnitRecords(folders, problems);
        journals = new UnitJournals(loop, blocking, tools.journalctl(), records, problems);
        watch =
                new UnitWatch(
                        loop,
                        blocking,
                        systemctl,
                        this::units,
                        () -> entries.values().stream().anyMatch(UnitEntry::isMoving),
                        new UnitWatch.Answers() {
                            @Override
                            public Consumer<Map<String, UnitState>> asked() {
                                return UnitDriver.this.asked();
                            }

                            @Override
                            public void unanswered(String why) {
                                UnitDriver.this.unanswered(why);
                            }
                        });
        var ends = new MainProcesses(bootId, loop, watcher, watch::look);
        sight = new UnitSight(loop, records, journals, ends, problems, reports);
    }

    private void tell(InstanceId id, MachineInput input) {
        reports.happened(id, input);
    }

    private UnitEntry entry(InstanceId id) {
        return entries.computeIfAbsent(id, ignored -> new UnitEntry(id, records.read(id)));
    }

    /** Whether a unit of this instance is, or was, looked after here. */
    boolean knows(InstanceId id) {
        return entries.containsKey(id) || records.has(id);
    }

    /** The instance is run by another driver from now on. */
    void leave(InstanceId id) {
        if (knows(id)) {
            forget(id);
        }
    }

    // ---- adopt

    @Override
    public Adoption adopt(InstanceId id, Optional<InstanceSpec> wanted) {
        if (wanted.isEmpty()) {
            return new Adoption.Nothing();
        }
        var entry = entry(id);
        entry.spec = wanted;
        entry.active = true;
        entry.released = false;
        if (UnitCondition.isTemplate(entry.present())) {
            UnitCondition.unmanageable(entry.present())
                    .ifPresent(why -> problems.set("unit", id, why));
            return new Adoption.Nothing();
        }
        entry.asked = true;
        watch.look();
        return new Adoption.Asked("systemd is asked what it knows of " + entry.present());
    }

    @Override
    public void wanted(InstanceSpec spec) {
        if (!(spec.definition().workload() instanceof Workload.Unit)) {
            Optional.ofNullable(entries.get(spec.id()))
                    .ifPresent(entry -> entry.spec = Optional.of(spec));
            return;
        }
        var entry = entry(spec.id());
        var before = entry.spec;
        entry.spec = Optional.of(spec);
        if (before.equals(entry.spec) || !entry.active) {
            return;
        }
        if (spec.desired() == InstanceSpec.Desired.WATCH) {
            records.save(entry, entry.record.withToken(spec.runToken()));
        }
        entry.released = entry.released && spec.desired() == InstanceSpec.Desired.RELEASE;
        var isToStop =
                spec.desired() == InstanceSpec.Desired.STOP
                        || spec.desired() == InstanceSpec.Desired.HOLD;
        if (entry.ending == Ending.WITH_NEXT_START && isToStop) {
            stopUnit(entry);
        } else if (entry.ending == Ending.WITH_NEXT_START
                && spec.desired() != InstanceSpec.Desired.RUN) {
            // Left as it is after all.
            entry.ending = Ending.NONE;
        }
        watch.look();
    }

    @Override
    public void letGo(InstanceId id, Runnable done) {
        var entry = entry(id);
        entry.released = true;
        sight.release(entry);
        done.run();
    }

    // ---- see

    private List<String> units() {
        return entries.values().stream()
                .filter(entry -> entry.asked || (entry.active && !entry.released))
                .map(UnitEntry::present)
                .filter(unit -> !unit.isEmpty() && !UnitCondition.isTemplate(unit))
                .distinct()
                .sorted()
                .toList();
    }

    /** What was known when the question was put, to tell answers that are stale by then. */
    private Consumer<Map<String, UnitState>> asked() {
        var changes = new HashMap<UnitEntry, Long>();
        entries.values().forEach(entry -> changes.put(entry, entry.changes));
        return states -> {
            problems.clear("systemd");
            changes.forEach((entry, known) -> {
                var state = Optional.ofNullable(states.get(entry.present()));
                if (entries.get(entry.id) == entry && entry.active && state.isPresent()) {
                    if (entry.changes != known || entry.commanding) {
                        watch.look();
                    } else {
                        sight.look(entry, state.get());
                    }
                }
            });
        };
    }

    private void unanswered(String why) {
        problems.set(
                "systemd",
                "systemd does not answer; units are left as they are: %s".formatted(why));
        for (var entry : List.copyOf(entries.values())) {
            if (entry.asked) {
                reports.stillAsked(entry.id, "systemd does not answer: " + why);
            }
        }
    }

    // ---- start

    @Override
    public void start(InstanceSpec spec, long run, Map<SecretRef, String> secrets) {
        var entry = entry(spec.id());
        entry.spec = Optional.of(spec);
        entry.active = true;
        entry.released = false;
        entry.starting = Optional.of(new UnitEntry.Attempt(run, spec.runToken(), ""));
        launch(entry, run);
    }

    private void launch(UnitEntry entry, long run) {
        var unit = entry.unit();
        var restarts = entry.ending == Ending.WITH_NEXT_START;
        entry.ending = Ending.NONE;
        command(
                entry,
                () -> {
                    var before = begin(unit, restarts);
                    return () -> {
                        entry.starting =
                                entry.starting.map(attempt ->
                                        new UnitEntry.Attempt(
                                                attempt.run(), attempt.token(), before));
                    };
                },
                refused -> launchFailed(entry, run, refused));
    }

    /** Answers with the invocation that is over by this; empty when the one that is there stays. */
    private String begin(String unit, boolean restarts)
            throws SystemdException, InterruptedException {
        refuse(UnitCondition.unmanageable(unit));
        var state = systemctl.show(List.of(unit)).getFirst();
        var isUp = UnitCondition.of(state) instanceof UnitCondition.Up;
        if (isUp && !restarts) {
            return "";
        }
        refuse(UnitCondition.unusable(state).or(() -> UnitCondition.unmanageable(state)));
        if (state.text("Result").equals("start-limit-hit")) {
            systemctl.act(Systemctl.Verb.RESET_FAILED, unit);
        }
        systemctl.act(restarts ? Systemctl.Verb.RESTART : Systemctl.Verb.START, unit);
        return state.invocation();
    }

    private static void refuse(Optional<String> why) throws SystemdException {
        if (why.isPresent()) {
            throw new SystemdException(Kind.NEVER, why.get());
        }
    }

    private void launchFailed(UnitEntry entry, long run, SystemdException refused) {
        if (refused.kind() == Kind.UNANSWERED && entry.ending == Ending.NONE) {
            unanswered(refused.why());
            tell(entry.id, new MachineInput.Progressed(refused.why()));
            loop.schedule(
                    AGAIN_AFTER,
                    () -> {
                        if (entry.starting.filter(attempt -> attempt.run() == run).isPresent()) {
                            launch(entry, run);
                        }
                    });
            return;
        }
        entry.starting = Optional.empty();
        entry.ending = Ending.NONE;
        tell(
                entry.id,
                new MachineInput.StartFailed(
                        run,
                        refused.why(),
                        refused.kind() == Kind.NEVER
                                ? MachineInput.Again.NEVER
                                : MachineInput.Again.COUNTED));
    }

    // ---- stop

    @Override
    public void stop(InstanceId id, MachineAction.Stop stop) {
        var entry = entries.get(id);
        if (entry == null || entry.ending != Ending.NONE) {
            return;
        }
        if (!stop.isRestart() || !entry.isLive() || !entry.isDeclared()) {
            stopUnit(entry);
            return;
        }
        var run = entry.record.run();
        entry.ending = Ending.WITH_NEXT_START;
        sight.over(entry);
        loop.execute(() -> tell(id, new MachineInput.Ended(run, Optional.empty(), "")));
        loop.schedule(
                START_FOLLOWS_WITHIN,
                () -> {
                    if (entries.get(id) == entry
                            && entry.ending == Ending.WITH_NEXT_START
                            && entry.record.run() == run) {
                        stopUnit(entry);
                    }
                });
    }

    private void stopUnit(UnitEntry entry) {
        entry.ending = Ending.STOPPING;
        var unit = entry.present();
        command(
                entry,
                () -> {
                    systemctl.act(Systemctl.Verb.STOP, unit);
                    return () -> problems.clear("stop", entry.id);
                },
                refused -> {
                    problems.set("stop", entry.id, refused.why());
                    loop.schedule(
                            AGAIN_AFTER,
                            () -> {
                                if (entries.get(entry.id) == entry
                                        && entry.ending == Ending.STOPPING) {
                                    stopUnit(entry);
                                }
                            });
                });
    }

    // ---- commands

    /** What blocks; answers with what is to be done on the loop afterwards. */
    private interface Command {
        Runnable run() throws SystemdException, InterruptedException;
    }

    private void command(UnitEntry entry, Command command, Consumer<SystemdException> refused) {
        entry.commanding = true;
        entry.changes++;
        blocking.execute(() -> {
            try {
                var then = command.run();
                loop.execute(() -> commanded(entry, then));
            } catch (SystemdException e) {
                loop.execute(() -> commanded(entry, () -> refused.accept(e)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void commanded(UnitEntry entry, Runnable then) {
        entry.commanding = false;
        entry.changes++;
        if (entries.get(entry.id) == entry) {
            then.run();
            watch.look();
        }
    }

    // ---- end

    /** The unit is left as it is, whatever it is. */
    @Override
    public void forget(InstanceId id) {
        var entry = Optional.ofNullable(entries.remove(id));
        entry.ifPresent(known -> {
            sight.over(known);
            known.journal.ifPresent(JournalPump::close);
        });
        problems.forget(id);
        records.delete(id);
    }

    @Override
    public List<String> problems() {
        return problems.all();
    }

    /** Once the loop has ended. */
    @Override
    public void close() {
        entries.values().forEach(entry -> entry.journal.ifPresent(JournalPump::close));
    }
}
