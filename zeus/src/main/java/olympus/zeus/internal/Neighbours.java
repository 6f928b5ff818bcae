package olympus.zeus.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.Pinning;
import olympus.model.stack.StackDefinition;

/**
 * Which services belong on one node, because they share a network of one node or a namespace: as a
 * rule all of a Compose project. What is to run on every node has no neighbours. Made for one
 * planning; each stack is looked at when it is first asked about.
 */
final class Neighbours {

    private final Desired desired;
    private final Map<StackName, Map<String, NavigableSet<String>>> groups = new HashMap<>();

    Neighbours(Desired desired) {
        this.desired = desired;
    }

    /** Of a service, with itself; empty for one that has none. */
    Set<String> of(ServiceId service) {
        return groups.computeIfAbsent(service.stack(), this::groups)
                .getOrDefault(service.service(), new TreeSet<>());
    }

    private Map<String, NavigableSet<String>> groups(StackName stack) {
        return desired.stack(stack)
                .flatMap(Desired.StackRecords::current)
                .map(Neighbours::groups)
                .orElse(Map.of());
    }

    private static Map<String, NavigableSet<String>> groups(StackDefinition definition) {
        var byMember = new HashMap<String, NavigableSet<String>>();
        for (var group : Pinning.together(definition).values()) {
            var members = new TreeSet<>(group);
            members.removeIf(name -> isEverywhere(definition, name));
            if (members.size() > 1) {
                members.forEach(name -> byMember.put(name, members));
            }
        }
        return byMember;
    }

    private static boolean isEverywhere(StackDefinition definition, String name) {
        var service = definition.services().get(name);
        return service != null && service.deploy().mode() == DeployPolicy.Mode.GLOBAL;
    }
}
