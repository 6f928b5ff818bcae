package olympus.agent.internal;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import olympus.agent.internal.MachineInput.Again;
import olympus.engine.ContainerDetails;
import olympus.engine.ContainerEngine;
import olympus.engine.EngineEvent;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import olympus.foundation.EventLoop;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.stack.StopPolicy;
import olympus.model.state.InstanceSpec;

/**
 * Runs instances as containers of this machine's engine, and sees what others do to them.
 *
 * <p>What happens is heard from the engine's events; what is so is looked up: an event only says
 * which container to look at, but for deaths, which are told at once. When the engine does not
 * answer nothing is taken for ended. Ownership: the entries and their records on disk. Threading:
 * the supervision loop; what blocks runs in the {@link Lane} of its instance, looking beside it.
 */
final class ContainerDriver implements Driver, AutoCloseable {

    private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

    private final InstanceFolders folders;
    private final ContainerRecords records;
    private final EventLoop loop;
    private final Executor blocking;
    private final ContainerEngine engine;
    private final ContainerLaunch launch;
    private final ContainerSight sight;
    private final RestartRules rules;
    private final ContainerRemovals removals;
    private final LaunchWaits waits;
    private final DriverReports reports;
    private final Problems problems = new Problems();
    private final Map<InstanceId, ContainerEntry> entries = new HashMap<>();
    private final Map<InstanceId, Lane> lanes = new HashMap<>();
    private final Set<InstanceId> removing = new HashSet<>();
    private Optional<ContainerEngine.Subscription> subscription = Optional.empty();

    ContainerDriver(
            InstanceFolders folders,
            EventLoop loop,
            Executor blocking,
            ContainerEngine engine,
            ContainerLaunch launch,
            DriverReports reports) {
        this.folders = folders;
        this.records = new ContainerRecords(folders, problems);
        this.loop = loop;
        this.blocking = blocking;
        this.engine = engine;
        this.launch = launch;
        this.reports = reports;
        this.sight = new ContainerSight(this::tell, this::save);
        this.rules = new RestartRules(engine, loop, problems, records, this::look, this::lookLater);
        this.waits = new LaunchWaits(loop);
        this.removals = new ContainerRemovals(engine, launch, loop, problems, records);
    }

    private void tell(InstanceId id, MachineInput input) {
        reports.happened(id, input);
    }

    // ---- records

    /** Whether there is, or was, a container of this instance here. */
    boolean knows(InstanceId id) {
        return entries.containsKey(id) || records.has(id);
    }

    private void save(ContainerEntry entry, ContainerRecord next) {
        records.save(entry, next);
    }

    private ContainerEntry entry(InstanceId id) {
        return entries.computeIfAbsent(
                id,
                ignored -> {
                    var lastRun = folders.runs(id).stream().findFirst().orElse(0L);
                    return new ContainerEntry(id, lane(id), records.read(id).after(lastRun));
                });
    }

    /** The instance is run by another driver from now on. */
    void leave(InstanceId id) {
        Optional.ofNullable(entries.get(id)).ifPresent(entry -> entry.active = false);
    }

    private Lane lane(InstanceId id) {
        return lanes.computeIfAbsent(id, ignored -> new Lane(loop, blocking));
    }

    // ---- adopt

    @Override
    public Adoption adopt(InstanceId id, Optional<InstanceSpec> wanted) {
        var record = records.read(id);
        if (wanted.isEmpty() && !record.managed()) {
            return new Adoption.Nothing();
        }
        var entry = entry(id);
        entry.spec = wanted;
        entry.asked = true;
        entry.active = true;
        entry.released = false;
        wanted.ifPresent(
                spec -> save(entry, entry.record.managed(entry.isManaged(), entry.ownNetworks())));
        listen();
        discard(id);
        look(entry);
        return new Adoption.Asked("the container engine is asked what is there");
    }

    private void listen() {
        if (subscription.isEmpty()) {
            subscription = Optional.of(engine.events(event -> loop.execute(() -> heard(event))));
        }
    }

    @Override
    public void wanted(InstanceSpec spec) {
        if (ContainerPlan.of(spec).isEmpty()) {
            return;
        }
        var entry = entry(spec.id());
        var before = entry.spec;
        entry.spec = Optional.of(spec);
        if (before.equals(entry.spec) || !entry.active) {
            return;
        }
        listen();
        rules.declared(entry, before);
        save(entry, entry.record.managed(entry.isManaged(), entry.ownNetworks()));
        if (spec.desired() == InstanceSpec.Desired.WATCH) {
            save(entry, entry.record.withToken(spec.runToken()));
        }
        entry.released = entry.released && spec.desired() == InstanceSpec.Desired.RELEASE;
        look(entry);
    }

