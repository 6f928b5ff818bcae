package olympus.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cycles in a directed graph. Walks without recursion: a chain may be as long as the graph is
 * large.
 */
public final class Cycles {

    private Cycles() {}

    private record Step<T>(T at, Iterator<? extends T> left) {}

    /**
     * One cycle for each edge that closes one in a depth-first walk in the map's order, each from
     * its first member back to it; empty exactly when there is none. Edges to what is no key of the
     * map are ignored.
     */
    public static <T> List<List<T>> in(Map<T, ? extends Collection<? extends T>> edges) {
        var cycles = new ArrayList<List<T>>();
        var done = new HashSet<T>();
        edges.keySet().forEach(start -> walk(start, edges, done, cycles));
        return cycles;
    }

    private static <T> void walk(
            T start,
            Map<T, ? extends Collection<? extends T>> edges,
            Set<T> done,
            List<List<T>> cycles) {
        Deque<Step<T>> steps = new ArrayDeque<>();
        var path = new LinkedHashSet<T>();
        enter(start, edges, done, steps, path);
        while (!steps.isEmpty()) {
            var step = steps.getLast();
            if (!step.left().hasNext()) {
                steps.removeLast();
                path.remove(step.at());
                done.add(step.at());
                continue;
            }
            var next = step.left().next();
            if (path.contains(next)) {
                cycles.add(cycle(path, next));
            } else {
                enter(next, edges, done, steps, path);
            }
        }
    }

    private static <T> void enter(
            T node,
            Map<T, ? extends Collection<? extends T>> edges,
            Set<T> done,
            Deque<Step<T>> steps,
            Set<T> path) {
        var to = edges.get(node);
        if (to != null && !done.contains(node)) {
            steps.addLast(new Step<>(node, to.iterator()));
            path.add(node);
        }
    }

    private static <T> List<T> cycle(Collection<T> path, T closing) {
        var list = new ArrayList<>(path);
        var cycle = new ArrayList<>(list.subList(list.indexOf(closing), list.size()));
        cycle.add(closing);
        return cycle;
    }
}
