package olympus.hermes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import olympus.foundation.Poll;
import olympus.hermes.files.StoreGroup;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.internal.ratis.TestAuthority;
import olympus.hermes.log.Eventually;
import olympus.hermes.log.Group.Member;
import olympus.hermes.log.Group.Members;
import olympus.hermes.store.NewStoreReport;
import olympus.hermes.store.Recovery;
import org.junit.jupiter.api.Test;

/** Several members of one store in one process, over the real engine and its network. */
final class ReplicasTest extends GroupInOneProcess {

    private static final Duration WAIT = Duration.ofSeconds(GroupInOneProcess.DEADLINE_SECONDS);

    @Test
    void growsFromOneToThreeAndEveryMemberTakesWritesAndReads() throws Exception {
        start("a", false);
        assertThat(put("a", "k", "before")).isInstanceOf(TransactionResult.Committed.class);
        grow("a", "b");
        grow("a", "c");
        for (var name : List.of("b", "c", "a")) {
            assertThat(put(name, "by/" + name, "from " + name))
                    .as(name)
                    .isInstanceOf(TransactionResult.Committed.class);
            for (var other : nodes.keySet()) {
                assertThat(get(other, "by/" + name)).as(other).contains("from " + name);
                assertThat(get(other, "k")).as(other).contains("before");
            }
        }
        assertThat(node("b").status().leader()).contains("a");
    }

    @Test
    void strictReadsWriteNothingWhileEverybodyAnswers() throws Exception {
        start("a", false);
        grow("a", "b");
        grow("a", "c");
        assertThat(put("b", "k", "v")).isInstanceOf(TransactionResult.Committed.class);
        for (var name : List.of("a", "b", "c")) {
            assertThat(get(name, "k")).contains("v");
            var before = node(name).confirmations();
            var index = node(name).status().appliedIndex();
            for (var n = 0; n < 20; n++) {
                assertThat(get(name, "k")).as(name).contains("v");
            }
            var byEntries = node(name).confirmations().byEntries() - before.byEntries();
            var byTerms = node(name).confirmations().byTerms() - before.byTerms();
            assertThat(byTerms).as(name).isPositive();
            assertThat(byTerms + byEntries).as(name).isEqualTo(20);
            // A machine that stands still for half a second has them go the other way.
            assertThat(node(name).status().appliedIndex())
                    .as(name)
                    .isLessThanOrEqualTo(index + byEntries);
        }
    }

    @Test
    void membersKnowEachOtherByCertificatesOfTheirOwnAuthorityAndNobodyElse() throws Exception {
        authority = Optional.of(new TestAuthority(Files.createDirectories(folder.resolve("ca"))));
        start("a", false);
        grow("a", "b");
        assertThat(put("b", "k", "v")).isInstanceOf(TransactionResult.Committed.class);
        assertThat(get("a", "k")).contains("v");

        authority =
                Optional.of(new TestAuthority(Files.createDirectories(folder.resolve("other"))));
        start("c", true);
        var group = node("a").group();
        var before = group.members();
        var voters = new ArrayList<>(before.voters());
        voters.add(member("c"));
        assertThatThrownBy(() -> await(group.change(before, new Members(voters))))
                .hasMessageContaining("c");
        assertThat(group.members()).isEqualTo(before);
        assertThat(put("b", "k", "after")).isInstanceOf(TransactionResult.Committed.class);
    }

    @Test
    void twoNewcomersAtOnceAreRefusedAndTheGroupGoesOn() throws Exception {
        start("a", false);
        await(node("a").ready());
        start("b", true);
        start("c", true);
        var group = node("a").group();
        var before = group.members();
        var voters = new ArrayList<>(before.voters());
        voters.add(member("b"));
        voters.add(member("c"));
        assertThatThrownBy(() -> await(group.change(before, new Members(voters))))
                .hasMessageContaining("changes a majority set");
        assertThat(group.members()).isEqualTo(before);
        assertThat(put("a", "k", "after")).isInstanceOf(TransactionResult.Committed.class);
    }

    @Test
    void aNewLeaderTakesOverAndNothingAcknowledgedIsLost() throws Exception {
        start("a", false);
        grow("a", "b");
        grow("a", "c");
        var written = new ArrayList<String>();
        for (var n = 0; n < 50; n++) {
            assertThat(put("b", "n/" + n, "v")).isInstanceOf(TransactionResult.Committed.class);
            written.add("n/" + n);
        }
        stop("a");
        assertThat(put("c", "n/after", "v")).isInstanceOf(TransactionResult.Committed.class);
        for (var name : List.of("b", "c")) {
            for (var key : written) {
                assertThat(get(name, key)).as(key).contains("v");
            }
        }
        start("a", false);
        assertThat(get("a", "n/after")).contains("v");
    }

