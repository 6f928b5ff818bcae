package olympus.agent.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.random.RandomGenerator;
import olympus.agent.internal.InstanceRecord.Recent;
import olympus.model.stack.RecoveryPolicy;

/**
 * The automatic restarts of one instance within its recovery window, by the time since boot, so
 * that they age also while no agent is there. Threading: one thread.
 */
final class RestartWindow {

    private final ArrayDeque<Long> restartsNanos = new ArrayDeque<>();
    private long countedRun;
    private long dueNanos;

    /** Whether the policy allows one more restart now. */
    boolean allows(RecoveryPolicy policy, long nowNanos) {
        prune(policy, nowNanos);
        return restartsNanos.size() < policy.attempts();
    }

    /**
     * Counts the restart after the end of a run and tells how long to wait before it: jittered
     * between half and all of the back-off.
     */
    Duration count(RecoveryPolicy policy, long run, long nowNanos, RandomGenerator random) {
        prune(policy, nowNanos);
        var exponent = Math.min(restartsNanos.size(), Long.SIZE / 2);
        restartsNanos.addLast(nowNanos);
        var initial = Math.max(0, policy.backoff().initial().toNanos());
        var limit = Math.max(0, policy.backoff().max().toNanos());
        var full = initial > limit >> exponent ? limit : initial << exponent;
        var delay = full / 2 + (long) (random.nextDouble() * (full - full / 2));
        countedRun = run;
        dueNanos = nowNanos + delay;
        return Duration.ofNanos(delay);
    }

    /** Whether the end of this run, or of a later one, was counted (perhaps by another agent). */
    boolean hasCounted(long run) {
        return run <= countedRun;
    }

    /** What is left of the back-off after the last run that was counted. */
    Duration left(RecoveryPolicy policy, long nowNanos) {
        var limit = Math.max(0, policy.backoff().max().toNanos());
        return Duration.ofNanos(Math.clamp(dueNanos - nowNanos, 0, limit));
    }

    /** What another agent needs to go on from here. */
    Recent recent() {
        return new Recent(
                restartsNanos.stream().map(Duration::ofNanos).toList(),
                countedRun,
                Duration.ofNanos(dueNanos));
    }

    /**
     * Goes on from what another agent has counted under the same boot. What lies in the future was
     * counted by another clock (a container with an uptime of its own was begun anew) and is
     * forgotten.
     */
    void resume(Recent recent, long nowNanos) {
        restartsNanos.clear();
        recent.restarts().stream()
                .map(Duration::toNanos)
                .filter(at -> at <= nowNanos)
                .forEach(restartsNanos::addLast);
        countedRun = recent.countedRun();
        dueNanos = recent.due().toNanos();
    }

    int size() {
        return restartsNanos.size();
    }

    void clear() {
        restartsNanos.clear();
    }

    private void prune(RecoveryPolicy policy, long nowNanos) {
        while (!restartsNanos.isEmpty()
                && nowNanos - restartsNanos.peekFirst() > policy.within().toNanos()) {
            restartsNanos.removeFirst();
        }
        // A policy may have got fewer attempts: what exceeds them cannot matter.
        while (restartsNanos.size() > Math.max(policy.attempts(), 1)) {
            restartsNanos.removeFirst();
        }
    }
}
