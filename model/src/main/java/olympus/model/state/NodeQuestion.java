package olympus.model.state;

import java.time.Duration;
import java.util.List;
import olympus.model.InstanceId;

/**
 * What a server asks a node's agent, beside the orders: each is answered once, by the {@link
 * NodeAnswer} named there.
 */
public sealed interface NodeQuestion {

    /** Which volumes the node's engine has; answered by {@link NodeAnswer.Volumes}. */
    record ListVolumes() implements NodeQuestion {}

    /**
     * Removes a volume and what is in it; answered by {@link NodeAnswer.VolumeRemoved}, {@link
     * NodeAnswer.VolumeInUse} or {@link NodeAnswer.VolumeAbsent}.
     */
    record RemoveVolume(String name) implements NodeQuestion {}

    /**
     * In which settings instances differ from what is declared; answered by {@link
     * NodeAnswer.Settings}.
     */
    record Settings(List<InstanceId> instances) implements NodeQuestion {
        public Settings {
            instances = List.copyOf(instances);
        }
    }

    /**
     * What the node's engine has of images and what their registries offer; answered by {@link
     * NodeAnswer.Images}.
     */
    record Images(List<String> references) implements NodeQuestion {
        public Images {
            references = List.copyOf(references);
        }
    }

    /** How long the agent may take for its answer. */
    default Duration deadline() {
        return switch (this) {
            case ListVolumes ignored -> Duration.ofSeconds(30);
            case RemoveVolume ignored -> Duration.ofSeconds(30);
            case Settings ignored -> Duration.ofSeconds(30);
            case Images ignored -> Duration.ofMinutes(2);
        };
    }
}
