package olympus.zeus.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Leaves agents time to mend by themselves what differs from their assignment. Limits: {@link
 * #MAX_DRIFTS}, the oldest are forgotten first. Threading: Zeus' loop only.
 */
final class DriftGrace {

    private static final Duration AGAIN = Duration.ofMinutes(1);
    private static final int MAX_DRIFTS = 1_000;

    private final Duration grace;

    /** When each may be mended, by node and subject. */
    private final Map<String, Long> due = new LinkedHashMap<>();

    DriftGrace(Duration grace) {
        this.grace = grace;
    }

    /** Drops drift that is younger than the grace time, or that was mended a moment ago. */
    Plan settle(Plan made, long now) {
        var present = new HashSet<String>();
        var kept = new ArrayList<Step>();
        for (var step : made.steps()) {
            if (!(step instanceof Step.MendDrift drift)) {
                kept.add(step);
                continue;
            }
            var name = name(drift);
            present.add(name);
            if (now - due.computeIfAbsent(name, n -> now + grace.toNanos()) >= 0) {
                kept.add(step);
            }
        }
        due.keySet().retainAll(present);
        while (due.size() > MAX_DRIFTS) {
            due.remove(due.keySet().iterator().next());
        }
        return new Plan(kept, made.waits(), made.stays(), made.wakeNanos());
    }

    void mended(Step.MendDrift drift, long now) {
        due.put(name(drift), now + AGAIN.toNanos());
    }

    private static String name(Step.MendDrift drift) {
        return drift.node() + " " + drift.subject();
    }
}