    @Override
    public void letGo(InstanceId id, Runnable done) {
        var entry = entry(id);
        entry.released = true;
        entry.stopping = Optional.empty();
        entry.letGone = Optional.of(done);
        save(entry, entry.record.ended());
        entry.pump.ifPresent(LogPump::close);
        look(entry);
        removals.whenGivenBack(entry, it -> entries.get(it.id) == it);
    }

    // ---- see

    private void heard(EngineEvent event) {
        switch (event) {
            case EngineEvent.Connected ignored -> {
                problems.clear("engine");
                entries.values().forEach(this::look);
            }
            case EngineEvent.Lost lost -> unanswered(lost.why());
            case EngineEvent.Happened happened -> happened(happened);
        }
    }

    private void unanswered(String why) {
        problems.set(
                "engine",
                "the container engine does not answer at %s; containers are left as they are: %s"
                        .formatted(engine.address(), why));
        for (var entry : entries.values()) {
            if (entry.asked) {
                reports.stillAsked(
                        entry.id, "the container engine does not answer at " + engine.address());
            }
        }
    }

    private void happened(EngineEvent.Happened event) {
        for (var entry : List.copyOf(entries.values())) {
            if (!entry.active || !ContainerSight.concerns(entry, event)) {
                continue;
            }
            switch (event.what()) {
                case OOM -> entry.outOfMemory = true;
                case DIE -> {
                    if (ContainerSight.isDeathOf(entry, event)) {
                        ended(entry, event.exitCode().stream().boxed().findFirst(), "");
                    }
                }
                case CREATE, START, STOP, HEALTH_STATUS, PAUSE, UNPAUSE, RENAME, DESTROY ->
                        look(entry);
            }
        }
    }

    /** Asks the engine and compares; while the container is being replaced, afterwards. */
    private void look(ContainerEntry entry) {
        if (!entry.active || entries.get(entry.id) != entry) {
            return;
        }
        if (entry.looking || entry.lane.isReplacing()) {
            entry.lookAgain = true;
            if (!entry.looking) {
                entry.looking = true;
                entry.lane.add(
                        Lane.Kind.KEEPS,
                        () ->
                                loop.execute(() -> {
                                    entry.looking = false;
                                    lookAgain(entry);
                                }));
            }
            return;
        }
        entry.looking = true;
        var record = entry.record;
        var plan = entry.plan();
        var changes = entry.changes;
        blocking.execute(() -> {
            try {
                var found = launch.find(record, plan);
                loop.execute(() -> looked(entry, found, changes));
            } catch (EngineException e) {
                loop.execute(() -> lookFailed(entry, e));
            }
        });
    }

    private void lookAgain(ContainerEntry entry) {
        if (entry.lookAgain && entries.get(entry.id) == entry) {
            entry.lookAgain = false;
            look(entry);
        }
    }

    private void lookFailed(ContainerEntry entry, EngineException refused) {
        entry.looking = false;
        if (entries.get(entry.id) != entry || refused.kind() == Kind.CANCELLED) {
            return;
        }
        if (refused.isUnanswered()) {
            unanswered(String.valueOf(refused.getMessage()));
        } else {
            problems.set("look", entry.id, String.valueOf(refused.getMessage()));
        }
        lookLater(entry);
    }

    /** Once, however many ask for it. */
    private void lookLater(ContainerEntry entry) {
        if (!entry.isLookDue) {
            entry.isLookDue = true;
            loop.schedule(
                    AGAIN_AFTER,
                    () -> {
                        entry.isLookDue = false;
                        look(entry);
                    });
        }
    }

    private void looked(ContainerEntry entry, Optional<ContainerDetails> found, long changes) {
        entry.looking = false;
        if (entries.get(entry.id) != entry) {
            return;
        }
        problems.clear("engine");
        problems.clear("look", entry.id);
        if (entry.lane.isReplacing() || entry.changes != changes) {
            entry.lookAgain = true;
            look(entry);
            return;
        }
        if (entry.asked) {
            entry.asked = false;
            var there = sight.first(entry, found);
            reports.known(entry.id, there);
            found.ifPresent(container -> sight.tellState(entry, container));
        } else if (!entry.released) {
            switch (sight.compare(entry, found)) {
                case SAME, APPEARED -> {}
                case ENDED ->
                        ended(
                                entry,
                                found.map(it -> it.state().exitCode()),
                                found.isEmpty() ? "its container was removed by another hand" : "");
            }
        }
        found.ifPresentOrElse(
                container -> follow(entry, container), () -> rules.nothingToFollow(entry));
        lookAgain(entry);
    }

