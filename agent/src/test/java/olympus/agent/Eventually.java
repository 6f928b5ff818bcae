package olympus.agent;

import java.time.Duration;

/** Waits for a condition outside the agent's reports, with a deadline. */
public final class Eventually {

    private Eventually() {}

    /** Runs the assertion until it holds. */
    public static void check(Runnable assertion) {
        check(RunningAgent.DEADLINE, assertion);
    }

    public static void check(Duration within, Runnable assertion) {
        var deadline = System.nanoTime() + within.toNanos();
        while (true) {
            try {
                assertion.run();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() - deadline >= 0) {
                    throw e;
                }
                java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
            }
        }
    }
}
