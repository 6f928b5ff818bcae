package olympus.agent.internal;

import java.util.Collection;
import java.util.Optional;
import olympus.model.stack.Dependency;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec;

/** Whether what an instance depends on is there, as far as this node sees it. Pure. */
final class StartOrder {

    private StartOrder() {}

    /**
     * The sentence that says what is still missing; dependencies on other nodes cannot be seen and
     * do not count.
     */
    static Optional<String> missing(InstanceSpec spec, Collection<InstanceMachine> machines) {
        for (var dependency : spec.definition().dependsOn().entrySet()) {
            for (var machine : machines) {
                var service = machine.id().service();
                if (service.stack().equals(spec.id().service().stack())
                        && service.service().equals(dependency.getKey())
                        && isMissing(machine.observation(), dependency.getValue())) {
                    return Optional.of(
                            "waits for %s to be %s"
                                    .formatted(
                                            machine.id(), word(dependency.getValue().condition())));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isMissing(InstanceObservation seen, Dependency dependency) {
        if (!dependency.required() && seen.state() == State.GIVEN_UP) {
            return false;
        }
        return switch (dependency.condition()) {
            case STARTED -> seen.state() != State.RUNNING && seen.state() != State.COMPLETED;
            case HEALTHY -> !seen.isWell() && seen.state() != State.COMPLETED;
            case COMPLETED_SUCCESSFULLY -> seen.state() != State.COMPLETED;
        };
    }

    private static String word(Dependency.Condition condition) {
        return switch (condition) {
            case STARTED -> "started";
            case HEALTHY -> "healthy";
            case COMPLETED_SUCCESSFULLY -> "completed";
        };
    }
}