    private void follow(ContainerEntry entry, ContainerDetails container) {
        rules.follow(entry, container);
        if (entry.isLive() && !entry.released) {
            pump(entry, container);
        }
    }

    private void pump(ContainerEntry entry, ContainerDetails container) {
        var run = entry.record.run();
        if (entry.pump.filter(pump -> pump.run() == run && !pump.isDone()).isPresent()) {
            return;
        }
        var folder = folders.run(entry.id, run);
        var pump = new LogPump(engine, folder, run, container, entry.takenOver);
        entry.pump = Optional.of(pump);
        blocking.execute(() -> {
            var failure = pump.copy();
            loop.execute(() -> {
                if (failure.isPresent()) {
                    problems.set("output", entry.id, failure.get());
                } else {
                    problems.clear("output", entry.id);
                }
                if (entry.isLive() && entry.record.run() == run && entries.get(entry.id) == entry) {
                    lookLater(entry);
                }
            });
        });
    }

    // ---- end

    private void ended(ContainerEntry entry, Optional<Integer> exit, String detail) {
        if (!entry.isLive()) {
            return;
        }
        var run = entry.record.run();
        var container = entry.record.container();
        var outOfMemory = entry.outOfMemory;
        entry.outOfMemory = false;
        entry.stopping = Optional.empty();
        save(entry, entry.record.ended());
        var pump = entry.pump;
        blocking.execute(() -> {
            pump.ifPresent(LogPump::awaitEnd);
            var whole =
                    ContainerSight.detail(
                            exit, detail, pump, outOfMemory, () -> engine.find(container));
            loop.execute(() -> tell(entry.id, new MachineInput.Ended(run, exit, whole)));
        });
    }

    // ---- start

    @Override
    public void start(InstanceSpec spec, long run, Map<SecretRef, String> secrets) {
        var entry = entry(spec.id());
        entry.spec = Optional.of(spec);
        entry.stopped = false;
        entry.active = true;
        entry.released = false;
        entry.stopping = Optional.empty();
        listen();
        launch(entry, spec, run, secrets);
    }

    private void launch(
            ContainerEntry entry, InstanceSpec spec, long run, Map<SecretRef, String> secrets) {
        var plan = ContainerPlan.of(spec).orElseThrow();
        var missing = plan.missingSecrets(secrets);
        if (!missing.isEmpty()) {
            loop.execute(() ->
                    tell(
                            entry.id,
                            new MachineInput.StartFailed(
                                    run,
                                    "secrets %s have not been sent yet".formatted(missing),
                                    Again.COUNTED)));
            return;
        }
        entry.lane.add(
                Lane.Kind.REPLACES,
                () -> {
                    var record = entry.record;
                    try {
                        var up =
                                launch.ensure(plan, record, secrets, what -> progress(entry, what));
                        loop.execute(() -> launched(entry, spec, run, up));
                    } catch (EngineException e) {
                        loop.execute(() -> launchFailed(entry, spec, run, secrets, e));
                    }
                });
    }

    private void progress(ContainerEntry entry, String what) {
        loop.execute(() -> tell(entry.id, new MachineInput.Progressed(what)));
    }

    private void launched(
            ContainerEntry entry, InstanceSpec spec, long run, ContainerLaunch.Up up) {
        var state = up.details().state();
        var plan = ContainerPlan.of(spec).orElseThrow();
        var isNew = !up.record().container().equals(entry.record.container());
        save(
                entry,
                up.record()
                        .managed(entry.isManaged(), plan.ownNetworks())
                        .running(run, spec.runToken(), state.startedAt())
                        .holding(
                                isNew && !up.asItWas()
                                        ? Optional.of(plan.declaredRule())
                                        : entry.record.heldRule()));
        problems.clear("engine");
        entry.noticed = "";
        entry.asked = false;
        entry.takenOver = up.asItWas();
        sight.tellHealth(entry, up.details());
        tell(entry.id, new MachineInput.Started(run, state.pid()));
        if (!up.remark().isEmpty()) {
            tell(entry.id, new MachineInput.Noticed(run, up.remark(), false));
        }
        pump(entry, up.details());
        if (!up.record().leftovers().isEmpty()) {
            removals.discard(entry);
        }
        if (entry.stopping.isPresent()) {
            stopContainer(entry, run, entry.stopping.get());
        }
        // It may have ended already.
        look(entry);
    }

