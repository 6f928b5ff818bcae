package olympus.hermes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import olympus.hermes.internal.codec.EntryCodec;
import olympus.hermes.internal.ratis.RatisLog;
import olympus.hermes.internal.snapshot.SnapshotReader;
import olympus.hermes.internal.state.Effects;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.internal.state.LogEntry;
import olympus.hermes.internal.state.RevisionChanges;
import olympus.hermes.log.Eventually;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.ReplicatedLog;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The same random commands have the same state hash wherever they were applied: by three servers,
 * by the bare state, by one server, by one that was restarted, and from a snapshot onwards.
 */
final class EqualHashesTest extends GroupInOneProcess {

    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final int OUTSTANDING = 2_000;

    /** What the first member was given, by index. */
    private final TreeMap<Long, LogEntry> entries = new TreeMap<>();

    /** The hash of the bare state after each of them. */
    private final TreeMap<Long, Long> hashes = new TreeMap<>();

    @Test
    void theSameCommandsGiveTheSameHashEverywhere() throws Exception {
        run(20_000, 1);
    }

    @Test
    @Tag("long")
    void aMillionCommandsGiveTheSameHashEverywhere() throws Exception {
        run(1_000_000, 2);
    }

    private void run(int commands, long seed) throws Exception {
        logs = (name, log) -> name.equals("a") ? new Recording(log) : log;
        start("a", false);
        grow("a", "b");
        grow("a", "c");
        var random = new SplittableRandom(seed);
        transact(random, commands / 2);
        var half = await(node("b").saveSnapshot(Files.createDirectory(folder.resolve("half"))));
        transact(random, commands - commands / 2);

        var three = new ArrayList<Path>();
        for (var name : NAMES) {
            three.add(
                    await(
                            node(name)
                                    .saveSnapshot(
                                            Files.createDirectory(folder.resolve("of-" + name)))));
        }
        stop("b");
        start("b", false);
        await(node("b").ready());
        three.add(await(node("b").saveSnapshot(Files.createDirectory(folder.resolve("again")))));
        var last = SnapshotReader.verify(three.getLast()).head().index();
        Eventually.holds("the first has all", () -> node("a").status().appliedIndex() >= last);
        NAMES.forEach(this::stop);

        replayByTheBareState();
        for (var snapshot : three) {
            var head = SnapshotReader.verify(snapshot).head();
            assertThat(hashes.get(head.index())).as("%s", snapshot).isEqualTo(head.hash());
        }
        var onwards = SnapshotReader.load(half, none()).state();
        entries.tailMap(onwards.appliedIndex(), false).forEach(onwards::apply);
        assertThat(onwards.hash()).as("from a snapshot onwards").isEqualTo(hash());
        assertThat(byOneServer(true)).as("one server").isEqualTo(hash());
        assertThat(byOneServer(false)).as("the same, restarted").isEqualTo(hash());
    }

    private void transact(RandomGenerator random, int commands) {
        var outstanding = new ArrayDeque<CompletionStage<TransactionResult>>();
        for (var n = 0; n < commands; n++) {
            if (outstanding.size() >= OUTSTANDING) {
                assertAnswered(outstanding.remove());
            }
            outstanding.add(node(NAMES.get(n % NAMES.size())).transact(transaction(random)));
        }
        outstanding.forEach(EqualHashesTest::assertAnswered);
    }

    private static void assertAnswered(CompletionStage<TransactionResult> result) {
        assertThat(await(result)).isNotInstanceOf(TransactionResult.Unknown.class);
    }

    private void replayByTheBareState() {
        var state = new HermesState(none());
        entries.forEach((index, entry) -> {
            state.apply(index, entry);
            hashes.put(index, state.hash());
        });
    }

    private long hash() {
        return hashes.lastEntry().getValue();
    }

    /** Entries go through a log of one, or are replayed from it. */
    private long byOneServer(boolean fresh) throws Exception {
        var indexes = List.copyOf(entries.keySet());
        var state = new HermesState(none());
        var all = new CompletableFuture<Void>();
        var log = new RatisLog(LogConfig.alone(folder.resolve("one"), GROUP));
        var leads = new CompletableFuture<Void>();
        log.onLeadership(leadership -> {
            if (leadership.leader()) {
                leads.complete(null);
            }
        });
        try (log) {
            log.open(new Replaying(state, indexes, all));
            leads.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            if (fresh) {
                submit(log);
            }
            all.get(DEADLINE_SECONDS * 6, TimeUnit.SECONDS);
            return state.hash();
        }
    }

