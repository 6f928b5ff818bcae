package olympus.agent.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All processes of the machine with the run they are marked as part of, looked at once for
 * everybody who asks meanwhile.
 *
 * <p>The mark of a process is read once: children inherit it when they are forked, so a process
 * that was seen without it does not get it later. Threading: safe for use by any thread; blocks on
 * {@code /proc}.
 */
final class ProcessTable {

    private final String prefix = InstanceFolders.MARKER_NAME + "=";
    private Map<Key, String> marks = Map.of();
    private List<Row> rows = List.of();
    private long begunNanos = Long.MIN_VALUE;

    /**
     * @param mark of the run it is part of, empty when it is part of none
     */
    record Row(ProcFs.Stat stat, String mark) {}

    private record Key(long pid, long startTicks) {}

    /** The processes as they were at some time after this call began. */
    List<Row> rows() {
        var asked = System.nanoTime();
        synchronized (this) {
            if (begunNanos == Long.MIN_VALUE || begunNanos - asked < 0) {
                begunNanos = System.nanoTime();
                look();
            }
            return rows;
        }
    }

    private void look() {
        var fresh = new ArrayList<Row>();
        var freshMarks = new HashMap<Key, String>();
        for (var pid : ProcFs.pids()) {
            var stat = ProcFs.stat(pid).filter(found -> !found.isZombie());
            if (stat.isPresent()) {
                var key = new Key(pid, stat.get().startTicks());
                var mark = Optional.ofNullable(marks.get(key)).orElseGet(() -> mark(pid));
                var shim = !mark.isEmpty() && !marks.containsKey(key) && ProcFs.isShim(pid);
                mark = shim ? "" : mark;
                // What looks like a shim may be its child that has not yet become the command:
                // looked at again.
                if (!shim) {
                    freshMarks.put(key, mark);
                }
                fresh.add(new Row(stat.get(), mark));
            }
        }
        marks = freshMarks;
        rows = List.copyOf(fresh);
    }

    private String mark(long pid) {
        return ProcFs.environmentEntry(pid, prefix)
                .map(entry -> entry.substring(prefix.length()))
                .orElse("");
    }
}
