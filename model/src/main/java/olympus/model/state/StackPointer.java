package olympus.model.state;

import java.time.Instant;
import java.util.Optional;
import olympus.model.StackName;

/**
 * Which revision of a stack is in force: the value of {@code zeus/stacks/<stack>/current}, flipped
 * by compare-and-set.
 *
 * @param removing the stack is being removed: its services stop, then all its records go
 * @param incarnation of the store in which it was written. After a repair the store may know less
 *     than was ordered, so that a pointer of an earlier incarnation ends nothing that runs
 */
public record StackPointer(
        StackName stack,
        long revision,
        boolean removing,
        Instant changedAt,
        String actor,
        Optional<Long> incarnation) {

    public boolean isOf(long present) {
        return incarnation.filter(written -> written == present).isPresent();
    }
}
