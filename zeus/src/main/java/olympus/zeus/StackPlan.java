package olympus.zeus;

import java.util.List;
import olympus.model.StackName;

/**
 * The difference between a declared stack and the present, with what would be done and why.
 *
 * @param baseRevision the stack's revision this was made against, 0 when the stack is new
 * @param revision the revision in force afterwards (equal to base when there are no changes)
 * @param warnings e.g. a port that a foreign process holds at present
 * @param handover what happens to each instance because the stack comes under {@code manage} by it;
 *     empty when it does not
 */
public record StackPlan(
        StackName stack,
        long baseRevision,
        long revision,
        List<ServiceChange> changes,
        List<String> warnings,
        List<StackCommands.Handover.Step> handover) {

    public StackPlan {
        changes = List.copyOf(changes);
        warnings = List.copyOf(warnings);
        handover = List.copyOf(handover);
    }

    /** One that brings no stack under {@code manage}. */
    public StackPlan(
            StackName stack,
            long baseRevision,
            long revision,
            List<ServiceChange> changes,
            List<String> warnings) {
        this(stack, baseRevision, revision, changes, warnings, List.of());
    }

    public StackPlan withHandover(List<StackCommands.Handover.Step> steps) {
        return new StackPlan(stack, baseRevision, revision, changes, warnings, steps);
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /**
     * What happens to one service.
     *
     * @param effect in words: {@code start 2 instances}, {@code replace 2 instances, 1 at a time},
     *     {@code change the probe without a restart}
     * @param fields what differs, each with its path, e.g. {@code deploy.replicas}; secrets only as
     *     fingerprints
     */
    public record ServiceChange(
            String service, Kind kind, String effect, List<FieldChange> fields) {
        public ServiceChange {
            fields = List.copyOf(fields);
        }
    }

    public record FieldChange(String path, String before, String after) {}

    /** Add, change, remove: as {@code +}, {@code ~} and {@code -} in the command's output. */
    public enum Kind {
        ADD,
        CHANGE,
        REMOVE
    }
}
