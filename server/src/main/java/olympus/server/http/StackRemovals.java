package olympus.server.http;

import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Hermes;
import olympus.server.deadline.Deadline;

/**
 * Who removed the stacks of Compose projects, by the audit. Each of its entries is read once, and
 * only when a project is asked about: what was found is kept, and a search that ran out of time
 * goes on where it was with the next question. Limits: the newest {@link #MOST_READ} entries,
 * {@link #SEARCH_TIME} for an answer, {@link #MOST_KEPT} projects. Threading: any thread; one
 * searches, the others wait for it within their own time.
 */
final class StackRemovals {

    static final int MOST_READ = 100_000;
    static final int MOST_KEPT = 10_000;
    static final Duration SEARCH_TIME = Duration.ofSeconds(5);

    private static final String PROJECT = "Compose project ";

    private final Hermes hermes;
    private final Clock clock;
    private final Duration time;
    private final ReentrantLock lock = new ReentrantLock();

    /** The last removal of each project's stack, among the entries that were read. */
    private final Map<String, AuditEntry> known = new HashMap<>();

    /** What was read: from here, and up to before {@link #end}; 0 before the first question. */
    private long begin;

    private long end;

    /**
     * @param time for an answer
     */
    StackRemovals(Hermes hermes, Clock clock, Duration time) {
        this.hermes = hermes;
        this.clock = clock;
        this.time = time;
    }

    /**
     * The last removal of each project's stack.
     *
     * @param isWhole false when time ran out: what is missing is not known
     */
    record Found(Map<String, AuditEntry> removals, boolean isWhole) {}

    /** What the audit says of the removal of a stack that has another name than its project. */
    static String detail(String project) {
        return PROJECT + project;
    }

    /** A stack is called as its project unless the audit says otherwise. */
    Found of(Set<String> projects) {
        if (projects.isEmpty()) {
            return new Found(Map.of(), true);
        }
        var until = clock.monotonicNanos() + time.toNanos();
        try {
            if (!lock.tryLock(time.toNanos(), TimeUnit.NANOSECONDS)) {
                return new Found(Map.of(), false);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Found(Map.of(), false);
        }
        try {
            var isWhole = search(projects, until);
            var found = new HashMap<>(known);
            found.keySet().retainAll(projects);
            return new Found(found, isWhole);
        } finally {
            lock.unlock();
        }
    }

    /** False when time ran out. */
    private boolean search(Set<String> projects, long until) {
        try {
            var next = audit(until).nextSequence();
            if (begin == 0) {
                begin = next;
                end = next;
            }
            while (end < next) {
                var upTo = Math.min(next, end + AuditStream.PAGE);
                entries(end, upTo, until).forEach(this::newer);
                end = upTo;
            }
            while (begin > 1 && end - begin < MOST_READ && !known.keySet().containsAll(projects)) {
                var from = Math.max(1, begin - AuditStream.PAGE);
                entries(from, begin, until).reversed().forEach(this::older);
                begin = from;
            }
            return true;
        } catch (OlympusException e) {
            if (e.code() == ErrorCode.UNAVAILABLE) {
                return false;
            }
            throw e;
        }
    }

    private List<AuditEntry> entries(long from, long before, long until) {
        return audit(until).entries(from, before);
    }

    /** With what is left of the time. */
    private AuditStream audit(long until) {
        var left = Math.max(0, until - clock.monotonicNanos());
        return new AuditStream(hermes, new Deadline(Duration.ofNanos(left)));
    }

    private void newer(AuditEntry entry) {
        if (isRemoval(entry)) {
            known.put(project(entry), entry);
            if (known.size() > MOST_KEPT) {
                var oldest =
                        Collections.min(
                                known.entrySet(), Comparator.comparing(one -> one.getValue().at()));
                known.remove(oldest.getKey());
            }
        }
    }

    private void older(AuditEntry entry) {
        if (isRemoval(entry) && known.size() < MOST_KEPT) {
            known.putIfAbsent(project(entry), entry);
        }
    }

    private static String project(AuditEntry entry) {
        return entry.detail()
                .filter(detail -> detail.startsWith(PROJECT))
                .map(detail -> detail.substring(PROJECT.length()))
                .orElse(entry.subject());
    }

    private static boolean isRemoval(AuditEntry entry) {
        return entry.method().equals("DELETE")
                && entry.path().equals(Api.V1 + "/stacks/" + entry.subject())
                && entry.status() < 300;
    }
}
