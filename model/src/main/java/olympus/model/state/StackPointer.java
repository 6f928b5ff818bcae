package olympus.model.state;

import java.time.Instant;
import java.util.Optional;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;

/**
 * Which revision of a stack is in force: the value of {@code zeus/stacks/<stack>/current}, flipped
 * by compare-and-set.
 *
 * @param removing the stack is being removed: its services stop, then all its records go
 * @param incarnation of the store in which it was written. After a repair the store may know less
 *     than was ordered, so that a pointer of an earlier incarnation ends nothing that runs
 * @param mode what a person ordered instead of the mode that the files declare
 * @param releasedBy while it is being removed: who ordered that its services be left as they are,
 *     empty when they are stopped
 */
public record StackPointer(
        StackName stack,
        long revision,
        boolean removing,
        Instant changedAt,
        String actor,
        Optional<Long> incarnation,
        Optional<ModeOrder> mode,
        Optional<String> releasedBy) {

    /** A pointer to a revision in force. */
    public static StackPointer to(
            StackName stack,
            long revision,
            Instant changedAt,
            String actor,
            Optional<Long> incarnation) {
        return new StackPointer(
                stack,
                revision,
                false,
                changedAt,
                actor,
                incarnation,
                Optional.empty(),
                Optional.empty());
    }

    public StackPointer withMode(Optional<ModeOrder> order) {
        return new StackPointer(
                stack, revision, removing, changedAt, actor, incarnation, order, releasedBy);
    }

    /** Its services stop, or are left as they are when {@code released} says who wants that. */
    public StackPointer leaving(
            Instant now, String by, Optional<Long> present, Optional<String> released) {
        return new StackPointer(stack, revision, true, now, by, present, mode, released);
    }

    /** A mode ordered by hand. */
    public record ModeOrder(StackDefinition.Mode mode, String by, Instant since) {}

    public boolean isOf(long present) {
        return incarnation.filter(written -> written == present).isPresent();
    }
}
