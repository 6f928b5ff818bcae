package olympus.agent.internal;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceSpec;

/**
 * Each instance's driver by its workload; a run is ended by the driver that began it, also when the
 * workload is another one by now. Threading: the supervision loop.
 */
final class Drivers implements Driver {

    private final WorkloadAllowance allowance;
    private final BiConsumer<InstanceId, MachineInput> told;
    private final InstanceFolders folders;
    private final ProcessDriver processes;
    private final ContainerDriver containers;
    private final UnitDriver units;
    private final Map<InstanceId, Driver> running = new HashMap<>();

    /**
     * @param told hears later, not from within a call, of what is refused
     */
    Drivers(
            WorkloadAllowance allowance,
            BiConsumer<InstanceId, MachineInput> told,
            InstanceFolders folders,
            ProcessDriver processes,
            ContainerDriver containers,
            UnitDriver units) {
        this.allowance = allowance;
        this.told = told;
        this.folders = folders;
        this.processes = processes;
        this.containers = containers;
        this.units = units;
    }

    @Override
    public void start(InstanceSpec spec, long run, Map<SecretRef, String> secrets) {
        var refusal = allowance.refusal(spec.definition());
        if (refusal.isPresent()) {
            told.accept(
                    spec.id(),
                    new MachineInput.StartFailed(run, refusal.get(), MachineInput.Again.NEVER));
            return;
        }
        switch (spec.definition().workload()) {
            case Workload.Process ignored -> {
                containers.leave(spec.id());
                units.leave(spec.id());
                start(processes, spec, run, secrets);
            }
            case Workload.Container ignored -> {
                units.leave(spec.id());
                start(containers, spec, run, secrets);
            }
            case Workload.Unit ignored -> {
                containers.leave(spec.id());
                start(units, spec, run, secrets);
            }
        }
    }

    private void start(Driver driver, InstanceSpec spec, long run, Map<SecretRef, String> secrets) {
        running.put(spec.id(), driver);
        driver.start(spec, run, secrets);
    }

    @Override
    public void prepare(InstanceSpec spec, Map<SecretRef, String> secrets) {
        var refusal = allowance.refusal(spec.definition());
        if (refusal.isPresent()) {
            told.accept(spec.id(), new MachineInput.PrepareFailed(spec.runToken(), refusal.get()));
            return;
        }
        containers.prepare(spec, secrets);
    }

    @Override
    public void discard(InstanceId id) {
        containers.discard(id);
    }

    @Override
    public void letGo(InstanceId id, Runnable done) {
        running.getOrDefault(id, processes).letGo(id, done);
    }

    @Override
    public void wanted(InstanceSpec spec) {
        containers.wanted(spec);
        units.wanted(spec);
    }

    @Override
    public void wanted(Map<InstanceId, InstanceSpec> all) {
        all.values().forEach(this::wanted);
        containers.removeOthers(all.keySet());
    }

    @Override
    public Adoption adopt(InstanceId id, Optional<InstanceSpec> wanted) {
        var others = others(id, wanted);
        if ((!containers.knows(id) && !units.knows(id)) || lastRunWasAProcess(id)) {
            var process = processes.adopt(id, wanted);
            if (process instanceof Adoption.There || others.isEmpty()) {
                running.put(id, processes);
                return process;
            }
        }
        var driver = others.orElse(containers);
        running.put(id, driver);
        return driver.adopt(id, wanted);
    }

    /** What may be there that outlives agents by itself: as it was before, else as it is wanted. */
    private Optional<Driver> others(InstanceId id, Optional<InstanceSpec> wanted) {
        if (units.knows(id)) {
            return Optional.of(units);
        }
        if (containers.knows(id)) {
            return Optional.of(containers);
        }
        return wanted.flatMap(spec ->
                switch (spec.definition().workload()) {
                    case Workload.Process ignored -> Optional.empty();
                    case Workload.Container ignored -> Optional.of(containers);
                    case Workload.Unit ignored -> Optional.of(units);
                });
    }

    private boolean lastRunWasAProcess(InstanceId id) {
        return folders.runs(id).stream()
                .findFirst()
                .map(run -> folders.run(id, run).path().resolve("child"))
                .filter(Files::exists)
                .isPresent();
    }

    @Override
    public void stop(InstanceId id, MachineAction.Stop stop) {
        running.getOrDefault(id, processes).stop(id, stop);
    }

    @Override
    public void forget(InstanceId id) {
        running.remove(id);
        processes.forget(id);
        containers.forget(id);
        units.forget(id);
    }

    @Override
    public List<String> problems() {
        var all = new ArrayList<>(processes.problems());
        all.addAll(containers.problems());
        all.addAll(units.problems());
        return all;
    }
}
