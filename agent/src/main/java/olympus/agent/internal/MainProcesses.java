package olympus.agent.internal;

import java.util.Optional;
import olympus.foundation.EventLoop;

/**
 * Watches the main processes of units for their end, where this machine lets them be seen, so that
 * nobody waits for the next look. Threading: the supervision loop.
 */
final class MainProcesses {

    private final String bootId;
    private final EventLoop loop;
    private final PidWatcher watcher;
    private final Runnable ended;

    MainProcesses(String bootId, EventLoop loop, PidWatcher watcher, Runnable ended) {
        this.bootId = bootId;
        this.loop = loop;
        this.watcher = watcher;
        this.ended = ended;
    }

    /** The unit's main process is this one, 0 for none. */
    void follow(UnitEntry entry, long pid) {
        if (entry.pid == pid) {
            return;
        }
        entry.watch.ifPresent(PidWatcher.Watch::cancel);
        entry.watch = Optional.empty();
        entry.pid = pid;
        entry.isProcessOver = false;
        if (pid > 0) {
            ProcFs.stat(pid)
                    .ifPresent(stat ->
                            watch(entry, new ProcessIdentity(bootId, pid, stat.startTicks())));
        }
    }

    /** Where it cannot be watched, its end is seen at the next look. */
    private void watch(UnitEntry entry, ProcessIdentity process) {
        switch (watcher.watch(process, bootId, () -> loop.execute(() -> over(entry, process)))) {
            case PidWatcher.Attempt.Held held -> entry.watch = Optional.of(held.watch());
            case PidWatcher.Attempt.Gone ignored -> loop.execute(() -> over(entry, process));
            case PidWatcher.Attempt.Refused ignored -> {}
        }
    }

    private void over(UnitEntry entry, ProcessIdentity process) {
        if (entry.pid == process.pid()) {
            entry.isProcessOver = true;
            ended.run();
        }
    }
}
