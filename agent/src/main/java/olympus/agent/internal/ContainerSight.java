package olympus.agent.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import olympus.engine.ComposeLabels;
import olympus.engine.ContainerDetails;
import olympus.engine.EngineEvent;
import olympus.engine.EngineException;
import olympus.foundation.Mask;
import olympus.model.InstanceId;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceSpec;

/** What a container that was looked at means for its instance. Threading: the supervision loop. */
final class ContainerSight {

    private static final int SIGKILL_EXIT = 137;

    private final BiConsumer<InstanceId, MachineInput> events;
    private final BiConsumer<ContainerEntry, ContainerRecord> save;

    ContainerSight(
            BiConsumer<InstanceId, MachineInput> events,
            BiConsumer<ContainerEntry, ContainerRecord> save) {
        this.events = events;
        this.save = save;
    }

    /** What has become of the run that was known. */
    enum Change {
        SAME,
        APPEARED,
        ENDED
    }

    // ---- events

    static boolean concerns(ContainerEntry entry, EngineEvent.Happened event) {
        if (event.container().equals(entry.record.container())) {
            return true;
        }
        return entry.plan()
                .filter(plan ->
                        event.name().equals(plan.name())
                                || isOf(plan, event)
                                || event.attributes()
                                        .getOrDefault("oldName", "")
                                        .endsWith("/" + plan.name()))
                .isPresent();
    }

    private static boolean isOf(ContainerPlan plan, EngineEvent.Happened event) {
        var project = plan.workload().project();
        return ComposeLabels.of(event.attributes())
                .filter(identity ->
                        identity.project().equals(project.name())
                                && identity.service().equals(project.service())
                                && identity.number() == plan.spec().id().ordinal())
                .isPresent();
    }

    /** Not one of an earlier run that is told again. */
    static boolean isDeathOf(ContainerEntry entry, EngineEvent.Happened event) {
        return event.container().equals(entry.record.container())
                && entry.isLive()
                && event.at().isAfter(entry.record.startedAt());
    }

    // ---- looking

    /** What is there when nothing was known: of an earlier agent, or of somebody else. */
    Optional<ProcessDriver.Found> first(ContainerEntry entry, Optional<ContainerDetails> seen) {
        var before = entry.record;
        var container =
                seen.filter(there ->
                        there.id().equals(before.container()) || !ContainerLaunch.isUnused(there));
        if (container.isEmpty()) {
            save.accept(entry, before.ended());
            return before.live()
                    ? Optional.of(
                            found(
                                    entry,
                                    Optional.empty(),
                                    Optional.empty(),
                                    "its container was removed while no agent was running"))
                    : Optional.empty();
        }
        var there = container.get();
        var isNew = !there.id().equals(before.container());
        if (isNew) {
            take(entry, there);
        }
        if (ContainerLaunch.isUp(there)) {
            var isSameRun = !isNew && before.startedAt().equals(there.state().startedAt());
            begin(entry, there, isSameRun ? before.run() : before.run() + 1);
            return Optional.of(
                    found(entry, Optional.of(there.state().pid()), Optional.empty(), ""));
        }
        if (!there.state().wasStarted() || (!isNew && !before.live())) {
            return Optional.empty();
        }
        if (isNew) {
            begin(entry, there, before.run() + 1);
        }
        save.accept(entry, entry.record.ended());
        return Optional.of(
                found(
                        entry,
                        Optional.empty(),
                        Optional.of(there.state().exitCode()),
                        isNew ? "before it was taken over" : "while no agent was running"));
    }

    private static ProcessDriver.Found found(
            ContainerEntry entry, Optional<Long> pid, Optional<Integer> exit, String detail) {
        return new ProcessDriver.Found(
                entry.record.run(), entry.record.runToken(), pid, exit, false, false, detail);
    }

    /** As it is, whoever made it: it stands for what is declared now. */
    private void take(ContainerEntry entry, ContainerDetails container) {
        entry.takenOver = true;
        var fingerprint = entry.plan().map(ContainerPlan::fingerprint).orElse("");
        var networks = entry.plan().map(ContainerPlan::ownNetworks).orElse(List.of());
        save.accept(
                entry,
                entry.record.of(container.id(), fingerprint).managed(entry.isManaged(), networks));
    }

    /** A run of the token that is wanted, if it is not one that is already known. */
    private void begin(ContainerEntry entry, ContainerDetails container, long run) {
        var known = entry.record.runToken();
        var token =
                known.isEmpty() || !entry.isManaged()
                        ? entry.spec.map(InstanceSpec::runToken).orElse(known)
                        : known;
        save.accept(entry, entry.record.running(run, token, container.state().startedAt()));
    }

