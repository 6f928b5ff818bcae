package olympus.agent.internal;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import olympus.foundation.EventLoop;
import olympus.link.Pause;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.state.Assignment;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceSpec;
import olympus.model.state.NodeReport;

/**
 * Keeps the instances of this node as the assignment in force says: feeds their machines and
 * carries out what these decide.
 *
 * <p>Ownership: the machines, the assignment, pauses and events. Threading: everything here runs on
 * the supervision loop; nothing here blocks longer than a small file write takes, but for {@link
 * #meet}: for each instance that is new here it reads its folder, and for one that left strays
 * before the agent's start it also reads {@code /proc} and waits for their end (a second at most).
 */
final class Supervisor {

    /**
     * Restarts per second while the brake is on, so that a broken node is not also worked to death.
     */
    static final int RATIONED_STARTS_PER_SECOND = 2;

    private static final Duration LOOK_AGAIN_AFTER = Duration.ofSeconds(2);

    private final SupervisorParts parts;
    private final EventLoop loop;
    private final Driver driver;
    private final ProbeRounds probes;
    private final Map<InstanceId, InstanceMachine> machines = new TreeMap<>();
    private final Map<InstanceId, InstanceRecord> saved = new HashMap<>();
    private final Map<InstanceId, InstanceSpec> lastSpecs = new HashMap<>();
    private final Set<InstanceId> coldStarts = new HashSet<>();
    private final Map<InstanceId, MachineAction.Stop> askedStops = new TreeMap<>();
    private final Map<InstanceId, String> asked = new HashMap<>();
    private final Problems problems = new Problems();
    private final BrakeWatch brake;

    private Optional<InForce> inForce = Optional.empty();
    private Set<InstanceId> unclaimed = Set.of();
    private boolean ending;
    private Map<SecretRef, String> secrets = Map.of();
    private boolean acceptDue;
    private int startsThisSecond;
    private long reportSequence;

    Supervisor(
            SupervisorParts parts,
            Function<Supervisor, Driver> driver,
            Function<Supervisor, ProbeRounds> probes) {
        this.parts = parts;
        this.loop = parts.loop();
        this.brake = new BrakeWatch(parts.brake(), loop, this::lookAround);
        this.driver = driver.apply(this);
        this.probes = probes.apply(this);
    }

    /**
     * Reads what was in force, finds what still runs and goes on from there. Nothing is started
     * before it is known.
     */
    void begin() {
        parts.pauses().load();
        parts.events().load();
        parts.secrets()
                .load()
                .ifPresentOrElse(
                        loaded -> secrets = loaded,
                        () ->
                                problems.set(
                                        "open the secrets",
                                        "the sealed secrets cannot be opened; instances that need them wait for a server"));
        deleteRetired();
        readAssignment();
    }

    private void readAssignment() {
        switch (parts.assignments().load()) {
            case AssignmentFile.Stored.None ignored -> {}
            case AssignmentFile.Stored.Unreadable unreadable -> {
                problems.set("read the assignment", unreadable.why());
                loop.schedule(
                        LOOK_AGAIN_AFTER,
                        () -> {
                            if (inForce.isEmpty()) {
                                readAssignment();
                            }
                        });
            }
            case AssignmentFile.Stored.Damaged damaged -> {
                problems.set("read the assignment", damaged.why());
                tell(
                        Optional.empty(),
                        "wait for an assignment",
                        damaged.why(),
                        "running instances are left as they are");
            }
            case AssignmentFile.Stored.Good good -> {
                good.remark()
                        .ifPresent(why ->
                                tell(
                                        Optional.empty(),
                                        "restore the assignment file",
                                        why,
                                        "restored"));
                coldStarts.addAll(good.inForce().specs().keySet());
                accept(good.inForce());
            }
        }
    }

    // ---- orders

    /** Answers with why the assignment is refused, empty when it is in force now. */
    Optional<String> assign(Assignment wanted, Map<SecretRef, String> clear) {
        if (!wanted.node().equals(parts.identity().node())) {
            return Optional.of(
                    "it is for node %s, this is %s"
                            .formatted(wanted.node(), parts.identity().node()));
        }
        if (wanted.stamp().compareTo(stamp()) < 0) {
            return Optional.of(
                    "its stamp %s is older than %s, which is in force"
                            .formatted(wanted.stamp(), stamp()));
        }
        var next =
                inForce.isPresent()
                        ? inForce.get().followedBy(wanted)
                        : InForce.first(wanted, parts.folders().instances());
        tellHeld(next);
        keep(next, clear);
        coldStarts.retainAll(next.unclaimed());
        accept(next);
        return Optional.empty();
    }

