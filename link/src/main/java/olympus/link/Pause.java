package olympus.link;

import java.util.Optional;
import olympus.model.StackName;

/** Halts ({@code paused}) or resumes all automatic action of a node, or there of one stack. */
public record Pause(boolean paused, Optional<StackName> stack, String reason) {}
