package olympus.hermes.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import olympus.foundation.ErrorCode;
import olympus.hermes.log.RecordingApplier.Committed;
import olympus.hermes.log.ReplicatedLog.Leadership;
import olympus.hermes.log.ReplicatedLog.Submission.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every replicated log must do; the one test that the fake and the real thing both pass. */
public abstract class ReplicatedLogContract {

    protected static final int IN_FLIGHT = 4;

    @TempDir protected Path folder;

    private final List<ReplicatedLog> opened = new ArrayList<>();

    /**
     * A log over the storage of this test, at most {@link #IN_FLIGHT} entries in flight; the same
     * storage every time.
     */
    protected abstract ReplicatedLog create();

    @AfterEach
    void closeLogs() {
        opened.forEach(ReplicatedLog::close);
    }

    @Test
    void deliversWhatWasSubmittedInOrderOnce() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);

        var texts = IntStream.range(0, 200).mapToObj(n -> "entry " + n).toList();
        texts.forEach(text -> write(log, applier, text));

        assertThat(applier.state()).isEqualTo(texts);
        assertThat(applier.committed())
                .extracting(Committed::index)
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void handsTheContextBackWithTheEntryOfThisProcess() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);

        var context = new Object();
        submit(log, "with context", context, new ConcurrentLinkedQueue<>());
        Eventually.holds("the entry is committed", () -> applier.committed().size() == 1);

        assertThat(applier.committed().getFirst().context()).containsSame(context);
    }

    @Test
    void replaysEverythingInTheSameOrderAfterARestart() throws IOException {
        var first = new RecordingApplier();
        var log = open(first);
        var texts = IntStream.range(0, 50).mapToObj(n -> "entry " + n).toList();
        texts.forEach(text -> write(log, first, text));
        log.close();

        var second = new RecordingApplier();
        var reopened = open(second);
        Eventually.holds("all are replayed", () -> second.state().size() == texts.size());
        write(reopened, second, "after");

        assertThat(second.state()).startsWith(texts.toArray(String[]::new)).endsWith("after");
        assertThat(second.committed().subList(0, 50)).allMatch(entry -> entry.context().isEmpty());
        assertThat(second.committed().subList(0, 50))
                .extracting(Committed::index)
                .isEqualTo(first.committed().stream().map(Committed::index).toList());
    }

    @Test
    void beginsRightBehindTheLoadedSnapshot() throws Exception {
        var first = new RecordingApplier();
        var log = open(first);
        IntStream.range(0, 20).forEach(n -> write(log, first, "before " + n));
        var snapshot = first.writeSnapshot(log.snapshotDirectory());
        log.installed(snapshot, snapshot.index()).toCompletableFuture().get(20, TimeUnit.SECONDS);
        IntStream.range(0, 5).forEach(n -> write(log, first, "behind " + n));
        log.close();

        var second = new RecordingApplier();
        open(second);
        Eventually.holds(
                "what is behind the snapshot is replayed", () -> second.state().size() == 25);

        assertThat(second.state()).isEqualTo(first.state());
        assertThat(second.committed())
                .extracting(Committed::text)
                .startsWith("behind 0")
                .hasSize(5);
    }

    @Test
    void purgesWhatASnapshotCovers() throws Exception {
        var applier = new RecordingApplier();
        var log = open(applier);
        var text = "x".repeat(20_000);
        IntStream.range(0, 30).forEach(n -> write(log, applier, text));
        Eventually.holds("the bytes are counted", () -> log.logBytes() >= 600_000);

        var snapshot = applier.writeSnapshot(log.snapshotDirectory());
        log.installed(snapshot, snapshot.index()).toCompletableFuture().get(20, TimeUnit.SECONDS);
        write(log, applier, "one more, so that the bytes are counted again");

        Eventually.holds("covered entries are gone", () -> log.logBytes() < 400_000);
    }

    @Test
    void ignoresHalfWrittenSnapshots() throws Exception {
        var first = new RecordingApplier();
        var log = open(first);
        write(log, first, "only entry");
        log.close();
        Files.writeString(log.snapshotDirectory().resolve("snapshot.9_99.tmp"), "half");

        var second = new RecordingApplier();
        open(second);
        Eventually.holds(
                "the entry is replayed", () -> second.state().equals(List.of("only entry")));
    }

    @Test
    void rejectsWhatIsSubmittedAfterClosing() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);
        log.close();

        var outcomes = new ConcurrentLinkedQueue<Outcome>();
        submit(log, "too late", "context", outcomes);
        Eventually.holds("it is told", () -> outcomes.size() == 1);

        assertThat(outcomes.peek())
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected -> assertThat(rejected.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(applier.state()).isEmpty();
    }

    @Test
    void rejectsAnEntryThatIsTooLarge() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);

        var outcomes = new ConcurrentLinkedQueue<Outcome>();
        log.submit(
                ByteBuffer.allocate(ReplicatedLog.MAX_ENTRY_BYTES + 1), "context", outcomes::add);
        Eventually.holds("it is told", () -> outcomes.size() == 1);

        assertThat(outcomes.peek())
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected -> assertThat(rejected.code()).isEqualTo(ErrorCode.TOO_LARGE));
    }

    @Test
    void takesTheLargestEntry() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);
        write(log, applier, "x".repeat(ReplicatedLog.MAX_ENTRY_BYTES));
        assertThat(applier.state().getFirst()).hasSize(ReplicatedLog.MAX_ENTRY_BYTES);
    }

    /**
     * Many more than fit are handed in at once: each is either committed or rejected, none is both,
     * none is lost.
     */
    @Test
    void boundsWhatIsInFlightAndAccountsForEverySubmission() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);
        var outcomes = new ConcurrentLinkedQueue<Outcome>();
        var submitted = 50 * IN_FLIGHT;
        for (var n = 0; n < submitted; n++) {
            submit(log, "entry " + n, n, outcomes);
        }
        Eventually.holds(
                "every submission has ended",
                () -> outcomes.size() + applier.committed().size() == submitted);

        assertThat(outcomes).allMatch(Outcome.Rejected.class::isInstance);
        assertThat(applier.committed()).hasSizeGreaterThanOrEqualTo(IN_FLIGHT);
        assertThat(applier.state()).doesNotHaveDuplicates();
        write(log, applier, "room again");
    }

    @Test
    void losesNothingAcknowledgedInAnOrderlyClose() throws IOException {
        var applier = new RecordingApplier();
        var log = open(applier);
        var outcomes = new ConcurrentLinkedQueue<Outcome>();
        for (var n = 0; n < IN_FLIGHT; n++) {
            submit(log, "entry " + n, n, outcomes);
        }
        log.close();
        Eventually.holds(
                "every submission has ended",
                () -> outcomes.size() + applier.committed().size() == IN_FLIGHT);
        var acknowledged = applier.state();

        var second = new RecordingApplier();
        open(second);
        Eventually.holds("all are replayed", () -> second.state().size() >= acknowledged.size());
        assertThat(second.state()).containsAll(acknowledged);
    }

    @Test
    void tellsOfLeadershipAndOfItsEnd() throws IOException {
        var changes = new ConcurrentLinkedQueue<Leadership>();
        var log = create();
        opened.add(log);
        log.onLeadership(changes::add);
        assertThat(log.leadership().leader()).isFalse();

        log.open(new RecordingApplier());
        Eventually.holds("it leads", () -> changes.stream().anyMatch(Leadership::leader));
        assertThat(log.leadership().leader()).isTrue();

        log.close();
        assertThat(log.leadership().leader()).isFalse();
    }

    @Test
    void closesTwiceWithoutHarm() throws IOException {
        var log = open(new RecordingApplier());
        log.close();
        log.close();
    }

    protected final ReplicatedLog open(RecordingApplier applier) throws IOException {
        var log = create();
        opened.add(log);
        log.open(applier);
        Eventually.holds("the log leads", () -> log.leadership().leader());
        return log;
    }

    /** Submits until the entry is taken and waits until it is committed. */
    protected static void write(ReplicatedLog log, RecordingApplier applier, String text) {
        var before = applier.committed().size();
        var outcomes = new ConcurrentLinkedQueue<Outcome>();
        submit(log, text, text, outcomes);
        Eventually.holds(
                "the entry is committed; outcomes " + outcomes,
                () -> applier.committed().size() > before || !outcomes.isEmpty());
        assertThat(outcomes).isEmpty();
    }

    protected static void submit(
            ReplicatedLog log,
            String text,
            Object context,
            ConcurrentLinkedQueue<Outcome> outcomes) {
        log.submit(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), context, outcomes::add);
    }
}
