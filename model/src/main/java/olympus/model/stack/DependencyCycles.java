package olympus.model.stack;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cycles among the dependencies of a stack's services. Walks without recursion: a chain may be as
 * long as a stack.
 */
final class DependencyCycles {

    private DependencyCycles() {}

    private record Step(String service, Iterator<String> left) {}

    /**
     * Cycles, each from its first service back to it; one for each service that closes one in a
     * walk in name order.
     */
    static List<List<String>> of(Map<String, ServiceDefinition> services) {
        var cycles = new ArrayList<List<String>>();
        var done = new HashSet<String>();
        for (var start : services.keySet()) {
            walk(start, services, done, cycles);
        }
        return cycles;
    }

    private static void walk(
            String start,
            Map<String, ServiceDefinition> services,
            Set<String> done,
            List<List<String>> cycles) {
        if (done.contains(start)) {
            return;
        }
        Deque<Step> steps = new ArrayDeque<>();
        var path = new LinkedHashSet<String>();
        enter(start, services, steps, path);
        while (!steps.isEmpty()) {
            var step = steps.getLast();
            if (!step.left().hasNext()) {
                steps.removeLast();
                path.remove(step.service());
                done.add(step.service());
                continue;
            }
            var next = step.left().next();
            if (path.contains(next)) {
                cycles.add(cycle(path, next));
            } else if (!done.contains(next) && services.containsKey(next)) {
                enter(next, services, steps, path);
            }
        }
    }

    private static void enter(
            String service,
            Map<String, ServiceDefinition> services,
            Deque<Step> steps,
            Set<String> path) {
        var definition = services.get(service);
        if (definition != null) {
            steps.addLast(new Step(service, definition.dependsOn().keySet().iterator()));
            path.add(service);
        }
    }

    private static List<String> cycle(Set<String> path, String closing) {
        var list = new ArrayList<>(path);
        var cycle = new ArrayList<>(list.subList(list.indexOf(closing), list.size()));
        cycle.add(closing);
        return cycle;
    }
}
