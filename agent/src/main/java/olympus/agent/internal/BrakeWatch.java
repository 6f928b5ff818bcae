package olympus.agent.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import olympus.agent.Brake;
import olympus.foundation.EventLoop;

/**
 * Whether so many instances fail at once that the fault is rather the node's or the checker's, and
 * nothing is restarted for its health. Threading: the supervision loop.
 */
final class BrakeWatch {

    private static final Duration SETTLES = Duration.ofMillis(300);

    private final Brake rule;
    private final EventLoop loop;
    private final Runnable lookAround;
    private Optional<String> inForce = Optional.empty();
    private boolean settling;
    private boolean settled;

    BrakeWatch(Brake rule, EventLoop loop, Runnable lookAround) {
        this.rule = rule;
        this.loop = loop;
        this.lookAround = lookAround;
    }

    /** Told when the brake goes on or off; the reason is there while it is on. */
    @FunctionalInterface
    interface Change {
        void told(Optional<String> why);
    }

    /** Why nothing is restarted for its health. */
    Optional<String> inForce() {
        return inForce;
    }

    /** The same, also while it is still found out whether others fail too. */
    Optional<String> holdsBack() {
        return settling ? Optional.of("looking whether others fail too") : inForce;
    }

    void judge(Collection<InstanceMachine> machines, Change change) {
        var probed = 0;
        var failing = 0;
        for (var machine : machines) {
            probed += machine.isJudged() ? 1 : 0;
            failing += machine.isFailingAlive() ? 1 : 0;
        }
        var verdict = rule.verdict(probed, failing);
        settle(probed, failing);
        if (verdict.isPresent() != inForce.isPresent()) {
            change.told(verdict);
            inForce = verdict;
            if (verdict.isEmpty()) {
                machines.forEach(InstanceMachine::forgiveFailures);
            }
            lookAround.run();
        }
        inForce = verdict;
    }

    /** The first failure among many probed instances waits a moment for the others' answers. */
    private void settle(int probed, int failing) {
        if (failing == 0) {
            settled = false;
        } else if (!settled && !settling && probed >= rule.atLeast() && rule.atLeast() > 0) {
            settling = true;
            loop.schedule(
                    SETTLES,
                    () -> {
                        settling = false;
                        settled = true;
                        lookAround.run();
                    });
        }
    }
}
