package olympus.agent.internal;

import java.time.Duration;
import java.util.Optional;
import olympus.model.stack.Probe;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.StopPolicy;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceSpec;
import olympus.model.state.InstanceSpec.Desired;

/** What is wanted of an instance, and what was last while nothing is wanted any more. */
final class Wish {

    private Optional<InstanceSpec> spec = Optional.empty();
    private StopPolicy lastStopPolicy = StopPolicy.DEFAULT;
    private Desired lastDesired = Desired.RUN;
    private boolean lastIsUnit;

    /** Empty when the instance is not assigned any more. */
    void become(Optional<InstanceSpec> wanted) {
        spec = wanted;
        wanted.ifPresent(specification -> {
            lastStopPolicy = specification.definition().stop();
            lastDesired = specification.desired();
            lastIsUnit = specification.definition().workload() instanceof Workload.Unit;
        });
    }

    Optional<InstanceSpec> spec() {
        return spec;
    }

    boolean is(Desired desired) {
        return spec.filter(wanted -> wanted.desired() == desired).isPresent();
    }

    /** Whether it is, or was to the end, nothing that is started or ended from here. */
    boolean isOnlyWatched() {
        return switch (lastDesired) {
            case WATCH, RELEASE -> true;
            case RUN, HOLD, STOP -> false;
        };
    }

    /** A process of Olympus' own: nobody else could look after it. */
    boolean isProcess() {
        return spec.filter(wanted -> wanted.definition().workload() instanceof Workload.Process)
                .isPresent();
    }

    /** Whether it is, or was to the end, a unit of systemd, which is nobody else's to take away. */
    boolean isUnit() {
        return lastIsUnit;
    }

    /** The reason given with the order. */
    String why(String otherwise) {
        return spec.flatMap(InstanceSpec::desiredReason).orElse(otherwise);
    }

    Optional<Probe> probe() {
        return spec.flatMap(wanted -> wanted.definition().probe());
    }

    RecoveryPolicy policy() {
        return spec.map(wanted -> wanted.definition().recovery()).orElse(RecoveryPolicy.DEFAULT);
    }

    /** Whether a run of this token is what is wanted. */
    boolean isOf(String runToken) {
        return spec.filter(wanted -> wanted.runToken().equals(runToken)).isPresent();
    }

    /** How long an instance must have been well for its restarts to be forgotten. */
    Optional<Duration> healthyWhile() {
        return spec.map(wanted -> wanted.definition().recovery().within());
    }

    StopPolicy stopPolicy() {
        return lastStopPolicy;
    }
}
