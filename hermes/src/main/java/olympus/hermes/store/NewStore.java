package olympus.hermes.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import olympus.foundation.Durable;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.files.CommitMark;
import olympus.hermes.files.RaftMeta;
import olympus.hermes.files.StoreExchange;
import olympus.hermes.files.StoreGroup;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.internal.snapshot.SnapshotReader;
import olympus.hermes.internal.snapshot.SnapshotWriter;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;

/**
 * A store of one member, made from a state and put in the place of the one that was there: a
 * snapshot, an empty log behind it, and a group of its own.
 */
final class NewStore {

    private static final int ROWS_PER_SLICE = 1_024;
    private static final long BYTES_PER_SLICE = 1 << 20;

    /** What has been done when somebody is told of it. */
    enum Step {
        CLEARED,
        SNAPSHOT_WRITTEN,
        FILES_WRITTEN,
        BUILT,
        OLD_MOVED_ASIDE,
        IN_PLACE
    }

    /** Told after each step; what it throws ends the work there. */
    @FunctionalInterface
    interface Progress {
        void done(Step step);

        static Progress untold() {
            return _ -> {};
        }
    }

    private final StoreExchange exchange;
    private final StoreLayout building;
    private final Progress progress;
    private final UUID group = UUID.randomUUID();

    NewStore(Path folder, Progress progress) {
        this.exchange = new StoreExchange(folder);
        this.building = new StoreLayout(exchange.building());
        this.progress = progress;
    }

    UUID group() {
        return group;
    }

    /** Where the new store is being put together. */
    Path folder() {
        return building.folder();
    }

    /** Begins with an empty folder. */
    void clear() throws IOException {
        exchange.settle();
        Files.createDirectories(building.segments(group));
        Files.createDirectories(building.snapshots());
        progress.done(Step.CLEARED);
    }

    /**
     * Writes {@code state} as the whole content of the new store, and puts that in its place.
     *
     * @param why the word with which the name of the old store's folder says what became of it
     * @return where the old store is kept, if there was one
     */
    Optional<Path> replaceBy(HermesState state, long term, String why, Instant now)
            throws IOException {
        var snapshot = write(state, term);
        check(snapshot, state);
        progress.done(Step.SNAPSHOT_WRITTEN);
        smallFiles(snapshot, state.islandId());
        progress.done(Step.FILES_WRITTEN);
        exchange.built();
        progress.done(Step.BUILT);
        var kept = exchange.moveAside(keptName(why, now));
        progress.done(Step.OLD_MOVED_ASIDE);
        exchange.putInPlace();
        progress.done(Step.IN_PLACE);
        return kept;
    }

    private static String keptName(String why, Instant now) {
        return "hermes-before-%s-%s".formatted(why, now.toString().replace(':', '-'));
    }

    private SnapshotFile write(HermesState state, long term) throws IOException {
        try (var capture = state.capture(term);
                var writer = new SnapshotWriter(building.snapshots(), capture.head())) {
            writer.skipped(capture.skipped());
            writer.origins(capture.origins());
            writer.leases(capture.leases());
            writer.ring(capture.ring());
            while (!capture.entries().done()) {
                writer.entries(capture.entries().next(ROWS_PER_SLICE, BYTES_PER_SLICE));
            }
            while (capture.streams().hasNext()) {
                writer.stream(capture.streams().next(ROWS_PER_SLICE, BYTES_PER_SLICE));
            }
            return writer.finish();
        }
    }

    /** What was written is read again before anything depends on it. */
    private static void check(SnapshotFile snapshot, HermesState state) throws IOException {
        var read = SnapshotReader.verify(snapshot.path()).state();
        if (read.hash() != state.hash()) {
            throw new OlympusException(
                    ErrorCode.INTERNAL,
                    "the new store has the state hash %016x, not %016x: nothing was changed"
                            .formatted(read.hash(), state.hash()));
        }
    }

    private void smallFiles(SnapshotFile snapshot, String island) throws IOException {
        RaftMeta.write(building.segments(group), snapshot.term());
        CommitMark.create(
                building.commitMark(), new CommitMark.Position(snapshot.term(), snapshot.index()));
        new StoreGroup(island, group, true).write(building.folder());
        Durable.replace(
                building.initialised(),
                "format=1\ngroup=%s\nmember=founder\n".formatted(group).getBytes(UTF_8));
    }
}
