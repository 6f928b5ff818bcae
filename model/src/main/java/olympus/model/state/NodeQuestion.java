package olympus.model.state;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
     *
     * @param by the person who typed its name, e.g. {@code user:ana}
     */
    record RemoveVolume(String name, String by) implements NodeQuestion {}

    /**
     * What containers were made from; answered by {@link NodeAnswer.ContainerImages}.
     *
     * @param containers by name
     */
    record ContainerImages(List<String> containers) implements NodeQuestion {
        public ContainerImages {
            containers = List.copyOf(containers);
        }
    }

    /**
     * In which settings instances differ from what is declared; answered by {@link
     * NodeAnswer.Settings}.
     *
     * @param declared what is compared with, which the node may not have been told to run: of
     *     instances that are only watched, or whose update is still under way
     */
    record Settings(List<InstanceSpec> declared) implements NodeQuestion {
        public Settings {
            declared = List.copyOf(declared);
        }
    }

    /**
     * Which images instances run and what their registries offer; answered by {@link
     * NodeAnswer.Images}.
     */
    record Images(List<ImageOf> images) implements NodeQuestion {
        public Images {
            images = List.copyOf(images);
        }
    }

    /** What instances use at this moment; answered by {@link NodeAnswer.Use}. */
    record Use(List<InstanceId> instances) implements NodeQuestion {
        public Use {
            instances = List.copyOf(instances);
        }
    }

    /**
     * The image of an instance.
     *
     * @param tag that is wanted, whether it is a newer version or not
     */
    record ImageOf(InstanceId instance, Optional<String> tag) {}

    /** How long the agent may take for its answer. */
    default Duration deadline() {
        return switch (this) {
            case ListVolumes ignored -> Duration.ofSeconds(30);
            case RemoveVolume ignored -> Duration.ofSeconds(30);
            case ContainerImages ignored -> Duration.ofSeconds(10);
            case Settings ignored -> Duration.ofSeconds(30);
            case Images ignored -> Duration.ofMinutes(2);
            case Use ignored -> Duration.ofSeconds(20);
        };
    }
}
