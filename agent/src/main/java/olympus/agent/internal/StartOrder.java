package olympus.agent.internal;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import olympus.model.InstanceId;
import olympus.model.graph.StartGate;
import olympus.model.stack.Dependency;
import olympus.model.state.InstanceSpec;

/** Whether what an instance depends on is there, as far as this node sees it. Pure. */
final class StartOrder {

    private StartOrder() {}

    /**
     * The sentence that says what is still missing; what runs on other nodes only cannot be seen
     * and does not count.
     */
    static Optional<String> missing(InstanceSpec spec, Collection<InstanceMachine> machines) {
        Map<String, Dependency> local = new TreeMap<>(spec.definition().dependsOn());
        local.keySet().removeIf(name -> of(spec, name, machines).isEmpty());
        return StartGate.waitingFor(local, name -> Optional.of(seen(of(spec, name, machines))));
    }

    private static StartGate.Seen seen(List<InstanceMachine> machines) {
        return new StartGate.Seen(
                machines.size(), machines.stream().map(InstanceMachine::observation).toList());
    }

    private static List<InstanceMachine> of(
            InstanceSpec spec, String service, Collection<InstanceMachine> machines) {
        return machines.stream()
                .filter(machine ->
                        machine.id().service().stack().equals(spec.id().service().stack())
                                && machine.id().service().service().equals(service))
                .toList();
    }

    /** Whether something that depends on this instance is still being ended for good. */
    static boolean hasDependantThatStops(
            InstanceId id,
            Collection<InstanceMachine> machines,
            Map<InstanceId, InstanceSpec> specs) {
        return machines.stream()
                .filter(machine -> machine.id().service().stack().equals(id.service().stack()))
                .filter(InstanceMachine::isEndingForGood)
                .map(machine -> Optional.ofNullable(specs.get(machine.id())))
                .flatMap(Optional::stream)
                .anyMatch(
                        spec -> spec.definition().dependsOn().containsKey(id.service().service()));
    }
}
