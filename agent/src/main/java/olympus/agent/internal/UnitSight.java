package olympus.agent.internal;

import java.time.Duration;
import java.util.Optional;
import olympus.agent.internal.UnitEntry.Ending;
import olympus.foundation.EventLoop;

/**
 * What the state of a unit means for its instance, and is told of it. Threading: the supervision
 * loop.
 */
final class UnitSight {

    /** What it wrote last explains its end, and may still be on its way through the journal. */
    private static final Duration LAST_WORDS_WITHIN = Duration.ofMillis(250);

    private final EventLoop loop;
    private final UnitRecords records;
    private final UnitJournals journals;
    private final MainProcesses mainProcesses;
    private final Problems problems;
    private final DriverReports reports;

    UnitSight(
            EventLoop loop,
            UnitRecords records,
            UnitJournals journals,
            MainProcesses mainProcesses,
            Problems problems,
            DriverReports reports) {
        this.loop = loop;
        this.records = records;
        this.journals = journals;
        this.mainProcesses = mainProcesses;
        this.problems = problems;
        this.reports = reports;
    }

    private void tell(UnitEntry entry, MachineInput input) {
        reports.happened(entry.id, input);
    }

    void look(UnitEntry entry, UnitState state) {
        var condition = UnitCondition.of(state);
        if (condition instanceof UnitCondition.Unusable unusable) {
            problems.set("unit", entry.id, unusable.why());
        } else {
            problems.clear("unit", entry.id);
        }
        if (entry.asked) {
            first(entry, state, condition);
        } else if (entry.released) {
            release(entry);
        } else if (entry.ending != Ending.NONE) {
            ending(entry, condition);
        } else if (entry.starting.isPresent()) {
            starting(entry, entry.starting.get(), state, condition);
        } else {
            compare(entry, state, condition);
        }
    }

    /** Nothing more is said of it: the run is somebody else's now, or is over. */
    void over(UnitEntry entry) {
        mainProcesses.follow(entry, 0);
        entry.noticed = "";
        records.save(entry, entry.record.ended());
    }

    void release(UnitEntry entry) {
        over(entry);
        entry.ending = Ending.NONE;
        entry.starting = Optional.empty();
        entry.journal.ifPresent(JournalPump::close);
    }

    // ---- first

    /** What is there when nothing was known: of an earlier agent, or of somebody else. */
    private void first(UnitEntry entry, UnitState state, UnitCondition condition) {
        if (condition instanceof UnitCondition.Moving moving && !entry.isLive()) {
            reports.stillAsked(entry.id, moving.what());
            return;
        }
        var found = found(entry, state, condition);
        if (found.filter(it -> it.pid().isPresent()).isEmpty()) {
            over(entry);
        }
        entry.asked = false;
        reports.known(entry.id, found);
        journals.read(entry);
        unusable(entry, condition);
    }

    private Optional<ProcessDriver.Found> found(
            UnitEntry entry, UnitState state, UnitCondition condition) {
        var before = entry.record;
        var isSame =
                before.unit().equals(state.unit())
                        && before.invocation().equals(state.invocation());
        var run = isSame && before.run() > 0 ? before.run() : before.run() + 1;
        return switch (condition) {
            case UnitCondition.Up up -> {
                begin(entry, state, run, up.pid());
                yield Optional.of(found(entry, Optional.of(up.pid()), Optional.empty(), ""));
            }
            case UnitCondition.Moving ignored -> {
                begin(entry, state, run, 0);
                yield Optional.of(found(entry, Optional.of(0L), Optional.empty(), ""));
            }
            case UnitCondition.Down down -> {
                var isNews = before.live() || !isSame;
                if (!isNews || state.invocation().isEmpty()) {
                    yield Optional.empty();
                }
                begin(entry, state, run, 0);
                var when =
                        before.live() ? "while no agent was running" : "before it was taken over";
                yield Optional.of(
                        found(entry, Optional.empty(), down.exit(), joined(down.detail(), when)));
            }
            case UnitCondition.Unusable unusable ->
                    Optional.of(found(entry, Optional.empty(), Optional.empty(), unusable.why()))
                            .filter(it -> before.live());
        };
    }

    private void unusable(UnitEntry entry, UnitCondition condition) {
        if (condition instanceof UnitCondition.Unusable unusable && !entry.isManaged()) {
            tell(entry, new MachineInput.Progressed(unusable.why()));
        }
    }

    private static ProcessDriver.Found found(
            UnitEntry entry, Optional<Long> pid, Optional<Integer> exit, String detail) {
        return new ProcessDriver.Found(
                entry.record.run(), entry.record.runToken(), pid, exit, false, false, detail);
    }

    private void begin(UnitEntry entry, UnitState state, long run, long pid) {
        begin(entry, state, run, entry.token(), pid);
    }

    private void begin(UnitEntry entry, UnitState state, long run, String token, long pid) {
        var isNew = run != entry.record.run() || !entry.record.unit().equals(state.unit());
        if (isNew && !entry.record.unit().equals(state.unit())) {
            // The journal of another unit.
            entry.journal.ifPresent(JournalPump::close);
            entry.journal = Optional.empty();
        }
        records.save(entry, entry.record.running(state.unit(), state.invocation(), run, token));
        records.makeRunFolder(entry);
        mainProcesses.follow(entry, pid);
        entry.noticed = "";
    }

