package olympus.hermes.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Entry;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.StoreLimits;
import olympus.hermes.StreamEntry;
import olympus.hermes.StreamLimits;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.hermes.internal.codec.EntryCodec;
import olympus.hermes.internal.snapshot.SnapshotReader;
import olympus.hermes.internal.snapshot.SnapshotWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random operations on the state and on a trivial model of it, with snapshots, replays and a second
 * replica in between.
 */
final class ReferenceModelTest {

    private static final int ENTRIES = 40_000;

    @TempDir private Path folder = Path.of(".");

    private final Effects noEffects =
            new Effects() {
                @Override
                public void changed(RevisionChanges changes) {}

                @Override
                public void trimmed(Key stream, List<StreamEntry> elements) {}
            };

    @Test
    void agreesWithTheModelOverRandomOperationsSnapshotsAndReplays() throws IOException {
        var seed = Long.getLong("olympus.seed", System.nanoTime());
        try {
            run(new Random(seed));
        } catch (AssertionError | RuntimeException failed) {
            throw new AssertionError("failed with -Dolympus.seed=" + seed, failed);
        }
    }

    private void run(Random random) throws IOException {
        var leader = new HermesState(noEffects);
        var replica = new HermesState(noEffects);
        var model = new Model();
        var operations = 0;
        var tick = 0L;
        Optional<Capture> capture = Optional.empty();
        for (var index = 1L; index <= ENTRIES; index++) {
            tick += random.nextInt(20);
            var entry = entry(random, index, tick, leader);
            operations += entry.commands().size() * 2;
            var results = leader.apply(index, entry);
            var same = replica.apply(index, EntryCodec.decode(EntryCodec.encode(entry)));
            assertThat(same).isEqualTo(results);
            assertThat(replica.hash()).as("hash after entry %d", index).isEqualTo(leader.hash());
            model.apply(tick, entry, results);
            if (index % 100 == 0) {
                model.compare(leader);
            }
            if (index % 2_000 == 0) {
                capture = Optional.of(replica.capture(1));
            }
            if (index % 2_000 == 50 && capture.isPresent()) {
                replica = reload(capture.get(), leader, replica);
                capture = Optional.empty();
            }
        }
        assertThat(operations).isGreaterThan(100_000);
        assertThat(model.committed).isGreaterThan(10_000);
    }

    /** Writes down a capture of 50 entries ago, which must show the state as it was then. */
    private HermesState reload(Capture capture, HermesState leader, HermesState replica)
            throws IOException {
        var head = capture.head();
        try (capture;
                var writer = new SnapshotWriter(folder, head)) {
            writer.skipped(capture.skipped());
            writer.origins(capture.origins());
            writer.leases(capture.leases());
            writer.ring(capture.ring());
            while (!capture.entries().done()) {
                writer.entries(capture.entries().next(7, 10_000));
            }
            while (capture.streams().hasNext()) {
                writer.stream(capture.streams().next(5, 10_000));
            }
            var file = writer.finish();
            var loaded = SnapshotReader.load(file.path(), noEffects);
            assertThat(loaded.state().hash()).isEqualTo(head.hash());
        }
        // And one of the present, with which the replica goes on.
        var now = replica.capture(2);
        try (now;
                var writer = new SnapshotWriter(folder, now.head())) {
            writer.skipped(now.skipped());
            writer.origins(now.origins());
            writer.leases(now.leases());
            writer.ring(now.ring());
            while (!now.entries().done()) {
                writer.entries(now.entries().next(1_000, 1 << 20));
            }
            while (now.streams().hasNext()) {
                writer.stream(now.streams().next(1_000, 1 << 20));
            }
            var loaded = SnapshotReader.load(writer.finish().path(), noEffects).state();
            assertThat(loaded.hash()).isEqualTo(leader.hash());
            return loaded;
        }
    }

    private static LogEntry entry(Random random, long index, long tick, HermesState state) {
        var commands = new ArrayList<Command>();
        if (index == 1) {
            commands.add(new Command.Found("i"));
            commands.add(new Command.TakeEpoch());
            commands.add(new Command.Configure(new StoreLimits(20_000, 200, 1 << 20, 50, 10)));
        }
        for (var i = random.nextInt(4); i > 0; i--) {
            commands.add(new Command.Transact(transaction(random, state)));
        }
        if (random.nextInt(10) == 0) {
            commands.add(new Command.VerifyHash(state.appliedIndex(), state.hash()));
        }
        return new LogEntry(
                new EntryHeader(1, state.epoch(), tick, HybridTime.of(tick), 0, 42, index),
                commands);
    }

    private static Transaction transaction(Random random, HermesState state) {
        var conditions = new ArrayList<Condition>();
        if (random.nextInt(3) == 0) {
            var key = key(random);
            conditions.add(
                    switch (random.nextInt(5)) {
                        case 0 ->
                                new Condition.RevisionIs(
                                        key, state.modifyRevision(key) + random.nextInt(2));
                        case 1 -> new Condition.ValueIs(key, value(random));
                        case 2 -> new Condition.Exists(key);
                        case 3 -> new Condition.Absent(key);
                        default -> new Condition.EpochIs(state.epoch() + random.nextInt(2));
                    });
        }
        var operations = new ArrayList<Operation>();
        var keys = new HashSet<Key>();
        for (var i = 1 + random.nextInt(4); i > 0; i--) {
            var operation = operation(random, state);
            if (!(operation instanceof Operation.Put put) || keys.add(put.key())) {
                operations.add(operation);
            }
        }
        return new Transaction(conditions, operations);
    }