    private void tellHeld(InForce next) {
        for (var id : next.unclaimed()) {
            if (!unclaimed.contains(id)) {
                tell(
                        Optional.of(id),
                        "hold",
                        next.whyHeld(),
                        "it goes on until its stack is applied again or removed");
            }
        }
    }

    Assignment.Stamp stamp() {
        return inForce.map(kept -> kept.assignment().stamp()).orElse(Assignment.Stamp.NONE);
    }

    private void keep(InForce next, Map<SecretRef, String> clear) {
        var needed = next.neededSecrets();
        var all = new HashMap<SecretRef, String>();
        needed.forEach(ref ->
                Optional.ofNullable(clear.get(ref))
                        .or(() -> Optional.ofNullable(secrets.get(ref)))
                        .ifPresent(text -> all.put(ref, text)));
        var changedSecrets = !all.equals(secrets);
        secrets = Map.copyOf(all);
        attempt(
                "keep the assignment on disk",
                () -> {
                    if (changedSecrets) {
                        parts.secrets().save(secrets);
                    }
                    if (!inForce.equals(Optional.of(next))) {
                        parts.assignments().save(next);
                    }
                });
    }

    /**
     * A disk that refuses must not stop supervision: it goes on from memory and the report says so.
     */
    private boolean attempt(String what, Runnable write) {
        try {
            write.run();
            problems.clear(what);
            return true;
        } catch (UncheckedIOException e) {
            problems.set(what, "cannot %s: %s".formatted(what, e.getMessage()));
            return false;
        }
    }

    private void accept(InForce next) {
        inForce = Optional.of(next);
        problems.clear("read the assignment");
        unclaimed = next.unclaimed();
        var specs = next.specs();
        var all = new TreeSet<>(specs.keySet());
        all.addAll(machines.keySet());
        var known =
                attempt(
                        "look for instances on disk",
                        () -> all.addAll(parts.folders().instances()));
        lastSpecs.putAll(specs);
        if (!meet(all) || !known) {
            acceptAgain();
        }
        driver.wanted(specs);
        for (var id : all) {
            feed(id, wanted(Optional.ofNullable(specs.get(id))));
        }
        settleStops();
        lookAround();
    }

    /** What is ordered while all instances end is for the next start. */
    private MachineInput wanted(Optional<InstanceSpec> spec) {
        var why = "all instances are to end with Olympus";
        return new MachineInput.Wanted(ending ? spec.map(it -> it.stopped(why)) : spec);
    }

    /** What the disk or the kernel did not tell is asked again; until then it is left alone. */
    private void acceptAgain() {
        if (!acceptDue) {
            acceptDue = true;
            loop.schedule(
                    LOOK_AGAIN_AFTER,
                    () -> {
                        acceptDue = false;
                        inForce.ifPresent(this::accept);
                    });
        }
    }

    void pause(Pause order) {
        attempt("keep the pause on disk", () -> parts.pauses().set(order));
        var what = order.stack().map(stack -> "stack " + stack).orElse("node");
        tell(
                Optional.empty(),
                order.paused() ? "pause " + what : "resume " + what,
                order.reason(),
                "in force");
        lookAround();
    }

    /** Hands an input to the machine of an instance and carries out what it decides. */
    void feed(InstanceId id, MachineInput input) {
        var machine = machines.get(id);
        if (machine == null) {
            return;
        }
        step(machine, input);
        collectOutput(id, input);
        save(id);
        if (input instanceof MachineInput.Ended || input instanceof MachineInput.StartFailed) {
            settleStops();
        }
        if (input instanceof MachineInput.Probed || input instanceof MachineInput.HealthSeen) {
            judgeBrake();
        }
        parts.changed().run();
    }

    private void collectOutput(InstanceId id, MachineInput input) {
        if (input instanceof MachineInput.Started started) {
            parts.output().expect(id, started.run());
        } else if (input instanceof MachineInput.Appeared appeared) {
            parts.output().expect(id, appeared.run());
        } else if (input instanceof MachineInput.Ended) {
            parts.output().ended(id);
        }
    }

    /**
     * Machines for the instances that have none: all are there before one hears of its run, which
     * may wait for others. Reads folders and {@code /proc}. False when not all could be looked for.
     */
    private boolean meet(Set<InstanceId> all) {
        var found = new LinkedHashMap<InstanceMachine, ProcessDriver.Found>();
        var known = true;
        for (var id : all) {
            if (!machines.containsKey(id)) {
                known &= attempt("tell what runs of " + id, () -> meet(id, found));
            }
        }
        found.forEach(this::recognise);
        return known;
    }

