package olympus.agent.internal;

import java.util.Optional;
import olympus.foundation.Mask;
import olympus.model.stack.Probe;
import olympus.model.state.InstanceObservation.Health;

/** What the probe results of one run add up to. Threading: one thread. */
final class HealthCounter {

    private Health health = Health.NONE;
    private int failures;
    private boolean everPassed;
    private long startedNanos;
    private long lastCountedNanos;
    private String lastMessage = "";
    private boolean isJudgedElsewhere;

    /** A new run: nothing is known yet. */
    void reset(Optional<Probe> probe, long nowNanos) {
        health = probe.isPresent() ? Health.STARTING : Health.NONE;
        failures = 0;
        everPassed = false;
        startedNanos = nowNanos;
        lastMessage = "";
        isJudgedElsewhere = false;
    }

    /** The new run is up: what judges it from elsewhere may have told already. */
    void begun(Optional<Probe> probe, long nowNanos) {
        if (isJudgedElsewhere) {
            startedNanos = nowNanos;
        } else {
            reset(probe, nowNanos);
        }
    }

    /** What a check that runs elsewhere says takes the place of a probe. */
    void seen(Health now, int inARow, String message) {
        isJudgedElsewhere = true;
        health = now;
        failures = now == Health.FAILING ? Math.max(1, inARow) : inARow;
        everPassed |= now == Health.PASSING;
        lastMessage = Mask.of(message);
    }

    /** The declared probe changed under a running instance. */
    void redeclared(Optional<Probe> probe) {
        if (isJudgedElsewhere) {
            return;
        }
        if (probe.isEmpty()) {
            health = Health.NONE;
            failures = 0;
        } else if (health == Health.NONE) {
            health = Health.STARTING;
        }
    }

    void probed(Probe probe, boolean passed, String message, long nowNanos) {
        lastMessage = Mask.of(message);
        if (passed) {
            everPassed = true;
            failures = 0;
            health = Health.PASSING;
            return;
        }
        if (!everPassed && nowNanos - startedNanos < probe.startPeriod().toNanos()) {
            return;
        }
        // Before the first success probes come faster than the interval; failures count once per
        // interval.
        if (!everPassed
                && failures > 0
                && nowNanos - lastCountedNanos < probe.interval().toNanos()) {
            return;
        }
        failures++;
        lastCountedNanos = nowNanos;
        health = failures >= Math.max(1, probe.retries()) ? Health.FAILING : Health.WARNING;
        if (!everPassed && health == Health.WARNING) {
            health = Health.STARTING;
        }
    }

    /**
     * The failures so far are not held against the instance: it must fail anew, as often as
     * declared.
     */
    void forgive() {
        // What is judged elsewhere is told once: it would not fail anew.
        if (isJudgedElsewhere) {
            return;
        }
        failures = 0;
        if (health == Health.FAILING) {
            health = Health.WARNING;
        }
    }

    Health health() {
        return health;
    }

    boolean everPassed() {
        return everPassed;
    }

    /** Consecutive failures that count. */
    int failures() {
        return failures;
    }

    /** The sentence that says why it counts as unhealthy. */
    String verdict() {
        return "unhealthy: %d probes failed in a row, the last: %s"
                .formatted(failures, lastMessage);
    }
}
