package olympus.agent.internal;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds processes that belong to a run however far they have gone away from it: by session, by
 * process group, and by the mark in their environment. Blocks on {@code /proc}.
 */
final class Strays {

    private static final int SIGKILL = 9;
    private static final Duration ENDED_WITHIN = Duration.ofSeconds(1);

    private final String bootId;
    private final ProcessTable table = new ProcessTable();
    private final Set<String> atStart;

    /**
     * Looks once at all processes, so that an agent that starts need not look again for every run
     * that is gone.
     */
    Strays(String bootId) {
        this.bootId = bootId;
        this.atStart =
                table.rows().stream()
                        .map(ProcessTable.Row::mark)
                        .collect(Collectors.toUnmodifiableSet());
    }

    /** The marks that begin so and that something bore when the agent started. */
    List<String> marksAtStart(String beginning) {
        return atStart.stream().filter(mark -> mark.startsWith(beginning)).toList();
    }

    /** The pids of a run, its shim excepted; throws {@link UncheckedIOException} when unknown. */
    List<Long> of(String marker, Optional<ProcessIdentity> child) {
        return table.rows().stream()
                .filter(row -> row.mark().equals(marker) || isOf(row.stat(), child))
                .map(row -> row.stat().pid())
                .toList();
    }

    private static boolean isOf(ProcFs.Stat stat, Optional<ProcessIdentity> child) {
        return child.filter(leader ->
                        (stat.session() == leader.pid() || stat.group() == leader.pid())
                                && stat.startTicks() >= leader.startTicks())
                .isPresent();
    }

    /** The process of a run that leads its session: the command itself. */
    Optional<ProcessIdentity> leader(String marker) {
        return table.rows().stream()
                .filter(row -> row.mark().equals(marker))
                .map(ProcessTable.Row::stat)
                .filter(stat -> stat.session() == stat.pid())
                .min(Comparator.comparingLong(ProcFs.Stat::startTicks))
                .map(stat -> new ProcessIdentity(bootId, stat.pid(), stat.startTicks()));
    }

    /**
     * Kills all that was left of a run when the agent started, and waits until it is gone (one
     * second at most); false when something is still there.
     */
    boolean end(String marker) {
        return !atStart.contains(marker)
                || new Remains(() -> of(marker, Optional.empty()), Strays::kill)
                                .end(System.nanoTime(), ENDED_WITHIN)
                        instanceof Remains.Outcome.Gone;
    }

    static void kill(long pid) {
        Posix.kill(pid, SIGKILL);
    }
}
