package olympus.cli.discover;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import olympus.cli.discover.Inventory.Compose;
import olympus.cli.discover.Inventory.Container;
import olympus.cli.discover.Inventory.CronLine;
import olympus.cli.discover.Inventory.Disk;
import olympus.cli.discover.Inventory.Listener;
import olympus.cli.discover.Inventory.Repository;
import olympus.cli.discover.Inventory.Timer;
import olympus.cli.discover.Inventory.Unit;

/**
 * The document that {@code olympus discover} prints: findings, worst first, then everything seen.
 * Only ever added to; {@code format} counts up when a reader would break.
 */
public record Discovery(
        int format,
        Instant at,
        List<Finding> findings,
        List<Survey.Told> sources,
        List<Project> projects,
        List<Container> containers,
        List<Place> storage,
        List<Unit> units,
        List<Timer> timers,
        List<CronLine> cron,
        List<Listener> listeners,
        List<Repository> repositories,
        List<Disk> disks) {

    public static final int FORMAT = 1;

    /** A Compose project with containers on this machine. */
    public record Project(
            String name, String directory, List<String> files, List<String> services) {
        public Project {
            files = List.copyOf(files);
            services = List.copyOf(services);
        }
    }

    /**
     * Where containers keep data.
     *
     * @param backedUp whether a backup that was found names it; empty when backups could not be
     *     looked at
     */
    public record Place(
            Inventory.StorageKind kind,
            String name,
            String path,
            List<String> usedBy,
            Optional<Boolean> backedUp) {
        public Place {
            usedBy = List.copyOf(usedBy);
        }
    }

    /** The usual sources of a machine whose files are below {@code root}. */
    public static List<Source> sources(Path root, Map<String, String> environment, Clock clock) {
        return List.of(
                ContainerSource.ofTheMachine(root, environment),
                new UnitSource(environment),
                new CronSource(root, clock.getZone(), clock.instant()),
                new ListenerSource(root),
                new BackupSource(root),
                new RepositorySource(root),
                new DiskSource(root, DiskSource.Space.OF_THE_SYSTEM));
    }

    public static Discovery of(Survey.Result seen, Instant now) {
        var inventory = new Ownership(seen.inventory()).named();
        var cover = new BackupCover(inventory);
        var knowsBackups = sawBackups(seen.sources());
        return new Discovery(
                FORMAT,
                now,
                Judgement.of(inventory, now, knowsBackups),
                seen.sources(),
                projects(inventory.containers()),
                inventory.containers(),
                inventory.storage().stream()
                        .map(one ->
                                new Place(
                                        one.kind(),
                                        one.name(),
                                        one.path(),
                                        one.usedBy(),
                                        knowsBackups
                                                ? Optional.of(cover.covers(one))
                                                : Optional.empty()))
                        .toList(),
                inventory.units(),
                inventory.timers(),
                inventory.cron(),
                inventory.listeners(),
                inventory.repositories(),
                inventory.disks());
    }

    private static boolean sawBackups(List<Survey.Told> sources) {
        return sources.stream()
                .filter(told -> told.source().equals(BackupSource.NAME))
                .anyMatch(told ->
                        told.outcome() == Survey.Outcome.SEEN
                                || told.outcome() == Survey.Outcome.PARTLY);
    }

    private static List<Project> projects(List<Container> containers) {
        var byName = new TreeMap<String, List<Compose>>();
        for (var container : containers) {
            container
                    .compose()
                    .ifPresent(label ->
                            byName.computeIfAbsent(label.project(), p -> new ArrayList<>())
                                    .add(label));
        }
        return byName.entrySet().stream()
                .map(entry ->
                        new Project(
                                entry.getKey(),
                                entry.getValue().getFirst().directory(),
                                entry.getValue().getFirst().files(),
                                entry.getValue().stream()
                                        .map(Compose::service)
                                        .distinct()
                                        .sorted()
                                        .toList()))
                .toList();
    }
}
