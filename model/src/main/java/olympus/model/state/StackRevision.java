package olympus.model.state;

import java.time.Instant;
import java.util.Optional;
import olympus.model.ServiceId;
import olympus.model.stack.StackDefinition;

/**
 * One applied definition of a stack; never changed once written.
 *
 * @param number 1 for the first since the stack exists
 * @param summary one line: what changed against the revision before
 * @param from where the order came from, e.g. an address
 * @param returned of which service, when Zeus made it because an update had failed
 */
public record StackRevision(
        long number,
        Instant appliedAt,
        String actor,
        String from,
        String summary,
        StackDefinition definition,
        Optional<Returned> returned) {

    /** One that people ordered. */
    public StackRevision(
            long number,
            Instant appliedAt,
            String actor,
            String from,
            String summary,
            StackDefinition definition) {
        this(number, appliedAt, actor, from, summary, definition, Optional.empty());
    }

    /**
     * The return of one service to an earlier declaration.
     *
     * @param reason why its update failed
     */
    public record Returned(ServiceId service, long toRevision, String reason) {}
}
