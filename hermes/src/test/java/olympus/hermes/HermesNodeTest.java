package olympus.hermes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import olympus.foundation.simulation.SimulatedClock;
import olympus.foundation.simulation.SimulatedLoop;
import org.junit.jupiter.api.Test;

/** The store as gods use it, in memory on a simulated loop. */
final class HermesNodeTest {

    private final SimulatedClock clock = new SimulatedClock(Instant.parse("2026-11-21T00:00:00Z"));
    private final SimulatedLoop loop = new SimulatedLoop(clock);
    private final HermesNode node = HermesNode.inMemory(loop, clock);

    @Test
    void answersAWriteOnceItIsInTheLogAndReadsItBack() {
        var written = revision(Transaction.of(put("a/b", "1")));
        var entry = now(node.get(Key.of("a/b"))).orElseThrow();

        assertThat(entry.value()).isEqualTo(Bytes.utf8("1"));
        assertThat(entry.modifyRevision()).isEqualTo(written);
        assertThat(node.status().role()).isEqualTo(StoreStatus.Role.LEADER);
        assertThat(node.status().epoch()).isPositive();
    }

    @Test
    void changesNothingWhenAConditionDoesNotHold() {
        var first = revision(Transaction.of(put("k", "1")));
        var conflict =
                now(
                        node.transact(
                                new Transaction(
                                        List.of(new Condition.RevisionIs(Key.of("k"), first + 7)),
                                        List.of(put("k", "2"), put("l", "2")))));

        assertThat(conflict).isEqualTo(new TransactionResult.Conflict(0, first));
        assertThat(now(node.get(Key.of("l")))).isEmpty();
    }

    @Test
    void fencesWritesOfAnEarlierEpoch() {
        revision(Transaction.of(put("k", "1")));
        var epoch = node.status().epoch();
        var fenced =
                now(
                        node.transact(
                                new Transaction(
                                        List.of(new Condition.EpochIs(epoch - 1)),
                                        List.of(put("k", "2")))));

        assertThat(fenced).isEqualTo(new TransactionResult.Conflict(0, epoch));
    }

    @Test
    void answersStaleReadsWithTheRevisionThatTheyShowAtLeast() {
        var first = revision(Transaction.of(put("k/1", "1")));
        var key = Key.of("log");
        revision(Transaction.of(new Operation.Append(key, Bytes.utf8("e"))));
        var stale = node.stale();

        assertThat(stale.revision()).isEqualTo(node.status().revision()).isGreaterThan(first);
        assertThat(now(stale.get(Key.of("k/1")))).isEqualTo(now(node.get(Key.of("k/1"))));
        assertThat(now(stale.list(Key.of("k"), Optional.empty(), 9)))
                .isEqualTo(now(node.list(Key.of("k"), Optional.empty(), 9)));
        assertThat(now(stale.readStream(key, 1, 9))).isEqualTo(now(node.readStream(key, 1, 9)));
        assertThat(node.status().asOf()).isEmpty();
    }

    @Test
    void aClosedStoreAnswersNoStaleReadEither() {
        var stale = node.stale();
        now(node.close());

        var asked = stale.get(Key.of("k")).toCompletableFuture();
        loop.runFor(Duration.ofSeconds(1));
        assertThat(asked.exceptionNow()).hasMessageContaining("closed");
    }

    @Test
    void deletesTheKeysOfALeaseThatWasNotKeptAlive() {
        var lease = revision(Transaction.of(new Operation.GrantLease(Duration.ofSeconds(2))));
        revision(Transaction.of(new Operation.Put(Key.of("held"), Bytes.utf8("x"), lease)));
        loop.runFor(Duration.ofMillis(1_500));
        revision(Transaction.of(new Operation.KeepAlive(lease)));
        loop.runFor(Duration.ofMillis(1_500));
        assertThat(now(node.get(Key.of("held")))).isPresent();

        loop.runFor(Duration.ofMillis(600));

        assertThat(now(node.get(Key.of("held")))).isEmpty();
    }

    @Test
    void writesNothingWhileIdle() {
        revision(Transaction.of(put("k", "1")));
        var before = node.status().appliedIndex();
        loop.runFor(Duration.ofHours(10));
        assertThat(node.status().appliedIndex()).isEqualTo(before);
    }

    @Test
    void listsConsistentlyThenTellsOfEveryChange() {
        for (var i = 0; i < 2_000; i++) {
            now(node.transact(Transaction.of(put("p/" + i, "old"))));
        }
        now(node.transact(Transaction.of(put("pq", "not under p"))));
        var events = new ArrayList<WatchEvent>();
        node.watch(Key.of("p"), 0, loop, events::add);
        node.transact(Transaction.of(put("p/0", "new"), put("p/1999", "new")));
        node.transact(Transaction.of(new Operation.DeleteTree(Key.of("p/1998"))));
        loop.runReady();

        var listed =
                events.stream()
                        .filter(WatchEvent.Listed.class::isInstance)
                        .map(WatchEvent.Listed.class::cast)
                        .toList();
        assertThat(listed.stream().flatMap(event -> event.entries().stream()))
                .hasSize(2_000)
                .allMatch(entry -> entry.value().equals(Bytes.utf8("old")));
        assertThat(listed.getLast().last()).isTrue();
        var changed = events.subList(listed.size(), events.size());
        assertThat(changed).hasSize(2).allMatch(WatchEvent.Changed.class::isInstance);
    }

    @Test
    void pagesThroughAListingInKeyOrder() {
        now(
                node.transact(
                        Transaction.of(
                                put("a", "0"),
                                put("a/1", "1"),
                                put("a/2", "2"),
                                put("a0", "-"),
                                put("a!", "-"))));
        var first = now(node.list(Key.of("a"), Optional.empty(), 2));
        var second = now(node.list(Key.of("a"), Optional.of(first.entries().getLast().key()), 2));

        assertThat(first.entries())
                .extracting(entry -> entry.key().toString())
                .containsExactly("a", "a/1");
        assertThat(first.more()).isTrue();
        assertThat(second.entries())
                .extracting(entry -> entry.key().toString())
                .containsExactly("a/2");
        assertThat(second.more()).isFalse();
    }

    @Test
    void appendsToStreamsAndReadsThemBack() {
        var stream = Key.of("olympus/audit");
        now(
                node.transact(
                        Transaction.of(
                                new Operation.Append(stream, Bytes.utf8("one")),
                                new Operation.Append(stream, Bytes.utf8("two")))));
        var page = now(node.readStream(stream, 2, 10));

        assertThat(page.entries())
                .extracting(StreamEntry::value)
                .containsExactly(Bytes.utf8("two"));
        assertThat(page.firstSequence()).isEqualTo(1);
        assertThat(page.nextSequence()).isEqualTo(3);
    }

    private long revision(Transaction transaction) {
        return ((TransactionResult.Committed) now(node.transact(transaction))).revision();
    }

    private <T> T now(CompletionStage<T> stage) {
        loop.runReady();
        return stage.toCompletableFuture().join();
    }

    private static Operation put(String key, String value) {
        return new Operation.Put(Key.of(key), Bytes.utf8(value));
    }
}