    private static Operation operation(Random random, HermesState state) {
        var lease = Math.max(1, state.revision() - random.nextInt(60));
        return switch (random.nextInt(20)) {
            case 0 -> new Operation.Delete(key(random));
            case 1 -> new Operation.DeleteTree(Key.of("k/" + random.nextInt(30)));
            case 2, 3 -> new Operation.Append(stream(random), value(random));
            case 4 ->
                    new Operation.LimitStream(
                            stream(random),
                            new StreamLimits(
                                    1 + random.nextInt(5_000),
                                    1 + random.nextInt(50),
                                    Duration.ofMillis(1 + random.nextInt(9_000))));
            case 5 -> new Operation.GrantLease(Duration.ofMillis(100 + random.nextInt(1_000)));
            case 6 -> new Operation.KeepAlive(lease);
            case 7 -> new Operation.RevokeLease(lease);
            case 8, 9 ->
                    new Operation.Put(
                            key(random), value(random), state.leaseLives(lease) ? lease : 0);
            default -> new Operation.Put(key(random), value(random));
        };
    }

    private static Key key(Random random) {
        return Key.of("k/" + random.nextInt(30) + "/" + random.nextInt(10));
    }

    private static Key stream(Random random) {
        return Key.of("s/" + random.nextInt(12));
    }

    private static Bytes value(Random random) {
        return Bytes.utf8("v".repeat(random.nextInt(5)) + random.nextInt(3));
    }

    /** The state as the simplest thing that could be right: maps, scanned whole. */
    private static final class Model {

        private final TreeMap<Key, Entry> table = new TreeMap<>();
        private final Map<Long, long[]> leases = new TreeMap<>();
        private final Map<Key, Long> appended = new TreeMap<>();
        private long revision;
        private long committed;

        void apply(long tick, LogEntry entry, Applied applied) {
            var over =
                    leases.entrySet().stream()
                            .filter(lease -> lease.getValue()[1] <= tick)
                            .map(Map.Entry::getKey)
                            .toList();
            for (var id : over) {
                revision++;
                end(id);
            }
            for (var i = 0; i < entry.commands().size(); i++) {
                switch (entry.commands().get(i)) {
                    case Command.TakeEpoch _ -> revision++;
                    case Command.Transact(var transaction) -> {
                        if (applied.results().get(i)
                                instanceof TransactionResult.Committed(var at)) {
                            committed++;
                            revision++;
                            assertThat(at).isEqualTo(revision);
                            transaction.operations().forEach(operation -> perform(operation, tick));
                        }
                    }
                    case Command.Found _ -> {}
                    case Command.RaiseFeatureLevel _ -> {}
                    case Command.RaiseIncarnation _ -> {}
                    case Command.Configure _ -> {}
                    case Command.VerifyHash _ -> {}
                }
            }
        }

        private void perform(Operation operation, long tick) {
            switch (operation) {
                case Operation.Put(var key, var value, var lease) -> {
                    var old = table.get(key);
                    var owner = leases.containsKey(lease) ? lease : 0;
                    table.put(
                            key,
                            new Entry(
                                    key,
                                    value,
                                    old == null ? revision : old.createRevision(),
                                    revision,
                                    owner));
                }
                case Operation.Delete(var key) -> table.remove(key);
                case Operation.DeleteTree(var prefix) ->
                        table.keySet().removeIf(key -> key.isUnder(prefix));
                case Operation.Append(var key, var _) -> appended.merge(key, 1L, Long::sum);
                case Operation.LimitStream _ -> {}
                case Operation.GrantLease(var ttl) ->
                        leases.put(revision, new long[] {ttl.toMillis(), tick + ttl.toMillis()});
                case Operation.KeepAlive(var id) ->
                        leases.computeIfPresent(
                                id, (_, lease) -> new long[] {lease[0], tick + lease[0]});
                case Operation.RevokeLease(var id) -> end(id);
            }
        }

        private void end(long id) {
            leases.remove(id);
            table.values().removeIf(entry -> entry.leaseId() == id);
        }

        void compare(HermesState state) {
            assertThat(state.revision()).isEqualTo(revision);
            assertThat(state.under(Key.of("k"), Optional.empty(), Integer.MAX_VALUE))
                    .containsExactlyElementsOf(table.values());
            assertThat(state.leases()).isEqualTo(leases.size());
            assertThat(state.ring().size()).isLessThanOrEqualTo(200);
            appended.forEach((stream, count) -> {
                assertThat(state.nextSequence(stream)).isEqualTo(count + 1);
                var elements = state.streamEntries(stream, 0, Integer.MAX_VALUE);
                assertThat(elements.size()).isLessThanOrEqualTo(10_000);
                for (var i = 0; i < elements.size(); i++) {
                    assertThat(elements.get(i).sequence())
                            .isEqualTo(state.firstSequence(stream) + i);
                }
            });
        }
    }
}
