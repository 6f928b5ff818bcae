package olympus.hermes.internal.loop;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import olympus.hermes.MemberReport;
import olympus.hermes.internal.codec.ByteReader;
import olympus.hermes.internal.codec.ByteWriter;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.log.LogDisk;
import olympus.hermes.log.ReplicatedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The question by which a member asks another what it knows of itself, and its answer. A member of
 * an older version takes the question for an entry that it cannot read, and refuses it; a newer one
 * may add to the end of the answer.
 *
 * <pre>
 *  question: "HERQ" kind(1) index(8)
 *  answer:   "HERR" level(4) applied(8) revision(8) hash-known(1) hash(8) snapshot-millis(8, -1 none)
 *            log-bytes(8) usable-bytes(8) flush-p99-nanos(8, -1 none) refused(bytes, empty none)
 * </pre>
 *
 * <p>Threading: the loop; answers are decoded by any thread.
 */
final class MemberReports {

    private static final int QUESTION = 0x48455251; // "HERQ"
    private static final int ANSWER = 0x48455252; // "HERR"
    private static final int REPORT = 1;
    private static final int MAX_REASON = 4_096;

    /** For the leader's own questions: one voter that hangs must not hold it up. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(MemberReports.class);

    private final ReplicatedLog log;
    private final BiConsumer<Duration, Runnable> later;

    /**
     * Reports of the members of {@code log}.
     *
     * @param later runs a task on the loop after a while
     */
    MemberReports(ReplicatedLog log, BiConsumer<Duration, Runnable> later) {
        this.log = log;
        this.later = later;
    }

    /** Whether it is such a question, and not an entry that is to be proposed. */
    static boolean isQuestion(ByteBuffer message) {
        return message.remaining() >= Integer.BYTES
                && message.getInt(message.position()) == QUESTION;
    }

    /** The answer of this member. */
    ByteBuffer answer(ByteBuffer question, HermesState state, Optional<Instant> lastSnapshot) {
        var in = new ByteReader(question);
        in.i32();
        var kind = in.u8();
        if (kind != REPORT) {
            throw in.malformed("question " + kind + ", this version answers " + REPORT);
        }
        return encode(of(state, lastSnapshot, in.i64()));
    }

    /** What this member says of itself. */
    MemberReport of(HermesState state, Optional<Instant> lastSnapshot, long index) {
        return new MemberReport(
                HermesState.SUPPORTED_FEATURE_LEVEL,
                state.appliedIndex(),
                state.revision(),
                state.hashAfter(index),
                lastSnapshot,
                log.logBytes(),
                log.disk(),
                log.refusal().map(ReplicatedLog.Submission.Outcome.Rejected::reason));
    }

    /** Whether the members are known at all: not while the engine is closed. */
    boolean knowsTheGroup() {
        return log.group().members().find(log.group().self()).isPresent();
    }

    /**
     * Asks every other voter, also for the hash of its state after the entry at {@code index}.
     * Completed, by any thread, when each has answered or {@link #PATIENCE} is over; who has not
     * answered by then is empty.
     */
    CompletionStage<Map<String, Optional<MemberReport>>> askOthers(long index) {
        return askOthers(index, PATIENCE);
    }

    private CompletionStage<Map<String, Optional<MemberReport>>> askOthers(
            long index, Duration patience) {
        var found = new LinkedHashMap<String, CompletableFuture<Optional<MemberReport>>>();
        for (var member : log.group().members().voters()) {
            if (!member.id().equals(log.group().self())) {
                var report = ask(member.id(), index).toCompletableFuture();
                later.accept(patience, () -> report.complete(Optional.empty()));
                found.put(member.id(), report);
            }
        }
        return CompletableFuture.allOf(found.values().toArray(CompletableFuture[]::new))
                .thenApply(_ -> {
                    var reports = new LinkedHashMap<String, Optional<MemberReport>>();
                    found.forEach((member, report) -> reports.put(member, report.join()));
                    return reports;
                });
    }

    /**
     * As {@link #askOthers}, with this member's own, and without waiting longer than {@code
     * patience}.
     */
    void askAll(
            HermesState state,
            Optional<Instant> lastSnapshot,
            Duration patience,
            CompletableFuture<Map<String, Optional<MemberReport>>> answer) {
        var own = of(state, lastSnapshot, 0);
        var _ =
                askOthers(0, patience)
                        .thenAccept(others -> {
                            var all = new LinkedHashMap<>(others);
                            all.put(log.group().self(), Optional.of(own));
                            answer.complete(all);
                        });
    }

    private CompletionStage<Optional<MemberReport>> ask(String member, long index) {
        var question = new ByteWriter(16).i32(QUESTION).u8(REPORT).i64(index).toArray();
        try {
            return log.group()
                    .ask(member, ByteBuffer.wrap(question))
                    .thenApply(answer -> Optional.of(decode(answer)))
                    .exceptionally(_ -> Optional.empty());
        } catch (RuntimeException notAsked) {
            LOG.atWarn().addKeyValue("member", member).setCause(notAsked).log("could not be asked");
            return CompletableFuture.completedFuture(Optional.empty());
        }
    }

    private static ByteBuffer encode(MemberReport report) {
        var out = new ByteWriter(128);
        out.i32(ANSWER).i32(report.supportedLevel());
        out.i64(report.appliedIndex()).i64(report.revision());
        out.u8(report.hash().isPresent() ? 1 : 0).i64(report.hash().orElse(0L));
        out.i64(report.lastSnapshot().map(Instant::toEpochMilli).orElse(-1L));
        out.i64(report.logBytes()).i64(report.disk().usableBytes());
        out.i64(report.disk().flushP99().map(Duration::toNanos).orElse(-1L));
        out.text(report.refused().orElse(""));
        return ByteBuffer.wrap(out.toArray());
    }

    private static MemberReport decode(ByteBuffer answer) {
        var in = new ByteReader(answer);
        if (in.i32() != ANSWER) {
            throw in.malformed("not a report");
        }
        var level = in.i32();
        var applied = in.i64();
        var revision = in.i64();
        var isKnown = in.u8() == 1;
        var hash = in.i64();
        var snapshot = in.i64();
        var logBytes = in.i64();
        var usable = in.i64();
        var flush = in.i64();
        var refused = in.text(MAX_REASON);
        return new MemberReport(
                level,
                applied,
                revision,
                isKnown ? Optional.of(hash) : Optional.empty(),
                snapshot < 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(snapshot)),
                logBytes,
                new LogDisk(
                        usable,
                        flush < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(flush))),
                refused.isEmpty() ? Optional.empty() : Optional.of(refused));
    }
}
