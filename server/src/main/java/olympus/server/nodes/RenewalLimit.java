package olympus.server.nodes;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import olympus.foundation.Clock;
import olympus.model.NodeId;

/**
 * How often a node is given a certificate by this server: {@link #MOST} times within {@link
 * #WITHIN}, since each is a write to the store, and an agent needs one in two months. One that
 * cannot keep what it is given asks every minute.
 *
 * <p>Threading: any thread. Limits: remembers nobody for longer than {@link #WITHIN}.
 */
final class RenewalLimit {

    static final int MOST = 6;
    static final Duration WITHIN = Duration.ofHours(1);

    private final Clock clock;
    private final Map<NodeId, Given> given = new HashMap<>();

    RenewalLimit(Clock clock) {
        this.clock = clock;
    }

    private static final class Given {
        private final Deque<Long> nanos = new ArrayDeque<>();
        private boolean told;
    }

    /**
     * One that is given none.
     *
     * @param until when it may ask again
     * @param first whether this is the first refusal since it was given one
     */
    record Refused(Instant until, boolean first) {}

    /** Counts it, unless there were too many; then says so. */
    synchronized Optional<Refused> ask(NodeId node) {
        var now = clock.monotonicNanos();
        given.values().forEach(each -> each.nanos.removeIf(at -> now - at >= WITHIN.toNanos()));
        given.values().removeIf(each -> each.nanos.isEmpty());
        var of = given.computeIfAbsent(node, _ -> new Given());
        if (of.nanos.size() < MOST) {
            of.nanos.addLast(now);
            of.told = false;
            return Optional.empty();
        }
        var wait = of.nanos.getFirst() + WITHIN.toNanos() - now;
        var first = !of.told;
        of.told = true;
        return Optional.of(new Refused(clock.wall().plusNanos(wait), first));
    }
}
