package olympus.zeus.internal;

import java.util.Map;
import java.util.Optional;
import olympus.model.ServiceId;
import olympus.model.stack.Dependency;
import olympus.model.stack.ServiceDefinition;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord;

/**
 * Decides whether what a service depends on is there. A replica of a dependency that was given up
 * does not block as long as another one is well; one that is still starting does.
 */
final class Dependencies {

    private Dependencies() {}

    /** Why {@code service} has to wait, empty when every condition is met. */
    static Optional<String> missing(
            ServiceId service, ServiceDefinition definition, Desired desired, Observed observed) {
        for (var entry : definition.dependsOn().entrySet()) {
            var missing = missing(service, entry, desired, observed);
            if (missing.isPresent()) {
                return missing;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> missing(
            ServiceId service,
            Map.Entry<String, Dependency> entry,
            Desired desired,
            Observed observed) {
        var other = new ServiceId(service.stack(), entry.getKey());
        var dependency = entry.getValue();
        if (desired.declared(other).isEmpty()) {
            return dependency.required()
                    ? Optional.of("waits for " + other + ", which is not declared")
                    : Optional.empty();
        }
        var hold = desired.state(other).hold();
        if (hold.isPresent()) {
            return dependency.required()
                    ? Optional.of(
                            "waits for %s, which %s stopped; `olympus start %s` ends that"
                                    .formatted(other, hold.get().by(), other))
                    : Optional.empty();
        }
        return judge(other, dependency, desired, observed);
    }

    private static Optional<String> judge(
            ServiceId other, Dependency dependency, Desired desired, Observed observed) {
        var lastHeard = new LastHeard(desired, observed);
        var met = 0;
        var givenUp = 0;
        var unmet = "";
        for (var stored : desired.instancesOf(other).values()) {
            var record = stored.value();
            if (record.order().phase().isGoing() || !Trials.isPublished(record, desired)) {
                continue;
            }
            if (isMet(record, dependency.condition(), observed)
                    || isCompleted(record, dependency.condition(), lastHeard)) {
                met++;
            } else if (isGivenUp(record, observed)) {
                givenUp++;
                unmet = record.id() + " was given up: " + reason(record, observed);
            } else {
                return Optional.of(
                        "waits for %s %s".formatted(record.id(), words(dependency.condition())));
            }
        }
        if (met > 0
                && (givenUp == 0
                        || dependency.condition() != Dependency.Condition.COMPLETED_SUCCESSFULLY)) {
            return Optional.empty();
        }
        if (givenUp > 0) {
            return dependency.required()
                    ? Optional.of("waits for %s, but %s".formatted(other, unmet))
                    : Optional.empty();
        }
        return Optional.of("waits for %s %s".formatted(other, words(dependency.condition())));
    }

    private static boolean isMet(
            InstanceRecord record, Dependency.Condition condition, Observed observed) {
        var seen = observed.of(record);
        if (seen.isEmpty() || !observed.connected(record.placement().node())) {
            return false;
        }
        var observation = seen.get().observation();
        return switch (condition) {
            case STARTED -> observation.state() == State.RUNNING;
            case HEALTHY -> observation.isWell();
            case COMPLETED_SUCCESSFULLY -> false;
        };
    }

    /** That stays so when its node goes away. */
    private static boolean isCompleted(
            InstanceRecord record, Dependency.Condition condition, LastHeard lastHeard) {
        return condition != Dependency.Condition.HEALTHY
                && lastHeard
                        .ended(record)
                        .filter(seen -> seen.state() == State.COMPLETED)
                        .flatMap(InstanceObservation::lastExit)
                        .filter(code -> code == 0)
                        .isPresent();
    }

    private static boolean isGivenUp(InstanceRecord record, Observed observed) {
        return observed.of(record)
                .filter(i -> i.observation().state() == State.GIVEN_UP)
                .isPresent();
    }

    private static String reason(InstanceRecord record, Observed observed) {
        return observed.of(record).map(i -> i.observation().reason()).orElse("unknown");
    }

    private static String words(Dependency.Condition condition) {
        return switch (condition) {
            case STARTED -> "to be started";
            case HEALTHY -> "to be healthy";
            case COMPLETED_SUCCESSFULLY -> "to complete successfully";
        };
    }
}
