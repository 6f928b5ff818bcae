package olympus.model.state;

import java.time.Instant;
import olympus.model.StackName;

/**
 * Which revision of a stack is in force: the value of {@code zeus/stacks/<stack>/current}, flipped
 * by compare-and-set.
 *
 * @param removing the stack is being removed: its services stop, then all its records go
 */
public record StackPointer(
        StackName stack, long revision, boolean removing, Instant changedAt, String actor) {}
