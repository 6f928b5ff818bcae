package olympus.cli.discover;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import olympus.cli.discover.Inventory.Container;
import olympus.cli.discover.Inventory.Storage;
import olympus.cli.discover.Inventory.StorageKind;
import olympus.engine.ContainerDetails;
import olympus.engine.ContainerEngine;
import olympus.engine.ContainerSummary;
import olympus.engine.EngineAddress;
import olympus.engine.EngineException;
import olympus.engine.MountPoint;
import olympus.engine.Volumes;

/** Containers and their data, of every engine whose socket is there. */
final class ContainerSource implements Source {

    /** After which the rest is left out, so that what was seen is told. */
    static final Duration ENOUGH = Duration.ofMillis(2_400);

    /** Folders that are mounted for what they say, not for what is kept in them. */
    private static final Set<String> NO_DATA =
            Set.of(
                    "/proc",
                    "/sys",
                    "/dev",
                    "/run",
                    "/var/run",
                    "/tmp",
                    "/lib/modules",
                    "/etc/ssl",
                    "/usr",
                    "/boot",
                    "/var/lib/docker",
                    "/var/lib/containers",
                    "/var/log");

    private final Path root;
    private final Supplier<List<Engine>> engines;
    private final String absent;

    /**
     * @param absent what to say when there is no engine
     */
    ContainerSource(Path root, Supplier<List<Engine>> engines, String absent) {
        this.root = root;
        this.engines = engines;
        this.absent = absent;
    }

    /** The part of a container engine that is asked here: nothing of it changes anything. */
    interface Engine extends AutoCloseable {

        String address();

        List<ContainerSummary> containers();

        ContainerDetails inspect(String id);

        List<Volumes.Seen> volumes();

        @Override
        void close();
    }

    /** Docker's and Podman's usual sockets, or what {@code DOCKER_HOST} names. */
    static ContainerSource ofTheMachine(Path root, Map<String, String> environment) {
        var named = environment.getOrDefault("DOCKER_HOST", "");
        return new ContainerSource(
                root,
                () ->
                        EngineAddress.candidates(environment).stream()
                                .filter(EngineAddress::isThere)
                                .map(address -> asked(address, environment))
                                .toList(),
                named.isEmpty()
                        ? "there is no socket of Docker or Podman"
                        : "there is no %s, which DOCKER_HOST names".formatted(named));
    }

    private static Engine asked(EngineAddress address, Map<String, String> environment) {
        var engine = ContainerEngine.at(address, environment);
        return new Engine() {
            @Override
            public String address() {
                return address.toString();
            }

            @Override
            public List<ContainerSummary> containers() {
                return engine.list(Map.of());
            }

            @Override
            public ContainerDetails inspect(String id) {
                return engine.inspect(id);
            }

            @Override
            public List<Volumes.Seen> volumes() {
                return engine.volumes().list();
            }

            @Override
            public void close() {
                engine.close();
            }
        };
    }

    @Override
    public String name() {
        return "containers";
    }

    @Override
    public Sight look() {
        var all = engines.get();
        if (all.isEmpty()) {
            return new Sight.Absent(absent);
        }
        var until = System.nanoTime() + ENOUGH.toNanos();
        var seen = Inventory.EMPTY;
        var unseen = new ArrayList<String>();
        EngineException last = null;
        for (var engine : all) {
            try (engine) {
                seen = seen.and(look(engine, until, unseen));
            } catch (EngineException e) {
                last = e;
                unseen.add("%s: %s".formatted(engine.address(), e.getMessage()));
            }
        }
        if (last != null && unseen.size() == all.size() && seen.containers().isEmpty()) {
            throw last;
        }
        return new Sight.Seen(seen, unseen);
    }

    private Inventory look(Engine engine, long until, List<String> unseen) {
        var listed = engine.containers();
        var containers = new ArrayList<Container>();
        var storage = new StorageInUse();
        for (var summary : listed) {
            if (System.nanoTime() > until) {
                unseen.add(
                        "%d of %d containers of %s: it answers slowly"
                                .formatted(
                                        listed.size() - containers.size(),
                                        listed.size(),
                                        engine.address()));
                break;
            }
            try {
                var details = engine.inspect(summary.id());
                containers.add(ContainerSeen.of(details));
                details.mounts().forEach(mount -> storage.add(mount, details.name()));
            } catch (EngineException e) {
                if (e.kind() != EngineException.Kind.NO_SUCH_CONTAINER) {
                    throw e; // gone in between is no trouble, anything else is
                }
            }
        }
        engine.volumes().forEach(storage::add);
        return Inventory.ofContainers(containers, storage.all());
    }

    /** Volumes and folders with the containers that use them, by path. */
    private final class StorageInUse {

        private record Kept(StorageKind kind, String name, String path) {}

        private final Map<String, Kept> byPath = new LinkedHashMap<>();
        private final Map<String, Set<String>> users = new TreeMap<>();

        void add(MountPoint mount, String container) {
            var isVolume = mount.type().equals("volume");
            if (!isVolume
                    && (!mount.type().equals("bind")
                            || mount.readOnly()
                            || !holdsData(mount.source()))) {
                return;
            }
            byPath.putIfAbsent(
                    mount.source(),
                    isVolume
                            ? new Kept(StorageKind.VOLUME, mount.name(), mount.source())
                            : new Kept(StorageKind.BIND, mount.source(), mount.source()));
            users.computeIfAbsent(mount.source(), path -> new TreeSet<>()).add(container);
        }

        /** One that no container uses now; without a name of its own nobody will look for it. */
        void add(Volumes.Seen volume) {
            if (!volume.name().matches("[0-9a-f]{64}")) {
                byPath.putIfAbsent(
                        volume.mountPoint(),
                        new Kept(StorageKind.VOLUME, volume.name(), volume.mountPoint()));
            }
        }

        private boolean holdsData(String folder) {
            var path = new FileTree(root).at(folder);
            return !folder.equals("/")
                    && NO_DATA.stream().noneMatch(other -> BackupCover.isBelow(folder, other))
                    && (Files.isDirectory(path) || !Files.exists(path));
        }

        List<Storage> all() {
            return byPath.values().stream()
                    .map(kept ->
                            new Storage(
                                    kept.kind(),
                                    kept.name(),
                                    kept.path(),
                                    List.copyOf(users.getOrDefault(kept.path(), Set.of()))))
                    .sorted(java.util.Comparator.comparing(Storage::name))
                    .toList();
        }
    }
}
