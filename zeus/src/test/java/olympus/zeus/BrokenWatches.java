package olympus.zeus;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import olympus.hermes.Entry;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.StoreStatus;
import olympus.hermes.StoreTimes;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.hermes.WatchEvent;

/** A store whose watches can be broken off, as a real one does under load or when it restarts. */
final class BrokenWatches implements Hermes {

    private final Hermes store;
    private final List<Long> begun = new ArrayList<>();
    private Runnable breakOff = () -> {};
    private long seen;

    BrokenWatches(Hermes store) {
        this.store = store;
    }

    /** The revisions from which was watched, in order. */
    List<Long> begun() {
        return begun;
    }

    /** The last revision delivered. */
    long seen() {
        return seen;
    }

    /** Ends the latest watch with this event; nothing more comes from it. */
    void breakOff(WatchEvent last) {
        ending = Optional.of(last);
        breakOff.run();
    }

    private Optional<WatchEvent> ending = Optional.empty();

    @Override
    public Watch watch(Key prefix, long from, Executor deliverOn, Consumer<WatchEvent> receiver) {
        begun.add(from);
        var real =
                store.watch(
                        prefix,
                        from,
                        deliverOn,
                        event -> {
                            seen = revision(event);
                            receiver.accept(event);
                        });
        breakOff =
                () -> {
                    real.close();
                    ending.ifPresent(event -> deliverOn.execute(() -> receiver.accept(event)));
                };
        return real;
    }

    private long revision(WatchEvent event) {
        return switch (event) {
            case WatchEvent.Listed(var revision, var entries, var last) -> revision;
            case WatchEvent.Changed(var revision, var changes) -> revision;
            case WatchEvent.Compacted ignored -> seen;
            case WatchEvent.Lagged ignored -> seen;
            case WatchEvent.Ended ignored -> seen;
        };
    }

    @Override
    public CompletionStage<Path> saveSnapshot(Path directory) {
        return store.saveSnapshot(directory);
    }

    @Override
    public CompletionStage<TransactionResult> transact(Transaction transaction) {
        return store.transact(transaction);
    }

    @Override
    public CompletionStage<Optional<Entry>> get(Key key) {
        return store.get(key);
    }

    @Override
    public CompletionStage<Page> list(Key prefix, Optional<Key> after, int limit) {
        return store.list(prefix, after, limit);
    }

    @Override
    public Stale stale() {
        return store.stale();
    }

    @Override
    public CompletionStage<StreamPage> readStream(Key stream, long from, int limit) {
        return store.readStream(stream, from, limit);
    }

    @Override
    public StoreTimes times() {
        return store.times();
    }

    @Override
    public StoreStatus status() {
        return store.status();
    }
}
