package olympus.agent.internal;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import olympus.foundation.Poll;

/**
 * The session of a command that was started for a person, to be ended as a whole. Stateless;
 * blocks.
 *
 * @param leader the process that began the session
 */
record ProcessGroup(long leader) {

    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final int SIGHUP = 1;
    private static final int SIGTERM = 15;
    private static final int SIGKILL = 9;

    static ProcessGroup of(long leader) {
        return new ProcessGroup(leader);
    }

    /** A word, a while, then by force: what hangs up a terminal, or else what asks to end. */
    void end(boolean terminal, BooleanSupplier ended) {
        var descendants =
                ProcessHandle.of(leader).stream().flatMap(ProcessHandle::descendants).toList();
        Posix.kill(-leader, terminal ? SIGHUP : SIGTERM);
        var gone =
                Poll.within(
                        GRACE, () -> ended.getAsBoolean() ? Optional.of(true) : Optional.empty());
        if (gone.isEmpty()) {
            // Its number cannot be another's yet: the leader is still there.
            Posix.kill(-leader, SIGKILL);
            Posix.kill(leader, SIGKILL);
        }
        descendants.forEach(ProcessHandle::destroyForcibly);
    }
}
