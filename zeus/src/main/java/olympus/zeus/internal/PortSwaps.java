package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import olympus.model.Cycles;
import olympus.model.ServiceId;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;

/**
 * Finds services of one stack whose update would wait for itself: each can be replaced only after
 * another one, because that holds a port it gets, or because it depends on it.
 */
final class PortSwaps {

    private PortSwaps() {}

    /** A sentence for each circle. */
    static List<String> of(StackDefinition definition, Desired desired) {
        var replaced = replaced(definition, desired);
        var after = new TreeMap<String, Set<String>>();
        var reasons = new HashMap<String, String>();
        for (var service : replaced.values()) {
            var name = service.name();
            var others = new TreeSet<>(service.dependsOn().keySet());
            others.retainAll(replaced.keySet());
            others.forEach(other ->
                    reasons.put(name + " " + other, "%s depends on %s".formatted(name, other)));
            holders(service, definition, desired)
                    .forEach((other, port) -> {
                        if (replaced.containsKey(other)) {
                            others.add(other);
                            reasons.put(
                                    name + " " + other,
                                    "%s gets port %d, which %s uses now"
                                            .formatted(name, port, other));
                        }
                    });
            after.put(name, others);
        }
        return Cycles.in(after).stream()
                .map(cycle -> sentence(definition, cycle, reasons))
                .toList();
    }

    /** Services with instances that a rollout would replace: not those that are stopped by hand. */
    private static Map<String, ServiceDefinition> replaced(
            StackDefinition definition, Desired desired) {
        var replaced = new TreeMap<String, ServiceDefinition>();
        for (var service : definition.services().values()) {
            var id = new ServiceId(definition.name(), service.name());
            var was = desired.declared(id);
            if (was.isPresent()
                    && StackDifference.needsReplacement(was.get(), service)
                    && desired.state(id).hold().isEmpty()
                    && !desired.instancesOf(id).isEmpty()) {
                replaced.put(service.name(), service);
            }
        }
        return replaced;
    }

    /**
     * Other services that have on one of its nodes what {@code service} gets there, and the port.
     */
    private static Map<String, Integer> holders(
            ServiceDefinition service, StackDefinition definition, Desired desired) {
        var id = new ServiceId(definition.name(), service.name());
        var holders = new TreeMap<String, Integer>();
        for (var stored : desired.instancesOf(id).values()) {
            var record = stored.value();
            for (var claim : Placement.claims(service, record.id())) {
                for (var other : definition.services().keySet()) {
                    desired.instancesOf(new ServiceId(id.stack(), other)).values().stream()
                            .filter(r -> isHeldBy(r, record.placement().node(), claim, desired))
                            .forEach(r -> holders.putIfAbsent(other, claim.port()));
                }
            }
        }
        holders.remove(id.service());
        return holders;
    }

    private static boolean isHeldBy(
            Versioned<olympus.model.state.InstanceRecord> stored,
            olympus.model.NodeId node,
            Placement.Claim wanted,
            Desired desired) {
        var record = stored.value();
        return record.placement().node().equals(node)
                && desired.definitionOf(record).stream()
                        .flatMap(d -> Placement.claims(d, record.id()).stream())
                        .anyMatch(wanted::collidesWith);
    }

    private static String sentence(
            StackDefinition definition, List<String> cycle, Map<String, String> reasons) {
        var parts = new ArrayList<String>();
        for (var i = 0; i + 1 < cycle.size(); i++) {
            parts.add(reasons.getOrDefault(cycle.get(i) + " " + cycle.get(i + 1), ""));
        }
        return "stack %s cannot be updated in one step: %s; stop %s by hand first, apply, then start it"
                .formatted(definition.name(), String.join(", ", parts), cycle.getFirst());
    }
}
