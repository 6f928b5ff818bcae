package olympus.agent.internal;

import java.time.Duration;
import java.util.Optional;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceSpec;
import olympus.model.state.InstanceSpec.Desired;

/**
 * How far the replacement of a live run has come. A container's successor is made ready beside it,
 * so that what cannot be made does not end what works; a process is just ended.
 */
final class Replacing {

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private String token = "";
    private boolean ready;
    private boolean underWay;
    private long againAtNanos;
    private Duration pause = FIRST_PAUSE;

    /** Whether the live run may be ended now. */
    boolean isReady(InstanceSpec next) {
        return !(next.definition().workload() instanceof Workload.Container)
                || (token.equals(next.runToken()) && ready);
    }

    /** Whether it is to be prepared now. */
    boolean begin(InstanceSpec next, long nowNanos) {
        if (!token.equals(next.runToken())) {
            token = next.runToken();
            ready = false;
            underWay = false;
            pause = FIRST_PAUSE;
            againAtNanos = nowNanos;
        }
        if (underWay || nowNanos - againAtNanos < 0) {
            return false;
        }
        underWay = true;
        return true;
    }

    /**
     * Ends it, unless it is still what is wanted; answers whether something may have been made
     * ready that is not.
     */
    boolean abandon(Optional<InstanceSpec> next, String runToken) {
        var goesOn =
                next.filter(spec -> spec.desired() == Desired.RUN || spec.desired() == Desired.HOLD)
                        .map(InstanceSpec::runToken)
                        .filter(wanted -> !wanted.equals(runToken))
                        .isPresent();
        if (token.isEmpty() || goesOn) {
            return false;
        }
        token = "";
        ready = false;
        underWay = false;
        return true;
    }

    void prepared(String preparedToken) {
        if (token.equals(preparedToken)) {
            ready = true;
            underWay = false;
        }
    }

    /** After how long it is tried again; empty when that run is not wanted any more. */
    Optional<Duration> failed(MachineInput.PrepareFailed failed, long nowNanos) {
        if (!token.equals(failed.runToken())) {
            return Optional.empty();
        }
        var wait = pause;
        underWay = false;
        againAtNanos = nowNanos + wait.toNanos();
        pause = pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        return Optional.of(wait);
    }

    static String remark(MachineInput.PrepareFailed failed, Duration again) {
        return "not replaced, the old run goes on: %s; tried again in %s"
                .formatted(failed.reason(), Sentences.duration(again));
    }
}
