package olympus.agent.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import olympus.model.NodeId;

/**
 * Finds processes that belong to a run however far they have gone away from it: by session, by
 * process group, and by the mark in their environment. Stateless apart from the boot id; blocks on
 * {@code /proc}.
 */
final class Strays {

    private static final int SIGKILL = 9;
    private static final int ROUNDS = 200;

    private final String bootId;
    private final Set<String> atStart;

    /**
     * Looks once at all processes, so that an agent that starts need not look again for every run
     * that is gone.
     */
    Strays(String bootId, NodeId node) {
        this.bootId = bootId;
        var prefix = InstanceFolders.MARKER_NAME + "=" + node + "/";
        this.atStart =
                ProcFs.pids().stream()
                        .flatMap(pid -> ProcFs.environmentEntry(pid, prefix).stream())
                        .map(entry -> entry.substring(InstanceFolders.MARKER_NAME.length() + 1))
                        .collect(Collectors.toUnmodifiableSet());
    }

    /** The pids of a run, its keeper excepted. */
    static List<Long> of(String marker, Optional<ProcessIdentity> child) {
        var entry = InstanceFolders.MARKER_NAME + "=" + marker;
        var own = ProcessHandle.current().pid();
        var pids = new ArrayList<Long>();
        for (var pid : ProcFs.pids()) {
            if (pid == own) {
                continue;
            }
            var stat = ProcFs.stat(pid).filter(found -> !found.isZombie());
            if (stat.isPresent() && (isOf(stat.get(), child) || isMarked(pid, entry))) {
                pids.add(pid);
            }
        }
        return pids;
    }

    private static boolean isOf(ProcFs.Stat stat, Optional<ProcessIdentity> child) {
        return child.filter(leader ->
                        (stat.session() == leader.pid() || stat.group() == leader.pid())
                                && stat.startTicks() >= leader.startTicks())
                .isPresent();
    }

    private static boolean isMarked(long pid, String entry) {
        return ProcFs.hasEnvironmentEntry(pid, entry) && !ProcFs.isKeeper(pid);
    }

    /** The process of a run that leads its session: the command itself. */
    Optional<ProcessIdentity> leader(String marker) {
        return of(marker, Optional.empty()).stream()
                .flatMap(pid -> ProcFs.stat(pid).stream())
                .filter(stat -> stat.session() == stat.pid())
                .min(Comparator.comparingLong(ProcFs.Stat::startTicks))
                .map(stat -> new ProcessIdentity(bootId, stat.pid(), stat.startTicks()));
    }

    /**
     * Kills all that was left of a run when the agent started, and waits until it is gone (one
     * second at most).
     */
    void end(String marker) {
        if (!atStart.contains(marker)) {
            return;
        }
        for (var round = 0; round < ROUNDS; round++) {
            var left = of(marker, Optional.empty());
            if (left.isEmpty()) {
                return;
            }
            left.forEach(pid -> Posix.kill(pid, SIGKILL));
            try {
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
