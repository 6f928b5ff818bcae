package olympus.cli.discover;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Everything that was seen on a machine, free of judgement. Each source fills its own lists.
 *
 * @param jobs what runs a backup tool, by which storage is counted as backed up
 */
public record Inventory(
        List<Container> containers,
        List<Storage> storage,
        List<Unit> units,
        List<Timer> timers,
        List<CronLine> cron,
        List<CronFault> cronFaults,
        List<Listener> listeners,
        List<Repository> repositories,
        List<BackupJob> jobs,
        List<Disk> disks) {

    public static final Inventory EMPTY =
            new Inventory(
                    List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
                    List.of(), List.of(), List.of());

    public Inventory {
        containers = List.copyOf(containers);
        storage = List.copyOf(storage);
        units = List.copyOf(units);
        timers = List.copyOf(timers);
        cron = List.copyOf(cron);
        cronFaults = List.copyOf(cronFaults);
        listeners = List.copyOf(listeners);
        repositories = List.copyOf(repositories);
        jobs = List.copyOf(jobs);
        disks = List.copyOf(disks);
    }

    /** Both together. */
    Inventory and(Inventory other) {
        return new Inventory(
                joined(containers, other.containers),
                joined(storage, other.storage),
                joined(units, other.units),
                joined(timers, other.timers),
                joined(cron, other.cron),
                joined(cronFaults, other.cronFaults),
                joined(listeners, other.listeners),
                joined(repositories, other.repositories),
                joined(jobs, other.jobs),
                joined(disks, other.disks));
    }

    private static <T> List<T> joined(List<T> some, List<T> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    static Inventory ofContainers(List<Container> containers, List<Storage> storage) {
        return new Inventory(
                containers,
                storage,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    static Inventory ofUnits(List<Unit> units, List<Timer> timers) {
        return new Inventory(
                List.of(), List.of(), units, timers, List.of(), List.of(), List.of(), List.of(),
                List.of(), List.of());
    }

    static Inventory ofCron(List<CronLine> lines, List<CronFault> faults) {
        return new Inventory(
                List.of(), List.of(), List.of(), List.of(), lines, faults, List.of(), List.of(),
                List.of(), List.of());
    }

    static Inventory ofListeners(List<Listener> listeners) {
        return new Inventory(
                List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), listeners,
                List.of(), List.of(), List.of());
    }

    static Inventory ofBackups(List<Repository> repositories, List<BackupJob> jobs) {
        return new Inventory(
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                repositories,
                jobs,
                List.of());
    }

    static Inventory ofDisks(List<Disk> disks) {
        return new Inventory(
                List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
                List.of(), List.of(), disks);
    }

    /**
     * A container, running or not.
     *
     * @param id the engine's, in full
     * @param state as the engine words it: {@code running}, {@code exited}, {@code restarting}, …
     * @param restarts by the engine, since it was created
     * @param restartPolicy {@code no}, {@code always}, {@code unless-stopped}, {@code on-failure}
     * @param started of the present or last run
     * @param finished of the last run, when there is none at present
     */
    public record Container(
            String id,
            String name,
            String image,
            String state,
            Optional<Health> health,
            int restarts,
            String restartPolicy,
            Optional<Integer> exitCode,
            Optional<Instant> started,
            Optional<Instant> finished,
            Optional<Compose> compose,
            List<PublishedPort> ports) {
        public Container {
            ports = List.copyOf(ports);
        }
    }

    /**
     * What the container's own health check says.
     *
     * @param status {@code healthy}, {@code unhealthy} or {@code starting}
     * @param unhealthySince the end of the first of the failures in a row
     * @param exact false: the engine's short log does not reach back that far, and the time is
     *     reckoned from the number of failures
     * @param lastOutput of the last check, at most one line
     */
    public record Health(
            String status, Optional<Instant> unhealthySince, boolean exact, String lastOutput) {}

    /** The Compose project that a container belongs to, by its labels. */
    public record Compose(String project, String service, String directory, List<String> files) {
        public Compose {
            files = List.copyOf(files);
        }
    }

    /** A port of the host that leads into a container. */
    public record PublishedPort(String address, int port, String protocol, int containerPort) {}

    /** Where containers keep data: a volume, or a folder of the host. */
    public record Storage(StorageKind kind, String name, String path, List<String> usedBy) {
        public Storage {
            usedBy = List.copyOf(usedBy);
        }
    }

    public enum StorageKind {
        VOLUME,
        BIND
    }

    /**
     * A systemd service.
     *
     * @param enabled the unit file's state: {@code enabled}, {@code static}, …
     * @param type {@code simple}, {@code oneshot}, …
     * @param result of the last run: {@code success}, {@code exit-code}, …
     * @param since of the present state
     * @param triggeredBy timers, sockets and paths that start it
     * @param conditionsMet false: systemd skipped it on purpose
     */
    public record Unit(
            String name,
            String description,
            String active,
            String sub,
            String enabled,
            String type,
            String result,
            int exitStatus,
            int restarts,
            Optional<Instant> since,
            List<String> triggeredBy,
            boolean conditionsMet) {
        public Unit {
            triggeredBy = List.copyOf(triggeredBy);
        }
    }

    /**
     * A systemd timer.
     *
     * @param starts the unit that it starts
     * @param lastResult of that unit; empty when it never ran
     */
    public record Timer(
            String name,
            String starts,
            String active,
            String enabled,
            Optional<Instant> last,
            Optional<Instant> next,
            Optional<String> lastResult) {}

    /**
     * A line of a crontab, or a program in a folder such as {@code cron.daily}.
     *
     * @param place file:line, or the program's file
     * @param command with passwords masked
     * @param next empty when it is due at no time of day
     */
    public record CronLine(
            String place, String schedule, String user, String command, Optional<Instant> next) {}

    /** Something that cron does not do although a file asks for it. */
    public record CronFault(String place, String what, String why, String remedy) {}

    /**
     * A port that something listens on.
     *
     * @param address {@code 0.0.0.0} and {@code ::} are all addresses of the machine
     * @param process its name; empty when it may not be seen
     * @param container its name, when it is one's
     * @param unit the systemd unit that it belongs to
     */
    public record Listener(
            String protocol,
            String address,
            int port,
            Optional<String> process,
            Optional<String> container,
            Optional<String> unit) {

        /** Whether every machine that reaches this one reaches the port. */
        public boolean everywhere() {
            return address.equals("0.0.0.0") || address.equals("::");
        }
    }

    /**
     * A restic or borg repository.
     *
     * @param tool {@code restic} or {@code borg}
     * @param location a folder, or an address without its password
     * @param namedBy the files that name it; empty when only the folder was found
     * @param newest when the newest file of a snapshot was written; empty when there is none, or it
     *     was not looked into
     * @param snapshots for restic, when it was looked into
     */
    public record Repository(
            String tool,
            String location,
            List<String> namedBy,
            Reach reach,
            Optional<Instant> newest,
            Optional<Integer> snapshots) {
        public Repository {
            namedBy = List.copyOf(namedBy);
        }
    }

    /** How far a repository could be looked into. */
    public enum Reach {
        LOOKED_INTO,
        /** Something names it, and there is no such folder. */
        MISSING,
        /** On another machine, which is not asked. */
        ELSEWHERE,
        /** This user may not read it. */
        FORBIDDEN
    }

    /**
     * Something scheduled that runs a backup tool.
     *
     * @param place the file, with its line where it has one
     * @param paths that its text names and does not exclude
     * @param words of its text, to find names of volumes and containers in
     */
    public record BackupJob(String place, String tool, List<String> paths, List<String> words) {
        public BackupJob {
            paths = List.copyOf(paths);
            words = List.copyOf(words);
        }
    }

    /** A file system with room for data. */
    public record Disk(String mountPoint, String type, long totalBytes, long freeBytes) {

        /** In percent, rounded down. */
        public int used() {
            return totalBytes == 0 ? 0 : (int) (100 - Math.ceilDiv(freeBytes * 100, totalBytes));
        }
    }
}
