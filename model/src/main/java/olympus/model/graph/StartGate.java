package olympus.model.graph;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import olympus.model.stack.Dependency;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.State;

/**
 * Decides whether a service may start for the first time, by the conditions it declares. Pure: Zeus
 * asks it with what all nodes report, an agent at a cold boot without a server with what it sees
 * itself.
 */
public final class StartGate {

    private StartGate() {}

    /**
     * What is seen of a service that others depend on.
     *
     * @param desired how many instances it shall have
     * @param instances those that are known
     */
    public record Seen(int desired, List<InstanceObservation> instances) {
        public Seen {
            instances = List.copyOf(instances);
        }
    }

    /**
     * What a service still waits for, as a sentence; empty when it may start.
     *
     * <p>A service with several instances counts as there when each is there or has been given up,
     * and one is there.
     *
     * @param dependencies as declared, by service name
     * @param look what is seen of a service of the same stack, empty when there is no such service
     */
    public static Optional<String> waitingFor(
            Map<String, Dependency> dependencies, Function<String, Optional<Seen>> look) {
        var sentences =
                new TreeMap<>(dependencies)
                        .entrySet().stream()
                                .flatMap(entry ->
                                        waitingFor(
                                                entry.getKey(),
                                                entry.getValue(),
                                                look.apply(entry.getKey()))
                                                .stream())
                                .collect(Collectors.joining("; "));
        return sentences.isEmpty() ? Optional.empty() : Optional.of(sentences);
    }

    private static Optional<String> waitingFor(
            String on, Dependency dependency, Optional<Seen> look) {
        if (look.isEmpty()) {
            return when(dependency.required(), "waits for " + on + ", which does not exist");
        }
        var seen = look.get();
        if (seen.desired() == 0) {
            return when(
                    dependency.required(), "waits for " + on + ", which shall have no instances");
        }
        var there = count(seen, instance -> isThere(dependency.condition(), instance));
        var givenUp = count(seen, instance -> instance.state() == State.GIVEN_UP);
        if (there > 0 && there + givenUp >= seen.desired()) {
            return Optional.empty();
        }
        if (givenUp >= seen.desired()) {
            return when(dependency.required(), "waits for " + on + ", which has been given up");
        }
        if (count(seen, instance -> instance.state() == State.STOPPED) >= seen.desired()) {
            return Optional.of("waits for " + on + ", which is stopped");
        }
        return Optional.of(
                "waits for "
                        + on
                        + " to "
                        + verb(dependency.condition())
                        + progress(there, seen.desired()));
    }

    private static Optional<String> when(boolean condition, String sentence) {
        return condition ? Optional.of(sentence) : Optional.empty();
    }

    private static boolean isThere(Dependency.Condition condition, InstanceObservation instance) {
        return switch (condition) {
            case STARTED ->
                    instance.state() == State.RUNNING || instance.state() == State.COMPLETED;
            case HEALTHY -> instance.isWell();
            case COMPLETED_SUCCESSFULLY -> instance.state() == State.COMPLETED;
        };
    }

    private static String verb(Dependency.Condition condition) {
        return switch (condition) {
            case STARTED -> "start";
            case HEALTHY -> "be healthy";
            case COMPLETED_SUCCESSFULLY -> "complete";
        };
    }

    private static String progress(long there, int desired) {
        return desired == 1 ? "" : " (%d of %d)".formatted(there, desired);
    }

    private static long count(Seen seen, Predicate<InstanceObservation> which) {
        return seen.instances().stream().filter(which).count();
    }
}
