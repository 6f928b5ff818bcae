package olympus.zeus.internal;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import olympus.model.stack.ServiceDefinition;

/**
 * Which services are restarted with others: those that say {@code depends_on.<service>.restart:
 * true}, and in turn theirs. Pure.
 */
final class Dependants {

    private Dependants() {}

    /**
     * @param restarted what is restarted or replaced by order
     * @return those besides {@code restarted}
     */
    static Set<String> restartedWith(
            Collection<String> restarted, Map<String, ServiceDefinition> services) {
        var all = new TreeSet<>(restarted);
        var grows = true;
        while (grows) {
            grows = false;
            for (var service : services.values()) {
                var follows =
                        service.dependsOn().entrySet().stream()
                                .anyMatch(needed ->
                                        needed.getValue().restarts()
                                                && all.contains(needed.getKey()));
                grows |= follows && all.add(service.name());
            }
        }
        all.removeAll(restarted);
        return all;
    }
}