    private void submit(ReplicatedLog log) throws InterruptedException {
        var room = new Semaphore(2);
        for (var entry : entries.values()) {
            assertThat(room.tryAcquire(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            log.submit(
                    EntryCodec.encode(entry),
                    room,
                    outcome -> {
                        throw new AssertionError("not committed: " + outcome);
                    });
        }
    }

    private static Effects none() {
        return new Effects() {
            @Override
            public void changed(RevisionChanges changes) {}

            @Override
            public void trimmed(Key stream, List<StreamEntry> elements) {}
        };
    }

    // ---- random commands

    private static Transaction transaction(RandomGenerator random) {
        var key = key(random);
        List<Condition> conditions =
                switch (random.nextInt(12)) {
                    case 0 -> List.of(new Condition.Exists(key));
                    case 1 -> List.of(new Condition.Absent(key));
                    case 2 -> List.of(new Condition.ValueIs(key, value(random)));
                    default -> List.of();
                };
        var operations = new ArrayList<Operation>();
        operations.add(new Operation.Put(key, value(random)));
        for (var n = random.nextInt(3); n > 0; n--) {
            operations.add(operation(random));
        }
        return new Transaction(conditions, operations);
    }

    private static Operation operation(RandomGenerator random) {
        return switch (random.nextInt(9)) {
            case 0, 1, 2 -> new Operation.Append(Key.of("s/" + random.nextInt(20)), value(random));
            case 3 -> new Operation.Delete(Key.of("d/" + random.nextInt(500)));
            case 4 -> new Operation.DeleteTree(Key.of("t/" + random.nextInt(20)));
            case 5 -> new Operation.GrantLease(Duration.ofMillis(100 + random.nextInt(2_000)));
            case 6 -> new Operation.KeepAlive(random.nextInt(1, 5_000));
            case 7 -> new Operation.RevokeLease(random.nextInt(1, 5_000));
            default ->
                    new Operation.LimitStream(
                            Key.of("s/" + random.nextInt(20)),
                            new StreamLimits(
                                    1_000 + random.nextInt(5_000),
                                    10 + random.nextInt(100),
                                    Duration.ofSeconds(1 + random.nextInt(60))));
        };
    }

    private static Key key(RandomGenerator random) {
        var family = random.nextBoolean() ? "d/" : "t/" + random.nextInt(20) + "/";
        return Key.of(family + random.nextInt(500));
    }

    private static Bytes value(RandomGenerator random) {
        return Bytes.utf8("v".repeat(random.nextInt(20)) + random.nextInt(4));
    }

    // ---- who records and replays

    private final class Recording extends WatchedLog {

        Recording(ReplicatedLog log) {
            super(log);
        }

        @Override
        LogEntry seen(long index, LogEntry entry) {
            entries.put(index, entry);
            return entry;
        }
    }

    /** Applies what a log of one commits, at the indexes that the entries had in the group. */
    private static final class Replaying implements ReplicatedLog.Applier {

        private final HermesState state;
        private final List<Long> indexes;
        private final CompletableFuture<Void> all;
        private int applied;

        Replaying(HermesState state, List<Long> indexes, CompletableFuture<Void> all) {
            this.state = state;
            this.indexes = indexes;
            this.all = all;
        }

        @Override
        public long load(Optional<ReplicatedLog.SnapshotFile> newest) throws IOException {
            assertThat(newest).isEmpty();
            return 0;
        }

        @Override
        public CompletionStage<Void> committed(
                long term, long index, ByteBuffer entry, Optional<Object> context) {
            state.apply(indexes.get(applied++), EntryCodec.decode(entry));
            context.map(Semaphore.class::cast).ifPresent(Semaphore::release);
            if (applied == indexes.size()) {
                all.complete(null);
            }
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void passed(long index) {}

        @Override
        public void failed(Throwable cause) {
            all.completeExceptionally(cause);
        }
    }
}
