package olympus.agent.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.random.RandomGenerator;
import olympus.model.stack.RecoveryPolicy;

/**
 * The automatic restarts of one instance within its recovery window, by monotonic time. Threading:
 * one thread.
 */
final class RestartWindow {

    private final ArrayDeque<Long> restartsNanos = new ArrayDeque<>();

    /** Whether the policy allows one more restart now. */
    boolean allows(RecoveryPolicy policy, long nowNanos) {
        prune(policy, nowNanos);
        return restartsNanos.size() < policy.attempts();
    }

    /**
     * Counts a restart and tells how long to wait before it: jittered between half and all of the
     * back-off.
     */
    Duration count(RecoveryPolicy policy, long nowNanos, RandomGenerator random) {
        prune(policy, nowNanos);
        var exponent = Math.min(restartsNanos.size(), Long.SIZE / 2);
        restartsNanos.addLast(nowNanos);
        var initial = Math.max(0, policy.backoff().initial().toNanos());
        var limit = Math.max(0, policy.backoff().max().toNanos());
        var full = initial > limit >> exponent ? limit : initial << exponent;
        return Duration.ofNanos(full / 2 + (long) (random.nextDouble() * (full - full / 2)));
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
