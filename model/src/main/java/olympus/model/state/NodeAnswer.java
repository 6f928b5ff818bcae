package olympus.model.state;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.InstanceId;

/** What an agent answers to a {@link NodeQuestion}. */
public sealed interface NodeAnswer {

    /** All volumes of the node's engine. */
    record Volumes(List<Volume> volumes) implements NodeAnswer {
        public Volumes {
            volumes = List.copyOf(volumes);
        }
    }

    /** It was there and is no more. */
    record VolumeRemoved(String name) implements NodeAnswer {}

    /**
     * Nothing was removed.
     *
     * @param containers that have it mounted, running or not, by name
     */
    record VolumeInUse(String name, List<String> containers) implements NodeAnswer {
        public VolumeInUse {
            containers = List.copyOf(containers);
        }
    }

    /** There is no volume of this name on the node. */
    record VolumeAbsent(String name) implements NodeAnswer {}

    /** One entry for each container that is there. */
    record ContainerImages(List<ContainerImage> images) implements NodeAnswer {
        public ContainerImages {
            images = List.copyOf(images);
        }
    }

    /** One entry for each instance that was asked about. */
    record Settings(List<InstanceSettings> instances) implements NodeAnswer {
        public Settings {
            instances = List.copyOf(instances);
        }
    }

    /** One entry for each image that was asked about. */
    record Images(List<Image> images) implements NodeAnswer {
        public Images {
            images = List.copyOf(images);
        }
    }

    /** One entry for each instance that was asked about. */
    record Use(List<InstanceUse> instances) implements NodeAnswer {
        public Use {
            instances = List.copyOf(instances);
        }
    }

    /**
     * What an instance uses.
     *
     * @param measured empty where it could not be measured
     * @param problem why not
     */
    record InstanceUse(InstanceId instance, Optional<Measured> measured, Optional<String> problem) {
        public InstanceUse {
            if (measured.isPresent() == problem.isPresent()) {
                throw new IllegalArgumentException(
                        "%s is measured, or has a problem; one of both".formatted(instance));
            }
        }
    }

    /**
     * @param cpuPercent over about a second; 100 is one processor
     * @param memoryLimitBytes its own, or that of the machine where its engine tells it
     * @param network where it is counted apart from others
     * @param disk where it is counted, or may be seen
     */
    record Measured(
            double cpuPercent,
            long memoryBytes,
            Optional<Long> memoryLimitBytes,
            long processes,
            Optional<Flow> network,
            Optional<Flow> disk) {}

    /**
     * Bytes since the start.
     *
     * @param in received or read
     * @param out sent or written
     */
    record Flow(long in, long out) {}

    /**
     * A volume on a node.
     *
     * @param mountPoint where its content lies on the node; may be empty
     * @param containers that have it mounted, running or not, by name
     * @param sizeBytes where the engine tells it
     */
    record Volume(
            String name,
            String driver,
            String mountPoint,
            Map<String, String> labels,
            List<String> containers,
            Optional<Long> sizeBytes) {
        public Volume {
            labels = Map.copyOf(labels);
            containers = List.copyOf(containers);
        }
    }

    /**
     * What a container was made from, which its image's name may not stand for any more.
     *
     * @param id of the image
     * @param digest in its registry, where it came from one
     */
    record ContainerImage(String container, String image, String id, Optional<String> digest) {}

    /**
     * How an instance differs from what is declared.
     *
     * @param problem why it could not be compared
     */
    record InstanceSettings(
            InstanceId instance, List<Difference> differences, Optional<String> problem) {
        public InstanceSettings {
            differences = List.copyOf(differences);
        }
    }

    /**
     * One setting that is not as declared.
     *
     * @param path as in the file, e.g. {@code ports} or {@code environment.LEVEL}
     * @param declared empty when it is not declared
     * @param observed empty when it is not there
     */
    record Difference(String path, Optional<String> declared, Optional<String> observed) {}

    /**
     * The image of an instance, on the node and in its registry.
     *
     * @param reference as declared
     * @param running digest of what the instance runs
     * @param offered digest of what the registry has under the declared tag
     * @param newer tags that it could run instead
     * @param problem why the registry was not asked, or did not answer
     */
    record Image(
            InstanceId instance,
            String reference,
            Optional<String> running,
            Optional<String> offered,
            List<NewerTag> newer,
            Optional<String> problem) {
        public Image {
            newer = List.copyOf(newer);
        }
    }

    /**
     * A tag of an image that a registry has.
     *
     * @param major whether it is of another major version
     * @param asked whether it is the one that was asked for
     */
    record NewerTag(String tag, String digest, boolean major, boolean asked) {}
}