    @Test
    void aMemberWithoutALeaderAnswersStaleReadsAndSaysHowOldTheyAre() throws Exception {
        start("a", false);
        grow("a", "b");
        grow("a", "c");
        put("a", "k", "v");
        assertThat(get("c", "k")).contains("v"); // so c has it
        var written = node("c").status().revision();
        assertThat(node("c").status().asOf()).isEmpty();
        var before = Instant.now();
        stop("a");
        stop("b");
        Eventually.holds("no leader", () -> node("c").status().leader().isEmpty());

        var strict = node("c").get(Key.of("k")).toCompletableFuture();
        var stale = node("c").stale();
        assertThat(await(stale.get(Key.of("k")))).map(Entry::value).contains(Bytes.utf8("v"));
        assertThat(await(stale.list(Key.of("k"), Optional.empty(), 9)).entries()).hasSize(1);
        assertThat(stale.revision()).isGreaterThanOrEqualTo(written);
        assertThat(node("c").status().asOf().orElseThrow()).isAfter(before);
        assertThat(strict).isNotCompleted();

        stop("c");
        start("c", false);
        Eventually.holds("the age", () -> node("c").status().asOf().isPresent());
        assertThat(node("c").status().asOf().orElseThrow()).isBefore(Instant.now());
        assertThat(await(node("c").stale().get(Key.of("k")))).isPresent();
    }

    @Test
    void aMemberThatLagsIsSentASnapshotAndItsWatchesGoOn() throws Exception {
        start("a", false);
        for (var n = 0; n < 200; n++) {
            put("a", "k/" + n, "x".repeat(2_000));
        }
        stop("a");
        start("a", false);
        grow("a", "b");
        assertThat(get("b", "k/199")).contains("x".repeat(2_000));
        assertThat(node("b").status().revision()).isEqualTo(node("a").status().revision());
    }

    @Test
    void theOneThatIsLeftOfThreeGoesOnAloneAndFreshMembersJoinIt() throws Exception {
        start("a", false);
        grow("a", "b");
        grow("a", "c");
        for (var n = 0; n < 50; n++) {
            put("b", "n/" + n, "v");
        }
        assertThat(get("c", "n/49")).contains("v"); // so c has everything
        var before = node("c").status();
        List.of("a", "b", "c").forEach(this::stop);

        NewStoreReport report;
        try (var recovery = Recovery.begin(folder.resolve("c"))) {
            assertThat(recovery.found().members())
                    .extracting(Member::id)
                    .containsExactlyInAnyOrder("a", "b", "c");
            assertThat(recovery.found().needless()).isFalse();
            report = recovery.run(Instant.now());
        }
        start("c", true); // it once joined; the group that it founded does not wait for others
        await(node("c").ready());
        assertThat(node("c").status().incarnation())
                .isEqualTo(report.incarnation())
                .isGreaterThan(before.incarnation());
        var told = new CompletableFuture<WatchEvent>();
        node("c").watch(Key.of("n"), before.revision() + 7, Runnable::run, told::complete);
        assertThat(await(told)).isInstanceOf(WatchEvent.Compacted.class);
        for (var newcomer : List.of("d", "e")) {
            new StoreGroup("island", report.group(), false)
                    .write(folder.resolve(newcomer).resolve("hermes"));
            grow("c", newcomer);
        }
        assertThat(put("e", "after", "v")).isInstanceOf(TransactionResult.Committed.class);
        for (var name : List.of("c", "d", "e")) {
            assertThat(get(name, "n/0")).as(name).contains("v");
            assertThat(get(name, "n/49")).as(name).contains("v");
            assertThat(get(name, "after")).as(name).contains("v");
        }
        assertThat(node("c").group().members().voters())
                .extracting(Member::id)
                .containsExactlyInAnyOrder("c", "d", "e");
    }

    @Test
    void aDeadMemberDoesNotKeepTheLogFromBeingPurgedAndComesBackByASnapshot() throws Exception {
        snapshotAfterBytes = 128 << 10;
        start("a", false);
        grow("a", "b");
        grow("a", "c");
        put("a", "k/first", "v");
        assertThat(get("c", "k/first")).contains("v");
        stop("c");
        for (var n = 0; n < 400; n++) {
            put("a", "k/" + n, "x".repeat(2_000));
        }
        Eventually.holds("a purge without c", () -> firstSegment("a") > 0);
        // What is purged, and snapshots that are replaced, bound the disk: 400 writes are 800 kB.
        Eventually.holds("a bounded log", () -> node("a").status().sizes().logBytes() < 600 << 10);
        start("c", true);
        await(node("c").ready());
        assertThat(get("c", "k/399")).contains("x".repeat(2_000));
        assertThat(get("c", "k/first")).contains("v");
    }

    private long firstSegment(String name) {
        try {
            return new StoreLayout(folder.resolve(name).resolve("hermes"))
                    .segmentFiles(GROUP)
                    .getFirst()
                    .first();
        } catch (IOException | NoSuchElementException e) {
            return 0; // a segment went away while it was looked at
        }
    }

    @Test
    void aMemberThatHearsItsLeaderNoMoreKnowsNoneUntilItDoesAgain() throws Exception {
        start("a", false);
        grow("a", "b");
        awaitLeader("b", Optional.of("a"));
        stop("a");
        awaitLeader("b", Optional.empty());
        start("a", false);
        assertThat(Poll.within(WAIT, () -> node("b").status().leader())).isPresent();
        assertThat(put("b", "k", "after")).isInstanceOf(TransactionResult.Committed.class);
    }

    private void awaitLeader(String member, Optional<String> leader) {
        assertThat(
                        Poll.within(
                                WAIT,
                                () ->
                                        Optional.of(node(member).status().leader())
                                                .filter(leader::equals)))
                .as("%s knows the leader %s", member, leader)
                .isPresent();
    }
}
