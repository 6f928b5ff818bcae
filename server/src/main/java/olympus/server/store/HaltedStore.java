package olympus.server.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import olympus.foundation.OlympusException;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.StoreStatus;
import olympus.hermes.StoreTimes;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.hermes.WatchEvent;
import olympus.hermes.log.LogDisk;

/**
 * Stands where the store would, when that could not be opened: answers everything with the reason.
 */
public final class HaltedStore implements Hermes {

    private final String islandId;
    private final OlympusException reason;

    public HaltedStore(String islandId, OlympusException reason) {
        this.islandId = islandId;
        this.reason = reason;
    }

    @Override
    public CompletionStage<TransactionResult> transact(Transaction transaction) {
        return CompletableFuture.completedFuture(
                new TransactionResult.Refused(reason.code(), message()));
    }

    @Override
    public CompletionStage<Optional<olympus.hermes.Entry>> get(Key key) {
        return CompletableFuture.failedFuture(reason);
    }

    @Override
    public CompletionStage<Page> list(Key prefix, Optional<Key> after, int limit) {
        return CompletableFuture.failedFuture(reason);
    }

    @Override
    public CompletionStage<StreamPage> readStream(Key stream, long fromSequence, int limit) {
        return CompletableFuture.failedFuture(reason);
    }

    @Override
    public Stale stale() {
        return new Stale(0, this);
    }

    @Override
    public Watch watch(
            Key prefix, long fromRevision, Executor deliverOn, Consumer<WatchEvent> receiver) {
        deliverOn.execute(() -> receiver.accept(new WatchEvent.Ended(fromRevision, message())));
        return () -> {};
    }

    @Override
    public CompletionStage<Path> saveSnapshot(Path directory) {
        return CompletableFuture.failedFuture(reason);
    }

    @Override
    public StoreTimes times() {
        return StoreTimes.none();
    }

    @Override
    public StoreStatus status() {
        return new StoreStatus(
                islandId,
                0,
                0,
                0,
                0,
                0,
                0,
                StoreStatus.Role.CLOSED,
                Optional.empty(),
                Optional.empty(),
                Optional.of(message()),
                Optional.of(message()),
                new StoreStatus.Sizes(0, 0, 0, 0, 0),
                LogDisk.none(),
                Optional.empty(),
                List.of());
    }

    private String message() {
        return String.valueOf(reason.getMessage());
    }
}
