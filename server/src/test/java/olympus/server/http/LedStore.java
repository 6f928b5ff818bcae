package olympus.server.http;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import olympus.hermes.Entry;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.StoreStatus;
import olympus.hermes.StoreTimes;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.hermes.WatchEvent;

/** A member of a store, which says of the leader what a test wants. */
final class LedStore implements Hermes {

    static final Duration LEADERLESS = Duration.ofMinutes(2);

    private final Hermes store;
    private volatile StoreStatus.Role role = StoreStatus.Role.FOLLOWER;
    private volatile Optional<String> leader = Optional.empty();
    private volatile Optional<Instant> asOf = Optional.empty();

    private final AtomicInteger looks = new AtomicInteger();
    private volatile int until;
    private volatile Runnable then = () -> {};

    LedStore(Hermes store) {
        this.store = store;
    }

    LedStore leads(String self) {
        asOf = Optional.empty();
        leader = Optional.of(self);
        role = StoreStatus.Role.LEADER;
        return this;
    }

    LedStore follows(String other) {
        asOf = Optional.empty();
        role = StoreStatus.Role.FOLLOWER;
        leader = Optional.of(other);
        return this;
    }

    /** Since so long ago; strict questions get no answer until somebody leads. */
    LedStore knowsNoLeader() {
        asOf = Optional.of(Instant.now().minus(LEADERLESS));
        role = StoreStatus.Role.FOLLOWER;
        leader = Optional.empty();
        return this;
    }

    /** Runs {@code action} once its status was looked at so many times more. */
    void afterLooks(int more, Runnable action) {
        then = action;
        until = looks.get() + more;
    }

    @Override
    public StoreStatus status() {
        if (looks.incrementAndGet() == until) {
            then.run();
        }
        var real = store.status();
        return new StoreStatus(
                real.islandId(),
                real.incarnation(),
                real.featureLevel(),
                real.epoch(),
                real.revision(),
                real.compactRevision(),
                real.appliedIndex(),
                role,
                leader,
                asOf,
                real.halted(),
                real.writesRefused(),
                real.sizes(),
                real.disk(),
                real.lastSnapshot(),
                real.problems());
    }

    @Override
    public CompletionStage<TransactionResult> transact(Transaction transaction) {
        return store.transact(transaction);
    }

    @Override
    public CompletionStage<Optional<Entry>> get(Key key) {
        return strictly(store.get(key));
    }

    @Override
    public CompletionStage<Page> list(Key prefix, Optional<Key> after, int limit) {
        return strictly(store.list(prefix, after, limit));
    }

    @Override
    public CompletionStage<StreamPage> readStream(Key stream, long fromSequence, int limit) {
        return strictly(store.readStream(stream, fromSequence, limit));
    }

    private <T> CompletionStage<T> strictly(CompletionStage<T> answer) {
        return leader.isPresent() ? answer : new CompletableFuture<>();
    }

    @Override
    public Stale stale() {
        return store.stale();
    }

    @Override
    public Watch watch(
            Key prefix, long fromRevision, Executor deliverOn, Consumer<WatchEvent> receiver) {
        return store.watch(prefix, fromRevision, deliverOn, receiver);
    }

    @Override
    public CompletionStage<Path> saveSnapshot(Path directory) {
        return store.saveSnapshot(directory);
    }

    @Override
    public StoreTimes times() {
        return store.times();
    }
}
