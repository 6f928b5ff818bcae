package olympus.hermes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import olympus.foundation.simulation.SimulatedClock;
import olympus.foundation.simulation.SimulatedLoop;
import olympus.hermes.internal.loop.LoopParts;
import olympus.hermes.internal.loop.StreamArchive;
import olympus.hermes.simulated.SimulatedGroup;
import olympus.hermes.simulated.SimulatedMachine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three or five members over a simulated group: leaders come and go and learn it late, processes
 * are killed, stopped and gone on with, members are cut off, messages are lost and late, clocks are
 * stepped; clients write and read at any member. Seeded, so that a failing seed can be run again.
 */
final class ReplicaSimulationTest {

    private static final int SEEDS = 300;
    private static final int SEEDS_LONG = 10_000;
    private static final int STEPS = 300;
    private static final List<String> FIVE = List.of("a", "b", "c", "d", "e");
    private static final Key REGISTER = Key.of("register");
    private static final Key COUNTERS = Key.of("counters");
    private static final Key LOG = Key.of("log");

    @TempDir private Path folder = Path.of(".");

    static LongStream seeds() {
        var chosen = Long.getLong("olympus.seed");
        return chosen == null ? LongStream.rangeClosed(1, SEEDS) : LongStream.of(chosen);
    }

    static LongStream newSeeds() {
        return new Random().longs(SEEDS_LONG);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void losesNothingAppliesNothingTwiceReadsNothingOldAndNeverMissesAChange(long seed)
            throws IOException {
        run(seed);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("newSeeds")
    void theSameWithTenThousandNewSeeds(long seed) throws IOException {
        run(seed);
    }

    private void run(long seed) throws IOException {
        try {
            new Run(seed, folder.resolve("" + seed)).go();
        } catch (AssertionError | RuntimeException failed) {
            throw new AssertionError("failed with -Dolympus.seed=" + seed, failed);
        }
    }

    @Test
    void twoRunsOfOneSeedAreTheSame() throws IOException {
        var first = new Run(42, folder.resolve("first"));
        first.go();
        var second = new Run(42, folder.resolve("second"));
        second.go();
        assertThat(second.trace).isEqualTo(first.trace).isNotEmpty();
    }

    private static final class Run {

        private final List<String> names;
        private final Random random;
        private final SimulatedClock clock =
                new SimulatedClock(Instant.parse("2026-11-21T00:00:00Z"));
        private final SimulatedLoop world = new SimulatedLoop(clock);
        private final SimulatedGroup group;
        private final Map<String, SimulatedMachine> machines = new LinkedHashMap<>();
        private final Map<String, HermesNode> nodes = new LinkedHashMap<>();
        private final Map<String, Watcher> watchers = new LinkedHashMap<>();
        private final Map<Integer, TransactionResult> answers = new TreeMap<>();
        private final List<String> trace = new ArrayList<>();
        private final Map<String, List<CompletableFuture<?>>> askedOf = new LinkedHashMap<>();
        private int attempts;
        private int strictReads;
        private long acknowledged;

        Run(long seed, Path folder) throws IOException {
            this.names = seed % 3 == 0 ? FIVE : FIVE.subList(0, 3);
            this.random = new Random(seed);
            this.group =
                    new SimulatedGroup(
                            world, new Random(random.nextLong()), Files.createDirectories(folder));
        }

        void go() throws IOException {
            for (var name : names) {
                machines.put(name, new SimulatedMachine(clock, world));
                watchers.put(name, new Watcher());
                start(name);
            }
            group.elect("a");
            for (var step = 0; step < STEPS; step++) {
                step();
                nodes.forEach(
                        (name, node) -> assertThat(node.status().halted()).as(name).isEmpty());
            }
            settle();
            check();
        }

        private void step() throws IOException {
            var name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(40)) {
                case 0 -> restart(name);
                case 1, 2 -> group.elect(name);
                case 3 -> machine(name).stop();
                case 4, 5, 6 -> machine(name).goOn();
                case 7 -> machine(name).stepWall(Duration.ofMinutes(random.nextInt(120) - 60L));
                case 8 -> world.runFor(Duration.ofMillis(random.nextInt(3_000)));
                case 9 -> group.lostOfThousand = random.nextInt(4) == 0 ? 500 : 20;
                case 10, 11, 12, 13, 14, 15 -> read(name);
                case 16, 17, 18 -> raise(name);
                case 19 -> group.cutOff(name);
                case 20, 21, 22 -> group.heal();
                default -> write(name);
            }
            if (group.leader().isEmpty() && random.nextInt(5) == 0) {
                group.elect(name);
            }
            world.runFor(Duration.ofMillis(random.nextInt(30)));
        }

        private void settle() throws IOException {
            group.lostOfThousand = 0;
            group.heal();
            machines.values().forEach(SimulatedMachine::goOn);
            group.elect("b");
            world.runFor(Duration.ofSeconds(30));
        }

        /** Each attempt appends its own number and counts a shared key, in one transaction. */
        private void write(String name) {
            var number = attempts++;
            transact(
                    name,
                    number,
                    List.of(
                            new Operation.Append(LOG, Bytes.utf8("" + number)),
                            new Operation.Put(
                                    COUNTERS.child("" + random.nextInt(20)),
                                    Bytes.utf8("" + number))));
        }

        private void transact(String name, int number, List<Operation> operations) {
            asked(
                    name,
                    node(name)
                            .transact(new Transaction(List.of(), operations))
                            .thenAccept(result -> {
                                answers.put(number, result);
                                trace.add(clock.monotonicNanos() + " " + number + " " + result);
                            }));
        }

        /** The register only grows: whoever reads after an acknowledgement sees at least that. */
        private void raise(String name) {
            var value = attempts++;
            var _ =
                    node(name)
                            .transact(
                                    new Transaction(
                                            List.of(),
                                            List.of(
                                                    new Operation.Append(
                                                            LOG, Bytes.utf8("" + value)),
                                                    new Operation.Put(
                                                            REGISTER, Bytes.utf8("" + value)))))
                            .thenAccept(result -> {
                                answers.put(value, result);
                                if (result instanceof TransactionResult.Committed(var revision)) {
                                    acknowledged = Math.max(acknowledged, revision);
                                }
                            });
        }

        private void read(String name) {
            var atLeast = acknowledged;
            asked(
                    name,
                    node(name)
                            .get(REGISTER)
                            .thenAccept(found -> {
                                strictReads++;
                                var seen = found.map(Entry::modifyRevision).orElse(0L);
                                trace.add("read " + seen);
                                assertThat(seen)
                                        .as("strict read at %s", name)
                                        .isGreaterThanOrEqualTo(atLeast);
                                acknowledged = Math.max(acknowledged, seen);
                            })
                            .exceptionally(failure -> {
                                if (failure.getCause() instanceof AssertionError stale) {
                                    trace.add("STALE " + stale.getMessage());
                                }
                                return null;
                            }));
        }

        /** Whatever is asked of a process that lives on is answered. */
        private void asked(String name, CompletionStage<?> answer) {
            askedOf.computeIfAbsent(name, _ -> new ArrayList<>()).add(answer.toCompletableFuture());
        }

        private void start(String name) throws IOException {
            var machine = machine(name);
            var options =
                    new HermesOptions(
                            "sim", Optional.empty(), Duration.ofSeconds(3), 4_000, 1 << 20);
            var node =
                    HermesNode.start(
                            machine.loop(),
                            machine,
                            new Random(random.nextLong()),
                            group.member(name, machine),
                            options,
                            LoopParts.withoutThreads(StreamArchive.none()),
                            () -> {});
            nodes.put(name, node);
            Objects.requireNonNull(watchers.get(name)).watch(node, machine);
        }

        private void restart(String name) throws IOException {
            askedOf.remove(name);
            group.crash(name);
            machine(name).restart();
            start(name);
        }

        private SimulatedMachine machine(String name) {
            return Objects.requireNonNull(machines.get(name));
        }

        private HermesNode node(String name) {
            return Objects.requireNonNull(nodes.get(name));
        }

        private void check() {
            assertThat(trace).noneMatch(line -> line.startsWith("STALE"));
            var stored = stored();
            assertThat(stored).hasSizeGreaterThan(10);
            assertThat(new HashSet<>(stored)).as("applied at most once").hasSameSizeAs(stored);
            answers.forEach((number, result) -> {
                switch (result) {
                    case TransactionResult.Committed _ ->
                            assertThat(stored).as("acknowledged").contains(number);
                    case TransactionResult.Refused _ ->
                            assertThat(stored).as("refused").doesNotContain(number);
                    case TransactionResult.Conflict _ ->
                            throw new AssertionError("there is no condition");
                    case TransactionResult.Unknown _ -> {}
                }
            });
            var committed =
                    answers.values().stream()
                            .filter(TransactionResult.Committed.class::isInstance)
                            .count();
            assertThat(committed).as("it goes on").isGreaterThan(10);
            assertThat(strictReads).as("reads are answered").isGreaterThan(0);
            askedOf.forEach(
                    (name, all) -> assertThat(all).as(name).allMatch(CompletableFuture::isDone));
            for (var name : names) {
                Objects.requireNonNull(watchers.get(name)).check(node(name), world, name);
            }
        }

        private List<Integer> stored() {
            var all = new ArrayList<Integer>();
            for (var from = 1L; ; ) {
                var page = node("c").readStream(LOG, from, Hermes.MAX_PAGE).toCompletableFuture();
                world.runFor(Duration.ofSeconds(1));
                assertThat(page).isDone();
                page.join()
                        .entries()
                        .forEach(entry -> all.add(Integer.parseInt(entry.value().toString())));
                from += page.join().entries().size();
                if (page.join().entries().isEmpty()) {
                    return all;
                }
            }
        }
    }

    /** Follows the counters over restarts, resuming where it was; ends with the same table. */
    private static final class Watcher {

        private final TreeMap<Key, Bytes> seen = new TreeMap<>();
        private long next;
        private long lastRevision;
        private int life;

        void watch(HermesNode node, SimulatedMachine machine) {
            life++;
            var mine = life;
            node.watch(COUNTERS, next, machine.loop(), event -> receive(event, mine));
        }

        private void receive(WatchEvent event, int mine) {
            if (mine != life) {
                return;
            }
            switch (event) {
                case WatchEvent.Listed(var revision, var entries, var last) -> {
                    entries.forEach(entry -> seen.put(entry.key(), entry.value()));
                    if (last) {
                        next = revision + 1;
                    }
                }
                case WatchEvent.Changed(var revision, var changes) -> {
                    assertThat(revision).as("in order").isGreaterThan(lastRevision);
                    lastRevision = revision;
                    for (var change : changes) {
                        if (change instanceof Change.Put(var entry)) {
                            seen.put(entry.key(), entry.value());
                        }
                    }
                    next = revision + 1;
                }
                case WatchEvent.Compacted _ -> throw new AssertionError("the ring is large enough");
                case WatchEvent.Lagged _ -> throw new AssertionError("nobody is slow");
                case WatchEvent.Ended(var from, var reason) ->
                        throw new AssertionError("ended at " + from + ": " + reason);
            }
        }

        void check(HermesNode node, SimulatedLoop world, String name) {
            var listing =
                    node.list(COUNTERS, Optional.empty(), Hermes.MAX_PAGE).toCompletableFuture();
            world.runFor(Duration.ofSeconds(1));
            assertThat(listing).isDone();
            var table = new TreeMap<Key, Bytes>();
            listing.join().entries().forEach(entry -> table.put(entry.key(), entry.value()));
            assertThat(seen).as(name).isEqualTo(table);
        }
    }
}
