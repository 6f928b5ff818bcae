package olympus.model.stack;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.ComposeSettings.External;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.container.Network;
import olympus.model.stack.container.Volume;

/** The networks and volumes of a Compose project, under the names that Compose gives them. */
final class ComposeResources {

    static final String DEFAULT_NETWORK = "default";

    private final ComposeProject project;
    private final String projectName;
    private final ProblemLog problems;
    private final Map<String, Optional<Network>> networks = new HashMap<>();
    private final Map<String, Optional<Volume>> volumes = new HashMap<>();

    ComposeResources(ComposeProject project, String projectName, ProblemLog problems) {
        this.project = project;
        this.projectName = projectName;
        this.problems = problems;
    }

    /** Empty when it is not declared, which is reported. */
    Optional<Network> network(Located<String> key) {
        return networks.computeIfAbsent(key.value(), any -> readNetwork(key));
    }

    private Optional<Network> readNetwork(Located<String> key) {
        var declared = project.resource(ComposeKeys.NETWORKS, key.value());
        if (declared.isEmpty()) {
            if (key.value().equals(DEFAULT_NETWORK)) {
                return Optional.of(network(key.value(), nothing()));
            }
            project.undeclared(ComposeKeys.NETWORKS, "network", key);
            return Optional.empty();
        }
        return declared.get()
                .value()
                .value()
                .map(f -> {
                    alone(f, ComposeNetworkKeys.EXTERNAL, ComposeNetworkKeys.NAME);
                    return network(key.value(), f);
                });
    }

    private static Fields nothing() {
        return Fields.NONE;
    }

    private Network network(String key, Fields f) {
        var external = f.get(ComposeNetworkKeys.EXTERNAL).orElse(External.NO);
        return new Network(
                key,
                name(key, external, f.get(ComposeNetworkKeys.NAME)),
                external.external(),
                f.get(ComposeNetworkKeys.DRIVER),
                f.get(ComposeNetworkKeys.DRIVER_OPTS).orElse(Map.of()),
                f.get(ComposeNetworkKeys.INTERNAL).orElse(false),
                f.get(ComposeNetworkKeys.ATTACHABLE).orElse(false),
                f.get(ComposeNetworkKeys.ENABLE_IPV6).orElse(false),
                f.get(ComposeNetworkKeys.IPAM),
                f.get(ComposeNetworkKeys.LABELS).orElse(Map.of()));
    }

    /** Empty when it is not declared, which is reported. */
    Optional<Volume> volume(Located<String> key) {
        return volumes.computeIfAbsent(key.value(), any -> readVolume(key));
    }

    private Optional<Volume> readVolume(Located<String> key) {
        var declared = project.resource(ComposeKeys.VOLUMES, key.value());
        if (declared.isEmpty()) {
            project.undeclared(ComposeKeys.VOLUMES, "volume", key);
            return Optional.empty();
        }
        return declared.get()
                .value()
                .value()
                .map(f -> {
                    alone(f, ComposeVolumeKeys.EXTERNAL, ComposeVolumeKeys.NAME);
                    var external = f.get(ComposeVolumeKeys.EXTERNAL).orElse(External.NO);
                    return new Volume(
                            key.value(),
                            name(key.value(), external, f.get(ComposeVolumeKeys.NAME)),
                            external.external(),
                            f.get(ComposeVolumeKeys.DRIVER),
                            f.get(ComposeVolumeKeys.DRIVER_OPTS).orElse(Map.of()),
                            f.get(ComposeVolumeKeys.LABELS).orElse(Map.of()));
                });
    }

    private String name(String key, External external, Optional<String> written) {
        return written.or(external::name)
                .orElseGet(() -> external.external() ? key : projectName + "_" + key);
    }

    /** What somebody else made has a name and nothing more. */
    private void alone(Fields f, Key<External> external, Key<String> name) {
        if (!f.get(external).orElse(External.NO).external()) {
            return;
        }
        f.places()
                .forEach((key, place) -> {
                    if (!key.equals(external) && !key.equals(name)) {
                        problems.error(
                                place,
                                "\"%s\" has no place at something external".formatted(key.name()),
                                "only external and name");
                    }
                });
    }
}
