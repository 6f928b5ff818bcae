package olympus.agent.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import olympus.engine.ContainerEngine;
import olympus.engine.EngineException;
import olympus.model.state.NodeAnswer;

/**
 * The volumes of this node's engine, and what its containers were made from, for people. The only
 * place that removes a volume, and only one that no container has. Threading: any thread; blocks on
 * the engine.
 */
final class NodeVolumes {

    private final ContainerEngine engine;
    private final Removed removed;

    /** Told when a volume was removed. */
    @FunctionalInterface
    interface Removed {
        void removed(String volume, String by);
    }

    NodeVolumes(ContainerEngine engine, Removed removed) {
        this.engine = engine;
        this.removed = removed;
    }

    NodeAnswer list() {
        var users = users();
        var sizes = engine.volumes().sizes();
        return new NodeAnswer.Volumes(
                engine.volumes().list().stream()
                        .map(volume ->
                                new NodeAnswer.Volume(
                                        volume.name(),
                                        volume.driver(),
                                        volume.mountPoint(),
                                        volume.labels(),
                                        users.getOrDefault(volume.name(), List.of()),
                                        Optional.ofNullable(sizes.get(volume.name()))))
                        .toList());
    }

    NodeAnswer remove(String name, String by) {
        if (engine.volumes().find(name).isEmpty()) {
            return new NodeAnswer.VolumeAbsent(name);
        }
        var users = users().getOrDefault(name, List.of());
        if (!users.isEmpty()) {
            return new NodeAnswer.VolumeInUse(name, users);
        }
        try {
            if (!engine.volumes().remove(name)) {
                return new NodeAnswer.VolumeAbsent(name);
            }
        } catch (EngineException e) {
            // Somebody has begun to use it meanwhile.
            var since = users().getOrDefault(name, List.of());
            if (e.kind() == EngineException.Kind.CONFLICT && !since.isEmpty()) {
                return new NodeAnswer.VolumeInUse(name, since);
            }
            throw e;
        }
        removed.removed(name, by);
        return new NodeAnswer.VolumeRemoved(name);
    }

    /** What these containers were made from; those that are not there are left out. */
    NodeAnswer images(List<String> containers) {
        var wanted = Set.copyOf(containers);
        return new NodeAnswer.ContainerImages(
                engine.list(Map.of()).stream()
                        .filter(container -> wanted.contains(container.name()))
                        .map(container ->
                                new NodeAnswer.ContainerImage(
                                        container.name(),
                                        container.image(),
                                        container.imageId(),
                                        digest(container.imageId())))
                        .toList());
    }

    /** {@code name@sha256:…} without the name. */
    private Optional<String> digest(String image) {
        return engine.images()
                .find(image)
                .flatMap(seen -> seen.digests().stream().findFirst())
                .map(digest -> digest.substring(digest.indexOf('@') + 1));
    }

    /** By volume: the containers that have it mounted, running or not. */
    private Map<String, List<String>> users() {
        var users = new HashMap<String, TreeSet<String>>();
        for (var container : engine.list(Map.of())) {
            for (var mount : container.mounts()) {
                if (mount.type().equals("volume")) {
                    users.computeIfAbsent(mount.name(), ignored -> new TreeSet<>())
                            .add(container.name());
                }
            }
        }
        var all = new HashMap<String, List<String>>();
        users.forEach((volume, containers) -> all.put(volume, List.copyOf(containers)));
        return all;
    }
}
