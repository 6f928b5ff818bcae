package olympus.agent.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import olympus.engine.ContainerEngine;
import olympus.engine.EngineException;
import olympus.model.state.NodeAnswer;

/**
 * The volumes of this node's engine, for people: what is there and who uses it. The only place that
 * removes a volume, and only one that no container has. Threading: any thread; blocks on the
 * engine.
 */
final class NodeVolumes {

    private final ContainerEngine engine;

    NodeVolumes(ContainerEngine engine) {
        this.engine = engine;
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

    NodeAnswer remove(String name) {
        if (engine.volumes().find(name).isEmpty()) {
            return new NodeAnswer.VolumeAbsent(name);
        }
        var users = users().getOrDefault(name, List.of());
        if (!users.isEmpty()) {
            return new NodeAnswer.VolumeInUse(name, users);
        }
        try {
            return engine.volumes().remove(name)
                    ? new NodeAnswer.VolumeRemoved(name)
                    : new NodeAnswer.VolumeAbsent(name);
        } catch (EngineException e) {
            // Somebody has begun to use it meanwhile.
            var since = users().getOrDefault(name, List.of());
            if (e.kind() == EngineException.Kind.CONFLICT && !since.isEmpty()) {
                return new NodeAnswer.VolumeInUse(name, since);
            }
            throw e;
        }
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
