package olympus.hermes.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import olympus.foundation.ErrorCode;
import olympus.foundation.FolderLock;
import olympus.foundation.OlympusException;
import olympus.hermes.HermesOptions;
import olympus.hermes.Key;
import olympus.hermes.StreamEntry;
import olympus.hermes.files.RaftMeta;
import olympus.hermes.files.StoreExchange;
import olympus.hermes.files.StoreGroup;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.internal.loop.FileArchive;
import olympus.hermes.internal.state.Effects;
import olympus.hermes.internal.state.RevisionChanges;
import olympus.hermes.log.Group.Member;

/**
 * {@code olympus servers recover}: makes a store of one member from what the survivor of a group
 * has whose majority is lost for ever. Holds the lock of the data folder from {@link #begin} to
 * {@link #close}, so that what was found is what is recovered.
 */
public final class Recovery implements AutoCloseable {

    static final Effects NO_EFFECTS =
            new Effects() {
                @Override
                public void changed(RevisionChanges changes) {}

                @Override
                public void trimmed(Key stream, List<StreamEntry> elements) {}
            };

    private final StoreLayout layout;
    private final FolderLock lock;
    private final NewStore.Progress progress;
    private final Found found;

    private Recovery(StoreLayout layout, FolderLock lock, NewStore.Progress progress, Found found) {
        this.layout = layout;
        this.lock = lock;
        this.progress = progress;
        this.found = found;
    }

    /**
     * What the survivor has.
     *
     * @param members of the group, by the newest list that this member knows; empty when it knows
     *     none
     * @param needless whether this member alone is the group already
     * @param snapshotIndex the entry up to which its newest snapshot reaches, -1 without one
     * @param lastIndex its last entry
     * @param acknowledged the last entry of which it knows that a majority had it
     * @param unacknowledged how many entries it has behind that
     */
    public record Found(
            Path folder,
            List<Member> members,
            boolean needless,
            long snapshotIndex,
            long lastIndex,
            long acknowledged,
            long unacknowledged,
            long incarnation,
            long revision,
            int entries) {
        public Found {
            members = List.copyOf(members);
        }
    }

    /** Looks at the store in {@code dataFolder}; refused while a process holds it. */
    public static Recovery begin(Path dataFolder) throws IOException {
        return begin(dataFolder, NewStore.Progress.untold());
    }

    static Recovery begin(Path dataFolder, NewStore.Progress progress) throws IOException {
        var layout = new StoreLayout(dataFolder.resolve("hermes"));
        if (!Files.isDirectory(dataFolder)) {
            throw nothing(dataFolder, layout);
        }
        var lock = FolderLock.acquire(dataFolder);
        try {
            new StoreExchange(layout.folder()).settle();
            return new Recovery(layout, lock, progress, look(dataFolder, layout));
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static Found look(Path dataFolder, StoreLayout layout) throws IOException {
        if (!Files.exists(layout.initialised())) {
            throw nothing(dataFolder, layout);
        }
        var loaded = OfflineState.load(layout, NO_EFFECTS);
        var state = loaded.state();
        if (state.appliedIndex() <= 0) {
            throw new OlympusException(
                    ErrorCode.NOT_FOUND,
                    "there is nothing to recover: the store in %s holds no entries"
                            .formatted(layout.folder()));
        }
        var members = loaded.members().map(RaftMeta::voters).orElse(List.of());
        var alone =
                loaded.members()
                        .map(list -> members.size() == 1 && list.getOldPeersCount() == 0)
                        .orElse(StoreGroup.founded(layout.folder()));
        return new Found(
                layout.folder(),
                members,
                alone,
                loaded.snapshotIndex(),
                state.appliedIndex(),
                loaded.acknowledged(),
                loaded.unacknowledged(),
                state.incarnation(),
                state.revision(),
                state.entries());
    }

    private static OlympusException nothing(Path dataFolder, StoreLayout layout) {
        return new OlympusException(
                ErrorCode.NOT_FOUND,
                "%s holds no store that was ever in use: %s is not there; name the data folder with --data-dir"
                        .formatted(dataFolder, layout.initialised()));
    }

    public Found found() {
        return found;
    }

    /** Makes the new store; the old one is kept aside. */
    public NewStoreReport run(Instant now) throws IOException {
        var made = new NewStore(layout.folder(), progress);
        made.clear();
        StoreExchange.copy(layout.folder().resolve("archive"), made.folder().resolve("archive"));
        var archive =
                new FileArchive(
                        made.folder().resolve("archive"),
                        HermesOptions.DEFAULT_ARCHIVE_BYTES,
                        Runnable::run);
        var loaded = OfflineState.load(layout, keeping(archive));
        archive.close();
        var state = loaded.state();
        state.beginAnew(now, 0, 0);
        var kept = made.replaceBy(state, loaded.term(), "recovery", now);
        return NewStoreReport.of(state, made.group(), layout.folder(), kept);
    }

    /** What entries drop from streams, and was perhaps not archived yet, is archived here. */
    private static Effects keeping(FileArchive archive) {
        return new Effects() {
            @Override
            public void changed(RevisionChanges changes) {}

            @Override
            public void trimmed(Key stream, List<StreamEntry> elements) {
                archive.add(stream, elements);
            }
        };
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
