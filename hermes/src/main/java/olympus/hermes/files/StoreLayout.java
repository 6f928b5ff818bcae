package olympus.hermes.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;

/**
 * Where the files of a store lie.
 *
 * <pre>
 * hermes/initialised               written once, when the first leader of this folder was ready
 * hermes/commit-mark               the last entry that was handed to the applier
 * hermes/ballast                   space set free when the disk is full
 * hermes/recovered                 written by a repair that gave up acknowledged entries; raises the incarnation
 * hermes/skips.json                entries that apply passes over
 * hermes/group                     which log it is, where that is not the island's first ({@link StoreGroup})
 * hermes/log/GROUP/current/log_*   segments
 * hermes/log/GROUP/current/raft-meta(.conf)
 * hermes/snapshots/snapshot.TERM_INDEX
 * </pre>
 */
public record StoreLayout(Path folder) {

    public Path initialised() {
        return folder.resolve("initialised");
    }

    public Path commitMark() {
        return folder.resolve("commit-mark");
    }

    public Path ballast() {
        return folder.resolve("ballast");
    }

    public Path skips() {
        return folder.resolve("skips.json");
    }

    public Path recovered() {
        return folder.resolve("recovered");
    }

    /** The folder that holds one folder per replicated log. */
    public Path logs() {
        return folder.resolve("log");
    }

    public Path segments(UUID group) {
        return logs().resolve(group.toString()).resolve("current");
    }

    public Path snapshots() {
        return folder.resolve("snapshots");
    }

    /** The groups that have a log here. */
    public List<UUID> groups() throws IOException {
        return list(logs()).stream().flatMap(path -> group(path).stream()).toList();
    }

    private static Optional<UUID> group(Path path) {
        try {
            return Optional.of(UUID.fromString(path.getFileName().toString()));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a foreign file is nobody's log
        }
    }

    /** Every snapshot file, oldest first. */
    public List<SnapshotFile> snapshotFiles() throws IOException {
        return list(snapshots()).stream()
                .map(SnapshotFile::parse)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparingLong(SnapshotFile::index))
                .toList();
    }

    /** Every log segment of {@code group}, in order of its first index. */
    public List<SegmentFile> segmentFiles(UUID group) throws IOException {
        return list(segments(group)).stream()
                .map(SegmentFile::parse)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparingLong(SegmentFile::first))
                .toList();
    }

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }
}
