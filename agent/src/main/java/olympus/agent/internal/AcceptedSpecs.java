package olympus.agent.internal;

import java.nio.file.Path;
import java.util.Map;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.InstanceId;
import olympus.model.state.InstanceSpec;

/**
 * What is wanted of this node's instances, as accepted and written down. Threading: any thread;
 * reads a file.
 */
final class AcceptedSpecs {

    private final Path root;

    /**
     * @param root the agent's folder, {@code D/agent}
     */
    AcceptedSpecs(Path root) {
        this.root = root;
    }

    Map<InstanceId, InstanceSpec> now() {
        return switch (new AssignmentFile(root).load()) {
            case AssignmentFile.Stored.Good good -> good.inForce().specs();
            case AssignmentFile.Stored.None ignored -> Map.of();
            case AssignmentFile.Stored.Damaged(var why) -> throw unavailable(why);
            case AssignmentFile.Stored.Unreadable(var why) -> throw unavailable(why);
        };
    }

    private static OlympusException unavailable(String why) {
        return new OlympusException(ErrorCode.UNAVAILABLE, why);
    }
}