    /** From its folder, with the run that may still be there. */
    private void meet(InstanceId id, Map<InstanceMachine, ProcessDriver.Found> found) {
        var record =
                InstanceRecord.read(parts.folders().record(id))
                        .orElseGet(() -> InstanceRecord.fresh(parts.bootId()));
        var known = record.withLastRun(parts.folders().runs(id).stream().findFirst().orElse(0L));
        var adoption = driver.adopt(id, Optional.ofNullable(lastSpecs.get(id)));
        var machine = new InstanceMachine(id, known, parts.bootId(), parts.clock(), parts.random());
        machines.put(id, machine);
        if (known.lastRun() > 0) {
            parts.output().expect(id, known.lastRun());
        }
        switch (adoption) {
            case Driver.Adoption.Nothing ignored -> {}
            case Driver.Adoption.Asked answer -> asked.put(id, answer.why());
            case Driver.Adoption.There there -> {
                if (record.outcome().isEmpty()) {
                    found.put(machine, there.found());
                }
            }
        }
    }

    /** The answer to what a driver had to ask about: what is there of the instance, if anything. */
    void known(InstanceId id, Optional<ProcessDriver.Found> found) {
        var machine = machines.get(id);
        if (machine == null || asked.remove(id) == null) {
            return;
        }
        // What was finished with stays so, unless somebody else has started it again.
        found.filter(run -> run.pid().isPresent() || machine.record().outcome().isEmpty())
                .ifPresent(run -> {
                    recognise(machine, run);
                    parts.output().expect(id, run.run());
                });
        feed(id, new MachineInput.Tick());
    }

    /** What a driver found out about an instance it was asked for, in words. */
    void stillAsked(InstanceId id, String why) {
        if (asked.replace(id, why) != null) {
            feed(id, new MachineInput.Tick());
        }
    }

    /** Tells the machine of a run found on disk before it hears what is wanted. */
    private void recognise(InstanceMachine machine, ProcessDriver.Found run) {
        var wanted = Optional.ofNullable(lastSpecs.get(machine.id()));
        // A damaged intent does not tell the token; the record of the instance does.
        var token = run.runToken().isEmpty() ? machine.record().runToken() : run.runToken();
        if (run.pid().isPresent()) {
            coldStarts.remove(machine.id());
            machine.know(wanted);
            step(machine, new MachineInput.Adopted(run.run(), run.pid().get(), token));
        } else if (run.isEnding()) {
            machine.know(wanted);
            machine.endedUnseen(run.run(), token);
        } else if (wanted.isPresent() && !run.isFromBeforeBoot()) {
            machine.know(wanted);
            machine.endedUnseen(run.run(), token);
            step(machine, new MachineInput.Ended(run.run(), run.exit(), run.detail()));
        }
    }

    private void step(InstanceMachine machine, MachineInput input) {
        for (var action : machine.on(input, surroundings(machine))) {
            carryOut(machine, action);
        }
        probes.follow(machine);
    }

    private void carryOut(InstanceMachine machine, MachineAction action) {
        var id = machine.id();
        switch (action) {
            case MachineAction.Start start -> {
                save(id);
                startsThisSecond++;
                coldStarts.remove(id);
                driver.start(start.spec(), start.run(), secrets);
            }
            case MachineAction.Prepare prepare -> driver.prepare(prepare.spec(), secrets);
            case MachineAction.Discard ignored -> driver.discard(id);
            case MachineAction.LetGo ignored ->
                    driver.letGo(id, () -> feed(id, new MachineInput.LetGone()));
            case MachineAction.Stop stop -> {
                askedStops.put(id, stop);
                loop.execute(this::settleStops);
            }
            case MachineAction.Wake wake -> loop.schedule(wake.after(), () -> tick(id, machine));
            case MachineAction.Tell(var done, var why, var result) ->
                    tell(Optional.of(id), done, why, result);
            case MachineAction.Forget ignored -> forget(id);
        }
    }

    private void tick(InstanceId id, InstanceMachine machine) {
        if (machines.get(id) == machine) {
            feed(id, new MachineInput.Tick());
        }
    }

    private void forget(InstanceId id) {
        machines.remove(id);
        saved.remove(id);
        lastSpecs.remove(id);
        askedStops.remove(id);
        asked.remove(id);
        probes.forget(id);
        problems.clear("write the record of " + id);
        parts.output().forget(id);
        driver.forget(id);
        // At once, because the same id may be assigned again before the files are deleted.
        attempt("take away the folder of " + id, () -> parts.folders().retire(id));
        deleteRetired();
    }

    private void deleteRetired() {
        attempt(
                "look for folders to be deleted",
                () -> {
                    var retired = parts.folders().retired();
                    if (!retired.isEmpty()) {
                        parts.blocking()
                                .execute(() ->
                                        attempt(
                                                "delete the folders of instances that are gone",
                                                () -> parts.folders().delete(retired)));
                    }
                });
    }