    private void launchFailed(
            ContainerEntry entry,
            InstanceSpec spec,
            long run,
            Map<SecretRef, String> secrets,
            EngineException refused) {
        var why = String.valueOf(refused.getMessage());
        if (!entry.stopped && refused.isUnanswered()) {
            unanswered(why);
            waits.begin(
                    entry,
                    () -> {
                        if (entry.stopped || entries.get(entry.id) != entry) {
                            entry.stopping = Optional.empty();
                            tell(entry.id, new MachineInput.StartFailed(run, why, Again.COUNTED));
                        } else {
                            launch(entry, spec, run, secrets);
                        }
                    });
            tell(entry.id, new MachineInput.Progressed(why));
            return;
        }
        entry.stopping = Optional.empty();
        tell(entry.id, new MachineInput.StartFailed(run, why, ContainerSight.again(refused)));
        look(entry);
    }

    @Override
    public void prepare(InstanceSpec spec, Map<SecretRef, String> secrets) {
        var entry = entry(spec.id());
        var plan = ContainerPlan.of(spec).orElseThrow();
        var token = spec.runToken();
        entry.lane.add(
                Lane.Kind.KEEPS,
                () -> {
                    MachineInput answer;
                    try {
                        launch.prepare(plan, entry.record, secrets, what -> progress(entry, what))
                                .ifPresent(made -> loop.execute(() -> removals.owe(entry, made)));
                        answer = new MachineInput.Prepared(token);
                    } catch (EngineException e) {
                        answer =
                                new MachineInput.PrepareFailed(
                                        token, String.valueOf(e.getMessage()));
                    }
                    var told = answer;
                    loop.execute(() -> tell(entry.id, told));
                });
    }

    @Override
    public void discard(InstanceId id) {
        Optional.ofNullable(entries.get(id)).ifPresent(removals::discard);
    }

    // ---- stop

    @Override
    public void stop(InstanceId id, MachineAction.Stop stop) {
        var entry = entries.get(id);
        if (entry == null || entry.stopping.isPresent()) {
            return;
        }
        entry.stopping = Optional.of(stop.policy());
        if (entry.isLive() && entry.record.run() == stop.run()) {
            stopContainer(entry, stop.run(), stop.policy());
        } else {
            entry.stopped = true;
            entry.lane.interrupt();
            entry.nextTry.ifPresent(Runnable::run);
        }
    }

    private void stopContainer(ContainerEntry entry, long run, StopPolicy policy) {
        var container = entry.record.container();
        // The image's own signal, unless another one than the usual is declared.
        var signal =
                Optional.of(policy.signal())
                        .filter(name -> !StopPolicy.DEFAULT.signal().equals(name));
        entry.lane.add(
                Lane.Kind.KEEPS,
                () -> {
                    try {
                        engine.stop(container, signal, policy.gracePeriod());
                        loop.execute(() -> {
                            problems.clear("stop", entry.id);
                            look(entry);
                        });
                    } catch (EngineException e) {
                        loop.execute(() -> stopFailed(entry, run, policy, e));
                    }
                });
    }

    private void stopFailed(
            ContainerEntry entry, long run, StopPolicy policy, EngineException refused) {
        problems.set("stop", entry.id, String.valueOf(refused.getMessage()));
        loop.schedule(
                AGAIN_AFTER,
                () -> {
                    if (entry.isLive() && entry.record.run() == run) {
                        look(entry);
                        stopContainer(entry, run, policy);
                    } else {
                        problems.clear("stop", entry.id);
                    }
                });
    }

    // ---- forget

    /** What was managed is removed with its networks; what was only watched stays as it is. */
    @Override
    public void forget(InstanceId id) {
        var entry = entries.remove(id);
        var record = entry == null ? records.read(id) : entry.record;
        problems.forget(id);
        if (entry != null) {
            entry.pump.ifPresent(LogPump::close);
        }
        removing.add(id);
        var plan = Optional.ofNullable(entry).flatMap(ContainerEntry::plan);
        removals.finish(
                id, lane(id), record, plan, () -> !entries.containsKey(id), () -> delete(id));
    }

    /** What the agent before this one was removing when it ended. */
    void removeOthers(Set<InstanceId> wanted) {
        for (var id : records.withoutInstance()) {
            if (!wanted.contains(id) && !entries.containsKey(id) && !removing.contains(id)) {
                forget(id);
            }
        }
    }

    private void delete(InstanceId id) {
        removing.remove(id);
        records.delete(id);
        if (lane(id).isIdle()) {
            lanes.remove(id);
        }
    }

    @Override
    public List<String> problems() {
        return problems.all();
    }

    /** Once the loop has ended. */
    @Override
    public void close() {
        subscription.ifPresent(ContainerEngine.Subscription::close);
        entries.values().forEach(entry -> entry.pump.ifPresent(LogPump::close));
    }
}