    /** Compares what was known with what is there, and tells what is new of a run that goes on. */
    Change compare(ContainerEntry entry, Optional<ContainerDetails> container) {
        if (container.isEmpty()) {
            return entry.isLive() ? Change.ENDED : Change.SAME;
        }
        var there = container.get();
        var before = entry.record;
        var isUp = ContainerLaunch.isUp(there);
        if (!isUp) {
            return entry.isLive() ? Change.ENDED : Change.SAME;
        }
        var isNew = !there.id().equals(before.container());
        if (entry.isLive() && !isNew && before.startedAt().equals(there.state().startedAt())) {
            tellState(entry, there);
            return Change.SAME;
        }
        if (isNew) {
            take(entry, there);
        }
        begin(entry, there, before.run() + 1);
        entry.noticed = "";
        events.accept(
                entry.id,
                new MachineInput.Appeared(
                        entry.record.run(),
                        there.state().pid(),
                        entry.record.runToken(),
                        isNew
                                ? "its container was made by another hand"
                                : "started by another hand"));
        tellState(entry, there);
        return Change.APPEARED;
    }

    /** How well it is, and what another hand did to it. */
    void tellState(ContainerEntry entry, ContainerDetails container) {
        var run = entry.record.run();
        tellHealth(entry, container);
        var noticed = noticed(entry, container);
        if (!noticed.equals(entry.noticed)) {
            entry.noticed = noticed;
            events.accept(
                    entry.id, new MachineInput.Noticed(run, noticed, container.state().paused()));
        }
    }

    /**
     * What the engine's check says. Told of a new run before its start is, so that at no moment it
     * counts as one without a check, which dependants need not wait for.
     */
    void tellHealth(ContainerEntry entry, ContainerDetails container) {
        var run = entry.record.run();
        container
                .state()
                .health()
                .ifPresent(health ->
                        events.accept(
                                entry.id,
                                new MachineInput.HealthSeen(
                                        run,
                                        switch (health.status()) {
                                            case STARTING -> Health.STARTING;
                                            case HEALTHY ->
                                                    health.failures() > 0
                                                            ? Health.WARNING
                                                            : Health.PASSING;
                                            case UNHEALTHY -> Health.FAILING;
                                        },
                                        health.failures(),
                                        Mask.of(health.output()))));
    }

    private static String noticed(ContainerEntry entry, ContainerDetails container) {
        var all = new ArrayList<String>();
        if (container.state().paused()) {
            all.add("paused by another hand");
        }
        entry.plan()
                .filter(plan -> !plan.name().equals(container.name()))
                .ifPresent(plan ->
                        all.add(
                                "its container is called %s instead of %s"
                                        .formatted(container.name(), plan.name())));
        return String.join("; ", all);
    }

    // ---- ends

    /** What is known of an end besides its code. */
    static String detail(
            Optional<Integer> exit,
            String told,
            Optional<LogPump> pump,
            boolean outOfMemory,
            Supplier<Optional<ContainerDetails>> container) {
        var detail = new ArrayList<String>();
        if (!told.isEmpty()) {
            detail.add(told);
        }
        var line = pump.map(LogPump::lastErrorLine).orElse("");
        if (!line.isEmpty() && exit.filter(code -> code == 0).isEmpty()) {
            detail.add("last on stderr: " + line);
        }
        if (outOfMemory || isOutOfMemory(exit, container)) {
            detail.add("it had reached its memory limit");
        }
        return String.join("; ", detail);
    }

    private static boolean isOutOfMemory(
            Optional<Integer> exit, Supplier<Optional<ContainerDetails>> container) {
        if (exit.filter(code -> code == SIGKILL_EXIT).isEmpty()) {
            return false;
        }
        try {
            return container.get().filter(it -> it.state().outOfMemory()).isPresent();
        } catch (EngineException notKnown) {
            return false;
        }
    }

    /** Whether a start would be refused again, without a change by a person. */
    static MachineInput.Again again(EngineException refused) {
        return switch (refused.kind()) {
            case NO_SUCH_IMAGE, INVALID, UNSUPPORTED, CANNOT_RUN -> MachineInput.Again.NEVER;
            // A name is in conflict while the engine still makes what it was asked for before.
            case REGISTRY_AWAY, CONFLICT -> MachineInput.Again.UNCOUNTED;
            case ABSENT,
                    SLOW,
                    FORBIDDEN,
                    NO_SUCH_CONTAINER,
                    NOT_FOUND,
                    PORT_TAKEN,
                    OUT_OF_SPACE,
                    CANCELLED,
                    OTHER ->
                    MachineInput.Again.COUNTED;
        };
    }
}
