package olympus.agent.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
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

    /**
     * How long before the latest each restart within the window was: the same however much later it
     * is asked, so that what is kept on disk need not follow the clock.
     */
    List<Duration> beforeLatest() {
        return restartsNanos.stream()
                .map(at -> Duration.ofNanos(restartsNanos.getLast() - at))
                .toList();
    }

    /**
     * Goes on from what another agent has counted. The time without an agent does not count: the
     * latest restart is taken as of now.
     */
    void resume(List<Duration> beforeLatest, long nowNanos) {
        restartsNanos.clear();
        beforeLatest.forEach(before -> restartsNanos.addLast(nowNanos - before.toNanos()));
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