    // ---- later

    /** Compares what was known with what is there. */
    private void compare(UnitEntry entry, UnitState state, UnitCondition condition) {
        switch (condition) {
            case UnitCondition.Up up -> up(entry, state, up.pid());
            case UnitCondition.Moving moving -> notice(entry, moving.what());
            case UnitCondition.Down down -> ended(entry, down.exit(), down.detail());
            case UnitCondition.Unusable unusable -> {
                ended(entry, Optional.empty(), unusable.why());
                unusable(entry, condition);
            }
        }
    }

    private void up(UnitEntry entry, UnitState state, long pid) {
        var isSame = entry.isLive() && entry.record.invocation().equals(state.invocation());
        if (isSame && (pid == entry.pid || pid == 0)) {
            notice(entry, "");
            return;
        }
        var run = isSame ? entry.record.run() : entry.record.run() + 1;
        begin(entry, state, run, pid);
        journals.read(entry);
        tell(
                entry,
                new MachineInput.Appeared(
                        run,
                        pid,
                        entry.record.runToken(),
                        isSame ? "its main process is another one" : how(state)));
    }

    private static String how(UnitState state) {
        return state.ownRestarts() > 0
                ? "restarted by systemd itself (Restart=%s, %d so far)"
                        .formatted(state.text("Restart"), state.ownRestarts())
                : "started by another hand";
    }

    private void notice(UnitEntry entry, String what) {
        if (!entry.isLive() || what.equals(entry.noticed)) {
            return;
        }
        entry.noticed = what;
        tell(entry, new MachineInput.Noticed(entry.record.run(), what, !what.isEmpty()));
    }

    private void ended(UnitEntry entry, Optional<Integer> exit, String detail) {
        if (!entry.isLive()) {
            return;
        }
        var run = entry.record.run();
        var invocation = entry.record.invocation();
        over(entry);
        if (exit.filter(code -> code == 0).isPresent()) {
            tell(entry, new MachineInput.Ended(run, exit, detail));
            return;
        }
        loop.schedule(
                LAST_WORDS_WITHIN,
                () -> {
                    var line =
                            entry.journal
                                    .map(journal -> journal.lastErrorOf(invocation))
                                    .orElse("");
                    var said = line.isEmpty() ? "" : "last error in the journal: " + line;
                    tell(entry, new MachineInput.Ended(run, exit, joined(detail, said)));
                });
    }

    private static String joined(String first, String second) {
        return first.isEmpty() || second.isEmpty() ? first + second : first + "; " + second;
    }

    // ---- what is under way

    private void starting(
            UnitEntry entry, UnitEntry.Attempt attempt, UnitState state, UnitCondition condition) {
        var isSame = state.invocation().equals(attempt.before());
        switch (condition) {
            case UnitCondition.Up up -> {
                if (!isSame) {
                    started(entry, attempt, state, up.pid());
                }
            }
            case UnitCondition.Moving moving ->
                    tell(entry, new MachineInput.Progressed(moving.what()));
            case UnitCondition.Down down -> {
                if (isSame) {
                    startFailed(entry, attempt, notStarted(state));
                } else {
                    started(entry, attempt, state, 0);
                    ended(entry, down.exit(), down.detail());
                }
            }
            case UnitCondition.Unusable unusable -> startFailed(entry, attempt, unusable.why());
        }
    }

    private static String notStarted(UnitState state) {
        return state.text("ConditionResult").equals("no")
                ? "systemd skipped it: a Condition…= of %s is not met".formatted(state.unit())
                : "systemd did not start %s, probably because something it requires failed; \"systemctl status %s\" tells"
                        .formatted(state.unit(), state.unit());
    }

    private void started(UnitEntry entry, UnitEntry.Attempt attempt, UnitState state, long pid) {
        entry.starting = Optional.empty();
        begin(entry, state, attempt.run(), attempt.token(), pid);
        journals.read(entry);
        tell(entry, new MachineInput.Started(attempt.run(), pid));
    }

    private void startFailed(UnitEntry entry, UnitEntry.Attempt attempt, String why) {
        entry.starting = Optional.empty();
        tell(entry, new MachineInput.StartFailed(attempt.run(), why, MachineInput.Again.COUNTED));
    }

    private void ending(UnitEntry entry, UnitCondition condition) {
        if (entry.ending == Ending.WITH_NEXT_START) {
            return;
        }
        switch (condition) {
            case UnitCondition.Up ignored -> {}
            case UnitCondition.Moving ignored -> {}
            case UnitCondition.Down down -> stopped(entry, down.exit(), down.detail());
            case UnitCondition.Unusable ignored -> stopped(entry, Optional.empty(), "");
        }
    }

    private void stopped(UnitEntry entry, Optional<Integer> exit, String detail) {
        entry.ending = Ending.NONE;
        var run = entry.run();
        entry.starting = Optional.empty();
        over(entry);
        run.ifPresent(number -> tell(entry, new MachineInput.Ended(number, exit, detail)));
    }
}
