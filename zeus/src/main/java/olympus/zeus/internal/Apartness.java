package olympus.zeus.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import olympus.model.ServiceId;
import olympus.model.StackName;

/** Which services are not to be on one node, both ways whoever has said it. */
final class Apartness {

    private final Desired desired;
    private final Map<StackName, Map<String, Set<ServiceId>>> byStack = new HashMap<>();

    Apartness(Desired desired) {
        this.desired = desired;
    }

    Set<ServiceId> of(ServiceId service) {
        return byStack.computeIfAbsent(service.stack(), this::pairs)
                .getOrDefault(service.service(), Set.of());
    }

    private Map<String, Set<ServiceId>> pairs(StackName stack) {
        var pairs = new HashMap<String, Set<ServiceId>>();
        desired.stack(stack)
                .flatMap(Desired.StackRecords::current)
                .ifPresent(definition ->
                        definition
                                .services()
                                .forEach((name, service) ->
                                        service.deploy()
                                                .where()
                                                .apartFrom()
                                                .forEach(other -> {
                                                    add(pairs, stack, name, other);
                                                    add(pairs, stack, other, name);
                                                })));
        return pairs;
    }

    private static void add(
            Map<String, Set<ServiceId>> pairs, StackName stack, String name, String other) {
        pairs.computeIfAbsent(name, _ -> new TreeSet<>()).add(new ServiceId(stack, other));
    }
}
