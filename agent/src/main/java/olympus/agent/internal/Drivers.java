package olympus.agent.internal;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.stack.StopPolicy;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceSpec;

/**
 * Each instance's driver by its workload; a run is ended by the driver that began it, also when the
 * workload is another one by now. Threading: the supervision loop.
 */
final class Drivers implements Driver {

    private final InstanceFolders folders;
    private final ProcessDriver processes;
    private final ContainerDriver containers;
    private final Map<InstanceId, Driver> running = new HashMap<>();

    Drivers(InstanceFolders folders, ProcessDriver processes, ContainerDriver containers) {
        this.folders = folders;
        this.processes = processes;
        this.containers = containers;
    }

    @Override
    public void start(InstanceSpec spec, long run, Map<SecretRef, String> secrets) {
        switch (spec.definition().workload()) {
            case Workload.Process ignored -> {
                containers.leave(spec.id());
                start(processes, spec, run, secrets);
            }
            case Workload.Container ignored -> start(containers, spec, run, secrets);
            // Not run from here; the process driver refuses it with its reason.
            case Workload.Unit ignored -> start(processes, spec, run, secrets);
        }
    }

    private void start(Driver driver, InstanceSpec spec, long run, Map<SecretRef, String> secrets) {
        running.put(spec.id(), driver);
        driver.start(spec, run, secrets);
    }

    @Override
    public void prepare(InstanceSpec spec, Map<SecretRef, String> secrets) {
        containers.prepare(spec, secrets);
    }

    @Override
    public void wanted(InstanceSpec spec) {
        containers.wanted(spec);
    }

    @Override
    public Adoption adopt(InstanceId id, Optional<InstanceSpec> wanted) {
        var isContainer =
                wanted.filter(spec -> spec.definition().workload() instanceof Workload.Container)
                        .isPresent();
        if (!containers.knows(id) || lastRunWasAProcess(id)) {
            var process = processes.adopt(id, wanted);
            if (process instanceof Adoption.There || !isContainer) {
                running.put(id, processes);
                return process;
            }
        }
        running.put(id, containers);
        return containers.adopt(id, wanted);
    }

    private boolean lastRunWasAProcess(InstanceId id) {
        return folders.runs(id).stream()
                .findFirst()
                .map(run -> folders.run(id, run).path().resolve("child"))
                .filter(Files::exists)
                .isPresent();
    }

    @Override
    public void stop(InstanceId id, long run, StopPolicy policy) {
        running.getOrDefault(id, processes).stop(id, run, policy);
    }

    @Override
    public void forget(InstanceId id) {
        running.remove(id);
        processes.forget(id);
        containers.forget(id);
    }

    @Override
    public List<String> problems() {
        var all = new ArrayList<>(processes.problems());
        all.addAll(containers.problems());
        return all;
    }
}
