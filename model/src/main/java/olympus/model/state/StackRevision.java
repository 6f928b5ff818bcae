package olympus.model.state;

import java.time.Instant;
import olympus.model.stack.StackDefinition;

/**
 * One applied definition of a stack; never changed once written.
 *
 * @param number 1 for the first since the stack exists
 * @param summary one line: what changed against the revision before
 * @param from where the order came from, e.g. an address
 */
public record StackRevision(
        long number,
        Instant appliedAt,
        String actor,
        String from,
        String summary,
        StackDefinition definition) {}
