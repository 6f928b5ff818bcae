package olympus.cli.discover;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import olympus.cli.discover.Inventory.BackupJob;
import olympus.cli.discover.Inventory.Container;
import olympus.cli.discover.Inventory.Storage;

/**
 * Tells which storage is in a backup, by words only: a scheduled job with a backup tool names its
 * path, a folder above it, the volume, or a container that uses it; or a container whose image is a
 * backup program uses it too. No proof: what is named may fail, and what runs from elsewhere is not
 * seen.
 */
final class BackupCover {

    private static final Pattern BACKUP_IMAGE =
            Pattern.compile(
                    "(?i).*(restic|borg|duplicati|kopia|duplicity|urbackup|volume-backup|backup|pgbackrest|barman|syncthing).*");

    /** Folders that scripts name for other reasons than to save all that is in them. */
    private static final Set<String> TOO_WIDE =
            Set.of("/usr", "/bin", "/etc", "/tmp", "/dev", "/run", "/proc", "/sys");

    private final Set<String> paths = new HashSet<>();
    private final Set<String> words = new HashSet<>();

    BackupCover(Inventory inventory) {
        for (BackupJob job : inventory.jobs()) {
            paths.addAll(job.paths());
            words.addAll(job.words());
        }
        paths.removeAll(TOO_WIDE);
        inventory.containers().stream()
                .filter(container -> container.state().equals("running"))
                .filter(container -> BACKUP_IMAGE.matcher(container.image()).matches())
                .map(Container::name)
                .forEach(words::add);
    }

    boolean covers(Storage storage) {
        return words.contains(storage.name())
                || storage.usedBy().stream().anyMatch(words::contains)
                || paths.stream().anyMatch(path -> isBelow(storage.path(), path));
    }

    /** Whether {@code path} is {@code folder} or something in it. */
    static boolean isBelow(String path, String folder) {
        return folder.equals("/") || path.equals(folder) || path.startsWith(folder + "/");
    }
}
