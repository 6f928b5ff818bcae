package olympus.cli.discover;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import olympus.cli.discover.Finding.Kind;
import olympus.cli.discover.Finding.Severity;
import olympus.cli.discover.Inventory.Disk;
import olympus.cli.discover.Inventory.Repository;
import olympus.cli.discover.Inventory.Storage;

/** Data without a backup, backups that stopped, disks that are nearly full. */
final class StorageFindings {

    /** A backup is taken daily by nearly everyone; one missed day is forgiven. */
    static final Duration OLD_BACKUP = Duration.ofHours(50);

    static final int NEARLY_FULL_PERCENT = 90;
    static final int FULL_PERCENT = 97;

    private static final String RUN_IT = "run its backup by hand and read what it says";

    private StorageFindings() {}

    static List<Finding> of(Inventory inventory, Instant now, boolean knowsBackups) {
        var found = new ArrayList<Finding>();
        inventory
                .disks()
                .forEach(disk ->
                        disk(disk, inventory.storage(), inventory.disks()).ifPresent(found::add));
        inventory
                .repositories()
                .forEach(repository -> repository(repository, now).ifPresent(found::add));
        if (knowsBackups) {
            uncovered(inventory).ifPresent(found::add);
        }
        return found;
    }

    private static Optional<Finding> disk(Disk disk, List<Storage> storage, List<Disk> disks) {
        if (disk.used() < NEARLY_FULL_PERCENT) {
            return Optional.empty();
        }
        var on =
                storage.stream()
                        .filter(one -> diskOf(one.path(), disks).filter(disk::equals).isPresent())
                        .map(Storage::name)
                        .sorted()
                        .toList();
        return Optional.of(
                Finding.of(
                        disk.used() >= FULL_PERCENT ? Severity.BROKEN : Severity.AT_RISK,
                        Kind.DISK_NEARLY_FULL,
                        disk.mountPoint(),
                        "the file system %s is %d %% full, %d MiB are left"
                                .formatted(disk.mountPoint(), disk.used(), disk.freeBytes() >> 20),
                        on.isEmpty()
                                ? "programs fail in odd ways on a full disk"
                                : "the data of %s is on it".formatted(Judgement.names(on)),
                        "docker system df, or: du -xh --max-depth=2 %s | sort -h | tail"
                                .formatted(disk.mountPoint())));
    }

    /** The file system with the longest mount point above the path. */
    static Optional<Disk> diskOf(String path, List<Disk> disks) {
        return disks.stream()
                .filter(disk -> BackupCover.isBelow(path, disk.mountPoint()))
                .max(Comparator.comparingInt(disk -> disk.mountPoint().length()));
    }

    private static Optional<Finding> repository(Repository repository, Instant now) {
        var name = "the %s repository %s".formatted(repository.tool(), repository.location());
        return switch (repository.reach()) {
            case ELSEWHERE, FORBIDDEN -> Optional.empty();
            case MISSING ->
                    Optional.of(
                            noBackup(
                                    repository,
                                    name + " is not there",
                                    "%s writes to it"
                                            .formatted(Judgement.names(repository.namedBy())),
                                    "mount its disk, or mend the path"));
            case LOOKED_INTO ->
                    repository.newest().isEmpty()
                            ? Optional.of(
                                    noBackup(
                                            repository,
                                            name + " holds no backup",
                                            "nothing can be restored from it",
                                            RUN_IT))
                            : repository
                                    .newest()
                                    .filter(newest -> newest.isBefore(now.minus(OLD_BACKUP)))
                                    .map(newest ->
                                            noBackup(
                                                            repository,
                                                            name + " has had no new backup",
                                                            "everything since then would be lost",
                                                            RUN_IT)
                                                    .since(Optional.of(newest)));
        };
    }

    private static Finding noBackup(Repository repository, String what, String why, String next) {
        return Finding.of(
                Severity.AT_RISK, Kind.BACKUP_OLD, repository.location(), what, why, next);
    }

    private static Optional<Finding> uncovered(Inventory inventory) {
        var cover = new BackupCover(inventory);
        var names =
                inventory.storage().stream()
                        .filter(storage -> !cover.covers(storage))
                        .map(Storage::name)
                        .sorted()
                        .toList();
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Finding(
                                Severity.AT_RISK,
                                Kind.BACKUP_MISSING,
                                names,
                                "no backup that was found names %s: %s"
                                        .formatted(
                                                Judgement.count(
                                                        names.size(),
                                                        "place where containers keep data",
                                                        "places where containers keep data"),
                                                Judgement.names(names)),
                                Optional.empty(),
                                "a lost disk takes them with it (judged by the words of cron lines, timers and scripts only)",
                                "add their paths to a backup, or ignore this if one runs from elsewhere"));
    }
}
