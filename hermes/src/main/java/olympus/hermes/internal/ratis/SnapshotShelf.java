package olympus.hermes.internal.ratis;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import olympus.foundation.Durable;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot files of a store, as the engine sees them: one file each, the newest of them the
 * start of the log.
 *
 * <p>A snapshot is first {@link #offer offered}; it becomes the newest when the engine asks for one
 * ({@link #take}), because only then it purges the log behind it. Threading: any thread.
 */
final class SnapshotShelf implements StateMachineStorage {

    /** The newest and the one before it. */
    static final int KEPT = 2;

    private final StoreLayout layout;
    private @Nullable SnapshotFile newest;
    private @Nullable SnapshotFile offered;

    SnapshotShelf(StoreLayout layout, Optional<SnapshotFile> newest) {
        this.layout = layout;
        this.newest = newest.orElse(null);
    }

    synchronized void offer(SnapshotFile snapshot) {
        offered = snapshot;
    }

    /** Makes the offered snapshot the newest; the index of the newest. */
    synchronized long take() {
        if (offered != null && (newest == null || offered.index() > newest.index())) {
            newest = offered;
        }
        offered = null;
        return newest == null ? -1 : newest.index();
    }

    /** A snapshot that came from another member. */
    synchronized void receive(SnapshotFile snapshot) {
        if (newest == null || snapshot.index() > newest.index()) {
            newest = snapshot;
        }
    }

    synchronized Optional<SnapshotFile> newest() {
        return Optional.ofNullable(newest);
    }

    @Override
    public void init(RaftStorage storage) {}

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        return newest().map(SnapshotShelf::info).orElse(null);
    }

    @Override
    public void format() {}

    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) throws IOException {
        var files = layout.snapshotFiles();
        var last = newest().map(SnapshotFile::index).orElse(-1L);
        var known = files.stream().filter(file -> file.index() <= last).toList();
        for (var old : known.subList(0, Math.max(0, known.size() - KEPT))) {
            Durable.delete(old.path());
        }
    }

    @Override
    public java.io.File getSnapshotDir() {
        return layout.snapshots().toFile();
    }

    @Override
    public java.io.File getTmpDir() {
        return layout.snapshots().resolve("received").toFile();
    }

    static TermIndex position(SnapshotFile snapshot) {
        return TermIndex.valueOf(snapshot.term(), snapshot.index());
    }

    /** Refuses a snapshot that is not where and what it claims to be. */
    static void check(SnapshotFile snapshot, long index) throws IOException {
        if (snapshot.index() != index) {
            throw new IOException(
                    "snapshot %s contains entries up to %d, not %d as was said"
                            .formatted(snapshot.path(), snapshot.index(), index));
        }
        if (!Files.isRegularFile(snapshot.path())) {
            throw new IOException("snapshot %s is not there".formatted(snapshot.path()));
        }
    }

    private static SnapshotInfo info(SnapshotFile snapshot) {
        return new SingleFileSnapshotInfo(new FileInfo(snapshot.path(), null), position(snapshot));
    }
}
