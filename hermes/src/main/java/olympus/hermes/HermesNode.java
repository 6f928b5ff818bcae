package olympus.hermes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import olympus.foundation.Clock;
import olympus.foundation.Durable;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.internal.loop.Condemned;
import olympus.hermes.internal.loop.FileArchive;
import olympus.hermes.internal.loop.HermesLoop;
import olympus.hermes.internal.loop.LogApplier;
import olympus.hermes.internal.loop.LoopParts;
import olympus.hermes.internal.loop.NodeThreads;
import olympus.hermes.internal.loop.OperatorOrders;
import olympus.hermes.internal.loop.StreamArchive;
import olympus.hermes.internal.loop.WatchHandle;
import olympus.hermes.internal.ratis.RatisLog;
import olympus.hermes.internal.state.Command;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.log.Group;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.ReplicatedLog;
import olympus.hermes.log.fake.InMemoryLog;
import olympus.hermes.log.fake.SimulatedDisk;

/**
 * A member of the store: the loop that owns the state, over a log.
 *
 * <p>Strict reads see every write whose future has completed. Threading: any thread; futures
 * complete on the loop.
 */
public final class HermesNode implements Hermes {

    private final HermesLoop loop;
    private final ReplicatedLog log;
    private final LoopParts parts;
    private final Reads strict;
    private final Reads applied;
    private final Runnable afterwards;

    private HermesNode(HermesLoop loop, ReplicatedLog log, LoopParts parts, Runnable afterwards) {
        this.loop = loop;
        this.log = log;
        this.parts = parts;
        this.strict = new StoreReads(loop::read, parts.archive());
        this.applied = new StoreReads(loop::readStale, parts.archive());
        this.afterwards = afterwards;
    }

    /**
     * A store for tests that forgets everything with its process: on {@code loop}, without files
     * and without other threads, so that a simulated loop runs it deterministically.
     */
    public static HermesNode inMemory(EventLoop loop, Clock clock) {
        var log = new InMemoryLog(new SimulatedDisk(), loop, Path.of("."), () -> Duration.ZERO);
        var options =
                new HermesOptions(
                        "test-island",
                        Optional.empty(),
                        HermesOptions.DEFAULT_WRITE_DEADLINE,
                        Long.MAX_VALUE,
                        HermesOptions.DEFAULT_ARCHIVE_BYTES);
        var parts = LoopParts.withoutThreads(StreamArchive.none());
        try {
            return start(loop, clock, new SplittableRandom(1), log, options, parts, () -> {});
        } catch (IOException e) {
            throw new IllegalStateException("a log in memory reads no files", e);
        }
    }

    /** Opens the store over a durable log on disk, described by {@code log}. */
    public static HermesNode open(HermesOptions options, LogConfig log, Clock clock)
            throws IOException {
        return open(options, new RatisLog(log), clock);
    }

    /**
     * Opens the store over {@code log} with threads of its own: one loop, and one each for writing
     * snapshots and writing the archive. Returns once the newest snapshot is loaded; {@link #ready}
     * tells when the store answers.
     *
     * @throws OlympusException of code {@code CORRUPT} when a file is damaged; it names the file
     *     and the remedy
     */
    public static HermesNode open(HermesOptions options, ReplicatedLog log, Clock clock)
            throws IOException {
        var folder =
                options.directory()
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "a store with threads of its own needs a directory"));
        var threads = new NodeThreads();
        var archive =
                new FileArchive(
                        folder.resolve("archive"), options.archiveBytes(), threads.archiver());
        var parts = new LoopParts(threads.writer(), Thread::startVirtualThread, archive);
        try {
            return start(threads.loop(), clock, new SecureRandom(), log, options, parts, threads);
        } catch (IOException | RuntimeException failed) {
            log.close();
            threads.run();
            throw failed;
        }
    }

    /**
     * A store on parts of the caller's choice; {@code afterwards} is closed after everything else.
     */
    static HermesNode start(
            EventLoop loop,
            Clock clock,
            RandomGenerator random,
            ReplicatedLog log,
            HermesOptions options,
            LoopParts parts,
            Runnable afterwards)
            throws IOException {
        var orders =
                options.directory().isPresent()
                        ? orders(new StoreLayout(options.directory().get()))
                        : OperatorOrders.none();
        var owner = new HermesLoop(loop, clock, random, log, options, parts, orders);
        log.onLeadership(owner::leadershipChanged);
        log.open(new LogApplier(owner));
        return new HermesNode(owner, log, parts, afterwards);
    }

    private static OperatorOrders orders(StoreLayout layout) throws IOException {
        var condemned = Condemned.listed(layout);
        var mark = layout.recovered();
        return new OperatorOrders(
                condemned, Files.exists(mark) ? Optional.of(() -> forget(mark)) : Optional.empty());
    }

    private static void forget(Path mark) {
        try {
            Durable.delete(mark);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Completed when the store answers; failed when that can no longer happen. */
    public CompletionStage<Void> ready() {
        return loop.ready();
    }

    @Override
    public CompletionStage<TransactionResult> transact(Transaction transaction) {
        return loop.submit(new Command.Transact(transaction));
    }

    /** Who keeps the store together. */
    public Group group() {
        return log.group();
    }

    /** The newest feature level that this version understands. */
    public static int supportedLevel() {
        return HermesState.SUPPORTED_FEATURE_LEVEL;
    }

    /** What every voter says of itself, by name; empty for one that did not answer in time. */
    public CompletionStage<Map<String, Optional<MemberReport>>> reports(Duration patience) {
        return loop.reports(patience);
    }

    /** How strict reads were confirmed; both 0 while there is nobody else who votes. */
    public ReadConfirmations confirmations() {
        return loop.confirmations();
    }

    /** Changes the bounds of the whole store. */
    public CompletionStage<TransactionResult> configure(StoreLimits limits) {
        return loop.submit(new Command.Configure(limits));
    }

    @Override
    public CompletionStage<Optional<Entry>> get(Key key) {
        return strict.get(key);
    }

    @Override
    public CompletionStage<Page> list(Key prefix, Optional<Key> after, int limit) {
        return strict.list(prefix, after, limit);
    }

    @Override
    public CompletionStage<StreamPage> readStream(Key stream, long fromSequence, int limit) {
        return strict.readStream(stream, fromSequence, limit);
    }

    @Override
    public Stale stale() {
        return new Stale(loop.status().revision(), applied);
    }

    @Override
    public Watch watch(
            Key prefix, long fromRevision, Executor deliverOn, Consumer<WatchEvent> receiver) {
        if (fromRevision < 0) {
            throw new IllegalArgumentException(
                    "watch from revision " + fromRevision + ": 0 or a revision is right");
        }
        return new WatchHandle(loop, prefix, fromRevision, deliverOn, receiver).start();
    }

    @Override
    public CompletionStage<Path> saveSnapshot(Path directory) {
        return loop.saveSnapshot(directory);
    }

    @Override
    public StoreStatus status() {
        return loop.status();
    }

    @Override
    public StoreTimes times() {
        return loop.times();
    }

    /**
     * Answers what is left, makes a last snapshot, closes the log and the threads of {@link #open}.
     * Completed when all that has happened; the waiting is the caller's, with a deadline of its
     * own.
     */
    public CompletionStage<Void> close() {
        var done = new CompletableFuture<Void>();
        var _ =
                loop.close()
                        .whenComplete((_, _) -> {
                            parts.archive().close();
                            parts.closer()
                                    .execute(() -> {
                                        log.close();
                                        afterwards.run();
                                        done.complete(null);
                                    });
                        });
        return done;
    }
}
