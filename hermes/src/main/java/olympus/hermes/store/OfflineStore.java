package olympus.hermes.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import olympus.foundation.ErrorCode;
import olympus.foundation.FolderLock;
import olympus.foundation.OlympusException;
import olympus.hermes.files.SegmentScan;
import olympus.hermes.files.Skip;
import olympus.hermes.files.SkipList;
import olympus.hermes.files.StoreExchange;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.internal.snapshot.SnapshotReader;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;

/**
 * A store looked at, and repaired, without opening it: {@code olympus store
 * inspect|verify|repair|skip-entry}.
 *
 * <p>Everything but {@link #inspect} and {@link #entries} takes the lock of the data folder, so
 * that no process has the store open meanwhile.
 */
public final class OfflineStore {

    private final Path dataFolder;
    private final StoreLayout layout;

    private OfflineStore(Path dataFolder, StoreLayout layout) {
        this.dataFolder = dataFolder;
        this.layout = layout;
    }

    /** The store in {@code dataFolder} (the folder that {@code --data-dir} names). */
    public static OfflineStore in(Path dataFolder) {
        var layout = new StoreLayout(dataFolder.resolve("hermes"));
        if (new StoreExchange(layout.folder()).interrupted()) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "putting another store in the place of %s was interrupted; start the server, or give the command that did it once more"
                            .formatted(layout.folder()));
        }
        if (!Files.isDirectory(layout.folder())) {
            throw new OlympusException(
                    ErrorCode.NOT_FOUND,
                    "%s holds no store: %s is not there; name the data folder with --data-dir"
                            .formatted(dataFolder, layout.folder()));
        }
        return new OfflineStore(dataFolder, layout);
    }

    /**
     * Lists files with their ranges and looks at every record's checksum. May be called beside a
     * running store.
     */
    public StoreReport inspect() throws IOException {
        return new Examination(layout).report(snapshot -> Optional.empty());
    }

    /** Like {@link #inspect}, and reads snapshots whole and decodes every entry. */
    public StoreReport verify() throws IOException {
        try (var lock = FolderLock.acquire(dataFolder)) {
            return new Examination(layout).withEntries().report(OfflineStore::snapshotProblem);
        }
    }

    private static Optional<String> snapshotProblem(SnapshotFile snapshot) throws IOException {
        try {
            SnapshotReader.verify(snapshot.path());
            return Optional.empty();
        } catch (OlympusException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Entries from {@code firstIndex} on, decoded; at most {@code limit}. */
    public List<EntryReport> entries(long firstIndex, int limit) throws IOException {
        var found = new ArrayList<EntryReport>();
        for (var file : layout.segmentFiles(group())) {
            if (file.last().orElse(Long.MAX_VALUE) >= firstIndex && found.size() < limit) {
                SegmentScan.of(
                        file,
                        (offset, bytes, entry) -> {
                            if (entry.getIndex() >= firstIndex && found.size() < limit) {
                                found.add(EntryDescription.of(entry, bytes));
                            }
                        });
            }
        }
        return found;
    }

    /** Has apply pass over the entry at {@code index} from the next start on. */
    public Skip skipEntry(long index, String reason, Instant now) throws IOException {
        try (var lock = FolderLock.acquire(dataFolder)) {
            var entry =
                    entries(index, 1).stream()
                            .filter(found -> found.index() == index)
                            .findFirst()
                            .orElseThrow(() ->
                                    new OlympusException(
                                            ErrorCode.NOT_FOUND,
                                            "entry %d cannot be skipped: the log in %s has no such entry"
                                                    .formatted(index, layout.folder())));
            if (!entry.kind().equals(EntryDescription.DATA)) {
                throw new OlympusException(
                        ErrorCode.INVALID,
                        "entry %d cannot be skipped: it is a %s record of the engine, which apply never sees"
                                .formatted(index, entry.kind()));
            }
            var skip = new Skip(index, entry.hash(), reason, now);
            SkipList.add(layout.skips(), skip);
            return skip;
        }
    }

    /**
     * Cuts the log off and makes its small files fit again. What is cut is kept beside the store.
     *
     * @param truncateAt the first entry to give up; empty for right behind the last good one
     */
    public RepairReport repair(OptionalLong truncateAt, Instant now) throws IOException {
        try (var lock = FolderLock.acquire(dataFolder)) {
            return new Repair(layout, group(), now).truncate(truncateAt);
        }
    }

    private UUID group() throws IOException {
        return group(layout);
    }

    /** The one group whose log is here. */
    static UUID group(StoreLayout layout) throws IOException {
        var groups = layout.groups();
        if (groups.size() != 1) {
            throw new OlympusException(
                    ErrorCode.CORRUPT,
                    "%s holds the logs of %d groups %s; exactly one was expected"
                            .formatted(layout.logs(), groups.size(), groups));
        }
        return groups.getFirst();
    }
}
