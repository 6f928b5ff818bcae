package olympus.hermes.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import olympus.foundation.ErrorCode;
import olympus.foundation.FolderLock;
import olympus.foundation.OlympusException;
import olympus.hermes.files.StoreExchange;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.internal.snapshot.SnapshotReader;

/**
 * {@code olympus snapshot restore}: makes a store of one member from a file that {@code olympus
 * snapshot save} has written. Holds the lock of the data folder from {@link #begin} to {@link
 * #close}.
 */
public final class Restoration implements AutoCloseable {

    private final StoreLayout layout;
    private final FolderLock lock;
    private final NewStore.Progress progress;
    private final Path file;
    private final Found found;

    private Restoration(
            StoreLayout layout,
            FolderLock lock,
            NewStore.Progress progress,
            Path file,
            Found found) {
        this.layout = layout;
        this.lock = lock;
        this.progress = progress;
        this.file = file;
        this.found = found;
    }

    /**
     * What the file holds.
     *
     * @param present the store that is there now, and would be moved aside; empty without one
     */
    public record Found(SnapshotContent content, Optional<Present> present) {}

    /** A store that a restore would put aside. */
    public sealed interface Present {
        /** It can be read. */
        record Readable(long lastIndex, long incarnation, long revision, int entries)
                implements Present {}

        /** Its files are damaged, or it was never in use. */
        record Unreadable(String why) implements Present {}
    }

    /**
     * Looks at {@code file} and at the store in {@code dataFolder}, which is made where it is
     * missing; refused while a process holds that folder.
     *
     * @param island whose data folder it is; empty for one that belongs to none yet
     */
    public static Restoration begin(Path dataFolder, Path file, Optional<UUID> island)
            throws IOException {
        return begin(dataFolder, file, island, NewStore.Progress.untold());
    }

    static Restoration begin(
            Path dataFolder, Path file, Optional<UUID> island, NewStore.Progress progress)
            throws IOException {
        var content = SnapshotContent.verify(file);
        if (island.isPresent() && !island.get().toString().equals(content.island())) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "%s is a snapshot of island %s, but the data folder %s belongs to island %s; nothing was changed. Give a snapshot of that island, or another --data-dir"
                            .formatted(file, content.island(), dataFolder, island.get()));
        }
        var layout = new StoreLayout(dataFolder.resolve("hermes"));
        var lock = FolderLock.acquire(dataFolder);
        try {
            new StoreExchange(layout.folder()).settle();
            return new Restoration(
                    layout, lock, progress, file, new Found(content, present(layout)));
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static Optional<Present> present(StoreLayout layout) throws IOException {
        if (!Files.exists(layout.folder())) {
            return Optional.empty();
        }
        try {
            var state = OfflineState.load(layout, Recovery.NO_EFFECTS).state();
            return Optional.of(
                    new Present.Readable(
                            state.appliedIndex(),
                            state.incarnation(),
                            state.revision(),
                            state.entries()));
        } catch (OlympusException e) {
            return Optional.of(new Present.Unreadable(String.valueOf(e.getMessage())));
        }
    }

    public Found found() {
        return found;
    }

    /** Makes the new store; the one that was there is kept aside. */
    public NewStoreReport run(Instant now) throws IOException {
        var loaded = SnapshotReader.load(file, Recovery.NO_EFFECTS);
        if (loaded.head().hash() != found.content().hash()) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%s has changed since it was looked at; nothing was changed".formatted(file));
        }
        var made = new NewStore(layout.folder(), progress);
        made.clear();
        var state = loaded.state();
        var present = found.present().orElse(new Present.Unreadable("there is none"));
        switch (present) {
            case Present.Readable old -> state.beginAnew(now, old.incarnation(), old.revision());
            case Present.Unreadable _ -> state.beginAnew(now, 0, 0);
        }
        var kept = made.replaceBy(state, loaded.head().term(), "restore", now);
        return NewStoreReport.of(state, made.group(), layout.folder(), kept);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