    private void save(InstanceId id) {
        var machine = machines.get(id);
        if (machine == null || machine.record().equals(saved.get(id))) {
            return;
        }
        var record = machine.record();
        attempt(
                "write the record of " + id,
                () -> {
                    record.write(parts.folders().record(id));
                    saved.put(id, record);
                });
    }

    /**
     * Carries out the stops that were asked for: what others depend on ends after those that depend
     * on it.
     */
    private void settleStops() {
        for (var stop : List.copyOf(askedStops.entrySet())) {
            if (!StartOrder.hasDependantThatStops(stop.getKey(), machines.values(), lastSpecs)) {
                askedStops.remove(stop.getKey());
                driver.stop(stop.getKey(), stop.getValue());
            }
        }
    }

    // ---- what is around an instance

    private Surroundings surroundings(InstanceMachine machine) {
        var id = machine.id();
        Optional<String> rationed =
                brake.inForce().isPresent() && startsThisSecond >= RATIONED_STARTS_PER_SECOND
                        ? Optional.of("starts are rationed while the brake is on")
                        : Optional.empty();
        return new Surroundings(
                ending ? Optional.empty() : parts.pauses().of(id.service().stack()),
                missing(id),
                brake.holdsBack(),
                rationed,
                unclaimed.contains(id) && !ending
                        ? Optional.of(InForce.remark(id))
                        : Optional.empty(),
                Optional.ofNullable(asked.get(id)));
    }

    /** A cold start follows the declared order, as seen here; a singleton needs its lease. */
    private Optional<String> missing(InstanceId id) {
        var wanted = Optional.ofNullable(lastSpecs.get(id));
        return (coldStarts.contains(id) ? wanted : Optional.<InstanceSpec>empty())
                .flatMap(spec -> StartOrder.missing(spec, machines.values()))
                .or(() -> wanted.flatMap(parts.leases()::missing));
    }

    /** Lets every machine look again at what is around it. */
    void lookAround() {
        for (var machine : List.copyOf(machines.values())) {
            feed(machine.id(), new MachineInput.Tick());
        }
        parts.changed().run();
    }

    /**
     * Once a second: rations are fresh, drift is looked for, and who waits for another looks again.
     */
    void everySecond() {
        startsThisSecond = 0;
        judgeBrake();
        if (!coldStarts.isEmpty() || brake.inForce().isPresent()) {
            lookAround();
        }
    }

    /** Every few seconds: what another hand changed is put back. */
    void lookForDrift() {
        attempt(
                "restore the assignment file",
                () -> {
                    if (parts.assignments().mend()) {
                        tell(
                                Optional.empty(),
                                "restore the assignment file",
                                "it had been changed by another hand",
                                "restored");
                    }
                });
        for (var id : List.copyOf(machines.keySet())) {
            save(id);
        }
    }

    private void judgeBrake() {
        brake.judge(
                machines.values(),
                why ->
                        tell(
                                Optional.empty(),
                                why.isPresent() ? "hold back (brake)" : "release the brake",
                                why.orElse("most probes pass again"),
                                why.isPresent()
                                        ? "nothing is restarted for its health"
                                        : "unhealthy instances are restarted again"));
    }

    // ---- telling

    void tell(Optional<InstanceId> instance, String action, String why, String result) {
        parts.events().add(parts.clock().wall(), instance, action, why, result);
        parts.happened().run();
    }

    EventJournal events() {
        return parts.events();
    }

    /** What the assignment in force wants. */
    Map<InstanceId, InstanceSpec> specs() {
        return inForce.map(InForce::specs).orElse(Map.of());
    }

    NodeReport report() {
        var observations = new ArrayList<InstanceObservation>(machines.size());
        machines.forEach((id, machine) -> {
            var seen = machine.observation();
            observations.add(unclaimed.contains(id) ? InForce.remarked(seen) : seen);
        });
        var all = new ArrayList<>(problems.all());
        all.addAll(parts.lacks().get());
        all.addAll(parts.events().problems());
        return new NodeReport(
                parts.identity().node(),
                parts.identity().name(),
                ++reportSequence,
                parts.bootId(),
                stamp(),
                parts.pauses().summary(),
                brake.inForce(),
                observations,
                inForce.map(InForce::held).orElse(List.of()),
                all);
    }

    Driver driver() {
        return driver;
    }

    Map<SecretRef, String> secrets() {
        return secrets;
    }

    /** Stops every instance that is Olympus' own, those that others depend on last. */
    void stopAll() {
        ending = true;
        for (var machine : machines.values().stream().filter(InstanceMachine::isOurs).toList()) {
            feed(machine.id(), wanted(machine.spec()));
        }
        settleStops();
    }

    List<InstanceId> live() {
        return machines.values().stream()
                .filter(machine -> machine.liveRun().isPresent() && machine.isOurs())
                .map(InstanceMachine::id)
                .toList();
    }
}
