package olympus.agent.internal;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import olympus.engine.ContainerEngine;
import olympus.engine.EngineException;
import olympus.engine.RestartRule;
import olympus.engine.SettingDifference;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceSpec;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeAnswer.Difference;
import olympus.model.state.NodeAnswer.InstanceSettings;

/**
 * In what the instances of this node differ from what is declared of them: containers by what their
 * engine tells, processes by how their shim was started. Threading: any thread; blocks.
 */
final class NodeSettings {

    private final ContainerEngine engine;
    private final ContainerLaunch launch;
    private final ProcessSettings processes;
    private final AcceptedSpecs accepted;
    private final Supplier<Map<SecretRef, String>> secrets;

    /**
     * @param secrets in clear, asked for each time
     */
    NodeSettings(
            ContainerEngine engine,
            ContainerLaunch launch,
            ProcessSettings processes,
            AcceptedSpecs accepted,
            Supplier<Map<SecretRef, String>> secrets) {
        this.engine = engine;
        this.launch = launch;
        this.processes = processes;
        this.accepted = accepted;
        this.secrets = secrets;
    }

    /**
     * @param instances as they are declared, which is not always what was ordered
     */
    NodeAnswer answer(List<InstanceSpec> instances) {
        var specs = accepted.now();
        var clear = secrets.get();
        var all = new ArrayList<InstanceSettings>();
        for (var declared : instances) {
            all.add(
                    Optional.ofNullable(specs.get(declared.id()))
                            .map(ordered -> answer(ordered, declared, clear))
                            .orElseGet(() ->
                                    problem(declared.id(), "it is not assigned to this node")));
        }
        return new NodeAnswer.Settings(all);
    }

    private InstanceSettings answer(
            InstanceSpec ordered, InstanceSpec spec, Map<SecretRef, String> clear) {
        try {
            return switch (spec.definition().workload()) {
                case Workload.Container ignored -> container(ordered, spec, clear);
                case Workload.Process ignored -> processes.of(spec, clear);
                // Its settings are systemd's own; nothing of them is declared.
                case Workload.Unit ignored ->
                        new InstanceSettings(spec.id(), List.of(), Optional.empty());
            };
        } catch (EngineException | UncheckedIOException e) {
            return problem(spec.id(), String.valueOf(e.getMessage()));
        }
    }

    private InstanceSettings container(
            InstanceSpec ordered, InstanceSpec spec, Map<SecretRef, String> clear) {
        var plan = ContainerPlan.of(spec).orElseThrow();
        // Under the name that it was told to have, else under the one that is declared.
        var there =
                launch.find(ContainerRecord.NONE, ContainerPlan.of(ordered))
                        .or(() -> launch.find(ContainerRecord.NONE, Optional.of(plan)));
        if (there.isEmpty()) {
            return problem(spec.id(), "there is no container " + plan.name());
        }
        var isManaged = ContainerEntry.manages(ordered) || ContainerEntry.manages(spec);
        var rule = isManaged ? RestartRule.NO : plan.declaredRule();
        var declared =
                plan.creation(plan.name(), "", clear, Map.of(), launch.peers(plan)).with(rule);
        var missing = plan.missingSecrets(clear);
        return new InstanceSettings(
                spec.id(),
                engine.differences(there.get().id(), declared).stream()
                        .map(NodeSettings::difference)
                        .toList(),
                missing.isEmpty()
                        ? Optional.empty()
                        : Optional.of("its secrets %s are not on this node".formatted(missing)));
    }

    private static Difference difference(SettingDifference found) {
        return new Difference(
                found.path(),
                Optional.of(found.declared()).filter(text -> !text.isEmpty()),
                Optional.of(found.observed()).filter(text -> !text.isEmpty()));
    }

    static InstanceSettings problem(InstanceId id, String why) {
        return new InstanceSettings(id, List.of(), Optional.of(why));
    }
}
